"""Flags, exit codes and outputs of the commands."""

import contextlib
import csv
import io
import json
import re
import signal
import socket
import subprocess

import pytest

from testkit.commands import Commands, run
from testkit.processes import SECONDS, TOKEN, Simulator, environment, program, wait_for
from testkit.scripted_api import ScriptedAPI, envelope, reply

ROW_FIELDS = [
    "global_id", "storpool_name", "kind", "object_type", "volume_name", "pve_cluster", "storage", "content_type",
    "vmid", "disk", "snapshot", "parent", "comment", "size_bytes", "created", "going", "foreign", "anomalies",
]
TEXT_FIELDS = ["pve_cluster", "storage", "content_type", "vmid", "disk", "snapshot", "parent", "comment"]
TYPES = ["disk", "cloudinit", "vmstate", "base", "snapshot", "image", "iso", "invalid"]
REASONS = {
    "error": ["named-volume", "wrong-kind", "unexpected-tag", "missing-tag", "content-type"],
    "warning": [
        "undecodable-name", "invisible", "scheduled-deletion", "unfindable-cloudinit", "duplicate-cloudinit",
        "duplicate-snapshot", "orphan-snapshot", "storage-mismatch", "base-and-disk", "owner-mismatch",
    ],
    "notice": ["duplicate-disk", "vmid-range", "stray-tag", "odd-boolean"],
}
POLL_FLAGS = [
    "--storpool.config", "--storpool.config-dir", "--storpool.url", "--storpool.token-file", "--storpool.timeout",
    "--storpool.max-response-bytes", "--pve.cluster", "--anomalies.ignore", "--log.level",
]
SERVE_FLAGS = [
    "--web.listen-address", "--web.telemetry-path", "--poll.interval", "--poll.stale-after", "--space.interval",
    "--space.timeout", "--templates.interval", "--metrics.per-vm", "--no-metrics.per-vm", "--metrics.anomaly-series",
    "--events.max-per-poll",
]
DEFAULTS = [
    "/etc/storpool.conf)", "/etc/storpool.conf.d)", "30s)", "4GiB)", ":10058)", "/metrics)", "60s)",
    "3 intervals, or interval plus timeout if longer)",
    "15m)", "5m)", "--metrics.per-vm)", "500)", "100)", "info)",
]


EXPORTER = program("storpool-pve-exporter")


@pytest.fixture(name="cluster", scope="session")
def fixture_cluster():
    with Simulator(objects=1000) as simulator:
        yield Commands(simulator)


@pytest.fixture(name="healthy", scope="session")
def fixture_healthy():
    with Simulator("--no-anomalies") as simulator:
        yield Commands(simulator)


@pytest.fixture(name="failing")
def fixture_failing(shared):
    """A small simulator, and the commands that use it. The faults of the simulator end with the test."""
    yield shared, Commands(shared)
    shared.clear_faults()


@pytest.fixture(name="shared", scope="session")
def fixture_shared():
    with Simulator("--no-anomalies", objects=50) as simulator:
        yield simulator


@pytest.fixture(name="scripted")
def fixture_scripted():
    """A function that starts a ScriptedAPI with the given replies to its calls."""
    with contextlib.ExitStack() as stack:
        def start(**answers):
            api = stack.enter_context(ScriptedAPI(**answers))
            commands = Commands(api)
            commands.calls = api.calls
            return commands

        yield start


def volume(identifier, **fields):
    """The JSON object of a VM disk. `fields` replace members; `tags=` replaces all tags."""
    tags = {"virt": "pve", "pve-loc": "prod1", "pve": "sp-nvme", "pve-type": "images", "pve-vm": "104",
            "pve-disk": "0"}
    return {"name": f"~{identifier}", "globalId": identifier, "size": 1 << 30, "creationTimestamp": 1_700_000_000,
            "tags": tags} | fields


def listed(*elements):
    return reply(envelope(*elements))


# Flags


@pytest.mark.parametrize("command, flags", [
    ("serve", POLL_FLAGS + SERVE_FLAGS), ("check", POLL_FLAGS + ["--format", "--fail-on"]),
    ("list", POLL_FLAGS + ["--format", "--cluster", "--storage", "--vmid", "--type", "--anomalies"]),
    ("decode", ["--format", "--log.level"]),
])
def test_help_has_a_line_for_every_flag(command, flags):
    done = run(command, "--help")
    assert done.returncode == 0
    listed = re.findall(r"(?<![\w.'-])--[a-z.-]*[a-z]", re.sub(r"\A.*?\nOPTIONS:", "", done.stdout, flags=re.S))
    assert [flag for flag in flags if flag not in listed] == []


def test_help_lists_the_defaults():
    text = " ".join(run("serve", "--help").stdout.split())
    assert [default for default in DEFAULTS if default not in text] == []


@pytest.mark.parametrize("arguments", [["--version"], ["check", "--version"], ["decode", "--version"]])
def test_version_names_revision_and_compiler(arguments):
    done = run(*arguments)
    assert done.returncode == 0
    assert re.fullmatch(r"storpool-pve-exporter \d+\.\d+\.\d+ \(revision \w+, Swift \d[^)]*\)\n", done.stdout)


WRONG = [
    ("serve", ["--bogus"]), ("serve", ["extra"]), ("serve", ["--poll.interval", "999ms"]),
    ("serve", ["--poll.interval", "60"]), ("serve", ["--poll.interval", "1s2m"]), ("serve", ["--poll.interval", ""]),
    ("serve", ["--poll.stale-after", "0"]), ("serve", ["--space.interval", "1ms"]), ("serve", ["--space.timeout", "0"]),
    ("serve", ["--templates.interval", "x"]), ("serve", ["--web.listen-address", "localhost"]),
    ("serve", ["--web.listen-address", "::1:80"]), ("serve", ["--web.listen-address", "unix:relative"]),
    ("serve", ["--web.listen-address", ":65536"]), ("serve", ["--web.telemetry-path", "metrics"]),
    ("serve", ["--web.telemetry-path", "/"]), ("serve", ["--web.telemetry-path", "/-/healthy"]),
    ("serve", ["--web.telemetry-path", "/-/ready"]), ("serve", ["--web.telemetry-path", "/a b"]),
    ("serve", ["--metrics.anomaly-series", "-1"]), ("serve", ["--metrics.anomaly-series", "+1"]),
    ("serve", ["--metrics.anomaly-series", "99999999999999999999"]), ("serve", ["--events.max-per-poll", "many"]),
    ("serve", ["--metrics.per-vm=yes"]), ("serve", ["--storpool.timeout", "0"]),
    ("serve", ["--storpool.max-response-bytes", "4GB"]), ("serve", ["--storpool.max-response-bytes", "0"]),
    ("serve", ["--storpool.max-response-bytes", "9999999TiB"]), ("serve", ["--anomalies.ignore", "nothing"]),
    ("serve", ["--pve.cluster", ""]), ("serve", ["--storpool.url", "https://127.0.0.1:81"]),
    ("serve", ["--storpool.url", "http://127.0.0.1"]), ("serve", ["--log.level", "loud"]),
    ("check", ["--bogus"]), ("check", ["--format", "csv"]), ("check", ["--fail-on", "all"]), ("check", ["name"]),
    ("check", ["--poll.interval", "5s"]), ("check", ["--storpool.timeout"]),
    ("list", ["--format", "yaml"]), ("list", ["--type", "volume"]), ("list", ["--fail-on", "error"]),
    ("decode", []), ("decode", ["--storpool.url", "http://127.0.0.1:81"]), ("decode", ["--format", "csv", "x"]),
    ("check", ["--anomalies.ignore", "nothing:a.b.c"]), ("serve", ["--anomalies.ignore", "invisible:"]),
    ("check", ["--anomalies.ignore", "invisible:~a.b.c"]), ("serve", ["--web.telemetry-path", "/favicon.ico"]),
    ("list", ["--vmid", "104,"]), ("list", ["--anomalies=yes"]), ("check", ["\U0001F600"]), ("check", ["-"]), ("list", ["--=", "x"]),
]


@pytest.mark.parametrize("command, arguments", WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else value)
def test_a_wrong_flag_or_value_exits_64_with_the_usage(command, arguments):
    done = run(command, *arguments)
    assert done.returncode == 64
    assert done.stdout == ""
    shown = "[serve]" if command == "serve" else command
    assert f"\nUsage: storpool-pve-exporter {shown} [FLAGS]" in done.stderr
    assert done.stderr.startswith("Error: ")
    for argument in arguments[:1]:
        assert argument.split("=")[0] in done.stderr


def test_the_default_command_is_serve():
    done = run("--poll.interval", "0s")
    assert (done.returncode, "Usage: storpool-pve-exporter [serve] [FLAGS]" in done.stderr) == (64, True)


@pytest.mark.parametrize("arguments, text", [
    (["chek"], "unknown command 'chek'; did you mean 'check'?"), (["lst", "--vmid", "5"], "did you mean 'list'?"),
    (["metrics"], "unknown command 'metrics'; the commands are serve, check, list, decode"),
    (["--log.level", "debug", "chek"], "did you mean the command 'check'? Put it before all flags"),
    (["--log.level", "debug", "check"], "'check'; put the command before all flags"),
    (["serve", "extra"], "'extra'; serve takes flags only"),
    (["list", "128"], "'128'; did you mean 'list --vmid 128'?"), (["list", "104,105"], "'list --vmid 104,105'?"),
    (["list", "iso"], "'list --type iso'?"), (["list", "prod1"], "--cluster prod1"),
    (["check", "prod1"], "--pve.cluster prod1"), (["list", "--vmi", "5"], "Did you mean '--vmid'?"),
])
def test_the_error_about_an_unexpected_argument_has_a_hint(arguments, text):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert text in done.stderr.splitlines()[0]
    assert "\nUsage: storpool-pve-exporter " in done.stderr


def test_a_rejected_argument_is_printed_escaped():
    done = run("check", b"\x1b[2J\x9b\xff".decode("utf-8", "surrogateescape"), text=False)
    assert done.returncode == 64
    assert b"\x1b" not in done.stderr and b"\x9b" not in done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["list", "--help"], ["help", "check"]])
@pytest.mark.parametrize("sink", [">/dev/full", ">&-"])
def test_help_and_version_that_cannot_be_written_exit_2(arguments, sink):
    done = subprocess.run(["sh", "-c", f'exec "$@" {sink}', "sh", EXPORTER, *arguments], capture_output=True, text=True,
                          env=environment(), timeout=SECONDS, check=False)
    assert done.returncode == 2
    assert "write to standard output" in done.stderr


def test_a_token_in_the_url_is_not_repeated():
    done = run("check", "--storpool.url", f"http://{TOKEN}@127.0.0.1:81")
    assert done.returncode == 64
    assert "--storpool.token-file" in done.stderr


# Configuration.


def test_the_error_about_missing_settings_names_variables_and_files(tmp_path):
    for command in "check", "list":
        done = run(command, "--storpool.config", tmp_path / "absent.conf", "--storpool.config-dir", tmp_path / "absent.d")
        assert done.returncode == 2
        assert done.stdout == ""
        for text in ["SP_API_HTTP_HOST", "SP_API_HTTP_PORT", "SP_AUTH_TOKEN", f"{tmp_path}/absent.conf",
                     f"{tmp_path}/absent.d", "environment"]:
            assert text in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_error_names_only_the_missing_settings(tmp_path):
    config = tmp_path / "storpool.conf"
    config.write_text("SP_API_HTTP_HOST=127.0.0.1\nSP_API_HTTP_PORT=81\n", encoding="ascii")
    done = run("check", "--storpool.config", config, "--storpool.config-dir", tmp_path)
    assert done.returncode == 2
    assert "missing SP_AUTH_TOKEN;" in done.stderr
    assert str(config) in done.stderr


def test_an_error_names_the_default_host_and_port(tmp_path):
    config = tmp_path / "storpool.conf"
    config.write_text(f"SP_API_HTTP_PORT=1\nSP_AUTH_TOKEN={TOKEN}\n", encoding="ascii")
    done = run("check", "--storpool.config", config, "--storpool.config-dir", tmp_path / "none")
    assert done.returncode == 2
    assert "using StorPool's defaults for missing settings: SP_API_HTTP_HOST=127.0.0.1" in done.stderr
    assert "127.0.0.1 port 1 " in done.stderr


def test_bad_configuration_is_reported_with_file_and_line(tmp_path):
    config = tmp_path / "storpool.conf"
    config.write_text(f"SP_API_HTTP_PORT=81\n# fine\n{TOKEN} is no setting\n", encoding="ascii")
    done = run("list", "--storpool.config", config, "--storpool.config-dir", tmp_path / "none")
    assert done.returncode == 2
    assert f"{config}:3: " in done.stderr


def test_the_error_about_a_missing_token_file_names_the_file(tmp_path):
    done = run("check", "--storpool.url", "http://127.0.0.1:1", "--storpool.token-file", tmp_path / "absent")
    assert done.returncode == 2
    assert f"{tmp_path}/absent" in done.stderr


def test_files_environment_and_flags_configure_check(healthy, tmp_path):
    host, port = healthy.url.removeprefix("http://").split(":")
    (tmp_path / "storpool.conf").write_text(f"SP_API_HTTP_HOST=192.0.2.1\nSP_AUTH_TOKEN={TOKEN}\n", encoding="ascii")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/10.conf").write_text(f"SP_API_HTTP_HOST={host}\nSP_API_HTTP_PORT=1\n", encoding="ascii")
    files = ["--storpool.config", tmp_path / "storpool.conf", "--storpool.config-dir", tmp_path / "d"]
    assert run("check", *files, env={"SP_API_HTTP_PORT": port}).returncode == 0
    assert run("check", *files).returncode == 2
    assert run("check", *files, *healthy.flags).returncode == 0


# An API that fails.


def test_an_unreachable_api_exits_2_and_names_the_call():
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{placeholder.getsockname()[1]}"
        for command in "check", "list":
            done = Commands(url).run(command)
            assert (done.returncode, done.stdout) == (2, "")
            first, last = done.stderr.splitlines()
            assert "VolumesList" in first and "retrying" in first
            assert "VolumesList" in last and re.search(r"\(tried \d times\)$", last)


def test_a_refused_connection_is_retried(healthy):
    with socket.socket() as late:
        # The socket is bound but does not listen yet. Connections are refused until the command has retried once.
        late.bind(("127.0.0.1", 0))
        commands = Commands(f"http://127.0.0.1:{late.getsockname()[1]}")
        with subprocess.Popen(
                [EXPORTER, "check", *commands.flags], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert "retrying" in process.stderr.readline()
            late.listen()
            forward(late, healthy)
            output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("Healthy: ")


def forward(listener, cluster):
    """Forwards the two API calls of a poll to the cluster."""
    for _ in range(2):
        listener.settimeout(SECONDS)
        client, _ = listener.accept()
        with client:
            client.settimeout(SECONDS)
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1 << 16)
            with socket.create_connection(("127.0.0.1", int(cluster.url.rsplit(":", 1)[1])), SECONDS) as api:
                api.sendall(head)
                while part := api.recv(1 << 16):
                    client.sendall(part)


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_transient_error_is_retried(failing, command):
    simulator, commands = failing
    before = lists_read(simulator)
    simulator.fault("transient", count=2, call="SnapshotsList")
    done = commands.run(command)
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    assert "(transient)" in done.stderr and "retrying" in done.stderr
    assert lists_read(simulator) == before + 3


def lists_read(simulator):
    return simulator.state["requests"].get("VolumesList", 0)


def test_an_error_that_is_not_transient_is_not_retried(failing):
    simulator, commands = failing
    before = lists_read(simulator)
    simulator.fault("error")
    done = commands.run("check")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert lists_read(simulator) == before + 1


@pytest.mark.parametrize("fault, text", [
    ("call=SnapshotsList&kind=error&name=busy", "SnapshotsList: StorPool API error busy"),
    ("kind=bad-token", "VolumesList"), ("kind=truncate", "VolumesList"), ("kind=malformed", "at byte"),
    ("kind=html", "HTTP status 503"), ("kind=hang", "VolumesList"), ("kind=empty", "VolumesList"),
    ("kind=endless", "larger than"),
])
def test_a_failing_api_exits_2_and_names_the_cause(failing, fault, text):
    simulator, commands = failing
    simulator.control("POST", f"fault?{fault}")
    done = commands.run("list", "--storpool.timeout", "1s" if "hang" in fault else "30s",
                        "--storpool.max-response-bytes", "4MiB")
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr


def test_a_wrong_token_exits_2(cluster, tmp_path):
    (tmp_path / "token").write_text("777666555", encoding="ascii")
    done = run("check", "--storpool.url", cluster.url, "--storpool.token-file", tmp_path / "token")
    assert done.returncode == 2
    assert "777666555" not in done.stderr


def test_sigint_ends_a_command(failing):
    simulator, commands = failing
    before = lists_read(simulator)
    simulator.fault("hang")
    with subprocess.Popen([EXPORTER, "check", *commands.flags], env=environment()) as process:
        wait_for("a call", lambda: lists_read(simulator) > before)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=SECONDS) == -signal.SIGINT


# check


def test_check_prints_one_line_for_a_healthy_cluster(healthy):
    before = lists_read(healthy.api)
    done = healthy.run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Healthy: no findings among 300 objects: .*\n", done.stdout)
    assert lists_read(healthy.api) == before + 1
    assert json.loads(healthy.run("check", "--format=json").stdout) == {
        "objects": 300, "malformed": 0, "anomalies": {"error": 0, "warning": 0, "notice": 0}, "findings": []}


def test_check_shows_every_anomaly_worst_first(cluster):
    done = cluster.run("check")
    assert (done.returncode, done.stderr) == (1, "")
    header, *lines = done.stdout.splitlines()
    assert header.split() == ["SEVERITY", "REASON", "OBJECT", "VM", "STORAGE", "CLUSTER", "DETAIL"]
    blank = lines.index("")
    severities = [line.split()[0] for line in lines[:blank]]
    order = ["error", "warning", "notice"]
    assert severities == sorted(severities, key=order.index)
    assert {line.split()[1] for line in lines[:blank]} == {reason for reasons in REASONS.values() for reason in reasons}
    assert len(lines) == blank + 2
    assert "among 1000 objects" in lines[-1]


def test_check_as_json_agrees_with_list(cluster):
    done = cluster.run("check", "--format", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert list(report) == ["objects", "malformed", "anomalies", "findings"]
    assert report["objects"] == 1000
    counts = {severity: 0 for severity in REASONS}
    for row in report["findings"]:
        assert row["anomalies"]
        for anomaly in row["anomalies"]:
            counts[anomaly["severity"]] += 1
    assert report["anomalies"] == counts
    key = lambda row: (row["global_id"], row["kind"])
    assert sorted(report["findings"], key=key) == sorted(cluster.rows("--anomalies"), key=key)
    worst = [row["anomalies"][0]["severity"] for row in report["findings"]]
    assert worst == sorted(worst, key=list(REASONS).index)


def ignoring(*severities):
    return [f"--anomalies.ignore={reason}" for severity in severities for reason in REASONS[severity]]


@pytest.mark.parametrize("fail_on, ignored, code", [
    ("error", [], 1), ("warning", [], 1), ("notice", [], 1), (None, [], 1),
    ("error", ["error"], 0), ("warning", ["error"], 1), (None, ["error"], 1), ("notice", ["error", "warning"], 1),
    ("warning", ["error", "warning"], 0), (None, ["error", "warning"], 0),
    ("notice", ["error", "warning", "notice"], 0),
])
def test_fail_on_and_ignored_reasons_decide_the_exit_code(cluster, fail_on, ignored, code):
    flags = ["--fail-on", fail_on] if fail_on else []
    assert cluster.run("check", *flags, *ignoring(*ignored)).returncode == code


def test_ignored_reasons_are_counted_but_not_listed(cluster):
    everything = json.loads(cluster.run("check", "--format=json").stdout)
    done = cluster.run("check", "--format=json", *ignoring("error"))
    report = json.loads(done.stdout)
    assert report["anomalies"] == everything["anomalies"]
    assert {anomaly["severity"] for row in report["findings"] for anomaly in row["anomalies"]} == {"warning", "notice"}
    text = cluster.run("check", *ignoring("error", "warning", "notice")).stdout
    assert text.startswith("Healthy: ")
    for reasons in REASONS.values():
        for reason in reasons:
            assert re.search(rf"accepted: .*\d+ {reason}", text)
    assert cluster.rows("--anomalies", *ignoring("error", "warning", "notice")) == []


def test_an_anomaly_of_one_object_can_be_accepted(cluster):
    rows = [row for row in cluster.rows("--anomalies") if row["anomalies"][0]["severity"] == "error"]
    first, reason = rows[0]["global_id"], rows[0]["anomalies"][0]["reason"]
    flag = f"--anomalies.ignore={reason}:{first}"

    def others(findings):
        return [(row["global_id"], anomaly["reason"]) for row in findings for anomaly in row["anomalies"]
                if (row["global_id"], anomaly["reason"]) != (first, reason)]

    everything = json.loads(cluster.run("check", "--format=json").stdout)
    report = json.loads(cluster.run("check", "--format=json", flag).stdout)
    assert report["anomalies"] == everything["anomalies"]
    assert [(row["global_id"], anomaly["reason"]) for row in report["findings"] for anomaly in row["anomalies"]] == \
        others(everything["findings"])
    assert f"accepted: 1 {reason}" in cluster.run("check", flag).stdout
    every = [f"--anomalies.ignore={anomaly['reason']}:{row['global_id']}" for row in rows for anomaly in row["anomalies"]
             if anomaly["severity"] == "error"]
    assert cluster.run("check", "--fail-on=error", *every[1:]).returncode == 1
    assert cluster.run("check", "--fail-on=error", *every).returncode == 0


def test_check_exits_2_for_a_cluster_without_objects(cluster):
    done = cluster.run("check", "--pve.cluster", "prod1", "--pve.cluster", "prod", "--pve.cluster", "prod")
    assert (done.returncode, done.stdout) == (2, "")
    line, = done.stderr.splitlines()
    assert 'no object has the tag pve-loc "prod", which --pve.cluster names; known: ' in line
    assert "prod1" in line.split("known: ")[1]


def test_list_warns_about_a_cluster_without_objects(cluster):
    done = cluster.run("list", "--pve.cluster", "prod1", "--pve.cluster", "prod", "--pve.cluster", "prod")
    assert done.returncode == 0
    assert done.stderr.count('no object has the tag pve-loc "prod", which --pve.cluster names') == 1
    assert '"prod1"' not in done.stderr


def test_check_and_list_can_be_limited_to_a_cluster(cluster):
    done = cluster.run("check", "--pve.cluster", "prod1", "--format", "json")
    found = json.loads(done.stdout)["findings"]
    assert found
    assert {row["pve_cluster"] for row in found} <= {"prod1", None, ""}
    for row in cluster.rows("--pve.cluster", "prod1", "--pve.cluster", "lab"):
        if row["pve_cluster"] not in ("prod1", "lab"):
            assert (row["foreign"], row["object_type"], row["volume_name"]) == (True, None, None)


def test_anomalies_from_comparisons_need_two_polls_that_agree(scripted):
    once = scripted(
        VolumesList=[listed(volume("a.b.1"), volume("a.b.2")), listed(volume("a.b.1"))], SnapshotsList=[listed()])
    done = once.run("check", "--fail-on", "notice")
    assert (done.returncode, once.calls) == (0, ["VolumesList", "SnapshotsList"] * 2)
    assert "among 1 object:" in done.stdout

    both = scripted(VolumesList=[listed(volume("a.b.1"), volume("a.b.2"))], SnapshotsList=[listed()])
    assert [row["anomalies"][0]["reason"] for row in both.rows()] == ["duplicate-disk"] * 2
    assert both.calls == ["VolumesList", "SnapshotsList"] * 2

    alone = scripted(VolumesList=[listed(volume("a.b.1", name="named"))], SnapshotsList=[listed()])
    assert alone.run("check").returncode == 1
    assert alone.calls == ["VolumesList", "SnapshotsList"]


def test_a_second_poll_that_fails_exits_2(scripted):
    cluster = scripted(VolumesList=[listed(volume("a.b.1"), volume("a.b.2")), reply(b"{")], SnapshotsList=[listed()])
    done = cluster.run("check")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_reply_with_two_lists_exits_2(scripted):
    body = '{"data": ' + json.dumps([volume("a.b.1"), volume("a.b.2")]) + ', "data": ' + json.dumps([volume("a.b.3")]) + "}"
    cluster = scripted(VolumesList=[reply(body.encode())], SnapshotsList=[listed()])
    done = cluster.run("list")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the reply has a second data member at byte" in done.stderr


def test_unreadable_elements_count_as_a_warning(scripted):
    cluster = scripted(VolumesList=[listed(volume("a.b.1"), {"name": "x"}, 5)], SnapshotsList=[listed()])
    done = cluster.run("check")
    assert done.returncode == 1
    assert "2 elements could not be read (a warning)" in done.stdout
    assert "2" in done.stderr
    assert cluster.run("check", "--fail-on=error").returncode == 0
    assert json.loads(cluster.run("check", "--format=json").stdout)["malformed"] == 2
    assert cluster.run("list").returncode == 0
    assert cluster.run("check", "--log.level", "error").stderr == ""


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_list_without_a_readable_element_exits_2(scripted, command):
    cluster = scripted(
        VolumesList=[listed(volume("a.b.1"))],
        SnapshotsList=[listed(volume("a.b.2", size=-1), volume("a.b.3", size=-1), volume("a.b.4", size=-1))])
    done = cluster.run(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "SnapshotsList: none of the 3 elements of the list could be read" in done.stderr


# list


def test_list_as_json_has_the_documented_fields_and_types(cluster):
    rows = cluster.rows()
    assert len(rows) == 1000
    for row in rows:
        assert list(row) == ROW_FIELDS
        assert isinstance(row["global_id"], str) and isinstance(row["storpool_name"], str)
        assert row["kind"] in ("volume", "snapshot")
        assert row["object_type"] in TYPES or (row["object_type"] is None and row["foreign"])
        assert row["volume_name"] is None or isinstance(row["volume_name"], str)
        assert all(row[field] is None or isinstance(row[field], str) for field in TEXT_FIELDS)
        assert isinstance(row["size_bytes"], int) and isinstance(row["created"], int)
        assert isinstance(row["going"], bool) and isinstance(row["foreign"], bool)
        for anomaly in row["anomalies"]:
            assert list(anomaly) == ["reason", "severity", "detail"]
            assert anomaly["reason"] in REASONS[anomaly["severity"]]
    assert {row["object_type"] for row in rows} == {None, *TYPES}
    assert any(row["going"] for row in rows)


def test_list_agrees_with_the_api(cluster):
    listed = {(row["kind"], row["storpool_name"]): row for row in cluster.rows()}
    for kind, call in ("volume", "VolumesList"), ("snapshot", "SnapshotsList"):
        elements = cluster.api.data(call)
        assert sum(row["kind"] == kind for row in listed.values()) == len(elements)
        for element in elements:
            row = listed[kind, element["name"]]
            assert (row["size_bytes"], row["created"]) == (element["size"], element["creationTimestamp"])
            tags = element.get("tags") or {}
            assert (row["vmid"], row["storage"], row["comment"]) == (tags.get("pve-vm"), tags.get("pve"), tags.get("pve-comment"))
            if kind == "snapshot":
                assert row["global_id"] == element["globalId"]


def test_list_as_csv_has_the_same_rows_as_json(cluster):
    done = cluster.run("list", "--format", "csv", text=False)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert all(line.endswith("\r\n") for line in text.splitlines(keepends=True))
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    rows = cluster.rows()
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows):
        assert list(line) == ROW_FIELDS
        for field in ROW_FIELDS:
            value = row[field]
            if field == "anomalies":
                value = " ".join(anomaly["reason"] for anomaly in value)
            elif isinstance(value, bool):
                value = str(value).lower()
            assert line[field] == ("" if value is None else str(value))


def test_list_as_text_has_one_line_per_object(cluster):
    done = cluster.run("list")
    header, *lines = done.stdout.splitlines()
    assert header.split("  ")[0] == "GLOBAL ID"
    assert len(lines) == 1000
    assert [line.split()[0] for line in lines] == [row["global_id"] for row in cluster.rows()]


@pytest.mark.parametrize("flags, field, values", [
    (["--cluster", "prod1"], "pve_cluster", {"prod1"}), (["--cluster=prod1", "--cluster=lab"], "pve_cluster", {"prod1", "lab"}),
    (["--storage", "sp-nvme"], "storage", {"sp-nvme"}), (["--type", "iso", "--type", "base"], "object_type", {"iso", "base"}),
    (["--type", "invalid"], "object_type", {"invalid"}),
])
@pytest.mark.parametrize("form", ["json", "csv", "text"])
def test_filters_select_rows(cluster, flags, field, values, form):
    rows = [row for row in cluster.rows() if row[field] in values]
    assert {row[field] for row in rows} == values
    assert cluster.rows(*flags) == rows
    done = cluster.run("list", "--format", form, *flags)
    assert len(done.stdout.splitlines()) == len(rows) + (form != "json")


def test_filters_can_be_combined(cluster):
    rows = [row for row in cluster.rows() if row["anomalies"]]
    some = rows[0]
    assert some in cluster.rows("--anomalies", "--vmid", some["vmid"], "--type", some["object_type"])
    assert cluster.rows("--anomalies") == rows


def test_vm_ids_can_be_separated_by_commas(cluster):
    vmids = sorted({row["vmid"] for row in cluster.rows() if (row["vmid"] or "").isdigit()}, key=int)[:3]
    rows = [row for row in cluster.rows() if row["vmid"] in vmids]
    assert cluster.rows("--vmid", ",".join(vmids)) == rows
    assert cluster.rows("--vmid", ",".join(vmids[:2]), "--vmid", vmids[2]) == rows


@pytest.mark.parametrize("flag, field", [("--cluster", "pve_cluster"), ("--storage", "storage"), ("--vmid", "vmid")])
def test_an_unknown_filter_value_exits_1_and_names_known_ones(cluster, flag, field):
    done = cluster.run("list", "--format", "json", flag, "no-such\x1b")
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert "\x1b" not in line and re.search(rf'{flag} "no-such[^"]+" matches nothing', line)
    values = {row[field] for row in cluster.rows() if row[field]}
    known = line.split("known: ")[1].split(" and ")[0].split(", ")
    assert set(known) <= values and len(known) == min(20, len(values))

    good = min(values)
    both = cluster.run("list", "--format", "json", flag, "no-such", flag, good)
    assert both.returncode == 1
    assert [json.loads(row) for row in both.stdout.splitlines()] == cluster.rows(flag, good)


def test_filters_that_match_nothing_together_exit_1(scripted):
    other = volume("a.b.2") | {"tags": volume("a.b.2")["tags"] | {"pve-vm": "105", "pve-disk": "1", "pve": "sp-hdd"}}
    cluster = scripted(VolumesList=[listed(volume("a.b.1"), other)], SnapshotsList=[listed()])
    done = cluster.run("list", "--format=csv", "--vmid", "104", "--storage", "sp-hdd")
    assert done.returncode == 1
    assert "no object matches --storage and --vmid together" in done.stderr
    assert cluster.run("list", "--vmid", "104", "--storage", "sp-nvme").returncode == 0


def test_an_empty_list_exits_0(healthy):
    for flags in ["--anomalies"], ["--type", "invalid"]:
        done = healthy.run("list", "--format=json", *flags)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_table_stays_aligned_with_the_longest_names(scripted):
    def snapshot(number, name):
        tags = volume("x")["tags"] | {"pve-snap": name, "pve-snap-v": "a.b.1"}
        return volume(f"a.b.{number}", name=f"sn{number}", tags=tags)

    cluster = scripted(
        VolumesList=[listed(volume("a.b.1"))], SnapshotsList=[listed(snapshot(2, "a" * 40), snapshot(3, "b" * 38))])
    header, *lines = cluster.run("list", "--vmid", "104", "--type", "snapshot").stdout.splitlines()
    assert [line.rstrip("-").rstrip() != line for line in lines] == [True] * 2
    assert {line.rindex("-") for line in lines} == {header.index("ANOMALIES")}


def test_hostile_texts_are_printed_escaped(scripted):
    hostile = "\x1b[2J\nerror  forged\x9b31m\u202e,\"\x00"
    tags = {"virt": "pve", "pve-loc": hostile, "pve": hostile, "pve-type": "images", "pve-vm": hostile, "pve-disk": hostile}
    cluster = scripted(VolumesList=[listed(volume("a.b.1", tags=tags, name=hostile))], SnapshotsList=[listed()])
    for command in "list", "check":
        shown = cluster.run(command).stdout
        assert len(shown.splitlines()) == (2 if command == "list" else 4)
        assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown) is None
    row, = cluster.rows()
    assert (row["vmid"], row["storpool_name"]) == (hostile, hostile)
    text = cluster.run("list", "--format=csv", text=False).stdout.decode()
    line, = csv.DictReader(io.StringIO(text, newline=""))
    assert line["storage"] == r'''\u{1B}[2J\u{A}error  forged\u{9B}31m\u{202E},"\u{0}'''
    assert re.search(r"[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202e]", text) is None
    json_text = cluster.run("list", "--format=json").stdout
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", json_text) is None


def test_list_exits_0_if_the_reader_closes_the_pipe(cluster):
    with subprocess.Popen(
            [EXPORTER, "list", "--format=json", *cluster.flags], env=environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=SECONDS) == 0


def test_output_that_cannot_be_written_exits_2(cluster):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([EXPORTER, "list", *cluster.flags], env=environment(), stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 2
    assert "ENOSPC" in done.stderr


# decode

NAMES = {
    "vm-104-disk-0-sp-nzkr.b.1a2.raw": ("disk", "volume", "104", "0", None, None, None, "nzkr.b.1a2"),
    "vm-104-cloudinit.raw": ("cloudinit", "volume", "104", "cloudinit", None, None, None, None),
    "snap-104-state-daily-sp-nzkr.b.1a2.raw": ("vmstate", "volume", "104", "state", "daily", None, None, "nzkr.b.1a2"),
    "snap-104-disk-1-daily-p-a.b.1-sp-a.b.2.raw": ("snapshot", "snapshot", "104", "1", "daily", "a.b.1", None, "a.b.2"),
    "base-9-disk-0-sp-a.b.2.raw": ("base", "snapshot", "9", "0", None, None, None, "a.b.2"),
    "img-some thing-sp-a.b.2.raw": ("image", "snapshot", None, None, None, None, "some thing", "a.b.2"),
    "debian-12-sp-a.b.2.iso": ("iso", "snapshot", None, None, None, None, "debian-12", "a.b.2"),
}
DECODED_FIELDS = ["object_type", "kind", "vmid", "disk", "snapshot", "parent", "comment", "global_id"]


def test_decode_prints_the_parts_of_names():
    done = run("decode", "--format=json", *NAMES)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"name": name, **dict(zip(DECODED_FIELDS, values))} for name, values in NAMES.items()]
    text = run("decode", *NAMES).stdout
    for name, values in NAMES.items():
        assert name in text
        assert all(value in text for value in values if value)


def test_decode_reports_reason_and_column_of_an_error():
    names = ["vm-104-disk-0-sp-nzkr.b.1a2.raw", "vm-0104-disk-0-sp-a.b.c.raw", "vm-104-disk-0-sp-a.b.c.rawx", ""]
    done = run("decode", "--format", "json", *names)
    assert done.returncode == 1
    good, *bad = [json.loads(line) for line in done.stdout.splitlines()]
    assert good["object_type"] == "disk"
    assert [list(entry) for entry in bad] == [["name", "error", "column"]] * 3
    assert [(entry["name"], entry["column"]) for entry in bad] == [(names[1], 4), (names[2], 27), ("", 1)]
    text = run("decode", names[1])
    assert text.returncode == 1
    assert "at column 4" in text.stdout


def test_decode_accepts_names_that_begin_with_a_dash():
    assert run("decode", "--format=json", "--", "-sp-a.b.2.iso").returncode == 0


# serve


def test_a_taken_port_exits_1_and_names_address_and_errno():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("serve", "--web.listen-address", address)
    assert (done.returncode, done.stdout) == (1, "")
    assert address in done.stderr and "EADDRINUSE" in done.stderr
    assert len(done.stderr.splitlines()) == 1
