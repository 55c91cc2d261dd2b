"""What all Python tests share."""

import os
import pathlib
import resource
import signal

import pytest

# Shells start background jobs with SIGINT ignored, and children inherit that; some tests end a program by SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Some tests open a thousand connections; the usual limit is 1,024 descriptors.
SOFT, HARD = resource.getrlimit(resource.RLIMIT_NOFILE)
if SOFT != resource.RLIM_INFINITY:
    MOST = 8192 if HARD == resource.RLIM_INFINITY else min(HARD, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(SOFT, MOST), HARD))

TESTS = pathlib.Path(__file__).resolve().parent
# Programs that no variable names are those of the release build.
os.environ.setdefault("BIN_DIR", str(TESTS.parent / ".build/release"))

# Files that one worker of pytest-xdist runs together, because they share a slow fixture. Any other file is a group of
# its own. The slowest groups come first, so that both workers end at about the same time.
GROUPS = {"DashboardTests": "dashboards"}
SLOWEST_FIRST = ["dashboards", "fault_matrix_test.py", "poll_faults_test.py", "clients_test.py", "alert_end_to_end_test.py"]


def group_of(item):
    path = item.path.relative_to(TESTS)
    return GROUPS.get(path.parts[0], path.name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    def rank(item):
        group = group_of(item)
        return SLOWEST_FIRST.index(group) if group in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=rank)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
