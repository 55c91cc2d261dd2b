/* Must be loaded before libfaketime, which shifts all timers (timerfd_create(2)) as if they used the wall clock. The timers
   of the exporter use CLOCK_MONOTONIC, so steps of the wall clock must not affect them. */

#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct itimerspec *old_value) {
    return (int)syscall(SYS_timerfd_settime, fd, flags, new_value, old_value);
}
