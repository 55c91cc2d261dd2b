"""Rules for dashboards, so that they can be imported into Grafana 10 to 12 and look the same everywhere.

Each rule is a function that yields a line for each violation in a dashboard.
"""

import re

import promql_parser

import grafana

UNITS = {
    "short", "bytes", "Bps", "s", "ops", "reqps", "percentunit", "dateTimeAsIso", "dateTimeFromNow", "string",
}
PANELS = {"stat", "timeseries", "bargauge", "table"}
LONGEST_UID = 40
GRID_COLUMNS = 24
UIDS = {"storpool-pve-overview", "storpool-pve-vm", "storpool-pve-anomalies"}
# Number of grid rows that are visible without scrolling on a common screen.
FIRST_SCREEN = 24
FIRST = {
    "storpool-pve-overview": [
        # Space by cluster, storage, type and VM, and growth.
        "Stored by cluster", "Storages", "Stored by type", "Largest VMs", "Growth",
        # Snapshots: number, age and reclaimable space.
        "Most snapshots", "Most snapshots of a VM", "Oldest snapshot", "Reclaimable from snapshots",
        "VMs missing in Proxmox VE", "VMs not in Proxmox VE",
        "Broken storages", "Templates", "Fullest template", "First template full in", "Healthy exporters",
    ],
    "storpool-pve-vm": ["Stored", "Reclaimable from snapshots", "Oldest snapshot", "Objects by type", "Anomalies of the VM"],
    "storpool-pve-anomalies": [
        "Objects that break a storage", "Healthy exporters", "Object data age", "Space data age", "Malformed objects",
        # Duration and failures of polls, memory.
        "Exporters", "Poll duration", "Failed polls by cause", "Memory"],
}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Metrics of prometheus-pve-exporter. They come from another job, so queries join them by VM id.
OF_OTHERS = {"pve_guest_info", "pve_cluster_info"}
COUNTED_BY = ("rate", "irate", "increase")


def is_classic(board):
    for key in ("annotations", "templating"):
        if not isinstance(board.get(key), dict) or "list" not in board[key]:
            yield f"no {key}"
    if board.get("schemaVersion") != 39:
        yield "the schema is not 39"
    for key in ("id", "__inputs", "__requires", "version", "iteration"):
        if key in board:
            yield f"has {key}, which is specific to one installation"
    if board.get("editable") is not False:
        yield "editable"
    if not board.get("tags"):
        yield "no tags"


def has_an_identity(board):
    if not re.fullmatch(rf"[a-z][a-z0-9-]{{0,{LONGEST_UID - 1}}}", board.get("uid") or ""):
        yield "no fixed uid of at most 40 characters"
    if not board.get("title") or not board.get("description"):
        yield "no title or description"


def has_one_datasource(board):
    found = [variable for variable in board["templating"]["list"] if variable["type"] == "datasource"]
    if [(variable["name"], variable["label"], variable["query"]) for variable in found] != [
            ("datasource", "Data Source", "prometheus")]:
        yield "does not have exactly one data source variable: datasource, labelled Data Source, of type prometheus"


def uses_its_datasource(board):
    for panel in grafana.panels(board):
        if panel.get("datasource") != DATASOURCE:
            yield f"{panel['title']}: another data source"
        for target in panel["targets"]:
            if target.get("datasource") != DATASOURCE:
                yield f"{panel['title']}: a query of another data source"
    for variable in board["templating"]["list"]:
        if variable["type"] == "query" and variable.get("datasource") != DATASOURCE:
            yield f"{variable['name']}: another data source"


def chooses_exporters(board):
    known = grafana.variables(board)
    for name in ("job", "instance"):
        variable = known.get(name)
        if not variable or variable["type"] != "query":
            yield f"no variable {name}"
        elif (variable["label"], variable["multi"], variable["includeAll"], variable["refresh"]) != (name, True, True, 2):
            yield f"{name}: must be labelled {name}, multi-valued, allow All, and refresh when the time range changes"


def chooses_objects(board):
    for name in ("pve_cluster", "storage", "vmid"):
        variable = grafana.variables(board).get(name)
        if not variable or variable["type"] != "query" or not variable["multi"] or variable["label"] != name:
            yield f"no multi-valued variable {name}"


def describes_panels(board):
    titles = [panel.get("title") for panel in grafana.panels(board)]
    for panel in grafana.panels(board):
        if not panel.get("title") or not panel.get("description"):
            yield f"{panel.get('title')}: no title or description"
        if panel["type"] not in PANELS:
            yield f"{panel['title']}: a panel {panel['type']}"
    for title in {title for title in titles if titles.count(title) > 1}:
        yield f"{title}: two panels have this title"


def has_units(board):
    for panel in grafana.panels(board):
        properties = [entry for override in panel["fieldConfig"]["overrides"] for entry in override["properties"]]
        units = [panel["fieldConfig"]["defaults"].get("unit")]
        units += [entry["value"] for entry in properties if entry["id"] == "unit"]
        for unit in units:
            if unit not in UNITS:
                yield f"{panel['title']}: the unit {unit}"
        if not panel["fieldConfig"]["defaults"].get("noValue"):
            yield f"{panel['title']}: has no text for missing data"


def shows_labels_as_they_are(board):
    """Labels must have the unit string. Otherwise Grafana formats numeric labels: VM 1234 becomes 1.23 K."""
    for panel in grafana.panels(board):
        for name, title in grafana.columns(panel).items():
            unit = grafana.unit(panel, title)
            if (unit == "string") == name.startswith("Value"):
                yield f"{panel['title']}: the column {title} has the unit {unit}"


def selectors(expression):
    """Yields each selector of a query with the names of the functions around it, the outermost first."""
    def visit(node, calls):
        if isinstance(node, promql_parser.VectorSelector):
            yield node, calls
            return
        inside = calls + [node.func.name] if isinstance(node, promql_parser.Call) else calls
        children = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "param", "vector_selector", "selector")]
        for child in children + list(getattr(node, "args", None) or []):
            if child is not None and not isinstance(child, (str, float, int)):
                yield from visit(child, inside)

    yield from visit(promql_parser.parse(expression), [])


def filled_in(board):
    """Yields (title of the panel, target, query with some chosen values as Grafana sends it)."""
    for panel, target in grafana.targets(board):
        some = {name: ["a", "b.c"] for name in grafana.variables(board)}
        yield panel["title"], target, grafana.fill_in(target["expr"], board, some, 3600)


def has_valid_queries(board):
    for panel, target in grafana.targets(board):
        try:
            some = {name: ["a", "b.c"] for name in grafana.variables(board)}
            promql_parser.parse(grafana.fill_in(target["expr"], board, some, 3600))
        except (ValueError, KeyError) as error:
            yield f"{panel['title']}: {error}"


def matches_exporters(board):
    for title, _, expression in filled_in(board):
        for selector, _ in selectors(expression):
            names = {matcher.name for matcher in selector.matchers.matchers}
            if selector.name not in OF_OTHERS and not {"job", "instance"} <= names:
                yield f"{title}: {selector.name} does not select the chosen job and instance"


def matches_many_values(board):
    for panel, target in grafana.targets(board):
        for name, operator in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"\$', target["expr"]):
            if operator != "=~":
                yield f"{panel['title']}: {name}{operator} matches only one value"


def rates_counters(board):
    for title, target, expression in filled_in(board):
        for selector, calls in selectors(expression):
            is_rated = any(call in COUNTED_BY for call in calls)
            if selector.name.endswith("_total") != is_rated:
                yield f"{title}: {selector.name} is {'' if is_rated else 'not '}rated"
        for window in re.findall(r"(?:rate|irate|increase)\(.*?\[([^\]]+)\]", target["expr"]):
            if window != "$__rate_interval":
                yield f"{title}: a rate over {window}"


def asks_as_it_shows(board):
    for panel, target in grafana.targets(board):
        is_curve = panel["type"] == "timeseries"
        if target["instant"] == is_curve or target["range"] != is_curve:
            yield f"{panel['title']}: curves need a range query, all other panels an instant query"
        if (target["format"] == "table") != (panel["type"] == "table"):
            yield f"{panel['title']}: the format {target['format']}"


def fits_the_grid(board):
    taken = {}
    numbers = [panel["id"] for panel in [*grafana.panels(board), *board["panels"]]]
    if len(set(numbers)) != len(board["panels"]):
        yield "two panels have one id"
    for panel in board["panels"]:
        place = panel["gridPos"]
        if place["x"] < 0 or place["x"] + place["w"] > GRID_COLUMNS or place["w"] < 1 or place["h"] < 1:
            yield f"{panel['title']}: outside the grid"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (other := taken.setdefault((x, y), panel["title"])) != panel["title"]:
                    yield f"{panel['title']}: over {other}"


def leads_to_the_others(board):
    """Links keep the chosen values, except vmid, because one dashboard does not allow all VMs."""
    kept = "&".join(f"${{{name}:queryparam}}" for name in grafana.variables(board) if name != "vmid")
    expected = {f"/d/{uid}?{kept}" for uid in UIDS - {board["uid"]}}
    links = [link["url"] for link in board.get("links") or []
             if link["type"] == "link" and link["keepTime"] and not link["includeVars"] and link["title"]]
    if set(links) != expected:
        yield "does not have a link to each other dashboard that passes on the chosen values"


def answers_on_the_first_screen(board):
    """The panels in FIRST are visible without scrolling."""
    shown = {panel["title"] for panel in grafana.panels(board)
             if panel["gridPos"]["y"] + panel["gridPos"]["h"] <= FIRST_SCREEN}
    for title in FIRST.get(board["uid"], ()):
        if title not in shown:
            yield f"{title}: not on the first screen"


ALL = [
    is_classic, has_an_identity, has_one_datasource, uses_its_datasource, chooses_exporters, chooses_objects,
    describes_panels, has_units, shows_labels_as_they_are, has_valid_queries, matches_exporters, matches_many_values,
    rates_counters, asks_as_it_shows, fits_the_grid, leads_to_the_others, answers_on_the_first_screen,
]
