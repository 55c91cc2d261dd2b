"""Parts shared by the three dashboards: title, variables, links and layout."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

import panels

# The oldest schema version that Grafana 10 to 12 accept unchanged.
SCHEMA = 39
TAG = "storpool-pve"
COUNTING = (
    "If several nodes export the same StorPool cluster, each series counts once, with its largest value over jobs and "
    "instances. Templates and foreign objects have no label that identifies the StorPool cluster, so they are shown by job "
    "and not summed: use a separate scrape job for each StorPool cluster.")
ALL = model.VariableOption(selected=True, text=["All"], value=["$__all"])

EXPORTERS = "storpool_pve_exporter_build_info"
OBJECTS = 'storpool_pve_objects{job=~"$job", instance=~"$instance"'
QUERIES = {
    "job": f"label_values({EXPORTERS}, job)",
    "instance": f'label_values({EXPORTERS}{{job=~"$job"}}, instance)',
    "pve_cluster": f"label_values({OBJECTS}}}, pve_cluster)",
    "storage": f'label_values({OBJECTS}, pve_cluster=~"$pve_cluster"}}, storage)',
    "vmid": f'label_values({OBJECTS}, pve_cluster=~"$pve_cluster", storage=~"$storage"}}, vmid)',
}
# Objects without a cluster, storage or VM do not have the label. Only .* matches an absent label.
ALL_VALUES = {"job": ".+", "instance": ".+", "pve_cluster": ".*", "storage": ".*", "vmid": ".*"}


def variables(one_vm):
    """Yields the variables. With `one_vm`, VMs have no choice "All", and Grafana selects the first VM."""
    yield dashboard.DatasourceVariable("datasource").label("Data Source").type("prometheus")
    for name, query in QUERIES.items():
        variable = dashboard.QueryVariable(name).label(name).query(query).datasource(panels.DATASOURCE)
        variable.multi(True)
        variable.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        variable.sort(model.VariableSort.NUMERICAL_ASC if name == "vmid" else model.VariableSort.ALPHABETICAL_ASC)
        if not (one_vm and name == "vmid"):
            variable.include_all(True).all_value(ALL_VALUES[name]).current(ALL)
        yield variable


TITLES = {
    "storpool-pve-overview": "Overview", panels.VM_DASHBOARD: "Virtual machine",
    "storpool-pve-anomalies": "Anomalies and exporter health",
}


def new(uid, description, *, since, refresh, one_vm=False):
    title = TITLES[uid]
    board = dashboard.Dashboard(f"StorPool for Proxmox VE / {title}").uid(uid).description(f"{description} {COUNTING}")
    board.tags([TAG, "proxmox-ve", "storpool"]).readonly().time(since, "now").refresh(refresh).timezone("browser")
    board.tooltip(model.DashboardCursorSync.CROSSHAIR).annotations([])
    board.variables(list(variables(one_vm)))
    board.links([link_to(*other) for other in TITLES.items() if other[0] != uid])
    return board


def link_to(uid, title):
    """A link that keeps the time range and all variables except `vmid`, which has no "All" in one dashboard."""
    kept = "&".join(f"${{{name}:queryparam}}" for name in ("datasource", *QUERIES) if name != "vmid")
    link = dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK).url(f"/d/{uid}?{kept}")
    return link.keep_time(True).include_vars(False).icon("dashboard").tooltip("").tags([])


def lay_out(board, rows):
    """Places rows from top to bottom. A row is (height, (width, panel), ...), or the title of a section."""
    y, number = 0, 0
    for row in rows:
        number += 1
        if isinstance(row, str):
            board.with_row(dashboard.Row(row).id(number).grid_pos(
                model.GridPos(x=0, y=y, w=panels.GRID_COLUMNS, h=1)).collapsed(False))
            y += 1
            continue
        height, *placed = row
        x = 0
        for offset, (width, panel) in enumerate(placed):
            board.with_panel(panel.id(number + offset).grid_pos(model.GridPos(x=x, y=y, w=width, h=height)))
            x += width
        assert x == panels.GRID_COLUMNS, f"a row is {x} columns wide"
        number += len(placed) - 1
        y += height
    built = board.build()
    built.schema_version = SCHEMA
    return built
