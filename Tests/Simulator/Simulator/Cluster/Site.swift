/// The Proxmox VE clusters with their storages, and the StorPool templates.
enum Site {
    struct Template {
        var name: String
        /// The names of placement groups.
        var placeAll: String
        var placeTail: String
        var placeHead: String
        var replication: Int
        /// Capacity for client data, in bytes.
        var capacity: UInt64
    }

    struct Storage {
        var name: String
        /// An index into `Site.templates`.
        var template: Int
    }

    struct Cluster {
        var name: String
        var storages: [Storage]
        /// Relative number of VMs.
        var weight: Int
        /// Tags that the storage definition adds to every object.
        var extraTags: [ExtraTag] = []
    }

    static let templates = [
        Template(
            name: "nvme", placeAll: "nvme", placeTail: "nvme", placeHead: "nvme", replication: 3,
            capacity: 4 << 50),
        Template(
            name: "hybrid", placeAll: "hdd", placeTail: "ssd", placeHead: "hdd", replication: 3,
            capacity: 9 << 50),
        Template(
            name: "hdd", placeAll: "hdd", placeTail: "hdd", placeHead: "hdd", replication: 2,
            capacity: 12 << 50),
        // No storage uses this template.
        Template(
            name: "archive", placeAll: "archive", placeTail: "archive", placeHead: "archive", replication: 2,
            capacity: 1 << 50),
    ]

    static let clusters = [
        Cluster(
            name: "prod1", storages: [Storage(name: "sp-nvme", template: 0), Storage(name: "sp-hybrid", template: 1)],
            weight: 50),
        Cluster(
            name: "prod2",
            storages: [
                // Two storages share a template.
                Storage(name: "sp-nvme", template: 0), Storage(name: "sp-ssd", template: 0),
                Storage(name: "sp-hdd", template: 2),
            ],
            weight: 38, extraTags: [ExtraTag(key: "vc-policy", value: "daily-14")]),
        Cluster(name: "lab", storages: [Storage(name: "storpool", template: 1)], weight: 12),
    ]
}
