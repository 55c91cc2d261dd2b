"""Loads the dashboards and processes variables, queries and answers as Grafana does."""

import itertools
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "dashboards"
NAMES = ["overview.json", "virtual-machine.json", "anomalies-and-exporter-health.json"]
ALL = "$__all"
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def panels(board):
    """All panels, including those inside rows. A row itself does not count as a panel."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels") or []
        else:
            yield panel


def targets(board):
    for panel in panels(board):
        for target in panel["targets"]:
            yield panel, target


def variables(board):
    return {variable["name"]: variable for variable in board["templating"]["list"]}


def every_target():
    """(file, title of the panel, refId) of each target, for parametrized tests."""
    return [(name, panel["title"], target["refId"]) for name in NAMES for panel, target in targets(load(name))]


def target_of(name, title, ref):
    return next((panel, target) for panel, target in targets(load(name))
                if (panel["title"], target["refId"]) == (title, ref))


# Variables.


def regex_escape(value):
    """Escapes a value of a multi-value variable as the Prometheus data source does."""
    return re.sub(r"[$^*{}\[\]'+?.()|\\]", lambda found: "\\\\" + found[0], value)


def fill_in(text, board, chosen, span, rate_interval="5s", interval="1s"):
    """Replaces the variables in a string. `chosen` maps variables to lists of values. Other variables match all values."""
    known = variables(board)
    built_in = {"__range": f"{span}s", "__rate_interval": rate_interval, "__interval": interval}

    def value(found):
        name = found[1] or found[2]
        if name in built_in:
            return built_in[name]
        if name not in known:
            raise KeyError(f"the dashboard has no variable ${name}")
        values = chosen.get(name) or [ALL]
        if values == [ALL]:
            assert known[name]["includeAll"], f"All of {name} cannot be chosen"
            return known[name]["allValue"]
        escaped = [regex_escape(each) for each in values]
        return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"

    # $1, $2 and so on are not variables but groups of label_replace.
    return VARIABLE.sub(lambda found: found[0] if (found[2] or "").isdigit() else value(found), text)


# Answers.


def legend(target, series):
    """The name of a series in the legend."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: series["metric"].get(found[1], ""), target["legendFormat"])


def legend_labels(target):
    return re.findall(r"\{\{\s*(\w+)\s*\}\}", target["legendFormat"])


def frame(target, vector, single):
    """The rows of an instant query in table format."""
    field = "Value" if single else f"Value #{target['refId']}"
    rows = []
    for series in vector:
        labels = {name: value for name, value in series["metric"].items() if name != "__name__"}
        rows.append({"Time": float(series["value"][0]), **labels, field: float(series["value"][1])})
    return rows


def merge(frames):
    """The rows of all frames. Rows are merged if they have the same values in all common fields."""
    frames = [rows for rows in frames if rows]
    shared = set.intersection(*(set().union(*rows) for rows in frames)) if frames else set()
    merged = {}
    for row in itertools.chain.from_iterable(frames):
        same = merged.setdefault(tuple(row.get(name) for name in sorted(shared)), [])
        for other in same:
            if all(other.get(name, value) == value for name, value in row.items()):
                other.update(row)
                break
        else:
            same.append(dict(row))
    return list(itertools.chain.from_iterable(merged.values()))


def table(panel, vectors):
    """The columns of a table in order, and its rows as dictionaries by column. `vectors` maps refIds to answers."""
    single = len(panel["targets"]) == 1
    frames = [frame(target, vectors[target["refId"]], single) for target in panel["targets"]]
    rows = frames[0] if single else merge(frames)
    organize = panel["transformations"][-1]["options"]
    fields = sorted(set().union(*rows) if rows else (), key=lambda name: organize["indexByName"].get(name, 99))
    shown = [name for name in fields if name not in organize["excludeByName"]]
    renamed = organize["renameByName"]
    columns = [renamed.get(name, name) for name in shown]
    rows = [{renamed.get(name, name): row.get(name) for name in shown} for row in rows]
    by = panel["options"]["sortBy"][0]
    missing = float("-inf") if by["desc"] else float("inf")
    rows.sort(key=lambda row: missing if row.get(by["displayName"]) is None else row[by["displayName"]]
              if columns and by["displayName"] not in ("Instance",) else 0, reverse=by["desc"])
    return columns, rows


def overrides(panel, name):
    """The properties that override the defaults for the field or series of this name."""
    found = {}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": name}:
            found |= {entry["id"]: entry.get("value") for entry in override["properties"]}
    return found


def columns(panel):
    """The column titles of a table by label or value."""
    return panel["transformations"][-1]["options"]["renameByName"] if panel["type"] == "table" else {}


def unit(panel, name):
    """The unit of a field or series."""
    return overrides(panel, name).get("unit", panel["fieldConfig"]["defaults"]["unit"])
