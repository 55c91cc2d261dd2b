/// The calls of the management API.
final class ManagementAPI {
    static let prefix = "/ctrl/1.0/"
    /// The calls that have their own request counters and that a fault can name.
    static let calls = [
        "VolumesList", "SnapshotsList", "VolumesSpace", "SnapshotsSpace", "VolumeTemplatesStatus", "ServicesList",
        "Volume", "Snapshot",
    ]

    let cluster: SimulatedCluster
    private let token: String
    private var volumes: [ObjectFormat: RenderedList] = [:]
    private var snapshots: [ObjectFormat: RenderedList] = [:]

    init(cluster: SimulatedCluster, token: String) {
        self.cluster = cluster
        self.token = token
    }

    /// A parsed path of the API.
    struct Target: Equatable {
        /// The name of the call; it may be unknown.
        var call: String
        /// The rest of the path after the call; nil if there is none.
        var argument: String?
        var isMultiCluster: Bool
        /// The cluster of `RemoteCommand/`: a name, or `~` and an id.
        var remote: String?

        /// nil if the path is not below `/ctrl/1.0/`.
        init?(path: String) {
            guard path.hasPrefix(ManagementAPI.prefix) else { return nil }
            var parts = path.dropFirst(ManagementAPI.prefix.count).split(
                separator: "/", omittingEmptySubsequences: false)[...]
            if parts.first == "RemoteCommand" {
                remote = parts.dropFirst().first.map(String.init) ?? ""
                parts = parts.dropFirst(2)
            }
            isMultiCluster = parts.first == "MultiCluster"
            if isMultiCluster { parts = parts.dropFirst() }
            guard let name = parts.first else { return nil }
            call = String(name)
            argument = parts.dropFirst().isEmpty ? nil : parts.dropFirst().joined(separator: "/")
        }
    }

    /// Renders both lists in advance, so that the first reply is as fast as the others.
    func warmUp() {
        _ = list(cluster.store.volumes, ObjectFormat(), &volumes)
        _ = list(cluster.store.snapshots, ObjectFormat(), &snapshots)
    }

    func answer(_ target: Target, method: String, authorization: String?, damage: ElementDamage? = nil) -> Answer {
        guard authorization == "Storpool v1:\(token)" else { return .badToken }
        if let remote = target.remote, remote != GlobalID.clusterName, remote != "~" + GlobalID.cluster {
            return .error("objectDoesNotExist", "Cluster '\(remote)' does not exist.", status: 404)
        }
        guard Self.calls.contains(target.call), !(target.isMultiCluster && Self.isLocalOnly(target.call)) else {
            return .error("invalidParam", "Unknown call '\(target.call)'.", status: 404)
        }
        guard method == "GET" else {
            return .error("invalidParam", "The simulated API is read-only.", status: 405)
        }
        return answer(to: target, damage: damage)
    }

    private static func isLocalOnly(_ call: String) -> Bool {
        call == "VolumeTemplatesStatus" || call == "ServicesList"
    }

    private func answer(to target: Target, damage: ElementDamage?) -> Answer {
        let form = ObjectFormat(
            hasSpace: target.call.hasSuffix("Space"), isMultiCluster: target.isMultiCluster, damage: damage)
        switch target.call {
        case "VolumesList", "VolumesSpace": return list(cluster.store.volumes, form, &volumes)
        case "SnapshotsList", "SnapshotsSpace": return list(cluster.store.snapshots, form, &snapshots)
        case "Volume": return single(target.argument ?? "", isSnapshot: false, form)
        case "Snapshot": return single(target.argument ?? "", isSnapshot: true, form)
        case "VolumeTemplatesStatus":
            return .success(generation: cluster.generation, data: cluster.templatesStatus())
        default: return .success(generation: cluster.generation, data: cluster.services())
        }
    }

    private func list(
        _ objects: ObjectList, _ form: ObjectFormat, _ cache: inout [ObjectFormat: RenderedList]
    ) -> Answer {
        // Damaged lists are not cached.
        let list = cache[form] ?? RenderedList(form: form)
        if form.damage == nil { cache[form] = list }
        return Answer(
            body: ReplyBody(
                before: [UInt8]("{\"generation\":\(cluster.generation),\"data\":[".utf8),
                elements: list.pieces(of: objects), after: [UInt8]("]}".utf8)))
    }

    private func single(_ name: String, isSnapshot: Bool, _ form: ObjectFormat) -> Answer {
        let found =
            name.hasPrefix("~")
            ? GlobalID.serial(of: name.dropFirst()).flatMap { cluster.store[$0] } : cluster.store[name: name]
        guard let object = found, object.isSnapshot == isSnapshot else {
            let what = isSnapshot ? "Snapshot" : "Volume"
            return .error("objectDoesNotExist", "\(what) '\(name)' does not exist.", status: 404)
        }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        bytes.object(object, as: form)
        bytes.append(UInt8(ascii: "]"))
        return .success(generation: cluster.generation, data: bytes)
    }
}
