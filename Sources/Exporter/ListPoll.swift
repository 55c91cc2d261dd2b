import EventLoop
import Exposition
import Inventory
import StorPoolObjects

/// Takes the objects of a poll.
protocol ObjectSink: TextHolder {
    /// A list begins.
    mutating func beginList()
    /// The list begins anew: what it has brought so far does not count.
    mutating func restartList()
    /// Takes the next object of the list; false when the sink then holds more than it may.
    mutating func add(_ object: StorPoolObject) -> Bool

    /// Why the poll fails when `add` has returned false for an object of this call.
    func overflow(in call: String) -> PollFailure

    /// What is left to do when both lists are whole.
    associatedtype Finishing: SteppedWork, TextHolder
    /// The lists are whole.
    consuming func finishing() -> Finishing
}

extension ObjectSink {
    func overflow(in call: String) -> PollFailure { .tooMuchText(textBound, in: call) }
}

/// What a poll of two lists brought.
struct ListPollResult<Sink: ObjectSink> {
    /// What was made of all objects.
    var outcome: Sink.Finishing.Outcome
    /// What each list brought, by call.
    var lists: [(call: String, summary: ListSummary)]

    /// Elements that could not be read.
    var malformed: Int { lists.reduce(0) { $0 + $1.summary.malformed } }
}

/// Reads a list of volumes and then one of snapshots, as one poll: `VolumesList` and `SnapshotsList`, or `VolumesSpace`
/// and `SnapshotsSpace`. Dropped, it is cancelled.
final class ListPoll<Sink: ObjectSink>: PollAttempt {
    /// Bytes of the replies' bodies so far.
    var receivedBytes: UInt64 { earlierBytes + (call?.receivedBytes ?? 0) }

    /// Captured by the handler of the objects, because a weak reference to the poll would cost time for each object.
    private final class Receiver {
        var sink: Sink?
        /// Why the poll fails, though the reply is still being read.
        var failure: PollFailure?
        /// Called once when there is a failure.
        var failed: () -> Void = {}

        init(_ sink: Sink) { self.sink = sink }

        /// Ends the poll because the sink has reached its memory limit. Frees the sink; further objects are ignored.
        func overflow(in call: String) {
            failure = sink?.overflow(in: call)
            sink = nil
            failed()
        }
    }

    /// As of the call; nothing is waited for while what both lists brought is put in order.
    var waitingSince: Monotonic? { call?.waitingSince }

    private let client: APIClient
    private var remaining: [(name: String, kind: ObjectKind)]
    private let receiver: Receiver
    private var finishing: Sink.Finishing?
    private var step: DeferredSource?
    private var lists: [(call: String, summary: ListSummary)] = []
    private let completion: (Result<ListPollResult<Sink>, PollFailure>) -> Void
    private var call: APICall<ObjectListReader>?
    private var earlierBytes: UInt64 = 0

    /// Begins with the first list; `completion` comes once, never before this returns.
    init(
        _ calls: [(name: String, kind: ObjectKind)], of client: APIClient, into sink: Sink,
        completion: @escaping (Result<ListPollResult<Sink>, PollFailure>) -> Void
    ) throws(PollFailure) {
        self.client = client
        receiver = Receiver(sink)
        self.completion = completion
        remaining = calls
        do throws(SystemError) {
            step = try client.loop.deferred { [weak self] in self?.advance() }
        } catch {
            throw PollFailure(.resources, error.description)
        }
        // In a turn of its own: the call is in the middle of its reply.
        receiver.failed = { [weak step] in step?.arm() }
        try startNext()
    }

    private func startNext() throws(PollFailure) {
        let (name, kind) = remaining.removeFirst()
        receiver.sink?.beginList()
        call = try APICall(
            name, of: client, reader: ObjectListReader(of: kind),
            into: ListHandler(
                element: { [receiver] object in
                    if receiver.sink?.add(object) == false { receiver.overflow(in: name) }
                },
                restart: { [receiver] in receiver.sink?.restartList() }),
            completion: { [unowned self] result in end(name, result) })
    }

    private func end(_ name: String, _ result: Result<ListSummary, PollFailure>) {
        endCall()
        if let failure = receiver.failure { return completion(.failure(failure)) }
        switch result {
        case .failure(let failure): return completion(.failure(failure))
        case .success(let summary): lists.append((name, summary))
        }
        guard remaining.isEmpty else {
            do { try startNext() } catch { completion(.failure(error)) }
            return
        }
        // Taken out: what two places hold is copied when it changes.
        finishing = receiver.sink?.finishing()
        receiver.sink = nil
        step?.arm()
    }

    private func endCall() {
        earlierBytes += call?.receivedBytes ?? 0
        call = nil
    }

    private func advance() {
        guard call == nil else {
            endCall()
            if let failure = receiver.failure { completion(.failure(failure)) }
            return
        }
        let isUnfinished = finishing?.advance() == true
        if let finishing, finishing.exceedsTextBound {
            let failure = PollFailure.tooMuchText(finishing.textBound, in: "comparing the objects")
            self.finishing = nil
            completion(.failure(failure))
        } else if isUnfinished {
            step?.arm()
        } else if let finished = finishing {
            finishing = nil
            completion(.success(ListPollResult(outcome: finished.outcome(), lists: lists)))
        }
    }
}
