/// Every family of the page, in its order.
extension MetricFamily {
    private static let perType = ["pve_cluster", "storage", "object_type", "vmid"]
    private static let perVM = ["pve_cluster", "storage", "vmid"]
    private static let perAnomaly = [
        "global_id", "object_kind", "object_type", "pve_cluster", "storage", "vmid", "reason", "severity",
    ]

    // MARK: Objects

    static let objects = MetricFamily(
        "storpool_pve_objects", labels: perType,
        help: "Volumes and snapshots of Proxmox VE on StorPool, those being deleted left out."
            + " object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let provisionedBytes = MetricFamily(
        "storpool_pve_provisioned_bytes", labels: perType,
        help: "Sum of the sizes of these volumes and snapshots, as their VMs see them."
            + " object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let storedBytes = MetricFamily(
        "storpool_pve_stored_bytes", labels: perType,
        help:
            "Client data that these volumes and snapshots hold themselves, before replication: cached, from the last space"
            + " poll. object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let reclaimableBytes = MetricFamily(
        "storpool_pve_snapshot_reclaimable_bytes", labels: perVM,
        help: "What deleting each disk snapshot alone would free, summed up: a lower bound for deleting all."
            + " Cached, from the last space poll. Counts disk snapshots, not VM snapshots.")
    static let oldestSnapshot = MetricFamily(
        "storpool_pve_oldest_snapshot_timestamp_seconds", labels: perVM,
        help: "When the oldest disk snapshot or VM state was created, in Unix seconds."
            + " Counts disk snapshots, not VM snapshots.")
    static let newestSnapshot = MetricFamily(
        "storpool_pve_newest_snapshot_timestamp_seconds", labels: perVM,
        help: "When the newest disk snapshot or VM state was created, in Unix seconds."
            + " Counts disk snapshots, not VM snapshots.")
    static let anomalies = MetricFamily(
        "storpool_pve_anomalies", labels: ["pve_cluster", "storage", "reason", "severity"],
        help:
            "Objects with this anomaly, accepted ones included; severity=\"error\" keeps Proxmox VE from listing the storage."
    )
    static let anomalyInfo = MetricFamily(
        "storpool_pve_anomaly_info", labels: perAnomaly,
        help: "1 for each anomaly of an object, the worst first, up to --metrics.anomaly-series.")
    static let anomalyFirstSeen = MetricFamily(
        "storpool_pve_anomaly_first_seen_timestamp_seconds", labels: perAnomaly,
        help: "Since when the anomaly is known, across restarts, in Unix seconds.")
    static let anomalyInfoOmitted = MetricFamily(
        "storpool_pve_anomaly_info_omitted", help: "Anomalies that storpool_pve_anomaly_info has no room for.")
    static let foreignObjects = MetricFamily(
        "storpool_pve_foreign_objects", labels: ["object_kind"],
        help: "Volumes and snapshots that are not of Proxmox VE, or not of the Proxmox VE clusters asked for.")
    static let foreignBytes = MetricFamily(
        "storpool_pve_foreign_bytes", labels: ["object_kind"],
        help: "Sum of the sizes of the foreign volumes and snapshots.")
    static let goingObjects = MetricFamily(
        "storpool_pve_going_objects",
        help: "Snapshots that are being deleted, foreign ones included: deleted, transient, or named *…."
    )
    static let goingBytes = MetricFamily(
        "storpool_pve_going_bytes", help: "Sum of the sizes of the snapshots that are being deleted.")
    static let templateCapacity = MetricFamily(
        "storpool_pve_template_capacity_bytes", labels: ["template"],
        help: "Client data that the template's drives could hold, estimated by StorPool and cached."
            + " Templates that share drives overlap: do not sum.")
    static let templateFree = MetricFamily(
        "storpool_pve_template_free_bytes", labels: ["template"],
        help: "Client data that the template's drives have room for, estimated by StorPool and cached."
            + " Templates that share drives overlap: do not sum.")
    static let templateStored = MetricFamily(
        "storpool_pve_template_stored_bytes", labels: ["template"],
        help: "Client data stored in the template, before replication; cached.")
    static let templateProvisioned = MetricFamily(
        "storpool_pve_template_provisioned_bytes", labels: ["template"],
        help: "Sum of the sizes of the template's volumes, before replication; cached.")

    // MARK: The exporter

    static let up = MetricFamily(
        "storpool_pve_up",
        help: "1 if the last poll of VolumesList and SnapshotsList succeeded and its data is not stale, else 0.")
    static let lastSuccess = MetricFamily(
        "storpool_pve_last_success_timestamp_seconds", help: "When the last successful poll ended, in Unix seconds.")
    static let spaceLastSuccess = MetricFamily(
        "storpool_pve_space_last_success_timestamp_seconds",
        help: "When the last successful space poll ended, in Unix seconds.")
    static let pollDuration = MetricFamily(
        "storpool_pve_poll_duration_seconds",
        help: "How long the last poll took, from its request to the rendered page.")
    static let polls = MetricFamily(
        "storpool_pve_polls_total", .counter, help: "Polls of VolumesList and SnapshotsList, failed ones included.")
    static let pollFailures = MetricFamily(
        "storpool_pve_poll_failures_total", .counter, labels: ["cause"],
        help: "Polls of VolumesList and SnapshotsList that failed.")
    static let spaceFailures = MetricFamily(
        "storpool_pve_space_failures_total", .counter, labels: ["cause"],
        help: "Polls of VolumesSpace and SnapshotsSpace that failed.")
    static let templateFailures = MetricFamily(
        "storpool_pve_template_failures_total", .counter, labels: ["cause"],
        help: "Polls of VolumeTemplatesStatus that failed.")
    static let receivedBytes = MetricFamily(
        "storpool_pve_api_received_bytes_total", .counter, help: "Bytes of reply bodies received from the StorPool API."
    )
    static let malformedObjects = MetricFamily(
        "storpool_pve_malformed_objects",
        help: "List elements that the last successful poll could not read and left out."
            + " Such an element can itself keep Proxmox VE from listing a storage.")
    static let journalEvents = MetricFamily(
        "storpool_pve_journal_events_total", .counter, labels: ["event"], help: "Events logged.")
    static let journalFailures = MetricFamily(
        "storpool_pve_journal_failures_total", .counter, help: "Events that could not be logged.")
    static let httpRequests = MetricFamily(
        "storpool_pve_http_requests_total", .counter, labels: ["code"], help: "HTTP requests answered, by status code.")
    static let httpConnections = MetricFamily("storpool_pve_http_connections", help: "HTTP connections that are open.")
    static let httpRefused = MetricFamily(
        "storpool_pve_http_refused_total", .counter, labels: ["reason"],
        help: "HTTP connections closed before they were served, by reason.")
    static let buildInfo = MetricFamily(
        "storpool_pve_exporter_build_info", labels: ["version", "revision", "swift_version"],
        help: "1, with what the exporter was built from.")
    static let processCPU = MetricFamily(
        "process_cpu_seconds_total", .counter, help: "User and system CPU time of the exporter.")
    static let processResident = MetricFamily("process_resident_memory_bytes", help: "Resident memory of the exporter.")
    static let processVirtual = MetricFamily("process_virtual_memory_bytes", help: "Virtual memory of the exporter.")
    static let processOpenDescriptors = MetricFamily("process_open_fds", help: "Open file descriptors of the exporter.")
    static let processMaximumDescriptors = MetricFamily(
        "process_max_fds", help: "File descriptors that the exporter may open.")
    static let processStart = MetricFamily(
        "process_start_time_seconds", help: "When the exporter started, in Unix seconds.")

    /// Those about objects, in the order of the page: they go when the data is stale.
    package static let aboutObjects: [MetricFamily] = [
        objects, provisionedBytes, storedBytes, reclaimableBytes, oldestSnapshot, newestSnapshot, anomalies,
        anomalyInfo,
        anomalyFirstSeen, anomalyInfoOmitted, foreignObjects, foreignBytes, goingObjects, goingBytes, templateCapacity,
        templateFree, templateStored, templateProvisioned,
    ]

    /// Those about the exporter, which stay, in the order of the page.
    package static let aboutExporter: [MetricFamily] = [
        up, lastSuccess, spaceLastSuccess, pollDuration, polls, pollFailures, spaceFailures, templateFailures,
        receivedBytes, malformedObjects, journalEvents, journalFailures, httpRequests, httpConnections, httpRefused,
        buildInfo, processCPU, processResident, processVirtual, processOpenDescriptors, processMaximumDescriptors,
        processStart,
    ]
}
