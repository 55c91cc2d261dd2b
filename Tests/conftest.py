"""Settings of all Python tests."""

import os
import pathlib
import resource
import signal

# A shell starts background jobs with SIGINT ignored, and child processes inherit this. Restore SIGINT, because some tests
# stop a program with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Some tests open a thousand connections, but the usual limit of 1,024 descriptors is too low for them.
SOFT, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)
if SOFT != resource.RLIM_INFINITY:
    MOST = 8192 if HARD == resource.RLIM_INFINITY else min(HARD, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(SOFT, MOST), HARD))

TESTS = pathlib.Path(__file__).resolve().parent
# Test the programs of the release build by default.
os.environ.setdefault("BIN_DIR", str(TESTS.parent / ".build/release"))

# The workers of pytest-xdist take the files in this order. If the slowest files come first, all workers end at about the same time.
SLOWEST_FIRST = [
    "dashboard_queries_test.py", "poll_faults_test.py", "fault_matrix_test.py", "alert_rules_test.py", "clients_test.py",
    "configuration_reload_test.py", "replies_test.py", "alert_end_to_end_test.py", "prometheus_test.py", "resources_test.py",
]


def pytest_collection_modifyitems(items):
    def rank(item):
        name = item.path.name
        return SLOWEST_FIRST.index(name) if name in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=rank)
