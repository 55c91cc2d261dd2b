"""The dashboards comply with the rules in rules.py, and each rule detects a violation."""

import copy
import json
import re
import subprocess
import sys

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

import grafana
import rules
from grafana import FOLDER, NAMES, load


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_a_dashboard_complies_with_each_rule(name, rule):
    assert list(rule(load(name))) == []


def panel(board, kind):
    return next(panel for panel in grafana.panels(board) if panel["type"] == kind)


def variable(board, name):
    return grafana.variables(board)[name]


def query(board, change):
    target = panel(board, "timeseries")["targets"][0]
    target["expr"] = change(target["expr"])


def drop_units(panel_):
    for override in panel_["fieldConfig"]["overrides"]:
        override["properties"] = [entry for entry in override["properties"] if entry["id"] != "unit"]


def put(mapping, key, value):
    mapping[key] = value


BROKEN = [
    (rules.is_classic, lambda board: board.pop("annotations")),
    (rules.is_classic, lambda board: put(board, "schemaVersion", 42)),
    (rules.is_classic, lambda board: put(board, "id", 7)),
    (rules.is_classic, lambda board: put(board, "__inputs", [])),
    (rules.is_classic, lambda board: put(board, "editable", True)),
    (rules.is_classic, lambda board: put(board, "tags", [])),
    (rules.has_an_identity, lambda board: put(board, "uid", "x" * 41)),
    (rules.has_an_identity, lambda board: put(board, "uid", None)),
    (rules.has_an_identity, lambda board: put(board, "description", "")),
    (rules.has_one_datasource, lambda board: put(variable(board, "datasource"), "label", "Prometheus")),
    (rules.has_one_datasource, lambda board: board["templating"]["list"].append(
        copy.deepcopy(variable(board, "datasource")))),
    (rules.uses_its_datasource, lambda board: put(panel(board, "stat"), "datasource", "prometheus")),
    (rules.uses_its_datasource, lambda board: put(panel(board, "stat")["targets"][0], "datasource", None)),
    (rules.uses_its_datasource, lambda board: put(variable(board, "job"), "datasource", {"uid": "abc"})),
    (rules.chooses_exporters, lambda board: put(variable(board, "job"), "multi", False)),
    (rules.chooses_exporters, lambda board: put(variable(board, "instance"), "label", "Node")),
    (rules.chooses_exporters, lambda board: put(variable(board, "instance"), "refresh", 1)),
    (rules.chooses_objects, lambda board: put(variable(board, "storage"), "name", "pool")),
    (rules.describes_panels, lambda board: put(panel(board, "table"), "description", "")),
    (rules.describes_panels, lambda board: put(panel(board, "stat"), "title", panel(board, "table")["title"])),
    (rules.describes_panels, lambda board: put(panel(board, "timeseries"), "type", "graph")),
    (rules.has_units, lambda board: put(panel(board, "stat")["fieldConfig"]["defaults"], "unit", "byte")),
    (rules.has_units, lambda board: panel(board, "stat")["fieldConfig"]["defaults"].pop("noValue")),
    (rules.shows_labels_as_they_are, lambda board: put(panel(board, "table")["fieldConfig"]["defaults"], "unit", "short")),
    (rules.shows_labels_as_they_are, lambda board: drop_units(panel(board, "table"))),
    (rules.has_valid_queries, lambda board: query(board, lambda text: text + ")")),
    (rules.has_valid_queries, lambda board: query(board, lambda text: text.replace("$job", "$jobs"))),
    (rules.matches_exporters, lambda board: query(board, lambda text: text.replace('instance=~"$instance"', 'vmid!="1"'))),
    (rules.matches_many_values, lambda board: query(board, lambda text: text.replace('job=~"$job"', 'job="$job"'))),
    (rules.rates_counters, lambda board: query(board, lambda _: 'storpool_pve_polls_total{job=~"$job", instance=~"$instance"}')),
    (rules.rates_counters, lambda board: query(
        board, lambda _: 'rate(storpool_pve_up{job=~"$job", instance=~"$instance"}[$__rate_interval])')),
    (rules.rates_counters, lambda board: query(
        board, lambda _: 'rate(storpool_pve_polls_total{job=~"$job", instance=~"$instance"}[5m])')),
    (rules.asks_as_it_shows, lambda board: put(panel(board, "timeseries")["targets"][0], "instant", True)),
    (rules.asks_as_it_shows, lambda board: put(panel(board, "table")["targets"][0], "format", "time_series")),
    (rules.fits_the_grid, lambda board: put(panel(board, "table")["gridPos"], "x", 20)),
    (rules.fits_the_grid, lambda board: put(panel(board, "table")["gridPos"], "y", 0)),
    (rules.fits_the_grid, lambda board: put(panel(board, "table"), "id", panel(board, "stat")["id"])),
    (rules.leads_to_the_others, lambda board: put(board["links"][0], "includeVars", True)),
    (rules.leads_to_the_others, lambda board: board["links"].pop()),
    (rules.leads_to_the_others, lambda board: put(board["links"][0], "url", board["links"][0]["url"] + "&${vmid:queryparam}")),
    (rules.answers_on_the_first_screen, lambda board: [put(each["gridPos"], "y", 20) for each in board["panels"]]),
]


@pytest.mark.parametrize("rule, damage", BROKEN, ids=[f"{rule.__name__}-{number}" for number, (rule, _) in enumerate(BROKEN)])
@pytest.mark.parametrize("name", NAMES)
def test_a_rule_detects_its_violation(name, rule, damage):
    board = load(name)
    damage(board)
    assert list(rule(board))


def test_every_rule_has_a_violation():
    assert {rule for rule, _ in BROKEN} == set(rules.ALL)


@pytest.mark.parametrize("name", NAMES)
def test_dashboards_have_only_keys_that_grafana_knows(name):
    """Grafana's SDK drops unknown keys, such as misspelt ones."""
    document = load(name)
    again = json.loads(json.dumps(Dashboard.from_json(copy.deepcopy(document)), cls=JSONEncoder))
    assert without_empty(again) == without_empty(document)


@pytest.mark.parametrize("name", NAMES)
def test_the_grafana_sdk_drops_a_misspelt_key(name):
    document = load(name)
    panel(document, "table")["fieldConfig"]["defaults"]["untis"] = "bytes"
    again = json.loads(json.dumps(Dashboard.from_json(copy.deepcopy(document)), cls=JSONEncoder))
    assert without_empty(again) != without_empty(document)


def without_empty(value):
    """Removes keys whose value is null, because Grafana treats them as absent."""
    if isinstance(value, dict):
        return {key: without_empty(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_empty(each) for each in value]
    return value


def test_dashboard_files_match_the_output_of_the_generator(tmp_path):
    subprocess.run([sys.executable, FOLDER / "source/generate.py", tmp_path], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), f"{name}: run dashboards/source/generate.py"


def test_a_vm_in_a_table_opens_its_dashboard():
    for name in NAMES:
        for panel_ in grafana.panels(load(name)):
            links = [entry["value"] for column in ("VM", "Name")
                     for entry_id, entry in ((key, {"value": value}) for key, value in grafana.overrides(panel_, column).items())
                     if entry_id == "links"]
            if panel_["type"] == "table" and "vmid" in panel_["transformations"][-1]["options"]["renameByName"]:
                assert links, panel_["title"]
            for link in links:
                assert link[0]["url"].startswith(f"/d/{load('virtual-machine.json')['uid']}?")
                assert "var-vmid=${__data.fields.vmid}" in link[0]["url"]


# Colours.

ALERT_RULES = (FOLDER / "alerts/storpool-pve.rules.yml").read_text(encoding="utf-8")


def threshold(name):
    """The threshold of an alert rule."""
    return eval(re.search(rf"record: storpool_pve:threshold:{name}\b.*\n +expr: vector\((.*)\)", ALERT_RULES)[1])  # pylint: disable=eval-used


def steps(panel_, column=None):
    """(value, colour) of the thresholds of a panel or of a column."""
    found = grafana.overrides(panel_, column)["thresholds"] if column else panel_["fieldConfig"]["defaults"]["thresholds"]
    return [(step["value"], step["color"]) for step in found["steps"]]


def titled(title):
    return [panel_ for name in NAMES for panel_ in grafana.panels(load(name)) if panel_["title"] == title]


def test_panel_thresholds_equal_those_of_the_alerts():
    filling = [(None, "green"), (threshold("template_used_ratio"), "orange"), (threshold("template_full_ratio"), "red")]
    soon = [(None, "red"), (0.001, "orange"), (threshold("template_full_within_seconds"), "green")]
    templates, = titled("Templates")
    assert [steps(panel_) for panel_ in titled("Fullest template")] == [filling]
    assert steps(templates, "Used") == filling
    assert [steps(panel_) for panel_ in titled("First template full in")] == [soon]
    assert steps(templates, "Full in") == soon
    many = [(None, "blue"), (threshold("vm_snapshots") + 1, "orange")]
    assert [steps(panel_) for panel_ in titled("Most snapshots of a VM")] == [many]
    for title in ("Most snapshots", "Oldest snapshots"):
        assert [steps(panel_, "Disk snapshots") for panel_ in titled(title)] == [many]
    assert [steps(panel_) for panel_ in titled("Object data age")] == [[(None, "green"), (threshold("data_age_seconds"), "orange")]]
    assert [steps(panel_) for panel_ in titled("Space data age")] == [[(None, "green"), (threshold("space_age_seconds"), "orange")]]


def severity_of(alert):
    return re.search(rf"alert: {alert}\n.*?severity: (\w+)", ALERT_RULES, re.S)[1]


def test_colours_agree_with_the_severities_of_alerts():
    color = {"critical": "red", "warning": "orange", "info": "blue"}
    for title, alert in (("Broken storages", "StorageCannotBeListed"), ("Errors", "StorageCannotBeListed"),
                         ("Warnings", "NewWarnings"), ("Malformed objects", "MalformedObjects")):
        for panel_ in titled(title):
            assert steps(panel_) == [(None, "green"), (1, color[severity_of(f"StorpoolPve{alert}")])], title
    for panel_ in titled("Healthy exporters"):
        assert steps(panel_) == [(None, color[severity_of("StorpoolPveNoExporter")]),
                                 (0.001, color[severity_of("StorpoolPveExporterDown")]), (1, "green")]


def test_each_severity_has_the_same_colour_in_all_panels():
    found = {}
    for name in NAMES:
        for panel_ in grafana.panels(load(name)):
            defaults, overrides = panel_["fieldConfig"]["defaults"], panel_["fieldConfig"]["overrides"]
            mappings = defaults.get("mappings", []) + [
                mapping for override in overrides for entry in override["properties"] if entry["id"] == "mappings" for mapping in entry["value"]]
            for mapping in mappings:
                for option in mapping["options"].values():
                    found.setdefault(option["text"], set()).add(option["color"])
            for override in overrides:
                for entry in override["properties"]:
                    if entry["id"] == "color" and "fixedColor" in entry["value"]:
                        found.setdefault(override["matcher"]["options"], set()).add(entry["value"]["fixedColor"])
    assert found == {"error": {"red"}, "warning": {"orange"}, "notice": {"blue"}, "none": {"green"}, "full": {"red"},
                     "down": {"orange"}, "up": {"green"}}


# Provisioning.


def yaml(path):
    """The parsed document. Debian's Python parses it, because .venv has no YAML parser."""
    program = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    done = subprocess.run(["/usr/bin/python3", "-c", program], input=path.read_bytes(), capture_output=True, check=True)
    return json.loads(done.stdout)


def test_grafana_finds_the_data_source_and_the_dashboards():
    sources = yaml(FOLDER / "provisioning/datasources/prometheus.yaml")
    assert sources["apiVersion"] == 1
    source, = sources["datasources"]
    assert (source["type"], source["access"], source["url"]) == ("prometheus", "proxy", "${PROMETHEUS_URL}")
    boards = yaml(FOLDER / "provisioning/dashboards/storpool-pve.yaml")
    assert boards["apiVersion"] == 1
    provider, = boards["providers"]
    assert (provider["type"], provider["options"]) == ("file", {"path": "${STORPOOL_PVE_DASHBOARDS}"})
    assert {path.parent.name for path in FOLDER.glob("provisioning/*/*")} == {"datasources", "dashboards"}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "PROMETHEUS_URL=" in readme and "STORPOOL_PVE_DASHBOARDS=" in readme
