"""Draws a dashboard as a picture: the panels on Grafana's grid, with the answers to their queries.

The picture does not come from Grafana, so fonts and colours differ. Titles, positions, units, values and curves are equal.
"""

import datetime
import io
import math

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402  (the backend is chosen before)
from PIL import Image  # noqa: E402
from matplotlib.patches import FancyBboxPatch, Rectangle  # noqa: E402
from matplotlib.ticker import MultipleLocator  # noqa: E402

import grafana  # noqa: E402

COLUMN, ROW, GAP = 72, 36, 4
COLORS = {"green": "#37872d", "orange": "#e0752d", "red": "#c4162a", "blue": "#1f60c4"}
CURVES = ["#3274d9", "#e0752d", "#56a64b", "#a352cc", "#f2cc0c", "#c4162a", "#37a2a2", "#7b8087"]
INK, FAINT, FRAME = "#24292e", "#8e9399", "#d8dadd"
LEGENDS = 6


def scaled(value, base, names):
    step = 0
    while abs(value) >= base and step + 1 < len(names):
        value, step = value / base, step + 1
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}{names[step]}"


def binary_step(least):
    """The next power of two, so that ticks are whole numbers of KiB, MiB and so on."""
    return 2.0 ** math.ceil(math.log2(max(least, 1)))


def ago(seconds):
    for length, name in ((31557600, "year"), (2629800, "month"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "now"


def lasting(seconds):
    for length, name in ((31557600, "year"), (604800, "week"), (86400, "day"), (3600, "hour"), (60, "min"), (1, "s")):
        if seconds >= length:
            return f"{seconds / length:.1f} {name}"
    return f"{seconds * 1000:.0f} ms"


def written(value, unit, now):
    """A value formatted with its unit."""
    match unit:
        case "bytes":
            return scaled(value, 1024, [" B", " KiB", " MiB", " GiB", " TiB", " PiB"])
        case "Bps":
            return scaled(value, 1000, [" B/s", " kB/s", " MB/s", " GB/s"])
        case "percentunit":
            return f"{100 * value:.1f}%" if value not in (0, 1) else f"{100 * value:.0f}%"
        case "s":
            return lasting(value)
        case "ops" | "reqps":
            return scaled(value, 1000, ["/s", "k/s"])
        case "dateTimeFromNow":
            return ago(now - value / 1000)
        case "dateTimeAsIso":
            return datetime.datetime.fromtimestamp(value / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M")
        case _:
            return scaled(value, 1000, ["", " K", " Mil", " Bil"])


def state(value, steps):
    """The colour of the last threshold that the value reaches."""
    reached = [step["color"] for step in steps if step.get("value") is None or value >= step["value"]]
    return COLORS.get(reached[-1], INK) if reached else INK


def mapped(value, mappings):
    """The text and colour that the mappings give a value."""
    key = value if isinstance(value, str) else f"{value:g}"
    for mapping in mappings or []:
        if key in mapping["options"]:
            found = mapping["options"][key]
            return found["text"], COLORS.get(found["color"], INK)
    return None


class Picture:
    """Draws one dashboard. `answers` maps (title of the panel, refId) to the answer of Prometheus."""

    def __init__(self, board, answers, now, chosen):
        self.board, self.answers, self.now, self.chosen = board, answers, now, chosen
        self.height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
        self.size = (24 * COLUMN, self.height * ROW + 44)
        self.figure = pyplot.figure(figsize=(self.size[0] / 100, self.size[1] / 100), dpi=100, facecolor="#f4f5f5")
        # Titles of the panels that are not empty.
        self.filled = set()

    def save(self, path):
        self.text(10, self.size[1] - 22, self.board["title"], size=13, weight="bold")
        chosen = "   ".join(
            f"{variable['name']}: {', '.join(self.chosen.get(variable['name'], ['All']))}"
            for variable in self.board["templating"]["list"] if variable["type"] == "query")
        self.text(self.size[0] - 10, self.size[1] - 22, chosen, size=8, color=FAINT, ha="right")
        for panel in self.board["panels"]:
            self.draw(panel)
        whole = io.BytesIO()
        self.figure.savefig(whole, facecolor=self.figure.get_facecolor())
        pyplot.close(self.figure)
        # A palette reduces the file to a quarter of its size without a visible difference.
        Image.open(whole).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)

    def text(self, x, y, text, **how):
        how = {"size": 8, "color": INK, "va": "center", "ha": "left"} | how
        return self.figure.text(x / self.size[0], y / self.size[1], text, parse_math=False, **how)

    def box(self, place):
        """Left, bottom, width and height of a panel, in pixels."""
        top = self.size[1] - 44 - place["y"] * ROW
        return (place["x"] * COLUMN + GAP, top - place["h"] * ROW + GAP, place["w"] * COLUMN - 2 * GAP, place["h"] * ROW - 2 * GAP)

    def draw(self, panel):
        x, y, width, height = self.box(panel["gridPos"])
        if panel["type"] == "row":
            self.text(x + 4, y + height / 2, "▾ " + panel["title"], size=10, weight="bold")
            return
        self.figure.add_artist(FancyBboxPatch(
            (x / self.size[0], y / self.size[1]), width / self.size[0], height / self.size[1],
            boxstyle="square,pad=0", facecolor="white", edgecolor=FRAME, linewidth=0.8, zorder=-1))
        self.text(x + 8, y + height - 12, panel["title"], size=9, weight="bold")
        inside = (x + 8, y + 6, width - 16, height - 28)
        getattr(self, panel["type"])(panel, inside)

    def nothing(self, panel, inside):
        x, y, width, height = inside
        self.text(x + width / 2, y + height / 2, panel["fieldConfig"]["defaults"]["noValue"], size=10, color=FAINT, ha="center")

    def answer(self, panel, target):
        return self.answers[panel["title"], target["refId"]]

    # Kinds of panels.

    def stat(self, panel, inside):
        target = panel["targets"][0]
        answer = self.answer(panel, target)
        if not answer:
            return self.nothing(panel, inside)
        self.filled.add(panel["title"])
        x, y, width, height = inside
        defaults = panel["fieldConfig"]["defaults"]
        if panel["options"]["textMode"] == "name":
            text, color = grafana.legend(target, answer[0]), COLORS["blue"]
        else:
            value = float(answer[0]["value"][1])
            text, color = mapped(value, defaults.get("mappings")) or (
                written(value, defaults["unit"], self.now), state(value, defaults["thresholds"]["steps"]))
        self.text(x + width / 2, y + height / 2, text, size=min(24, 1.05 * width / len(text)), color=color, ha="center", weight="bold")

    def timeseries(self, panel, inside):
        named = [(grafana.legend(target, series), series) for target in panel["targets"] for series in self.answer(panel, target)]
        if not named:
            return self.nothing(panel, inside)
        self.filled.add(panel["title"])
        x, y, width, height = inside
        named.sort(key=lambda pair: -float(pair[1]["values"][-1][1]))
        shown, rest = named[:LEGENDS], len(named) - LEGENDS
        below = 18
        axes = self.figure.add_axes([
            (x + 62) / self.size[0], (y + below + 18) / self.size[1], (width - 70) / self.size[0], (height - below - 20) / self.size[1]])
        unit = panel["fieldConfig"]["defaults"]["unit"]
        custom = panel["fieldConfig"]["defaults"].get("custom", {})
        colors = {name: self.fixed(panel, name) or CURVES[number % len(CURVES)] for number, (name, _) in enumerate(named)}
        times = sorted({float(at) for _, series in named for at, _ in series["values"]})
        if custom.get("stacking", {}).get("mode") == "normal":
            rows = [[dict((float(at), float(value)) for at, value in series["values"]).get(time, 0) for time in times] for _, series in named]
            axes.stackplot(times, rows, colors=[colors[name] for name, _ in named], alpha=0.55)
        else:
            for name, series in named:
                points = [(float(at), float(value)) for at, value in series["values"]]
                axes.plot(*zip(*points), color=colors[name], linewidth=1.2, marker="." if len(points) == 1 else None)
        axes.set_ylim(bottom=0)
        axes.margins(x=0.01)
        axes.yaxis.set_major_formatter(lambda value, _: written(value, unit, self.now))
        axes.xaxis.set_major_formatter(lambda at, _: datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%H:%M:%S"))
        if unit == "bytes":
            axes.yaxis.set_major_locator(MultipleLocator(binary_step(axes.get_ylim()[1] / max(2, int(height / 45)))))
        else:
            axes.locator_params(axis="y", nbins=max(2, int(height / 45)))
        axes.locator_params(axis="x", nbins=max(2, int(width / 130)))
        axes.tick_params(labelsize=7, colors=FAINT, length=2)
        axes.grid(color="#eceef0", linewidth=0.6)
        for side in axes.spines.values():
            side.set_visible(False)
        left = x
        for number, (name, _) in enumerate(shown):
            label = name if len(name) < 34 else name[:32] + "…"
            length = 24 + 5.9 * len(label)
            if number and left + length > x + width - (60 if number + 1 < len(named) else 0):
                rest = len(named) - number
                break
            self.figure.add_artist(Rectangle(
                (left / self.size[0], (y + 3) / self.size[1]), 8 / self.size[0], 8 / self.size[1], color=colors[name]))
            self.text(left + 12, y + 7, label, size=7)
            left += length
        if rest > 0:
            self.text(left, y + 7, f"+ {rest} more", size=7, color=FAINT)

    def fixed(self, panel, name):
        color = grafana.overrides(panel, name).get("color") or {}
        return COLORS.get(color.get("fixedColor"))

    def bargauge(self, panel, inside):
        target = panel["targets"][0]
        answer = sorted(self.answer(panel, target), key=lambda series: -float(series["value"][1]))
        if not answer:
            return self.nothing(panel, inside)
        self.filled.add(panel["title"])
        x, y, width, height = inside
        defaults = panel["fieldConfig"]["defaults"]
        fitting = max(1, int(height // 22))
        most = float(answer[0]["value"][1]) or 1
        for number, series in enumerate(answer[:fitting]):
            value = float(series["value"][1])
            middle = y + height - 11 - 22 * number
            self.text(x, middle, grafana.legend(target, series)[:26], size=8)
            length = max(1, (width - 250) * value / most)
            self.figure.add_artist(Rectangle(
                ((x + 165) / self.size[0], (middle - 7) / self.size[1]), length / self.size[0], 14 / self.size[1],
                color=state(value, defaults["thresholds"]["steps"]), alpha=0.8))
            self.text(x + 172 + length, middle, written(value, defaults["unit"], self.now), size=8)
        if len(answer) > fitting:
            self.text(x + width, y + 4, f"+ {len(answer) - fitting} more", size=7, color=FAINT, ha="right")

    def table(self, panel, inside):
        vectors = {target["refId"]: self.answer(panel, target) for target in panel["targets"]}
        columns, rows = grafana.table(panel, vectors)
        if not rows:
            return self.nothing(panel, inside)
        self.filled.add(panel["title"])
        x, y, width, height = inside
        fitting = max(1, int((height - 18) // 18))
        cells = [[self.cell(panel, column, row[column]) for column in columns] for row in rows[:fitting]]
        lengths = [max([len(column)] + [len(text) for text in (row[number][0] for row in cells)]) + 2 for number, column in enumerate(columns)]
        scale = width / sum(lengths)
        size = min(8, scale * 1.32)
        left = x
        for number, column in enumerate(columns):
            self.text(left, y + height - 8, column, size=size, color="#1f60c4")
            for line, row in enumerate(cells):
                text, color = row[number]
                if grafana.overrides(panel, column).get("custom.cellOptions", {}).get("type") == "gauge":
                    share = min(1, max(0, rows[line][column] or 0))
                    self.figure.add_artist(Rectangle(
                        (left / self.size[0], (y + height - 35 - 18 * line) / self.size[1]),
                        share * (lengths[number] * scale - 8) / self.size[0], 14 / self.size[1], color=color, alpha=0.25))
                self.text(left, y + height - 28 - 18 * line, text, size=size, color=color)
            left += lengths[number] * scale
        if len(rows) > fitting:
            self.text(x + width, y + 2, f"{len(rows)} rows", size=7, color=FAINT, ha="right")

    def cell(self, panel, column, value):
        if value is None:
            return "", INK
        how = grafana.overrides(panel, column)
        if found := mapped(value, how.get("mappings")):
            return found
        unit = grafana.unit(panel, column)
        if isinstance(value, str):
            if unit != "string" and value.isdecimal():
                value = written(float(value), unit, self.now)
            return value, "#1f60c4" if "links" in how else INK
        if math.isinf(value) or math.isnan(value):
            return str(value), INK
        color = state(value, how["thresholds"]["steps"]) if "thresholds" in how else INK
        return written(value, unit, self.now), color
