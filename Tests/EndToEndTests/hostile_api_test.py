"""Error texts of the API that try to deceive the service manager, a terminal or a reader of the log."""

import json
import signal

import pytest

from testkit.processes import TOKEN, Exporter, NotifySocket, wait_for
from testkit.scripted_api import ScriptedAPI, envelope, reply

VOLUMES = 30_000


@pytest.fixture(name="api")
def fixture_api():
    with ScriptedAPI() as api:
        yield api


def error(text):
    return reply(json.dumps({"error": {"name": "busy", "descr": text}}).encode(), status="500 Error")


def test_a_token_in_an_error_text_is_not_repeated(api):
    api.script["VolumesList"] = error(f"not allowed: Storpool v1:{TOKEN}!")
    with Exporter(api.url) as exporter:
        exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api"), "a failure")
        landing = exporter.get("/")[2].decode()
        assert "not allowed" in landing
        assert TOKEN not in landing + exporter.log + exporter.metrics().text


def test_an_error_text_adds_no_line_to_the_service_status(api, tmp_path):
    api.script["VolumesList"] = error("a\nMAINPID=1\nSTOPPING=1\n" + "long " * 10_000)
    with NotifySocket(tmp_path) as manager:
        with Exporter(api.url, variables={"NOTIFY_SOCKET": manager.path}) as exporter:
            status = manager.wait_for(lambda message: message[0].startswith("STATUS=Polling fails"))
            assert len(status) == 1 and "MAINPID=1" in status[0] and len(status[0]) < 2000
            assert exporter.is_running


def test_an_error_text_is_printed_escaped_and_truncated(api, tmp_path):
    api.script["VolumesList"] = error("\x1b[31m\x9b2J\u202ered\n" + "\u2028long " * 5_000)
    with NotifySocket(tmp_path) as manager:
        with Exporter(api.url, "--log.level", "debug", variables={"NOTIFY_SOCKET": manager.path}) as exporter:
            exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api"), "a failure")
            status = manager.wait_for(lambda message: message[0].startswith("STATUS=Polling fails"))
            page = exporter.get("/")[2].decode()
            lines = [line for line in [*exporter.log.splitlines(), *page.splitlines(), *status] if "31m" in line]
            assert len(lines) >= 3
            for line in lines:
                assert line.isprintable() and len(line) < 600, line


def test_a_truncated_text_has_no_part_of_the_token(api):
    """At one of these lengths, the truncation is inside the token."""
    for length in range(230, 290, 7):
        api.script["VolumesList"] = error("x" * length + TOKEN)
        with Exporter(api.url, "--log.level", "debug") as exporter:
            exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api"), "a failure")
            assert "xxx" in exporter.log and TOKEN[:6] not in exporter.log


def test_log_lines_are_short_enough_for_a_pipe(api):
    """A write of at most PIPE_BUF bytes to a pipe is atomic (pipe(7)), so lines of several processes do not mix."""
    api.script["VolumesList"] = error("x" * 60_000)
    with Exporter(api.url, "--log.level", "debug") as exporter:
        exporter.wait_for(lambda page: page.metric("storpool_pve_poll_failures_total", cause="api") >= 2, "two failures")
        assert max(len(line) for line in exporter.log.splitlines()) < 4096


def volumes_out_of_range():
    tags = {"virt": "pve", "pve-loc": "lab", "pve": "sp", "pve-type": "images", "pve-vm": "50"}
    return reply(envelope(*(
        {"name": f"~a.b.{number:x}", "globalId": f"a.b.{number:x}", "size": 1, "tags": tags | {"pve-disk": str(number)}}
        for number in range(VOLUMES))))


@pytest.mark.parametrize("address", ["the same", "another"])
def test_a_reload_during_a_poll_repeats_no_event(api, tmp_path, address):
    """The reloaded configuration has the address of the same API or of a different one."""
    configuration = tmp_path / "storpool.conf"

    def configure(server):
        host, port = server.server_address
        configuration.write_text(f"SP_API_HTTP_HOST={host}\nSP_API_HTTP_PORT={port}\nSP_AUTH_TOKEN={TOKEN}\n")

    volumes = volumes_out_of_range()
    with ScriptedAPI() as other:
        api.script["VolumesList"] = other.script["VolumesList"] = volumes
        configure(api)
        with Exporter(None, "--storpool.config", configuration, interval="1h") as exporter:
            wait_for("the lists are read", lambda: "SnapshotsList" in api.calls)
            if address == "another":
                configure(other)
            second = {"the same": api, "another": other}[address]
            before = second.calls.count("SnapshotsList")
            exporter.send(signal.SIGHUP)
            wait_for("a second poll", lambda: second.calls.count("SnapshotsList") > before)
            # Each call of poll() waits until a poll ends. The second call waits for a poll that began after the first call.
            exporter.poll()
            page = exporter.poll()
            assert page.metric("storpool_pve_anomalies", reason="vmid-range") == VOLUMES
            sent = "storpool_pve_journal_events_total"
            # Events are sent in order, in later iterations of the event loop.
            page = exporter.wait_for(lambda page: page.metric(sent, event="anomalies-suppressed"), "the last event")
            assert [page.metric(sent, event=event) for event in (
                "anomaly-detected", "anomalies-suppressed", "anomaly-resolved")] == [100, 1, 0]


def test_every_object_can_have_an_anomaly(api, tmp_path):
    api.script["VolumesList"] = volumes_out_of_range()
    with Exporter(api.url, "--log.level", "debug", interval="10s", variables={"STATE_DIRECTORY": str(tmp_path)}) as exporter:
        page = exporter.wait_for(lambda page: page.metric("storpool_pve_polls_total"), "a poll")
        wait_for("the anomalies are known", lambda: exporter.metric("storpool_pve_anomalies", reason="vmid-range"))
        assert exporter.metric("storpool_pve_anomalies", reason="vmid-range") == VOLUMES
        wait_for("the state is written", (tmp_path / "anomalies.json").exists)
        assert page.metric("storpool_pve_up") == 1
