/// A request, reduced to what decides the reply.
struct SimulatorRequest {
    var method: String
    /// Without the query.
    var path: String
    /// Decoded names and values, in order.
    var query: [(name: String, value: String)] = []
    /// The whole value of the one `Authorization` field.
    var authorization: String?
}

/// The simulator apart from its sockets: answers requests from the model, through the faults that are on.
final class RequestRouter {
    /// What the server must do besides sending the reply.
    enum Effect: Equatable {
        case none
        case quit
        /// Close the listener for so many seconds.
        case refuse(seconds: Double)
    }

    let cluster: SimulatedCluster
    let api: ManagementAPI
    var faults = FaultTable()
    /// Requests by call; `other` is whatever is not a call.
    private(set) var requests: [String: Int] = [:]
    private let controlPrefix: String

    /// - Parameter controlPrefix: where the control paths are, such as `/control`; empty for none.
    init(cluster: SimulatedCluster, token: String, controlPrefix: String) {
        self.cluster = cluster
        self.controlPrefix = controlPrefix
        api = ManagementAPI(cluster: cluster, token: token)
    }

    /// The reply to a request at that moment, in seconds of the caller's clock.
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
