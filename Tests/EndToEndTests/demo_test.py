"""The scripts of `make demo` and `make observe` start, print addresses, and leave no processes or files behind."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from testkit.processes import program, wait_for

TESTS = pathlib.Path(__file__).resolve().parents[1]
SECONDS = 60
SHOWS = [
    ("demo.sh", "DEMO", ["/metrics", "simulated cluster of 300 objects", "Ctrl-C stops the demo."]),
    ("observe.sh", "OBSERVE", ["/alerts", "PROMETHEUS_URL=http://127.0.0.1:", "Ctrl-C stops everything."]),
]


def start(script, folder, **variables):
    environment = os.environ | {"BIN_DIR": str(pathlib.Path(program("storpool-simulator")).parent), "TMPDIR": str(folder)} | variables
    return subprocess.Popen(
        [TESTS / script], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True)


def is_gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("script, prefix, words", SHOWS, ids=[show[0] for show in SHOWS])
def test_a_demo_prints_addresses_and_ends_by_itself(tmp_path, script, prefix, words):
    show = start(script, tmp_path, **{f"{prefix}_SECONDS": "1", f"{prefix}_OBJECTS": "300"})
    output, _ = show.communicate(timeout=SECONDS)
    assert show.returncode == 0, output
    for word in words:
        assert word in output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("script, prefix, words", SHOWS, ids=[show[0] for show in SHOWS])
def test_control_c_stops_every_program(tmp_path, script, prefix, words):
    show = start(script, tmp_path, **{f"{prefix}_OBJECTS": "300"})
    seen, deadline = "", time.monotonic() + SECONDS
    while words[-1] not in seen and time.monotonic() < deadline:
        seen += show.stdout.readline()
    os.killpg(show.pid, signal.SIGINT)
    show.communicate(timeout=SECONDS)
    assert show.returncode == 0
    wait_for("all processes have ended", lambda: is_gone(show.pid), SECONDS)
    assert not list(tmp_path.iterdir())
