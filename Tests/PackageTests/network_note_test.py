"""The examples in packaging/doc/network.md: firewall rules (in network namespaces) and a unix socket for a reverse proxy.

Needs root. packaging/debian/tests/service tests the nginx example."""

import pathlib
import re
import subprocess

import pytest

from testkit.processes import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPORTER = program("storpool-pve-exporter")
NOTE = (ROOT / "packaging/doc/network.md").read_text(encoding="utf-8")
RULES = re.search(r"^```nft\n(.*?)^```$", NOTE, re.M | re.S)[1]

# Connects this host to a second host in a network namespace. The second host has two IPv4 and two IPv6 addresses: one of
# each for Prometheus and one for a different client.
LINK = """set -e
mount -t tmpfs tmpfs /run
ip netns add other
ip link set lo up
ip link add here type veth peer name there netns other
for address in 192.0.2.10/24 2001:db8::10/64; do ip address add $address dev here nodad; done
ip link set here up
for address in 192.0.2.20/24 192.0.2.21/24 2001:db8::20/64 2001:db8::21/64; do
    ip -netns other address add $address dev there nodad
done
ip -netns other link set there up
nft --file - <<<"$1"
nft --file - <<<"$1"
exec python3 - "${@:2}" <<<"$0"
"""
# Listens on two ports of all addresses, as the exporter does on its port. Connects from each source and prints the results.
ASK = """
import socket, subprocess, sys
for port in 10058, 10059:
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    for source, target in zip(sys.argv[1::2], sys.argv[2::2]):
        ask = f"import socket; socket.create_connection(({target!r}, {port}), 1, ({source!r}, 0))"
        place = [] if source in ("127.0.0.1", "::1") else ["ip", "netns", "exec", "other"]
        done = subprocess.run([*place, sys.executable, "-c", ask], capture_output=True, text=True)
        answered = "answered" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
        print(port, source, answered)
"""


@pytest.fixture(scope="module", name="answers")
def fixture_answers():
    """The result of each connection, by port and source."""
    pairs = ["192.0.2.20", "192.0.2.10", "192.0.2.21", "192.0.2.10", "2001:db8::20", "2001:db8::10", "2001:db8::21",
             "2001:db8::10", "127.0.0.1", "127.0.0.1", "::1", "::1"]
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--propagation", "private", "bash", "-c", LINK, ASK, RULES, *pairs],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return {(int(port), source): answer for port, source, answer in (
        line.split(" ", 2) for line in done.stdout.splitlines())}


@pytest.mark.parametrize("source", ["192.0.2.20", "2001:db8::20", "127.0.0.1", "::1"])
def test_prometheus_and_the_host_itself_reach_the_port(answers, source):
    assert answers[10058, source] == "answered"


@pytest.mark.parametrize("source", ["192.0.2.21", "2001:db8::21"])
def test_other_hosts_do_not_reach_the_port(answers, source):
    assert "timed out" in answers[10058, source]


def test_other_ports_stay_reachable(answers):
    assert {answer for (port, _), answer in answers.items() if port == 10059} == {"answered"}


# Unix socket for a reverse proxy.

SOCKET_UNIT = ROOT / "packaging/debian/storpool-pve-exporter.socket"
SERVICE_UNIT = ROOT / "packaging/debian/storpool-pve-exporter.service"
DROP_IN = re.search(r"^# systemctl edit .*reverse proxy.*\n\[Socket\]\n(.*?)^```$", NOTE, re.M | re.S)[1].splitlines()
SOCKET_PATH = DROP_IN[1].removeprefix("ListenStream=")


def test_the_socket_unit_has_the_lines_of_network_md():
    commented = re.findall(r"^#([A-Z]\w+=.*)$", SOCKET_UNIT.read_text(encoding="utf-8"), re.M)
    assert commented == DROP_IN
    assert [line.partition("=")[0] for line in commented] == ["ListenStream", "ListenStream", "SocketMode", "SocketGroup"]


def test_systemd_accepts_the_socket_unit_with_these_lines(tmp_path):
    unit = tmp_path / SOCKET_UNIT.name
    unit.write_text(re.sub(r"^#(?=[A-Z]\w+=)", "", SOCKET_UNIT.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
    (tmp_path / SERVICE_UNIT.name).write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_nginx_example_uses_the_socket():
    assert f"proxy_pass http://unix:{SOCKET_PATH};" in NOTE


def test_the_exporter_serves_a_unix_socket_made_by_systemd(tmp_path):
    path = tmp_path / "exporter.sock"
    with subprocess.Popen(
            ["systemd-socket-activate", f"--listen={path}", EXPORTER, "serve", f"--storpool.config={tmp_path}/none",
             f"--storpool.config-dir={tmp_path}/none.d"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            done = subprocess.run(
                ["curl", "--silent", "--retry", "60", "--retry-all-errors", "--retry-delay", "1", "--max-time", "60",
                 "--unix-socket", path, "http://localhost/-/healthy"], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout.strip()
        finally:
            process.terminate()
