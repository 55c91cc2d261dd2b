"""What all tests in Python share."""

import signal

# A shell starts its background jobs with SIGINT ignored, and what a process ignores its children ignore, too: those that
# are tested to end by it would not.
signal.signal(signal.SIGINT, signal.default_int_handler)
