"""The README lists every flag, metric, anomaly and event of the program, and nothing that is not there."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PROGRAM = os.environ.get("STORPOOL_PVE_EXPORTER", str(ROOT / ".build/debug/storpool-pve-exporter"))
COMMANDS = ["serve", "check", "list", "decode"]


def section(title):
    """The text below a heading, up to the next one of any level."""
    match = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", README, re.M | re.S)
    assert match, f"the README has no section {title}"
    return match.group(1)


def first_column(title):
    rows = re.findall(r"^\| `([^`]+)`", section(title), re.M)
    assert len(rows) == len(set(rows)), "a row stands twice"
    return rows


def source(path, pattern):
    found = re.findall(pattern, (ROOT / "Sources" / path).read_text())
    assert found, f"nothing in {path} looks like what is listed"
    return found


def flags_of(command):
    text = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout
    return set(re.findall(r"^  (?:-\w, )?(--[\w.-]+)", text.split("OPTIONS:")[1], re.M))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_is_listed_with_its_command(command):
    rows = re.findall(r"^\| `(?:-\w, )?(--[\w.-]+)[^`]*` \| ([^|]+) \|", section("Flags"), re.M)
    listed = {flag for flag, of in rows if of.strip() == "all" or command in of.split(", ") or command in of.strip().split(", ")}
    assert listed == flags_of(command)


def test_every_metric_is_listed_in_the_order_of_the_page():
    assert first_column("Metrics") == source("Exposition/Families.swift", r'MetricFamily\(\s*"([a-z_]+)"')


def test_every_anomaly_is_listed_with_its_severity():
    assert first_column("Anomalies") == source("ProxmoxNaming/AnomalyReason.swift", r'case \w+ = "([a-z-]+)"')
    names = dict(re.findall(r'case (\w+) = "([a-z-]+)"', (ROOT / "Sources/ProxmoxNaming/AnomalyReason.swift").read_text()))
    listed = dict(re.findall(r"^\| `([^`]+)` \| (\w+) \|", section("Anomalies"), re.M))
    for cases, severity in source("ProxmoxNaming/AnomalyReason.swift", r"case ((?:\.\w+, )*\.\w+): \.(error|warning|notice)\n"):
        for case in re.findall(r"\.(\w+)", cases):
            assert listed.pop(names[case]) == severity
    assert not listed


def test_every_event_is_listed():
    assert first_column("Events") == source("Exporter/Events.swift", r'case \w+ = "([a-z-]+)"')


def test_the_catalog_explains_every_event():
    catalog = (ROOT / "packaging/storpool-pve-exporter.catalog").read_text()
    ids = source("Exporter/Events.swift", r'case \.\w+: "([0-9a-f]{32})"')
    assert re.findall(r"^-- ([0-9a-f]{32})$", catalog, re.M) == ids
