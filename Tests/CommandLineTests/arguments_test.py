"""The exporter reads its arguments with a preloaded library and without /proc. Some may be in another encoding than UTF-8."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

from testkit.processes import SECONDS, Exporter, environment, program

EXPORTER = program("storpool-pve-exporter")
SOURCE = pathlib.Path(__file__).with_name("change_environment.c")
WITHOUT_PROC = ["unshare", "--mount", "--propagation", "private", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
SURROUNDINGS = ["plain", "preloaded library", "without /proc", "both"]


@pytest.fixture(name="library", scope="session")
def fixture_library(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "change_environment.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, SOURCE], check=True, timeout=SECONDS)
    return str(path)


@pytest.fixture(name="surroundings", params=SURROUNDINGS)
def fixture_surroundings(request, library):
    """(wrapper command, environment variables)."""
    return (WITHOUT_PROC if request.param in ("without /proc", "both") else [],
            {"LD_PRELOAD": library} if request.param in ("preloaded library", "both") else {})


def run(arguments, surroundings=((), {})):
    wrapper, variables = surroundings
    return subprocess.run(
        [*wrapper, EXPORTER, *arguments], capture_output=True, env={"PATH": "/usr/bin:/bin"} | variables,
        timeout=SECONDS, check=False)


def test_version_is_printed(surroundings):
    done = run(["--version"], surroundings)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"storpool-pve-exporter ")


def test_check_reads_its_flags(surroundings, tmp_path):
    done = run(["check", "--storpool.config", tmp_path / "absent.conf", "--storpool.config-dir", tmp_path], surroundings)
    assert done.returncode == 2
    assert f"{tmp_path}/absent.conf" in done.stderr.decode()


def test_serve_listens_on_the_given_address(surroundings):
    wrapper, variables = surroundings
    with Exporter(wrapper=wrapper, variables=variables) as exporter:
        assert re.findall(r"listening on (\S+):\d+", exporter.log) == ["127.0.0.1"]
        assert exporter.get("/-/healthy")[0] == 200


def test_version_is_printed_under_faketime():
    done = run(["--version"], (["faketime", "2026-01-01 00:00:00"], {}))
    assert (done.returncode, done.stdout[:21]) == (0, b"storpool-pve-exporter")


def test_an_empty_argument_vector_exits_64():
    script = "import ctypes, sys; ctypes.CDLL(None).execv(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None))"
    done = subprocess.run(
        [sys.executable, "-c", script, EXPORTER], capture_output=True, text=True, env=environment(), timeout=SECONDS,
        check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert "the argument vector is empty" in done.stderr


@pytest.mark.parametrize("name, column", [
    (b"\xff\xfe\xfd\xfc-sp-a.b.c.rawx", 15), (b"snap-104-disk-0-a\xffb-p-a.b.1-sp-a.b.2.raw", 18),
    (b"\xf0\x9f\x98-sp-a.b.c.raw", 14), ("\U0010fe80\U0010feff-sp-a.b.c.raw".encode(), 19), (b"vm-\xff", 4),
])
def test_decode_counts_columns_in_bytes_if_a_name_is_not_utf8(name, column):
    done = run(["decode", "--format=json", name])
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["column"] == column
    assert report["name"] == name.decode(errors="replace")


def test_decode_reads_comments_that_are_not_utf8():
    done = run(["decode", "--format=json", b"img-caf\xe9-sp-a.b.c.raw"])
    assert (done.returncode, json.loads(done.stdout)["comment"]) == (0, "caf\ufffd")


@pytest.mark.parametrize("arguments", [
    ["check", b"--pve.cluster=\xff"], ["check", "--storpool.config", b"/tmp/\xff"], ["list", b"--cluster=\xff"],
    ["list", b"--vmid=\xff"], ["serve", b"--web.listen-address=unix:/\xff"], ["check", b"--anomalies.ignore=invisible:\xff"],
])
def test_flag_values_that_are_not_utf8_are_rejected(arguments):
    done = run(arguments)
    assert (done.returncode, done.stdout) == (64, b"")
    assert "it is not UTF-8" in done.stderr.decode()
    assert "\ufffd' is invalid for" in done.stderr.decode()
