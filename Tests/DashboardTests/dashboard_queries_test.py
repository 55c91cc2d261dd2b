"""Runs every query of every panel and variable on a real Prometheus with the history of a changing cluster.

No query fails, and each returns data in the form that its panel needs. Renaming a metric or label in a query changes its
answer. A query does not count objects twice if two exporters report them.
"""

import collections
import math
import re

import promql_parser
import pytest

import grafana
from grafana import NAMES, ROOT, every_target, load, target_of
from testkit.prometheus import JOB

PAGE = (ROOT / "Tests/PrometheusTests/golden-page.text").read_text(encoding="utf-8")
# Metrics of Prometheus itself and of prometheus-pve-exporter.
OTHERS = {
    "up": {"job", "instance"},
    "pve_guest_info": {"id", "name", "node", "tags", "template", "type"}, "pve_cluster_info": {"id"},
}
TARGET_LABELS = {"job", "instance"}


def some_vm(site):
    """A VM with disks, snapshots and an anomaly, so that every panel has data."""
    rows = site.prometheus.instant(
        'topk(1, count by (pve_cluster, vmid) (storpool_pve_anomaly_info{vmid!=""}) and on (pve_cluster, vmid)'
        " storpool_pve_snapshot_reclaimable_bytes and on (pve_cluster, vmid)"
        ' storpool_pve_objects{pve_cluster="prod1", object_type="disk"})', site.moments["with guests"])
    return rows[0]["metric"]


def gone_vm(site):
    """The variable values for a VM that Proxmox VE does not know."""
    rows = site.prometheus.instant('storpool_pve_objects{object_type="disk"}', site.moments["with guests"])
    found = next(row["metric"] for row in rows if (row["metric"]["pve_cluster"], row["metric"]["vmid"]) in site.gone)
    return {name: [found[name]] for name in ("pve_cluster", "vmid", "storage")}


def storage_of(site, vm):
    """A storage on which the VM has a disk."""
    rows = site.prometheus.instant(
        f'storpool_pve_objects{{pve_cluster="{vm["pve_cluster"][0]}", vmid="{vm["vmid"][0]}", object_type="disk"}}',
        site.moments["with guests"])
    return rows[0]["metric"]["storage"]


def growing_storage(site):
    """The storage of the VM with the largest growth. If only this storage is chosen, the panels still show growth."""
    used = "sum by (pve_cluster, storage, vmid) (storpool_pve_stored_bytes%s)"
    rows = site.prometheus.instant(f"{used % ''} - {used % f' offset {site.span}s'} > 0", site.moments["with guests"])
    named = guests(site, "with guests")
    rows = [row for row in rows if (row["metric"].get("pve_cluster"), row["metric"].get("vmid")) in named]
    return {"storage": [max(rows, key=lambda row: float(row["value"][1]))["metric"]["storage"]]}


def guests(site, moment):
    """(cluster, vmid) of each VM in Proxmox VE."""
    return {(row["metric"]["instance"].partition(".")[0], row["metric"]["id"].partition("/")[2])
            for row in site.prometheus.instant("pve_guest_info", site.moments[moment])}


@pytest.fixture(name="chosen", scope="module")
def fixture_chosen(site):
    """The chosen values for each dashboard: all values, or one VM if the dashboard does not allow all VMs."""
    vm = some_vm(site)
    one = {"pve_cluster": [vm["pve_cluster"]], "vmid": [vm["vmid"]]}
    return {name: one if "virtual" in name else {} for name in NAMES}


def ask(site, board, target, moment, values, expression=None, span=None):
    """The answer to the query of a target at a moment. The variables are replaced as Grafana does."""
    span = span or site.span
    text = grafana.fill_in(expression or target["expr"], board, values, span)
    at = site.moments[moment]
    if target["instant"]:
        return site.prometheus.instant(text, at)
    return site.prometheus.range(text, at - span, at)


# Query results: what each type of panel needs.

MILLISECONDS_OF_2001 = 1e12


def check_figure(panel, target, answer):
    if panel["options"]["textMode"] == "name":
        assert answer and all(set(grafana.legend_labels(target)) <= set(series["metric"]) for series in answer)
    else:
        assert len(answer) == 1 and math.isfinite(float(answer[0]["value"][1]))


def check_series(panel, target, answer):
    assert answer
    labels = set(grafana.legend_labels(target))
    assert any(labels <= set(series["metric"]) for series in answer), f"no series has {labels}"
    names = [grafana.legend(target, series) for series in answer]
    assert len(set(names)) == len(names), f"the legend has a name twice: {names}"
    # The legend may omit the job. The check above fails if two series of different jobs have equal names.
    assert all(set(series["metric"]) <= labels | {"job", "__name__"} for series in answer), "the legend omits a label"
    if panel["type"] == "timeseries":
        assert max(len(series["values"]) for series in answer) > 1


def check_table(panel, board, site, values):
    vectors = {target["refId"]: ask(site, board, target, "with guests", values) for target in panel["targets"]}
    columns, rows = grafana.table(panel, vectors)
    organize = panel["transformations"][-1]["options"]
    expected = [organize["renameByName"][name] for name in sorted(
        organize["indexByName"], key=organize["indexByName"].get)]
    assert columns == expected
    for column in columns:
        assert any(row[column] is not None for row in rows), f"column {column} is empty"
        if grafana.overrides(panel, column).get("unit", "").startswith("dateTime"):
            assert all(row[column] is None or row[column] > MILLISECONDS_OF_2001 for row in rows), "dates are milliseconds"
    labels = [name for name in organize["indexByName"] if not name.startswith("Value")]
    key = [organize["renameByName"][name] for name in labels if name not in ("name", "version")]
    keys = [tuple(row[name] for name in key) for row in rows]
    assert len(set(keys)) == len(keys), "an object has two rows"
    return rows


@pytest.mark.parametrize("name, title, ref", every_target())
def test_a_query_returns_what_its_panel_needs(site, chosen, name, title, ref):
    board = load(name)
    panel, target = target_of(name, title, ref)
    answer = ask(site, board, target, "with guests", chosen[name])
    if panel["type"] == "stat":
        check_figure(panel, target, answer)
    elif panel["type"] in ("bargauge", "timeseries"):
        check_series(panel, target, answer)
    else:
        assert panel["type"] == "table" and answer
        check_table(panel, board, site, chosen[name])


@pytest.mark.parametrize("moment", [
    "without space", "without guests", "with guests of no cluster", "with an empty cluster", "quiet"])
@pytest.mark.parametrize("name", NAMES)
def test_no_query_fails_at_any_moment(site, chosen, name, moment):
    board = load(name)
    for _, target in grafana.targets(board):
        ask(site, board, target, moment, chosen[name])


@pytest.mark.parametrize("name", NAMES)
def test_no_query_fails_on_an_empty_prometheus(site, name):
    board = load(name)
    nothing = {"job": ["no.such+job"], "vmid": ["1"], "pve_cluster": ["no (such)"]}
    for panel, target in grafana.targets(board):
        answer = ask(site, board, target, "quiet", nothing)
        uses_only_guests = panel["title"].endswith("ot in Proxmox VE")
        assert uses_only_guests or answer == []


# Variables.


@pytest.mark.parametrize("name", NAMES)
def test_variables_have_values(site, name):
    board = load(name)
    end = site.moments["quiet"]
    for variable, model in grafana.variables(board).items():
        if model["type"] == "datasource":
            continue
        query = grafana.fill_in(model["query"], board, {}, site.span)
        values = site.prometheus.label_values(query, end - site.span, end)
        if variable == "instance":
            assert values == sorted(site.instances)
        elif variable == "job":
            assert values == ["storpool-pve"]
        else:
            assert len(values) > 2, variable


@pytest.mark.parametrize("name", NAMES)
def test_a_chosen_value_narrows_the_next_variables(site, name):
    """The next variables offer only the values of matching series, and no values for an unknown value."""
    board = load(name)
    end = site.moments["quiet"]
    series = site.prometheus.series("storpool_pve_objects", 0, end)
    assert len({labels["instance"] for labels in series}) == 2 and {labels["job"] for labels in series} == {JOB}
    a_storage = min(labels["storage"] for labels in series if labels.get("pve_cluster") == "prod2")
    pairs = [("job", "instance", JOB, False), ("instance", "pve_cluster", site.instances[0], False),
             ("pve_cluster", "storage", "prod2", True), ("pve_cluster", "vmid", "prod2", True), ("storage", "vmid", a_storage, True)]
    for variable, behind, real, is_narrower in pairs:
        query = grafana.variables(board)[behind]["query"]

        def values(chosen, query=query):
            return site.prometheus.label_values(grafana.fill_in(query, board, chosen, site.span), 0, end)

        found = values({variable: [real]})
        expected = {labels[behind] for labels in series if labels.get(variable) == real and behind in labels}
        assert found and set(found) == expected, (variable, behind)
        assert (set(found) < set(values({}))) == is_narrower, (variable, behind)
        assert not values({variable: ["no-such"]})


# Names of metrics and labels.


def selectors(expression):
    """(metric, labels) of each selector in a query. The variables must be replaced already."""
    found = []

    def visit(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {matcher.name for matcher in node.matchers.matchers}))
        for attribute in ("lhs", "rhs", "expr", "param", "vector_selector"):
            child = getattr(node, attribute, None)
            if child is not None and not isinstance(child, str):
                visit(child)
        for child in getattr(node, "args", None) or []:
            visit(child)

    visit(promql_parser.parse(expression))
    return found


def labels_of_page():
    found = collections.defaultdict(set)
    for name in re.findall(r"^# TYPE (\S+)", PAGE, re.M):
        found[name] = {label for sample in re.findall(rf"^{name}\{{(.*)\}} ", PAGE, re.M)
                       for label in re.findall(r'(\w+)="', sample)} | TARGET_LABELS
    return found | OTHERS


def test_every_queried_metric_and_label_exists():
    known = labels_of_page()
    for name in NAMES:
        board = load(name)
        for panel, target in grafana.targets(board):
            values = {} if "virtual" not in name else {"vmid": ["100"]}
            for metric, labels in selectors(grafana.fill_in(target["expr"], board, values, 60)):
                assert metric in known, f"{panel['title']}: {metric}"
                assert labels <= known[metric], f"{panel['title']}: {metric} has no {labels - known[metric]}"


def flat(answer):
    """The answer as a sorted list, for comparisons."""
    return sorted((sorted(series["metric"].items()), str(series.get("value", series.get("values"))))
                  for series in answer)


# Metrics and labels in the queries of a panel that can be renamed without a different result at this site. Every other
# one must change a result.
WITHOUT_EFFECT = {
    # Without cluster names, guests are found by VM id. The result is the same unless two clusters have the same VM id.
    ("Virtual machine", "pve_cluster_info"), ("Not in Proxmox VE", "pve_cluster_info"),
    # The query of the column with dates uses the label only to select the largest VMs. These are the same without the label.
    ("VMs missing in Proxmox VE", "object_type"),
}
OWN_LABELS = sorted(set().union(*labels_of_page().values()))


@pytest.mark.parametrize("name, title, ref", every_target())
def test_a_query_depends_on_each_of_its_metrics_and_labels(site, chosen, name, title, ref):
    """Renaming any metric or label of the query changes its result, for some choice of variables at some moment."""
    board = load(name)
    _, target = target_of(name, title, ref)
    one = next(iter(value for value in chosen.values() if value))
    # If a value is chosen for a variable, a matcher on an absent label matches nothing.
    everything = one | {"storage": [storage_of(site, one)], "job": [JOB], "instance": [site.instances[0]]}
    some = {variable: everything[variable] for variable in ("job", "instance")}
    choices = [chosen[name], one, everything, chosen[name] | some, gone_vm(site), growing_storage(site)]
    expression = target["expr"]
    parsed = grafana.fill_in(expression, board, one, 60)
    idle = {word for panel, word in WITHOUT_EFFECT if panel == title}
    words = {metric for metric, _ in selectors(parsed)}
    words |= {label for label in OWN_LABELS if re.search(rf"\b{label}\b(?!\s*\()", re.sub(r"\$\w+", "", expression))}
    moments = ["with guests", "with guests of no cluster", "with an empty cluster", "without guests", "without space", "quiet"]
    before = {}
    for word in sorted(words - idle):
        renamed = re.sub(rf"(?<![$\w]){word}(?!\w)", f"{word}_renamed", expression)
        assert renamed != expression

        def differs(moment, number, renamed=renamed):
            if (moment, number) not in before:
                before[moment, number] = flat(ask(site, board, target, moment, choices[number]))
            try:
                after = ask(site, board, target, moment, choices[number], renamed)
            except AssertionError:
                return True
            return flat(after) != before[moment, number]

        assert any(differs(moment, number) for moment in moments for number in range(len(choices))), (
            f"nothing changes when {word} has another name")


# Two exporters of one cluster.


@pytest.mark.parametrize("name, title, ref", every_target())
def test_two_exporters_count_as_one(site, chosen, name, title, ref):
    """Two exporters give the same answer as one, except for figures about the exporters."""
    board = load(name)
    panel, target = target_of(name, title, ref)
    values = chosen[name]
    both = [ask(site, board, target, "quiet", values | {"instance": site.instances}, span=4)]
    alone = [ask(site, board, target, "quiet", values | {"instance": [one]}, span=4) for one in site.instances]
    about_exporters = (
        "instance" in str(both[0]) or any(f"{part}(rate(" in target["expr"].replace(" by (cause) ", "").replace(
            " by (code) ", "").replace(" by (event) ", "").replace(" by (reason) ", "") for part in ("sum",)))
    if about_exporters:
        assert "rate(" in target["expr"] or "instance" in str(both[0])
        return

    def last(answer):
        return {tuple(sorted(series["metric"].items())): float(series.get("value", series.get("values", [[]])[-1])[1])
                for series in answer}

    for answer in alone:
        expected, found = last(answer), last(both[0])
        assert found.keys() == expected.keys()
        for key, value in found.items():
            assert is_same(value, expected[key], within=between_polls(target["expr"])), panel["title"]


def between_polls(expression):
    """The tolerance for times that exporters report. They differ because two exporters poll at different moments."""
    seconds = 10
    return 1000 * seconds if "first_seen" in expression else seconds if "last_success" in expression else 0


def is_same(one, other, *, within=0):
    return one == pytest.approx(other, rel=1e-9, abs=within)


def test_the_comparison_of_answers_finds_differences():
    assert is_same(1, 1) and is_same(0, 0) and is_same(3.5, 5, within=between_polls("time() - storpool_pve_last_success…"))
    assert not is_same(1, 2, within=between_polls("sum(storpool_pve_objects)")) and not is_same(0, 1) and not is_same(1e8, 1e8 + 2)


def test_a_plain_sum_would_count_twice(site):
    expression = "sum(storpool_pve_objects{})"
    at = site.moments["quiet"]
    single = site.prometheus.value(expression.replace("{}", f'{{instance="{site.instances[0]}"}}'), at)
    assert site.prometheus.value(expression, at) == 2 * single


# Values of the answers.


def rows_of(site, name, title, values, moment="with guests"):
    board = load(name)
    panel = next(panel for panel in grafana.panels(board) if panel["title"] == title)
    return grafana.table(panel, {
        target["refId"]: ask(site, board, target, moment, values) for target in panel["targets"]})


def test_vms_missing_in_proxmox_are_listed(site):
    """The table has VMs of the two scraped clusters that are on StorPool but not in Proxmox VE."""
    for moment in ("with guests", "with an empty cluster"):
        at = site.moments[moment]
        known = guests(site, moment)
        # At the second moment, lab counts as scraped, because the host without a cluster has guests with VM ids of lab.
        values = {} if moment == "with guests" else {"pve_cluster": ["prod1", "prod2"]}
        stored = {(row["metric"]["pve_cluster"], row["metric"]["vmid"]) for row in site.prometheus.instant(
            'storpool_pve_objects{pve_cluster=~"prod.*", vmid!=""}', at)}
        _, rows = rows_of(site, "overview.json", "VMs missing in Proxmox VE", values, moment)
        found = {(row["Cluster"], row["VM"]) for row in rows}
        gone = stored - known
        # The table has only the 50 largest VMs.
        assert len(found) == min(50, len(gone)) and found <= gone
        # Some of the VMs in site.gone may have been deleted from StorPool in the meantime.
        assert len(site.gone & gone) >= 2 and stored - gone
        board = load("overview.json")
        _, target = target_of("overview.json", "VMs not in Proxmox VE", "A")
        count, = ask(site, board, target, moment, values)
        assert int(count["value"][1]) == len(gone)
    assert {vm for vm in stored if vm[0] == "prod2"} <= gone and not gone & known


def test_a_vm_never_has_the_name_of_a_guest_in_another_cluster(site):
    """Names from a host without a cluster are used only for VMs of clusters that are not scraped."""
    at = "with an empty cluster"
    board = load("virtual-machine.json")
    panel, target = target_of("virtual-machine.json", "Virtual machine", "A")
    assert panel["type"] == "stat"
    vms = [row["metric"] for row in site.prometheus.instant('group by (pve_cluster, vmid) (storpool_pve_objects{vmid!=""})', site.moments[at])]
    strangers = {row["metric"]["id"].partition("/")[2] for row in site.prometheus.instant(
        'pve_guest_info{instance="alone.example"}', site.moments[at])}
    seen = set()
    for vm in vms:
        if vm["vmid"] in strangers:
            series, = ask(site, board, target, at, {"pve_cluster": [vm["pve_cluster"]], "vmid": [vm["vmid"]]})
            name = series["metric"]["name"]
            assert name == (f"VM {vm['vmid']}" if vm["pve_cluster"] in ("prod1", "prod2") else f"alone-web-{vm['vmid']}"), vm
            seen.add(vm["pve_cluster"])
    assert "prod1" in seen


def figure(site, name, title, moment, values=None, span=None):
    _, target = target_of(name, title, "A")
    answer, = ask(site, load(name), target, moment, values or {}, span=span)
    return float(answer["value"][1])


@pytest.mark.parametrize("name", ["overview.json", "anomalies-and-exporter-health.json"])
def test_an_exporter_that_never_answered_is_not_healthy(site, name):
    assert figure(site, name, "Healthy exporters", "quiet") == pytest.approx(2 / 3)
    assert figure(site, name, "Healthy exporters", "quiet", {"instance": site.instances}) == 1


def test_an_exporter_that_never_answered_is_shown_as_down(site):
    _, rows = rows_of(site, "anomalies-and-exporter-health.json", "Exporters", {}, "quiet")
    assert sorted(row["Scraped"] for row in rows) == [0, 1, 1]
    assert [row["StorPool"] for row in rows if row["Scraped"] == 0] == [None]


def test_a_full_template_is_shown_as_full_now(site):
    assert figure(site, "overview.json", "First template full in", "with an empty cluster", span=4) == 0
    _, rows = rows_of(site, "overview.json", "Templates", {}, "with an empty cluster")
    assert [row["Full in"] for row in rows if row["Used"] == 1] == [0]


def test_a_vm_shows_its_worst_anomaly(site):
    rank = {"error": 3, "warning": 2, "notice": 1}
    worst = {}
    vms = site.prometheus.instant('group by (pve_cluster, vmid) (storpool_pve_objects{vmid!="", pve_cluster!=""})', site.moments["quiet"])
    for row in vms[:20]:
        worst[row["metric"]["pve_cluster"], row["metric"]["vmid"]] = 0
    for row in site.prometheus.instant('storpool_pve_anomaly_info{vmid!="", pve_cluster!=""}', site.moments["quiet"]):
        vm = row["metric"]["pve_cluster"], row["metric"]["vmid"]
        worst[vm] = max(worst.get(vm, 0), rank[row["metric"]["severity"]])
    assert set(worst.values()) == {0, 1, 2, 3}
    for (cluster, vmid), expected in worst.items():
        values = {"pve_cluster": [cluster], "vmid": [vmid]}
        assert figure(site, "virtual-machine.json", "Anomalies", "quiet", values) == expected


def test_no_vm_is_missing_while_guests_are_not_scraped(site):
    columns, rows = rows_of(
        site, "overview.json", "VMs missing in Proxmox VE", {}, "without guests")
    assert (columns, rows) == ([], [])


@pytest.mark.parametrize("moment, named", [("without guests", False), ("with guests", True),
                                           ("with guests of no cluster", True)])
def test_names_come_from_scraped_guests(site, moment, named):
    columns, rows = rows_of(site, "overview.json", "Largest VMs", {}, moment)
    assert ("Name" in columns) == named
    assert rows and all(row["VM"] for row in rows)
    if named:
        names = [row["Name"] for row in rows if row["Name"]]
        assert names and all(row["Name"] is None or row["Name"].endswith(f"-{row['VM']}") for row in rows)
    if moment == "with guests":
        assert all(row["Name"].startswith(row["Cluster"]) for row in rows if row["Name"])
        assert all(row["Name"] is None for row in rows if row["Cluster"] == "lab")


def test_a_vm_without_a_known_name_is_named_by_its_number(site, chosen):
    name = "virtual-machine.json"
    board = load(name)
    _, target = target_of(name, "Virtual machine", "A")
    series, = ask(site, board, target, "without guests", chosen[name])
    assert grafana.legend(target, series).startswith("VM ")
    series, = ask(site, board, target, "with guests", chosen[name])
    assert "web" in grafana.legend(target, series) or (series["metric"]["pve_cluster"], series["metric"]["vmid"]) in (
        site.gone)


def test_several_vms_can_be_chosen(site, chosen):
    one = chosen["virtual-machine.json"]
    vmids = [series["metric"]["vmid"] for series in site.prometheus.instant(
        'group by (vmid) (storpool_pve_objects{pve_cluster="prod1", vmid!=""})', site.moments["quiet"])]
    other = next(vmid for vmid in vmids if vmid not in one["vmid"])
    _, rows = rows_of(site, "virtual-machine.json", "Objects by type",
                      {"pve_cluster": ["prod1"], "vmid": one["vmid"] + [other]}, "quiet")
    assert {row["VM"] for row in rows} == {*one["vmid"], other}
