"""Anomalies of objects, and the health of the exporters."""

import frame
import queries as q
from panels import (
    CLUSTER, DATA_AGE, NAME, NONE_IS_GOOD_ELSE_BAD, NONE_IS_GOOD_ELSE_NOTABLE, SEVERITIES, SPACE_AGE, STORAGE,
    UP_OR_DOWN, VM, ALL_IS_GOOD, ALWAYS_NEUTRAL, Column, curves, figure, listing)

SEVERAL = "An object with several anomalies counts several times. Accepted anomalies (--anomalies.ignore) count too."
SEVERITY_COLORS = {"error": "red", "warning": "orange", "notice": "blue"}
STALE = "Empty while no exporter has polled StorPool recently."


TARGET_NOTE = ("A target that did not answer in the selected time range counts as an exporter if all targets of its job that answer "
         "are exporters. A job whose targets never answered is not counted.")


def newest(name):
    return f"time() - max({q.metric(name, q.EXPORTER)})"


def figures():
    return [
        (3, figure("Broken storages",
                   f"Storages that Proxmox VE cannot list, because StorPool's plugin refuses at least one object on each of them. {STALE}",
                   q.broken_storages(), steps=NONE_IS_GOOD_ELSE_BAD)),
        (3, figure("Errors",
                   f"Anomalies that make StorPool's plugin refuse an object. {SEVERAL}", q.anomalies("", q.ERROR),
                   steps=NONE_IS_GOOD_ELSE_BAD)),
        (3, figure("Warnings",
                   f"An operation on the object will fail or lose data, or space is wasted. {SEVERAL}",
                   q.anomalies("", q.WARNING), steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (3, figure("Notices", f"The object departs from the documented format; nothing is known to break. {SEVERAL}",
                   q.anomalies("", q.NOTICE), steps=ALWAYS_NEUTRAL)),
        (3, figure("Malformed objects", "Elements of StorPool's lists that the last poll could not read. Such an element can keep "
                   "Proxmox VE from listing a storage.",
                   f"max({q.metric('malformed_objects', q.EXPORTER)})", steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (3, figure("Healthy exporters",
                   f"Share of exporters that answer and whose last poll of StorPool succeeded. {TARGET_NOTE}", q.healthy_exporters(),
                   "percentunit", steps=ALL_IS_GOOD, decimals=0)),
        (3, figure("Object data age", "Time since the last successful poll of any exporter.",
                   newest("last_success_timestamp_seconds"), "s", steps=DATA_AGE, no_value="never", decimals=0)),
        (3, figure("Space data age", "Time since the last successful space poll of any exporter.",
                   newest("space_last_success_timestamp_seconds"), "s", steps=SPACE_AGE, no_value="never",
                   decimals=0)),
    ]


def objects(title, description, *matchers):
    first_seen = f"{q.once('anomaly_first_seen_timestamp_seconds', q.ANOMALY, *matchers, keep='min')} * 1000"
    return listing(
        title, f"{description} Since: when an exporter first detected the anomaly. Click a VM to open its dashboard. {STALE}",
        [Column("Severity", label="severity", texts=SEVERITIES, width=90), Column("Reason", label="reason"),
         CLUSTER, STORAGE, VM, NAME, Column("Object", label="global_id"), Column("Kind", label="object_kind"),
         Column("Type", label="object_type"),
         Column("Since", expression=q.named(first_seen, q.ANOMALY), unit="dateTimeAsIso", width=180)],
        sort="Since", no_value="none")


def exporters():
    key = "job, instance"
    up = f"max by ({key}) ({q.exporters()})"
    build = q.metric("exporter_build_info", q.EXPORTER)
    return listing(
        "Exporters",
        "Scraped: whether the exporter answers Prometheus. StorPool: whether its last poll succeeded and its data is not stale. "
        f"The other columns are empty while the exporter does not answer. {TARGET_NOTE}",
        [Column("Instance", label="instance"), Column("Job", label="job"),
         Column("Scraped", expression=up, texts=UP_OR_DOWN),
         Column("StorPool", expression=q.each_exporter("up"), texts=UP_OR_DOWN),
         Column("Last successful poll", expression=f"{q.each_exporter('last_success_timestamp_seconds')} * 1000",
                unit="dateTimeFromNow"),
         Column("Poll duration", expression=q.each_exporter("poll_duration_seconds"), unit="s"),
         Column("Memory", unit="bytes", expression="max by (job, instance) (" + q.of_exporters(
             f"process_resident_memory_bytes{{{q.EXPORTER}}}") + ")"),
         Column("Omitted anomalies", expression=q.each_exporter("anomaly_info_omitted"), steps=NONE_IS_GOOD_ELSE_NOTABLE),
         Column("Version", label="version")],
        sort="Instance", descending=False, extra=[f"group by ({key}, version) ({build})"], no_value="no exporter")


def of_process(name, wrap="{}"):
    return q.of_exporters(wrap.format(f"process_{name}{{{q.EXPORTER}}}"))


def build():
    board = frame.new(
        "storpool-pve-anomalies",
        "Objects with anomalies, their VMs and the start of each anomaly; health of the exporters.", since="now-24h", refresh="1m")
    instance = "{{instance}}"
    per_second = "[$__rate_interval]"
    return frame.lay_out(board, [
        (3, *figures()),
        (6, (24, objects("Objects that break a storage",
                         "While an object is in this table, Proxmox VE cannot list its content type on the whole storage. "
                         "These operations fail too: deleting the disk of a template on it, qm disk rescan, and destroying "
                         "a VM with its unreferenced disks.", q.ERROR))),
        (5, (24, objects("Warnings and notices",
                         "Proxmox VE can still list the storage. A warning means that an operation on the object will fail "
                         "or lose data, or that space is wasted. The runbook explains each reason.", 'severity!="error"'))),
        "Exporters",
        (4, (24, exporters())),
        (5, (8, curves("Failed polls by cause",
                       "Failed polls of the object lists, of space and of templates per second, by cause (connect, "
                       "timeout, http, api, parse, too-large, config, resources).",
                       [(f"{q.rate('poll_failures_total', 'cause')} > 0", "lists: {{cause}}"),
                        (f"{q.rate('space_failures_total', 'cause')} > 0", "space: {{cause}}"),
                        (f"{q.rate('template_failures_total', 'cause')} > 0", "templates: {{cause}}")], "ops")),
         (8, curves("Poll duration", "Time from the request to the rendered page.",
                    [(q.each_exporter("poll_duration_seconds"), instance)], "s")),
         (8, curves("Memory", "Resident memory. It depends on the number of objects and should not grow while this number is constant.",
                    [(of_process("resident_memory_bytes"), instance)], "bytes"))),
        "Anomalies over time",
        (8, (12, curves("Anomalies by severity", f"Number of anomalies. {SEVERAL}",
                        [(q.anomalies("severity"), "{{severity}}")], "short", colors=SEVERITY_COLORS)),
         (12, curves("Anomalies by reason", "Objects with each reason. The runbook explains the reasons.",
                     [(f"{q.anomalies('reason')} > 0", "{{reason}}")], "short", stacked=True))),
        "Exporter details",
        (8, (8, curves("Polls", "Polls of the object lists per second.",
                       [(q.rate("polls_total", "instance"), instance)], "ops")),
         (8, curves("CPU", "CPU time per second; 100 % is one core.",
                    [(of_process("cpu_seconds_total", "rate({}" + per_second + ")"), instance)], "percentunit")),
         (8, curves("Open files", "Open file descriptors as a share of the limit.",
                    [(f"({of_process('open_fds')}) / ({of_process('max_fds')})", instance)], "percentunit"))),
        (8, (8, curves("Received from StorPool", "Bytes received per second.",
                       [(q.rate("api_received_bytes_total", "instance"), instance)], "Bps")),
         (8, curves("HTTP requests", "Requests per second by status, and refused connections by reason.",
                    [(q.rate("http_requests_total", "code"), "{{code}}"),
                     (f"{q.rate('http_refused_total', 'reason')} > 0", "refused: {{reason}}")], "reqps")),
         (8, curves("Journal", "Logged and lost events per second.",
                    [(q.rate("journal_events_total", "event"), "{{event}}"),
                     (q.rate("journal_failures_total", "instance"), "failed: {{instance}}")], "ops"))),
    ])
