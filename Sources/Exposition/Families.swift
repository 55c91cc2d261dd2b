/// The declarations of all metrics.
extension MetricFamily {
    private static let perType = ["pve_cluster", "storage", "object_type", "vmid"]
    private static let perVM = ["pve_cluster", "storage", "vmid"]
    private static let perAnomaly = [
        "global_id", "object_kind", "object_type", "pve_cluster", "storage", "vmid", "reason", "severity",
    ]

    // MARK: Objects

    static let objects = MetricFamily(
        "storpool_pve_objects", labels: perType,
        help: "Volumes and snapshots of Proxmox VE on StorPool, except snapshots being deleted."
            + " object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let provisionedBytes = MetricFamily(
        "storpool_pve_provisioned_bytes", labels: perType,
        help: "Sum of the sizes of the objects in storpool_pve_objects, as the VMs see them."
            + " object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let storedBytes = MetricFamily(
        "storpool_pve_stored_bytes", labels: perType,
        help: "Client data stored in the objects of storpool_pve_objects, without their parent snapshots and before"
            + " replication, as of the last space poll."
            + " object_type=\"snapshot\" counts disk snapshots, one for each disk of a VM snapshot.")
    static let reclaimableBytes = MetricFamily(
        "storpool_pve_snapshot_reclaimable_bytes", labels: perVM,
        help: "Sum over all disk snapshots of the bytes that deleting only that snapshot would free, as of the last"
            + " space poll. Deleting all of them frees at least as much."
            + " Counts disk snapshots, not VM snapshots.")
    static let oldestSnapshot = MetricFamily(
        "storpool_pve_oldest_snapshot_timestamp_seconds", labels: perVM,
        help: "Creation time of the oldest disk snapshot or VM state, in Unix seconds.")
    static let newestSnapshot = MetricFamily(
        "storpool_pve_newest_snapshot_timestamp_seconds", labels: perVM,
        help: "Creation time of the newest disk snapshot or VM state, in Unix seconds.")
    static let anomalies = MetricFamily(
        "storpool_pve_anomalies", labels: ["pve_cluster", "storage", "reason", "severity"],
        help: "Number of objects with the anomaly, including accepted anomalies."
            + " An anomaly with severity=\"error\" keeps Proxmox VE from listing the storage.")
    static let anomalyInfo = MetricFamily(
        "storpool_pve_anomaly_info", labels: perAnomaly,
        help: "Always 1. One series for each anomaly of an object, except accepted anomalies: the worst ones, at most"
            + " --metrics.anomaly-series.")
    static let anomalyFirstSeen = MetricFamily(
        "storpool_pve_anomaly_first_seen_timestamp_seconds", labels: perAnomaly,
        help: "Time when the anomaly was first reported, in Unix seconds. It is kept across restarts.")
    static let anomalyInfoOmitted = MetricFamily(
        "storpool_pve_anomaly_info_omitted",
        help: "Anomalies without a series in storpool_pve_anomaly_info because of --metrics.anomaly-series.")
    static let foreignObjects = MetricFamily(
        "storpool_pve_foreign_objects", labels: ["object_kind"],
        help: "Volumes and snapshots that do not belong to Proxmox VE. With --pve.cluster, also objects outside the"
            + " named clusters. Snapshots being deleted are not included.")
    static let foreignBytes = MetricFamily(
        "storpool_pve_foreign_bytes", labels: ["object_kind"],
        help: "Sum of the sizes of the objects in storpool_pve_foreign_objects.")
    static let goingObjects = MetricFamily(
        "storpool_pve_going_objects",
        help: "Snapshots being deleted (marked deleted or transient, or with a name that starts with *), including"
            + " foreign snapshots.")
    static let goingBytes = MetricFamily(
        "storpool_pve_going_bytes", help: "Sum of the sizes of the snapshots being deleted.")
    static let templateCapacity = MetricFamily(
        "storpool_pve_template_capacity_bytes", labels: ["template"],
        help: "Client data that fits on the drives of the template, as StorPool estimates it."
            + " Templates on the same drives include the same space: do not add them.")
    static let templateFree = MetricFamily(
        "storpool_pve_template_free_bytes", labels: ["template"],
        help: "Client data that still fits on the drives of the template, as StorPool estimates it."
            + " Templates on the same drives include the same space: do not add them.")
    static let templateStored = MetricFamily(
        "storpool_pve_template_stored_bytes", labels: ["template"],
        help: "Client data stored in the template, before replication.")
    static let templateProvisioned = MetricFamily(
        "storpool_pve_template_provisioned_bytes", labels: ["template"],
        help: "Sum of the sizes of the template's volumes, before replication.")

    // MARK: The exporter

    static let up = MetricFamily(
        "storpool_pve_up",
        help: "1 if the last poll of VolumesList and SnapshotsList succeeded and its data is not stale, else 0.")
    static let lastSuccess = MetricFamily(
        "storpool_pve_last_success_timestamp_seconds", help: "End of the last successful poll, in Unix seconds.")
    static let spaceLastSuccess = MetricFamily(
        "storpool_pve_space_last_success_timestamp_seconds",
        help: "End of the last successful space poll, in Unix seconds.")
    static let pollDuration = MetricFamily(
        "storpool_pve_poll_duration_seconds", help: "Duration of the last poll, from request to rendered page.")
    static let polls = MetricFamily(
        "storpool_pve_polls_total", .counter, help: "Polls of VolumesList and SnapshotsList, including failed ones.")
    static let pollFailures = MetricFamily(
        "storpool_pve_poll_failures_total", .counter, labels: ["cause"],
        help: "Failed polls of VolumesList and SnapshotsList.")
    static let spaceFailures = MetricFamily(
        "storpool_pve_space_failures_total", .counter, labels: ["cause"],
        help: "Failed polls of VolumesSpace and SnapshotsSpace.")
    static let templateFailures = MetricFamily(
        "storpool_pve_template_failures_total", .counter, labels: ["cause"],
        help: "Failed polls of VolumeTemplatesStatus.")
    static let receivedBytes = MetricFamily(
        "storpool_pve_api_received_bytes_total", .counter, help: "Bytes of reply bodies received from the StorPool API."
    )
    static let malformedObjects = MetricFamily(
        "storpool_pve_malformed_objects",
        help: "List elements that the last successful poll could not read."
            + " Such an element can keep Proxmox VE from listing a storage.")
    static let journalEvents = MetricFamily(
        "storpool_pve_journal_events_total", .counter, labels: ["event"], help: "Events logged.")
    static let journalFailures = MetricFamily(
        "storpool_pve_journal_failures_total", .counter, help: "Events that could not be logged.")
    static let httpRequests = MetricFamily(
        "storpool_pve_http_requests_total", .counter, labels: ["code"], help: "HTTP requests answered, by status code.")
    static let httpConnections = MetricFamily("storpool_pve_http_connections", help: "Open HTTP connections.")
    static let httpRefused = MetricFamily(
        "storpool_pve_http_refused_total", .counter, labels: ["reason"],
        help: "HTTP connections ended early, by reason.")
    static let buildInfo = MetricFamily(
        "storpool_pve_exporter_build_info", labels: ["version", "revision", "swift_version"],
        help: "Always 1. The labels describe the build.")
    static let processCPU = MetricFamily(
        "process_cpu_seconds_total", .counter, help: "User and system CPU time of the exporter in seconds.")
    static let processResident = MetricFamily("process_resident_memory_bytes", help: "Resident memory of the exporter.")
    static let processVirtual = MetricFamily("process_virtual_memory_bytes", help: "Virtual memory of the exporter.")
    static let processOpenDescriptors = MetricFamily("process_open_fds", help: "Open file descriptors of the exporter.")
    static let processMaximumDescriptors = MetricFamily(
        "process_max_fds", help: "Maximum number of open file descriptors of the exporter.")
    static let processStart = MetricFamily(
        "process_start_time_seconds", help: "Start time of the exporter in Unix seconds.")
}
