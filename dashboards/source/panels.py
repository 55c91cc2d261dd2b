"""The kinds of panels, with common colours, units and texts for missing data."""

import dataclasses

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as prometheus_model

DATASOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
GRID_COLUMNS = 24

# Red corresponds to a critical alert, orange to a warning. A test checks that the thresholds equal those in
# alerts/storpool-pve.rules.yml.
GOOD, NOTABLE, BAD, NEUTRAL = "green", "orange", "red", "blue"
ALWAYS_NEUTRAL = [(None, NEUTRAL)]
NONE_IS_GOOD_ELSE_BAD = [(None, GOOD), (1, BAD)]
NONE_IS_GOOD_ELSE_NOTABLE = [(None, GOOD), (1, NOTABLE)]
# A share of healthy exporters: red if it is 0, orange below 1.
ALL_IS_GOOD = [(None, BAD), (0.001, NOTABLE), (1, GOOD)]
FILLING = [(None, GOOD), (0.85, NOTABLE), (0.95, BAD)]
# A full template has 0 seconds left.
FULL_SOON = [(None, BAD), (0.001, NOTABLE), (4 * 86400, GOOD)]
DATA_AGE = [(None, GOOD), (900, NOTABLE)]
SPACE_AGE = [(None, GOOD), (3 * 3600, NOTABLE)]
MANY_SNAPSHOTS = [(None, NEUTRAL), (101, NOTABLE)]
UP_OR_DOWN = {"0": ("down", NOTABLE), "1": ("up", GOOD)}
FULL_NOW = {"0": ("full", BAD)}
WORST = {"0": ("none", GOOD), "1": ("notice", NEUTRAL), "2": ("warning", NOTABLE), "3": ("error", BAD)}
SEVERITIES = {"error": ("error", BAD), "warning": ("warning", NOTABLE), "notice": ("notice", NEUTRAL)}

VM_DASHBOARD = "storpool-pve-vm"
# Opens the dashboard of a VM with the same data source, exporters and time range. The link uses the field names before the
# transformation renames the fields, because Grafana looks up these names first.
VM_LINK = {
    "title": "Open this VM",
    "url": f"/d/{VM_DASHBOARD}?${{__url_time_range}}&${{datasource:queryparam}}&${{job:queryparam}}"
           "&${instance:queryparam}&var-pve_cluster=${__data.fields.pve_cluster}&var-vmid=${__data.fields.vmid}",
}


def thresholds(steps):
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(
        [model.Threshold(value=value, color=color) for value, color in steps])


def mappings(texts):
    return [model.ValueMap(options={
        value: model.ValueMappingResult(text=text, color=color, index=index)
        for index, (value, (text, color)) in enumerate(texts.items())})]


def target(expression, ref, *, instant, legend=None, as_table=False):
    query = prometheus.Dataquery().expr(expression).ref_id(ref).datasource(DATASOURCE)
    query = query.instant() if instant else query.range()
    query.format(prometheus_model.PromQueryFormat.TABLE if as_table else prometheus_model.PromQueryFormat.TIME_SERIES)
    return query.legend_format(legend or "__auto")


def described(panel, title, description, unit, no_value):
    return panel.title(title).description(description).datasource(DATASOURCE).unit(unit).no_value(no_value)


def reduced():
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def figure(title, description, expression, unit="short", *, steps=None, texts=None, no_value="no data", decimals=None,
           names_only=None):
    """One value, coloured by `steps` or `texts`. With `names_only`, shows the legend of each series instead."""
    panel = described(stat.Panel(), title, description, unit, no_value).reduce_options(reduced())
    panel.with_target(target(expression, "A", instant=True, legend=names_only))
    panel.thresholds(thresholds(steps or ALWAYS_NEUTRAL))
    panel.color_mode(common_model.BigValueColorMode.VALUE).graph_mode(common_model.BigValueGraphMode.NONE)
    if names_only:
        panel.text_mode(common_model.BigValueTextMode.NAME)
    if texts:
        panel.mappings(mappings(texts))
    return panel if decimals is None else panel.decimals(decimals)


def bars(title, description, expression, legend, unit):
    panel = described(bargauge.Panel(), title, description, unit, "no data").reduce_options(reduced())
    panel.with_target(target(expression, "A", instant=True, legend=legend))
    panel.orientation(common_model.VizOrientation.HORIZONTAL).display_mode(common_model.BarGaugeDisplayMode.BASIC)
    return panel.thresholds(thresholds(ALWAYS_NEUTRAL)).min(0)


def curves(title, description, lines, unit, *, stacked=False, colors=None, points=None):
    """Time series from pairs of expression and legend. `colors` maps series names; `points` limits the points per series."""
    panel = described(timeseries.Panel(), title, description, unit, "no data")
    for letter, (expression, legend) in zip("ABCDEFGH", lines):
        panel.with_target(target(expression, letter, instant=False, legend=legend))
    panel.legend(common.VizLegendOptions().show_legend(True).display_mode(common_model.LegendDisplayMode.LIST)
                 .placement(common_model.LegendPlacement.BOTTOM).calcs([]))
    panel.tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.MULTI)
                  .sort(common_model.SortOrder.DESCENDING))
    panel.line_width(1).fill_opacity(40 if stacked else 8).show_points(common_model.VisibilityMode.AUTO)
    panel.min(0)
    if points:
        panel.max_data_points(points)
    if stacked:
        panel.stacking(common.StackingConfig().mode(common_model.StackingMode.NORMAL).group("A"))
    for name, color in (colors or {}).items():
        panel.override_by_name(name, [model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color})])
    return panel


@dataclasses.dataclass
class Column:
    """A column of a table. It shows the value of `expression`, or the label `label` if there is no expression."""

    title: str
    label: str = ""
    expression: str = ""
    unit: str = "short"
    steps: list | None = None
    texts: dict | None = None
    gauge: bool = False
    link: bool = False
    width: int | None = None

    def properties(self):
        """The properties that override the defaults of the panel."""
        found = []
        if self.expression:
            found.append(("unit", self.unit))
        if self.width:
            found.append(("custom.width", self.width))
        if self.steps:
            found += [("thresholds", thresholds(self.steps).build()), ("color", {"mode": "thresholds"})]
        if self.texts:
            found.append(("mappings", mappings(self.texts)))
        if self.gauge:
            found += [("custom.cellOptions", {"type": "gauge", "mode": "basic"}), ("min", 0), ("max", 1)]
        elif self.steps or self.texts:
            found.append(("custom.cellOptions", {"type": "color-text"}))
        if self.link:
            found.append(("links", [VM_LINK]))
        return [model.DynamicConfigValue(*pair) for pair in found]


CLUSTER, STORAGE = Column("Cluster", label="pve_cluster"), Column("Storage", label="storage")
VM, NAME = Column("VM", label="vmid", link=True), Column("Name", label="name", link=True)


def listing(title, description, columns, *, sort, descending=True, extra=(), no_value="none"):
    """A table with one row per set of labels. The queries in `extra` add labels but no column of values.

    The unit of labels is `string`. Otherwise Grafana would format the VM id 1234 as 1.23 K, also in the link.
    """
    panel = described(table.Panel(), title, description, "string", no_value)
    values = [column for column in columns if column.expression]
    expressions = [column.expression for column in values] + list(extra)
    single = len(expressions) == 1
    rename, shown, hidden = {}, [], ["Time"]
    for letter, expression in zip("ABCDEFGHIJ", expressions):
        panel.with_target(target(expression, letter, instant=True, as_table=True))
        field = "Value" if single else f"Value #{letter}"
        if letter > chr(ord("A") + len(values) - 1):
            hidden.append(field)
        else:
            values["ABCDEFGHIJ".index(letter)].label = field
    for column in columns:
        rename[column.label] = column.title
        shown.append(column.label)
        if properties := column.properties():
            panel.override_by_name(column.title, properties)
    if not single:
        panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    panel.with_transformation(model.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {name: True for name in hidden},
        "indexByName": {name: index for index, name in enumerate(shown)}, "renameByName": rename}))
    panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(descending)])
    panel.show_header(True).cell_height(common_model.TableCellHeight.SM).filterable(True)
    return panel.footer(common.TableFooterOptions().show(False).reducer(["sum"]).count_rows(False))
