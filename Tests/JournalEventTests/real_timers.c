/* Loaded before libfaketime, which takes every timer for one of the wall clock and shifts it (timerfd_create(2)). Those of
   the exporter are of CLOCK_MONOTONIC, which no step of the wall clock moves. */

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) {
    return (int)syscall(SYS_timerfd_settime, fd, flags, new_value, old_value);
}
