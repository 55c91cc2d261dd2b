"""The page of a fixed cluster in both formats equals the golden files, and other parsers can read it.

RENEW_GOLDEN=1 rewrites the golden files. Check the difference before you commit it.
"""

import gzip
import os
import pathlib
import re
import subprocess

import pytest
from prometheus_client import parser as text_parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from testkit.processes import SECONDS, Simulator, watching
from testkit.scripted_api import serving_objects

FOLDER = pathlib.Path(__file__).resolve().parent
ACCEPT = {
    "text": "text/plain;version=0.0.4", "openmetrics": "application/openmetrics-text;version=1.0.0",
}
CONTENT_TYPES = {
    "text": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}

OBJECT_FAMILIES = """
    storpool_pve_objects storpool_pve_provisioned_bytes storpool_pve_stored_bytes
    storpool_pve_snapshot_reclaimable_bytes storpool_pve_oldest_snapshot_timestamp_seconds
    storpool_pve_newest_snapshot_timestamp_seconds storpool_pve_anomalies storpool_pve_anomaly_info
    storpool_pve_anomaly_first_seen_timestamp_seconds storpool_pve_anomaly_info_omitted storpool_pve_foreign_objects
    storpool_pve_foreign_bytes storpool_pve_going_objects storpool_pve_going_bytes
    storpool_pve_template_capacity_bytes storpool_pve_template_free_bytes storpool_pve_template_stored_bytes
    storpool_pve_template_provisioned_bytes""".split()
EXPORTER_FAMILIES = """
    storpool_pve_up storpool_pve_last_success_timestamp_seconds storpool_pve_space_last_success_timestamp_seconds
    storpool_pve_poll_duration_seconds storpool_pve_polls_total storpool_pve_poll_failures_total
    storpool_pve_space_failures_total storpool_pve_template_failures_total storpool_pve_api_received_bytes_total
    storpool_pve_malformed_objects storpool_pve_journal_events_total storpool_pve_journal_failures_total
    storpool_pve_http_requests_total storpool_pve_http_connections storpool_pve_http_refused_total
    storpool_pve_exporter_build_info process_cpu_seconds_total process_resident_memory_bytes
    process_virtual_memory_bytes process_open_fds process_max_fds process_start_time_seconds""".split()

# Names of series whose values differ between runs. The golden files do not contain their values.
VARYING = re.compile(
    "storpool_pve_(anomaly_first_seen|last_success|space_last_success)_timestamp_seconds|"
    "storpool_pve_poll_duration_seconds|storpool_pve_api_received_bytes_total|storpool_pve_http_(requests|connections)|"
    "process_")
BUILD = re.compile('(version|revision|swift_version)="[^"]*"')


def masked(page):
    lines = []
    for line in page.splitlines():
        if VARYING.match(line):
            line = line.rpartition(" ")[0] + " …"
        if line.startswith("storpool_pve_exporter_build_info"):
            line = BUILD.sub(r'\1="…"', line)
        lines.append(line + "\n")
    return "".join(lines)


@pytest.fixture(name="running", scope="module")
def fixture_running():
    """An exporter that has polled the lists of a fixed cluster twice, and space and templates once."""
    with Simulator("--seed", "1") as cluster, watching(cluster, "--metrics.anomaly-series", "15") as running:
        running.poll()
        # Events are sent in later iterations of the event loop.
        running.wait_for(
            lambda page: page.has("storpool_pve_stored_bytes") and page.has("storpool_pve_template_free")
            and page.metric("storpool_pve_journal_events_total") == page.metric("storpool_pve_anomalies"))
        yield running


@pytest.fixture(name="pages", scope="module")
def fixture_pages(running):
    return {name: running.metrics(Accept=accept).text for name, accept in ACCEPT.items()}


def samples(page):
    """(name, labels, value) of each sample, as strings."""
    return re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", page, flags=re.M)


@pytest.mark.parametrize("name", ACCEPT)
def test_the_page_equals_the_golden_page(pages, name):
    golden = FOLDER / f"golden-page.{name}"
    page = masked(pages[name])
    if os.environ.get("RENEW_GOLDEN") == "1":
        golden.write_text(page, encoding="utf-8")
    assert page.splitlines() == golden.read_text(encoding="utf-8").splitlines(), "see RENEW_GOLDEN in this file"


def test_both_formats_have_the_same_samples(pages):
    lines = {name: [line for line in masked(page).splitlines() if not line.startswith("#")]
             for name, page in pages.items()}
    assert lines["text"] == lines["openmetrics"]


def test_families_are_in_order_and_contiguous(pages):
    families = re.findall(r"^# TYPE (\S+) ", pages["text"], flags=re.M)
    assert families == OBJECT_FAMILIES + EXPORTER_FAMILIES
    runs = []
    for name, _, _ in samples(pages["text"]):
        if runs[-1:] != [name]:
            runs.append(name)
    assert runs == families
    assert re.findall(r"^# HELP (\S+) .", pages["text"], flags=re.M) == families


def test_the_samples_of_each_family_are_sorted(pages):
    by_family = {}
    for name, labels, _ in samples(pages["text"]):
        by_family.setdefault(name, []).append(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)))
    for name, rows in by_family.items():
        if name in ("storpool_pve_anomaly_info", "storpool_pve_anomaly_first_seen_timestamp_seconds"):
            severities = ["error", "warning", "notice"]
            order = [(severities.index(row["severity"]), row["global_id"]) for row in rows]
        else:
            names = sorted({label for row in rows for label in row}, key=LABEL_ORDER.index)
            order = [[row.get(label, "") for label in names] for row in rows]
        assert order == sorted(order), name
        assert len({str(row) for row in rows}) == len(rows), name


LABEL_ORDER = [
    "pve_cluster", "storage", "object_type", "vmid", "reason", "severity", "object_kind", "template", "cause", "event",
    "code", "version", "revision", "swift_version",
]


def test_a_page_has_no_timestamps_and_no_empty_lines(pages):
    for name, page in pages.items():
        assert "\n\n" not in page and page.endswith("\n") and "\r" not in page
        for line in page.splitlines():
            assert line.startswith("#") or re.fullmatch(r"\w+(\{.*\})? \d+(\.\d+)?", line), line
        assert page.count("# EOF") == (name == "openmetrics")
    assert pages["openmetrics"].endswith("\n# EOF\n")


def test_promtool_accepts_the_page(pages):
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=pages["text"], capture_output=True, text=True, timeout=SECONDS,
        check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_promtool_rejects_a_changed_page(pages):
    page = pages["text"].replace("# HELP storpool_pve_up ", "# HELP storpool_pve_upp ")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode != 0


def test_the_openmetrics_parser_accepts_the_page(pages):
    families = list(openmetrics_parser.text_string_to_metric_families(pages["openmetrics"]))
    assert [family.name + ("_total" if family.type == "counter" else "") for family in families] == (
        OBJECT_FAMILIES + EXPORTER_FAMILIES)
    for family in families:
        assert family.documentation
        assert family.unit == next((unit for unit in ("bytes", "seconds") if family.name.endswith("_" + unit)), "")
        assert family.type in ("gauge", "counter")
    assert sum(len(family.samples) for family in families) == len(samples(pages["openmetrics"]))


def test_the_text_parser_reads_the_same_values(pages):
    def values(families):
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families
                for sample in family.samples if not VARYING.match(sample.name)}

    text = values(text_parser.text_string_to_metric_families(pages["text"]))
    assert len(text) > 500
    assert text == values(openmetrics_parser.text_string_to_metric_families(pages["openmetrics"]))


@pytest.mark.parametrize("name", ACCEPT)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_page_has_the_right_content_type_and_encoding(running, pages, name, encoding):
    _, headers, body = running.get("/metrics", Accept=ACCEPT[name], Accept_Encoding=encoding)
    assert headers["Content-Type"] == CONTENT_TYPES[name]
    assert headers["Content-Encoding"] == ("gzip" if encoding == "gzip" else None)
    page = (gzip.decompress(body) if encoding == "gzip" else body).decode()
    assert masked(page) == masked(pages[name])


# A page with hostile names.


HOSTILE = ['a"b', "a\\b", "a\\nb", "a\nb", 'a"} 1\nspoofed 2\nx{y="', "nul\0nul", "\u202egnp.exe", "ä€😀", "{}", " ", "# EOF"]


@pytest.fixture(name="hostile_pages", scope="module")
def fixture_hostile_pages():
    volumes = [
        {"name": f"~nzkr.b.{number}", "globalId": f"nzkr.b.{number}", "size": 1 << 30,
         "creationTimestamp": 1_700_000_000, "storedSize": 4096, "spaceUsed": 4096,
         "tags": {"virt": "pve", "pve-loc": value, "pve": value, "pve-type": "images", "pve-vm": value,
                  "pve-disk": str(number)}}
        for number, value in enumerate(HOSTILE)]
    with serving_objects(volumes=volumes) as url, watching(url) as running:
        yield {name: running.metrics(Accept=accept).text for name, accept in ACCEPT.items()}


@pytest.mark.parametrize("name", ACCEPT)
def test_parsers_read_hostile_names_correctly(hostile_pages, name):
    parse = {"text": text_parser, "openmetrics": openmetrics_parser}[name].text_string_to_metric_families
    families = {family.name: family for family in parse(hostile_pages[name])}
    for family, label in (("storpool_pve_objects", "vmid"), ("storpool_pve_objects", "storage"),
                          ("storpool_pve_provisioned_bytes", "pve_cluster"), ("storpool_pve_anomalies", "storage")):
        assert {sample.labels[label] for sample in families[family].samples} == set(HOSTILE)
    assert "spoofed" not in families


def test_promtool_accepts_a_page_with_hostile_names(hostile_pages):
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=hostile_pages["text"], capture_output=True, text=True, timeout=SECONDS,
        check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
