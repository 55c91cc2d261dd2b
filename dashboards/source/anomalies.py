"""What breaks a storage, what else is wrong, and whether the exporters are well."""

import frame
import queries as q
from panels import (
    CLUSTER, DATA_AGE, NAME, NONE_IS_GOOD_ELSE_BAD, NONE_IS_GOOD_ELSE_NOTABLE, SEVERITIES, SPACE_AGE, STORAGE,
    UP_OR_DOWN, VM, ALL_IS_GOOD, ALWAYS_NEUTRAL, Column, curves, figure, listing)

SEVERAL = "An object can have several and counts for each. Accepted ones (--anomalies.ignore) count too."
SEVERITY_COLORS = {"error": "red", "warning": "orange", "notice": "blue"}
STALE = "Empty while no exporter has polled StorPool recently."


WHICH = ("What has not answered in the shown time counts where all targets of its job that answer are exporters; a job in "
         "which none answered is not known.")


def newest(name):
    return f"time() - max({q.metric(name, q.EXPORTER)})"


def figures():
    return [
        (3, figure("Broken storages",
                   f"Storages with an object that StorPool's plugin refuses: Proxmox VE cannot list them. {STALE}",
                   q.broken_storages(), steps=NONE_IS_GOOD_ELSE_BAD)),
        (3, figure("Errors",
                   f"Reasons for which the plugin refuses objects. {SEVERAL}", q.anomalies("", q.ERROR),
                   steps=NONE_IS_GOOD_ELSE_BAD)),
        (3, figure("Warnings",
                   f"Something will fail or lose data when somebody uses the object, or space is wasted. {SEVERAL}",
                   q.anomalies("", q.WARNING), steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (3, figure("Notices", f"Departures from the documented format that break nothing known. {SEVERAL}",
                   q.anomalies("", q.NOTICE), steps=ALWAYS_NEUTRAL)),
        (3, figure("Malformed objects", "Elements of StorPool's replies that the last poll could not read. Such an element can itself break the "
                   "listing of a storage.",
                   f"max({q.metric('malformed_objects', q.EXPORTER)})", steps=NONE_IS_GOOD_ELSE_NOTABLE)),
        (3, figure("Exporters well",
                   f"The share of the exporters that answer and whose last poll of StorPool succeeded. {WHICH}", q.seeing(),
                   "percentunit", steps=ALL_IS_GOOD, decimals=0)),
        (3, figure("Age of the objects", "Time since the newest good poll of any exporter.",
                   newest("last_success_timestamp_seconds"), "s", steps=DATA_AGE, no_value="never", decimals=0)),
        (3, figure("Age of the space", "Time since the newest good space poll of any exporter.",
                   newest("space_last_success_timestamp_seconds"), "s", steps=SPACE_AGE, no_value="never",
                   decimals=0)),
    ]


def objects(title, description, *matchers):
    first_seen = f"{q.once('anomaly_first_seen_timestamp_seconds', q.ANOMALY, *matchers, keep='min')} * 1000"
    return listing(
        title, f"{description} Since: when an exporter first saw it. A click on the VM opens it. {STALE}",
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
        "Scraped: whether it answers Prometheus. StorPool: whether its last poll succeeded and its data is not stale. The "
        f"others are empty while it does not answer. {WHICH}",
        [Column("Instance", label="instance"), Column("Job", label="job"),
         Column("Scraped", expression=up, texts=UP_OR_DOWN),
         Column("StorPool", expression=q.each_exporter("up"), texts=UP_OR_DOWN),
         Column("Last good poll", expression=f"{q.each_exporter('last_success_timestamp_seconds')} * 1000",
                unit="dateTimeFromNow"),
         Column("Last poll took", expression=q.each_exporter("poll_duration_seconds"), unit="s"),
         Column("Memory", unit="bytes", expression="max by (job, instance) (" + q.of_exporters(
             f"process_resident_memory_bytes{{{q.EXPORTER}}}") + ")"),
         Column("Not listed", expression=q.each_exporter("anomaly_info_omitted"), steps=NONE_IS_GOOD_ELSE_NOTABLE),
         Column("Version", label="version")],
        sort="Instance", descending=False, extra=[f"group by ({key}, version) ({build})"], no_value="no exporter")


def of_process(name, wrap="{}"):
    return q.of_exporters(wrap.format(f"process_{name}{{{q.EXPORTER}}}"))


def build():
    board = frame.new(
        "storpool-pve-anomalies",
        "Which objects break a storage or are wrong otherwise, which VM they belong to and since when; and whether the "
        "exporters themselves are well.", since="now-24h", refresh="1m")
    instance = "{{instance}}"
    per_second = "[$__rate_interval]"
    return frame.lay_out(board, [
        (3, *figures()),
        (6, (24, objects("What breaks a storage now",
                         "While an object is here, Proxmox VE fails to list its content type on the whole storage. Also "
                         "fail: deleting a template's disk there, qm disk rescan, and destroying a VM with its "
                         "unreferenced disks.", q.ERROR))),
        (5, (24, objects("Warnings and notices",
                         "These do not break the listing. With a warning, something will fail or lose data when somebody "
                         "uses the object, or space is wasted; the runbook has each reason.", 'severity!="error"'))),
        "Exporters",
        (4, (24, exporters())),
        (5, (8, curves("Failed polls by cause",
                       "Polls of the lists, of the space and of the templates that failed, per second and cause: "
                       "connect, timeout, http, api, parse, too-large, config, resources.",
                       [(f"{q.rate('poll_failures_total', 'cause')} > 0", "lists: {{cause}}"),
                        (f"{q.rate('space_failures_total', 'cause')} > 0", "space: {{cause}}"),
                        (f"{q.rate('template_failures_total', 'cause')} > 0", "templates: {{cause}}")], "ops")),
         (8, curves("Length of polls", "From the request to the rendered page.",
                    [(q.each_exporter("poll_duration_seconds"), instance)], "s")),
         (8, curves("Memory", "Resident memory. It follows the number of objects, and must not climb on its own.",
                    [(of_process("resident_memory_bytes"), instance)], "bytes"))),
        "Anomalies over time",
        (8, (12, curves("Anomalies by severity", f"How many there are. {SEVERAL}",
                        [(q.anomalies("severity"), "{{severity}}")], "short", colors=SEVERITY_COLORS)),
         (12, curves("Anomalies by reason", "Objects with each reason. The README says what a reason means.",
                     [(f"{q.anomalies('reason')} > 0", "{{reason}}")], "short", stacked=True))),
        "More of the exporters",
        (8, (8, curves("Polls", "Polls of the lists per second: even, unless the interval was changed.",
                       [(q.rate("polls_total", "instance"), instance)], "ops")),
         (8, curves("Processor", "Processor time per second; 100 % is one processor.",
                    [(of_process("cpu_seconds_total", "rate({}" + per_second + ")"), instance)], "percentunit")),
         (8, curves("Open files", "Open file descriptors, as a share of what is allowed.",
                    [(f"({of_process('open_fds')}) / ({of_process('max_fds')})", instance)], "percentunit"))),
        (8, (8, curves("Received from StorPool", "Bytes of replies per second.",
                       [(q.rate("api_received_bytes_total", "instance"), instance)], "Bps")),
         (8, curves("HTTP requests", "Answered requests per second and status; connections that were refused.",
                    [(q.rate("http_requests_total", "code"), "{{code}}"),
                     (f"{q.rate('http_refused_total', 'reason')} > 0", "refused: {{reason}}")], "reqps")),
         (8, curves("Journal", "Events logged per second, and those that were lost.",
                    [(q.rate("journal_events_total", "event"), "{{event}}"),
                     (q.rate("journal_failures_total", "instance"), "failed: {{instance}}")], "ops"))),
    ])
