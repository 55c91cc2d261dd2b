// Control requests, with which tests change the simulator.

extension RequestRouter {
    /// Runs a control command. For an unknown command, the error lists all commands.
    func control(_ request: SimulatorRequest, command: String, at now: Double) -> (Answer, Effect) {
        do throws(ParameterError) {
            switch (request.method, command) {
            case ("GET", "state"): return (state(at: now), .none)
            case ("POST", "fault"): return try switchOn(request.query, at: now)
            case ("DELETE", "fault"):
                faults.removeAll()
                return (state(at: now), .none)
            case ("POST", "step"): return (try step(request.query, at: now), .none)
            case ("POST", "anomaly"): return (try addAnomaly(request.query), .none)
            case ("DELETE", "anomaly"): return (try repairAnomaly(request.query), .none)
            case ("POST", "quit"): return (Answer(body: ReplyBody("{\"quit\":true}")), .quit)
            default: throw ParameterError(description: Self.usage)
            }
        } catch {
            return (.error("control", error.description, status: 400), .none)
        }
    }

    private static let usage =
        "GET state; POST fault?kind=…&call=…&count=…&seconds=…; DELETE fault; POST step?changes=…&seconds=…; "
        + "POST anomaly?reason=…; DELETE anomaly?reason=… or ?id=…; POST quit"

    private func switchOn(
        _ query: [(name: String, value: String)], at now: Double
    ) throws(ParameterError) -> (Answer, Effect) {
        let fault = try Fault(parameters: query)
        guard fault.kind != .refuse else { return (state(at: now), .refuse(seconds: fault.seconds ?? 5)) }
        faults.add(fault, at: now)
        return (state(at: now), .none)
    }

    private func step(
        _ query: [(name: String, value: String)], at now: Double
    ) throws(ParameterError) -> Answer {
        var changes = 1
        var seconds = 60
        for (name, value) in query {
            switch name {
            case "changes": changes = try Fault.number(name, value, 0...1_000_000)
            case "seconds": seconds = try Fault.number(name, value, 0...1_000_000_000)
            default: throw ParameterError(description: "unknown parameter '\(name)'")
            }
        }
        cluster.step(changes: changes, seconds: UInt64(seconds))
        return state(at: now)
    }

    private func addAnomaly(_ query: [(name: String, value: String)]) throws(ParameterError) -> Answer {
        guard let (name, value) = query.first, name == "reason", query.count == 1 else {
            throw ParameterError(description: "exactly one parameter 'reason' is required")
        }
        return described(cluster.plant(try Self.reason(value)))
    }

    private func repairAnomaly(_ query: [(name: String, value: String)]) throws(ParameterError) -> Answer {
        guard let (name, value) = query.first, query.count == 1 else {
            throw ParameterError(description: "exactly one parameter 'reason' or 'id' is required")
        }
        let index: Int?
        switch name {
        case "reason":
            let reason = try Self.reason(value)
            index = cluster.plantedAnomalies.lastIndex { $0.reason == reason }
        case "id":
            index = GlobalID.serial(of: value).flatMap { serial in
                cluster.plantedAnomalies.lastIndex { $0.affected.contains(serial) }
            }
        default: throw ParameterError(description: "unknown parameter '\(name)'")
        }
        guard let index else { throw ParameterError(description: "no planted anomaly matches") }
        return described(cluster.repair(index))
    }

    private static func reason(_ text: String) throws(ParameterError) -> AnomalyReason {
        guard let reason = AnomalyReason(rawValue: text) else {
            let known = AnomalyReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParameterError(description: "unknown reason '\(text)'; known reasons: \(known)")
        }
        return reason
    }

    private func described(_ plant: PlantedAnomaly) -> Answer {
        var bytes: [UInt8] = []
        let first = GlobalID.text(plant.affected.first ?? plant.cause)
        bytes.raw("{\"reason\":\"\(plant.reason.rawValue)\",\"globalId\":\"\(first)\",\"affected\":[")
        bytes.raw(plant.affected.map { "\"\(GlobalID.text($0))\"" }.joined(separator: ","))
        bytes.raw("],\"repair\":\"\(plant.repair.word)\"}")
        return Answer(body: ReplyBody(bytes))
    }

    /// Counts of objects, anomalies and requests, and the active faults.
    func state(at now: Double) -> Answer {
        let store = cluster.store
        func members(_ pairs: [(String, Int)]) -> String {
            "{" + pairs.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
        }
        let anomalies = cluster.anomalyCounts
        var bytes: [UInt8] = []
        bytes.raw("{\"generation\":\(cluster.generation),\"time\":\(cluster.time),\"seed\":\(cluster.options.seed)")
        bytes.raw(",\"objects\":")
        bytes.raw(
            members([
                ("total", store.count), ("volumes", store.volumes.count), ("snapshots", store.snapshots.count),
                ("going", store.beingDeletedCount),
            ]))
        bytes.raw(",\"types\":")
        bytes.raw(members(SimulatedObject.Role.allCases.map { ($0.text, store.countByRole[Int($0.rawValue)]) }))
        bytes.raw(",\"machines\":\(cluster.machines.count),\"anomalies\":")
        bytes.raw(members(AnomalyReason.allCases.map { ($0.rawValue, anomalies[$0] ?? 0) }))
        bytes.raw(",\"requests\":")
        bytes.raw(members((ManagementAPI.calls + ["other"]).map { ($0, requests[$0] ?? 0) }))
        bytes.raw(",\"faults\":[")
        let active = faults.active(at: now).map { fault in
            "{\"kind\":\"\(fault.kind.word)\",\"call\":\(fault.call.map(Self.quoted) ?? "null"),"
                + "\"repliesLeft\":\(fault.repliesLeft.map(String.init) ?? "null")}"
        }
        bytes.raw(active.joined(separator: ","))
        bytes.raw("]}\n")
        return Answer(body: ReplyBody(bytes))
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.string(text)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension PlantedAnomaly.Repair {
    fileprivate var word: String {
        switch self {
        case .remove: "remove"
        case .fix: "fix"
        }
    }
}
