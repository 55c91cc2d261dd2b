#pragma once
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>

/* Declared here because <string.h> (glibc 2.32) declares them only if _GNU_SOURCE is defined, which is not the case when
   Swift imports a header. Unlike strerror(3), they are thread-safe and not localized. NULL for an unknown number. */
extern const char *strerrordesc_np(int error);
extern const char *strerrorname_np(int error);
