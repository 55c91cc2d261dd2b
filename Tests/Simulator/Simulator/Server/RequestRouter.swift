/// The parts of a request that the simulator uses.
struct SimulatorRequest {
    var method: String
    /// The path without the query.
    var path: String
    /// The decoded names and values of the query.
    var query: [(name: String, value: String)] = []
    /// The value of the `Authorization` field, if there is exactly one.
    var authorization: String?
}

/// The simulator without its sockets. Answers control requests and API requests. Applies active faults to API replies.
final class RequestRouter {
    /// What the server must do in addition to sending the reply.
    enum Effect: Equatable {
        case none
        case quit
        /// Closes the listener temporarily.
        case refuse(seconds: Double)
    }

    let cluster: SimulatedCluster
    let api: ManagementAPI
    var faults = FaultTable()
    /// Number of requests by call. Unknown calls and paths are counted as `other`.
    private(set) var requests: [String: Int] = [:]
    private let controlPrefix: String

    /// - Parameter controlPrefix: the path prefix of control requests; empty to disable them.
    init(cluster: SimulatedCluster, token: String, controlPrefix: String) {
        self.cluster = cluster
        self.controlPrefix = controlPrefix
        api = ManagementAPI(cluster: cluster, token: token)
    }

    /// - Parameter now: in seconds of the caller's clock.
    func reply(to request: SimulatorRequest, at now: Double) -> (reply: Reply, effect: Effect) {
        if !controlPrefix.isEmpty, request.path.hasPrefix(controlPrefix + "/") {
            let (answer, effect) = control(
                request, command: String(request.path.dropFirst(controlPrefix.count + 1)), at: now)
            return (answer.reply, effect)
        }
        guard let target = ManagementAPI.Target(path: request.path) else {
            requests["other", default: 0] += 1
            return (Answer.error("invalidParam", "No such path.", status: 404).reply, .none)
        }
        let call = ManagementAPI.calls.contains(target.call) ? target.call : "other"
        requests[call, default: 0] += 1
        let fault = faults.take(for: target.call, at: now)
        let answer = api.answer(
            target, method: request.method, authorization: request.authorization, damage: fault?.damage)
        return (fault?.reply(to: answer, generation: cluster.generation) ?? answer.reply, .none)
    }
}
