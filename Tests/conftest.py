"""What all tests in Python share."""

import resource
import signal

# A shell starts its background jobs with SIGINT ignored, and what a process ignores its children ignore, too: those that
# are tested to end by it would not.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A test may be a thousand clients; the usual limit is 1,024.
SOFT, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)
if SOFT != resource.RLIM_INFINITY:
    MOST = 8192 if HARD == resource.RLIM_INFINITY else min(HARD, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(SOFT, MOST), HARD))
