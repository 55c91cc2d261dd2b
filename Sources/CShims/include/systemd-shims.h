#pragma once
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>

/* Of <string.h> since glibc 2.32, behind _GNU_SOURCE, which importing a header as a module does not set. Unlike
   strerror(3) they are safe with threads and never localized; NULL for an unknown number. */
extern const char *strerrordesc_np(int error);
extern const char *strerrorname_np(int error);
