"""Reloads of the configuration, signals, messages to the service manager, and the secrecy of the token."""

import contextlib
import json
import os
import re
import signal
import socket
import sys
import tempfile

import pytest

from testkit.processes import SECONDS, TOKEN, Exporter, NotifySocket, Simulator, free_port, running, wait_for

OTHER_TOKEN = "2727272727272727272"
VARIABLES = ["SP_API_HTTP_HOST", "SP_API_HTTP_PORT", "SP_AUTH_TOKEN"]


def settings(simulator, token=TOKEN):
    return {"SP_API_HTTP_HOST": "127.0.0.1", "SP_API_HTTP_PORT": str(simulator.port), "SP_AUTH_TOKEN": token}


def write(path, values):
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def complaints(exporter):
    return re.findall(r"^level=error .*", exporter.log, re.M)


def reload(exporter):
    """Sends SIGHUP and waits until the exporter starts to read the configuration."""
    count = exporter.log.count("reloading the configuration")
    exporter.send(signal.SIGHUP)

    def has_read():
        after = exporter.log.split("reloading the configuration")
        return len(after) > count + 1 and re.search(r"\n.*(polling http|cannot use)", after[-1])
    wait_for("the configuration is read", has_read)


# The token is missing in every case, because host and port have defaults if a file has the token.
@pytest.mark.parametrize("missing", [VARIABLES, VARIABLES[2:], VARIABLES[1:]], ids="-".join)
def test_missing_settings_are_logged_once_and_read_at_a_reload(tmp_path, missing):
    path = tmp_path / "storpool.conf"
    with Simulator() as simulator:
        given = {name: value for name, value in settings(simulator).items() if name not in missing}
        if given:
            write(path, given)
        with Exporter(None, "--storpool.config", path) as exporter:
            wait_for("the complaint", lambda: complaints(exporter))
            page = exporter.metrics()
            assert page.metric("storpool_pve_up") == 0
            assert page.metric("storpool_pve_poll_failures_total", cause="config") == 1
            assert page.metric("storpool_pve_journal_events_total", event="poll-failed") == 1
            assert not page.has("storpool_pve_objects") and not page.has("storpool_pve_poll_duration_seconds")
            assert exporter.get("/-/ready")[0] == 503
            assert exporter.get("/-/healthy")[0] == 200
            [complaint] = complaints(exporter)
            for name in VARIABLES:
                assert (name in complaint) == (name in missing), complaint
            assert str(path) in complaint
            assert simulator.state["requests"]["VolumesList"] == 0
            # A reload repeats the message.
            reload(exporter)
            assert len(complaints(exporter)) == 2
            assert exporter.metric("storpool_pve_poll_failures_total", cause="config") == 2
            assert "fix it, then run: systemctl reload storpool-pve-exporter" in exporter.log
            write(path, settings(simulator))
            exporter.send(signal.SIGHUP)
            exporter.wait_until_up()
            assert exporter.get("/-/ready")[0] == 200
            assert len(complaints(exporter)) == 2
            assert exporter.stop() == 0


def test_a_reload_uses_a_changed_token(tmp_path):
    path = tmp_path / "storpool.conf"
    with Simulator(token=OTHER_TOKEN) as simulator:
        write(path, settings(simulator))
        with Exporter(None, "--storpool.config", path) as exporter:
            exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api"), "the refusal")
            write(path, settings(simulator, OTHER_TOKEN))
            exporter.send(signal.SIGHUP)
            exporter.wait_until_up()
            write(path, settings(simulator))
            exporter.send(signal.SIGHUP)
            exporter.wait_for(lambda page: page.metric("storpool_pve_up") == 0, "the refusal")
            for token in (TOKEN, OTHER_TOKEN):
                assert token not in exporter.log + exporter.output


def test_a_reload_uses_a_changed_token_file():
    with Simulator(token=OTHER_TOKEN) as simulator, Exporter(simulator) as exporter:
        exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api"), "the refusal")
        exporter.token_file.write_text(OTHER_TOKEN)
        exporter.send(signal.SIGHUP)
        exporter.wait_until_up()


def test_a_reload_uses_a_changed_address(tmp_path):
    path = tmp_path / "storpool.conf"
    with Simulator(objects=100) as first, Simulator(objects=400) as second:
        write(path, settings(first))
        with Exporter(None, "--storpool.config", path, interval="1h") as exporter:
            before = exporter.wait_until_up().metric("storpool_pve_objects")
            write(path, settings(second))
            exporter.send(signal.SIGHUP)
            exporter.wait_for(lambda page: page.metric("storpool_pve_objects") > 2 * before, "the other cluster")
            assert first.state["requests"]["VolumesList"] == 1


BAD_FILES = {
    "nonsense": b"]]] what is this\n",
    "no value": b"SP_API_HTTP_HOST\n",
    "not a port": b"SP_API_HTTP_HOST=127.0.0.1\nSP_API_HTTP_PORT=many\nSP_AUTH_TOKEN=1\n",
    "no token": b"SP_API_HTTP_HOST=127.0.0.1\nSP_API_HTTP_PORT=81\n",
    "empty": b"",
    "gone": None,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=[name.replace(" ", "-") for name in BAD_FILES])
def test_after_a_bad_file_the_previous_configuration_stays(tmp_path, content):
    path = tmp_path / "storpool.conf"
    with Simulator() as simulator:
        write(path, settings(simulator))
        with Exporter(None, "--storpool.config", path) as exporter:
            exporter.wait_until_up()
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
            reload(exporter)
            [complaint] = complaints(exporter)
            assert str(path) in complaint
            polled = exporter.metric("storpool_pve_polls_total")
            page = exporter.wait_for(lambda page: page.metric("storpool_pve_polls_total") > polled, "another poll")
            assert page.metric("storpool_pve_up") == 1
            failures = {labels["cause"]: count for labels, count in page.all("storpool_pve_poll_failures_total") if count}
            assert failures == {"config": 1}
            assert page.metric("storpool_pve_journal_events_total", event="poll-failed") == 0
            landing = exporter.get("/")[2].decode()
            assert "the previous configuration stays active" in landing and "Not polling" not in landing
            assert 'class="down"' in landing
            advice = "the previous configuration stays active; fix it, then run: systemctl reload storpool-pve-exporter"
            assert advice in exporter.log
            write(path, settings(simulator))
            reload(exporter)
            assert len(complaints(exporter)) == 1


def test_an_old_temporary_state_file_is_ignored(tmp_path):
    (tmp_path / "anomalies.json.new/inner").mkdir(parents=True)
    with Simulator() as simulator, Exporter(simulator, variables={"STATE_DIRECTORY": str(tmp_path)}) as exporter:
        exporter.wait_until_up()
        wait_for("the state is there", (tmp_path / "anomalies.json").exists)
        assert "cannot store the state" not in exporter.log


def test_a_state_that_could_not_be_written_is_written_later(tmp_path):
    """The next poll writes the state although nothing has changed."""
    state = tmp_path / "anomalies.json"
    configuration = tmp_path / "storpool.conf"
    variables = {"STATE_DIRECTORY": str(tmp_path)}
    with Simulator() as simulator, Exporter(None, "--storpool.config", configuration, variables=variables) as exporter:
        state.mkdir()
        write(configuration, settings(simulator))
        exporter.send(signal.SIGHUP)
        exporter.wait_until_up()
        wait_for("the failure is logged", lambda: "cannot store the state" in exporter.log)
        state.rmdir()
        wait_for("the state is there", state.exists)
        known = len(json.loads(state.read_text())["known"])
        assert known > 0
        told = exporter.metric("storpool_pve_journal_events_total", event="anomaly-detected")
        assert told == known
    with Simulator() as simulator, Exporter(simulator, variables={"STATE_DIRECTORY": str(tmp_path)}) as exporter:
        exporter.wait_until_up()
        assert exporter.metric("storpool_pve_journal_events_total", event="anomaly-detected") == 0


def test_storpools_defaults_are_used_if_only_the_token_is_set(tmp_path):
    """The log names the address, so the test needs no API."""
    path = tmp_path / "storpool.conf"
    write(path, {"SP_AUTH_TOKEN": TOKEN})
    with Exporter(None, "--storpool.config", path) as exporter:
        wait_for("a poll", lambda: "polling http://127.0.0.1:81/ctrl/1.0/" in exporter.log)
        said = "using StorPool's defaults for missing settings: SP_API_HTTP_HOST=127.0.0.1 SP_API_HTTP_PORT=81"
        assert exporter.log.count(said) == 1
        write(path, {"SP_AUTH_TOKEN": TOKEN, "SP_API_HTTP_HOST": "127.0.0.1", "SP_API_HTTP_PORT": "1"})
        reload(exporter)
        assert "polling http://127.0.0.1:1/" in exporter.log
        assert exporter.log.count("using StorPool's defaults") == 1


def test_a_byte_order_mark_is_reported(tmp_path):
    path = tmp_path / "storpool.conf"
    with Simulator() as simulator:
        write(path, settings(simulator))
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        with Exporter(None, "--storpool.config", path) as exporter:
            [complaint] = wait_for("the complaint", lambda: complaints(exporter))
            assert f"{path}:1: starts with a UTF-8 byte order mark" in complaint


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


NOT_REGULAR = {
    "a directory": lambda path: path.mkdir(),
    "a FIFO": lambda path: os.mkfifo(path),
    "a socket": make_socket,
    "a device": lambda path: path.symlink_to("/dev/null"),
    "a symbolic link to /nowhere": lambda path: path.symlink_to("/nowhere"),
}


@pytest.mark.parametrize("place", ["--storpool.config", "--storpool.config-dir", "--storpool.token-file"])
@pytest.mark.parametrize("kind", NOT_REGULAR)
def test_the_log_names_the_type_of_a_file_that_is_not_regular(tmp_path, kind, place):
    path = tmp_path / "x.conf"
    NOT_REGULAR[kind](path)
    given = tmp_path if place == "--storpool.config-dir" else path
    with Exporter(None, place, given) as exporter:
        [complaint] = wait_for("the complaint", lambda: complaints(exporter))
        assert f"{path}: is {kind}" in complaint


def test_a_file_name_that_is_not_utf8_is_reported(tmp_path):
    os.close(os.open(bytes(tmp_path) + b"/caf\xe9\n.conf", os.O_CREAT | os.O_WRONLY))
    with Exporter(None, "--storpool.config-dir", tmp_path) as exporter:
        [complaint] = wait_for("the complaint", lambda: complaints(exporter))
        assert rf"{tmp_path}/caf\xE9\u{{A}}.conf: its name is not UTF-8; rename the file" in complaint


def test_a_directory_with_too_many_entries_is_reported(tmp_path):
    for number in range(10_000):
        (tmp_path / f"{number}.txt").touch()
    with Exporter(None, "--storpool.config-dir", tmp_path) as exporter:
        [complaint] = wait_for("the complaint", lambda: complaints(exporter))
        assert f"{tmp_path}: has more than 10000 entries" in complaint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_unreadable_configuration_file_is_reported():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "storpool.conf")
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        with Exporter(None, "--storpool.config", path, wrapper=nobody) as exporter:
            [complaint] = wait_for("the complaint", lambda: complaints(exporter))
            assert f"{path}: Permission denied; run as root or as a user that can read it" in complaint


# Clusters.

def test_a_cluster_without_objects_is_reported(tmp_path):
    with NotifySocket(tmp_path) as manager, Simulator() as simulator:
        variables = {"NOTIFY_SOCKET": manager.path}
        with Exporter(simulator, "--pve.cluster", "misspelt", variables=variables) as exporter:
            manager.wait_for(lambda message: 'no object has the tag pve-loc "misspelt"' in message[0])
            assert exporter.metric("storpool_pve_up") == 1
            landing = exporter.get("/")[2].decode()
            assert 'class="down"' in landing and "no object has the tag pve-loc &quot;misspelt&quot;" in landing


DEFAULTS = ("--storpool.config", "/etc/storpool.conf", "--storpool.config-dir", "/etc/storpool.conf.d")


def test_copies_of_the_default_files_replace_the_originals(tmp_path):
    (tmp_path / "etc/storpool.conf.d").mkdir(parents=True)
    path = tmp_path / "etc/storpool.conf.d/api.conf"
    path.write_text("SP_AUTH_TOKEN\n")
    with Simulator() as simulator:
        write(tmp_path / "etc/storpool.conf", settings(simulator) | {"SP_AUTH_TOKEN": "1"})
        with Exporter(None, *DEFAULTS, variables={"STORPOOL_PVE_CONFIGURATION_COPY": str(tmp_path)}) as exporter:
            wait_for("the complaint", lambda: complaints(exporter))
            [complaint] = complaints(exporter)
            assert " /etc/storpool.conf.d/api.conf:1: " in complaint
            path.write_text(f"SP_AUTH_TOKEN={TOKEN}\n")
            exporter.send(signal.SIGHUP)
            exporter.wait_until_up()


def test_a_file_named_by_a_flag_is_read_instead_of_a_copy(tmp_path):
    (tmp_path / "copies").mkdir()
    path = tmp_path / "storpool.conf"
    with Simulator() as simulator:
        write(path, settings(simulator))
        variables = {"STORPOOL_PVE_CONFIGURATION_COPY": str(tmp_path / "copies")}
        with Exporter(None, "--storpool.config", path, variables=variables) as exporter:
            exporter.wait_until_up()


# Stopping.

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("fault", [None, "hang", "slow", "stall", "endless"])
def test_serve_stops_during_any_call(number, fault):
    # If the exporter waited for its calls at the exit, the test would exceed its deadline.
    flags = ["--storpool.timeout", "10m", "--space.timeout", "10m"]
    with running(interval="1h", space="1h", templates="1h", exporter_flags=flags) as (simulator, exporter):
        if fault:
            asked = simulator.state["requests"]["VolumesList"]
            simulator.fault(fault)
            exporter.send(signal.SIGHUP)
            wait_for("a call has started", lambda: simulator.state["requests"]["VolumesList"] > asked)
        with socket.create_connection(("127.0.0.1", exporter.port), timeout=SECONDS) as client:
            client.sendall(b"GET /met")
            assert exporter.stop(number) == 0
            assert "stopping" in exporter.log
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(100) == b""


def test_serve_stops_without_a_configuration():
    with Exporter(None) as exporter:
        wait_for("the complaint", lambda: complaints(exporter))
        assert exporter.stop() == 0


def test_serve_survives_many_signals():
    with running() as (_, exporter):
        for _ in range(200):
            exporter.send(signal.SIGHUP)
        exporter.poll()
        exporter.wait_until_up()
        exporter.send(signal.SIGHUP)
        exporter.send(signal.SIGTERM)
        exporter.send(signal.SIGINT)
        assert exporter.wait() == 0


def test_polls_continue_under_many_signals():
    """A SIGHUP does not cancel a running poll if the API works. The next poll starts when the running poll ends."""
    # SIGHUP also starts polls of space and templates. Each of these polls renders the page.
    with running(interval="1h", space="1h", templates="1h", objects=5_000) as (simulator, exporter):
        simulator.fault("delay", call="VolumesList", wait=0.1)
        before, descriptors = exporter.metrics(), exporter.descriptors
        requests = simulator.state["requests"]
        count, page = 0, before
        while page.metric("storpool_pve_polls_total") < before.metric("storpool_pve_polls_total") + 3:
            for _ in range(10):
                exporter.send(signal.SIGHUP)
            count += 1
            assert count < 3000, "polls never end"
            # Each of the three kinds of poll may have up to two connections.
            assert exporter.descriptors <= descriptors + 6
            page = exporter.metrics()
        assert page.metric("storpool_pve_poll_failures_total") == 0
        made = sum((simulator.state["requests"][call] - requests.get(call, 0)) for call in ("VolumesList", "SnapshotsList"))
        assert made <= 10, "a poll was cancelled"


def test_a_reload_replaces_a_hanging_poll():
    """The reload does not wait until the hanging call times out."""
    with running(exporter_flags=["--storpool.timeout", "10m"], interval="1h") as (simulator, exporter):
        simulator.fault("hang", count=1)
        asked = simulator.state["requests"]["VolumesList"]
        exporter.send(signal.SIGHUP)
        wait_for("a call hangs", lambda: simulator.state["requests"]["VolumesList"] > asked)
        before = exporter.metrics()
        page = exporter.poll(before)
        assert page.metric("storpool_pve_polls_total") == before.metric("storpool_pve_polls_total") + 1
        assert page.metric("storpool_pve_up") == 1 and page.metric("storpool_pve_poll_failures_total") == 0


def test_signals_do_not_hide_a_failure():
    """If the API does not answer, each poll runs longer than the previous one before a SIGHUP cancels it."""
    with running(exporter_flags=["--storpool.timeout", "4s"], interval="1h") as (simulator, exporter):
        simulator.fault("hang")

        def reload_and_look():
            exporter.send(signal.SIGHUP)
            return exporter.metric("storpool_pve_poll_failures_total", cause="timeout")
        wait_for("a failure is counted", reload_and_look)


# The service manager.

def keys(message):
    return [line.split("=", 1)[0] for line in message]


def test_the_service_manager_gets_the_status(tmp_path):
    with NotifySocket(tmp_path) as manager, Simulator() as simulator:
        with Exporter(simulator, interval="1h", variables={"NOTIFY_SOCKET": manager.path}) as exporter:
            ready = manager.wait_for(lambda message: "READY=1" in message)
            assert ready in manager.received[:1], "a message before READY=1"
            polled = manager.wait_for(lambda message: any("objects on" in line for line in message))
            assert keys(polled) == ["STATUS"]
            assert re.fullmatch(
                r"STATUS=\d+ objects on \d+ storages, \d+ errors, \d+ warnings; last poll took \d+ ms", polled[0])

            simulator.fault("error")
            exporter.send(signal.SIGHUP)
            reloading = manager.wait_for(lambda message: "RELOADING=1" in message)
            [stamp] = [line for line in reloading if line.startswith("MONOTONIC_USEC=")]
            assert 0 < int(stamp.split("=")[1])
            manager.wait_for(lambda message: "READY=1" in message)
            failed = manager.wait_for(lambda message: any("Polling fails" in line for line in message))
            assert any("StorPool API error busy" in line and "last success" in line for line in failed)
            assert "WATCHDOG" not in {key for message in manager.received for key in keys(message)}

            assert exporter.stop() == 0
            stopping = manager.wait_for(lambda message: "STOPPING=1" in message)
            assert "READY=1" not in stopping
            assert TOKEN not in str(manager.received)


def test_the_service_status_names_missing_settings(tmp_path):
    with NotifySocket(tmp_path) as manager:
        with Exporter(None, variables={"NOTIFY_SOCKET": manager.path}):
            manager.wait_for(lambda message: "READY=1" in message)
            status = manager.wait_for(lambda message: any("Not polling" in line for line in message))
            assert "SP_AUTH_TOKEN" in str(status)


@pytest.mark.parametrize("fault", [None, "hang", "endless"])
def test_watchdog_messages_are_sent_in_time(tmp_path, fault):
    variables = {"WATCHDOG_USEC": "1000000"}
    with NotifySocket(tmp_path) as manager, Simulator() as simulator:
        if fault:
            simulator.fault(fault)
        with Exporter(simulator, variables=variables | {"NOTIFY_SOCKET": manager.path}) as exporter:
            for _ in range(4):
                manager.wait_for(lambda message: "WATCHDOG=1" in message)
            assert exporter.stop() == 0


def test_no_watchdog_message_is_sent_for_another_process(tmp_path):
    variables = {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}
    with NotifySocket(tmp_path) as manager, Simulator() as simulator:
        with Exporter(simulator, variables=variables | {"NOTIFY_SOCKET": manager.path}) as exporter:
            polls = exporter.wait_until_up().metric("storpool_pve_polls_total")
            exporter.wait_for(lambda page: page.metric("storpool_pve_polls_total") > polls + 1, "more polls")
            assert exporter.stop() == 0
            manager.wait_for(lambda message: "STOPPING=1" in message)
            assert ["WATCHDOG=1"] not in manager.received


ACTIVATE = """
import os, sys
given = [int(number) for number in sys.argv[1].split(",")]
spare = [os.dup2(number, 100 + place, inheritable=False) for place, number in enumerate(given)]
for place, number in enumerate(spare):
    os.dup2(number, 3 + place, inheritable=True)
os.environ["LISTEN_FDS"] = str(len(given))
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


def activated(simulator, *sockets, **options):
    """An exporter that inherits these sockets as from systemd (sd_listen_fds(3))."""
    numbers = [own.fileno() for own in sockets]
    return Exporter(
        simulator, pass_fds=numbers, wait=False,
        wrapper=(sys.executable, "-c", ACTIVATE, ",".join(map(str, numbers))), **options)


def test_sockets_from_systemd_replace_the_listen_flag(tmp_path):
    unused = free_port()
    path = str(tmp_path / "exporter.socket")
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix, Simulator() as simulator:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        unix.bind(path)
        unix.listen()
        with activated(simulator, tcp, unix, listen=(f"127.0.0.1:{unused}",)) as exporter:
            exporter.listens_on(tcp.getsockname()[1])
            # The kernel queues connections until the exporter accepts them.
            exporter.wait_until_up()
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(SECONDS)
                client.connect(path)
                client.sendall(b"GET /-/healthy HTTP/1.0\r\n\r\n")
                assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            with socket.socket() as client:
                assert client.connect_ex(("127.0.0.1", unused)) != 0
            assert exporter.stop() == 0
            assert os.path.exists(path), "the socket is the service manager's"


def test_a_descriptor_from_systemd_must_be_a_socket(tmp_path):
    with open(tmp_path / "file", "w+b") as file, Simulator() as simulator:
        with activated(simulator, file) as exporter:
            assert exporter.wait() == 1
            assert exporter.log.strip()


# The token.

def test_the_token_is_never_printed(tmp_path):
    path = tmp_path / "storpool.conf"
    with NotifySocket(tmp_path) as manager, Simulator() as simulator:
        write(path, settings(simulator))
        with Exporter(
                None, "--storpool.config", path, "--log.level", "debug", space="1s", templates="1s",
                variables={"NOTIFY_SOCKET": manager.path, "STATE_DIRECTORY": str(tmp_path)}) as exporter:
            exporter.wait_until_up()
            for fault in ("bad-token", "error", "garbage", "close", "html", "malformed"):
                simulator.clear_faults()
                simulator.fault(fault)
                exporter.poll()
            write(path, settings(simulator, TOKEN + "\x01"))
            reload(exporter)
            write(path, settings(simulator) | {"SP_API_HTTP_PORT": TOKEN})
            reload(exporter)
            seen = [exporter.get(place)[2].decode() for place in ("/metrics", "/", "/-/ready", "/-/healthy", "/nothing")]
            for name in ("cmdline", "environ"):
                with open(f"/proc/{exporter.pid}/{name}", "rb") as file:
                    seen.append(file.read().decode())
            assert exporter.stop() == 0
            manager.wait_for(lambda message: "STOPPING=1" in message)
            seen += [exporter.log, exporter.output, str(manager.received)]
            seen += [file.read_text() for file in tmp_path.iterdir() if file.is_file() and file != path]
            assert not [text for text in seen if TOKEN in text]
