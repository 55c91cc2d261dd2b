/* Replaces timerfd_settime(2) of libfaketime, so it must be loaded first. libfaketime shifts every timer as if it used the
   wall clock. The timers of the exporter use CLOCK_MONOTONIC: steps of the wall clock must not shift them. */

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) {
    return (int)syscall(SYS_timerfd_settime, fd, flags, new_value, old_value);
}
