#pragma once
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>

/* <string.h> (glibc 2.32 and later) declares these functions only if _GNU_SOURCE is defined. Swift does not define it
   when it imports a header. Unlike strerror(3), they are thread-safe and not localized. They return NULL for an unknown
   number. */
extern const char *strerrordesc_np(int error);
extern const char *strerrorname_np(int error);
