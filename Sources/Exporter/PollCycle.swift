import Exposition
import Inventory
import StorPool
import System

/// A call that returns a list, with the reader of its elements.
struct ListCall<Element>: Sendable {
    let name: String
    let start:
        @Sendable (
            APIClient, _ take: @escaping (Element) -> Bool,
            _ completion: @escaping (Result<ListSummary, PollFailure>) -> Void
        ) throws(PollFailure) -> any RunningCall
}

extension ListCall<StorPoolObject> {
    static let lists = [objects("VolumesList", .volume), objects("SnapshotsList", .snapshot)]
    static let spaces = [objects("VolumesSpace", .volume), objects("SnapshotsSpace", .snapshot)]

    private static func objects(_ name: String, _ kind: ObjectKind) -> ListCall {
        ListCall(name: name) { client, take, completion throws(PollFailure) in
            try APICall(name, of: client, reader: ObjectListReader(of: kind), take: take, completion: completion)
        }
    }
}

extension ListCall<TemplateStatus> {
    static let templates = [
        ListCall(name: "VolumeTemplatesStatus") { client, take, completion throws(PollFailure) in
            try APICall(
                "VolumeTemplatesStatus", of: client, reader: TemplateListReader(), take: take, completion: completion)
        }
    ]
}

/// Takes the elements of a poll cycle and makes its result of them.
protocol PollConsumer {
    associatedtype Element
    associatedtype Outcome

    /// Takes the next element of a call's list.
    mutating func take(_ element: Element, from call: String) throws(PollFailure)
    /// Called when all lists are complete. `lists` has the name of each call and the summary of its list.
    consuming func finish(_ lists: [(call: String, summary: ListSummary)]) throws(PollFailure) -> Outcome
}

/// One attempt of a poll: makes the calls one after the other and passes their elements to a consumer. Dropping it
/// cancels the attempt.
final class PollCycle<Consumer: PollConsumer>: PollAttempt {
    var receivedBytes: UInt64 { earlierBytes + (call?.receivedBytes ?? 0) }
    var waitingSince: Monotonic? { call?.waitingSince }

    private let client: APIClient
    private var remaining: ArraySlice<ListCall<Consumer.Element>>
    /// nil once the lists are complete or an element could not be taken.
    private var consumer: Consumer?
    private let completion: (Result<Consumer.Outcome, PollFailure>) -> Void
    private var call: (any RunningCall)?
    private var lists: [(call: String, summary: ListSummary)] = []
    private var failure: PollFailure?
    private var earlierBytes: UInt64 = 0

    /// - Parameters:
    ///   - calls: at least one.
    ///   - completion: called once, after this initializer has returned.
    init(
        _ calls: [ListCall<Consumer.Element>], of client: APIClient, into consumer: Consumer,
        completion: @escaping (Result<Consumer.Outcome, PollFailure>) -> Void
    ) throws(PollFailure) {
        self.client = client
        self.consumer = consumer
        self.completion = completion
        remaining = calls[...]
        try startNextCall()
    }

    private func startNextCall() throws(PollFailure) {
        let next = remaining.removeFirst()
        call = try next.start(
            client, { [unowned self] in take($0, from: next.name) }, { [unowned self] in end(next.name, $0) })
    }

    private func take(_ element: Consumer.Element, from call: String) -> Bool {
        do throws(PollFailure) {
            try consumer?.take(element, from: call)
            return true
        } catch {
            // Frees the memory at once.
            (failure, consumer) = (error, nil)
            return false
        }
    }

    private func end(_ name: String, _ result: Result<ListSummary, PollFailure>) {
        earlierBytes += call?.receivedBytes ?? 0
        call = nil
        do throws(PollFailure) {
            if let failure { throw failure }
            lists.append((name, try result.get()))
            if !remaining.isEmpty { return try startNextCall() }
            // Moved out, so that the consumer's collections are not copied.
            guard let finished = consumer.take() else { return }
            completion(.success(try finished.finish(lists)))
        } catch {
            consumer = nil
            completion(.failure(error))
        }
    }
}

/// Counts the objects of `VolumesList` and `SnapshotsList`.
struct ObjectCounter: PollConsumer {
    var builder: InventoryBuilder

    mutating func take(_ object: StorPoolObject, from call: String) throws(PollFailure) {
        do throws(TooMuchText) { try builder.add(object) } catch { throw PollFailure(error, in: call) }
    }

    consuming func finish(
        _ lists: [(call: String, summary: ListSummary)]
    ) throws(PollFailure) -> (inventory: Inventory, malformed: Int) {
        do throws(TooMuchText) {
            return (try builder.finish(), lists.reduce(0) { $0 + $1.summary.malformed })
        } catch {
            throw PollFailure(error, in: "comparing the objects")
        }
    }
}

/// Adds up the space of the objects of `VolumesSpace` and `SnapshotsSpace`.
struct SpaceCounter: PollConsumer {
    var builder: SpaceInventoryBuilder

    mutating func take(_ object: StorPoolObject, from call: String) throws(PollFailure) {
        do throws(TooMuchText) { try builder.add(object) } catch { throw PollFailure(error, in: call) }
    }

    consuming func finish(_ lists: [(call: String, summary: ListSummary)]) -> SpaceInventory { builder.finish() }
}

/// Keeps the templates of `VolumeTemplatesStatus`.
struct TemplateCollector: PollConsumer {
    /// Maximum size of all templates; a real cluster needs far less. It is bounded because templates, unlike objects, are
    /// kept until the next poll.
    private static let maximumBytes = 4 << 20

    private var templates: [TemplateStatus] = []
    private var bytes = 0

    mutating func take(_ template: TemplateStatus, from call: String) throws(PollFailure) {
        bytes += MemoryLayout<TemplateStatus>.size + template.name.utf8.count
        guard bytes <= Self.maximumBytes else { throw PollFailure(.tooLarge, "\(call): too many templates") }
        templates.append(template)
    }

    consuming func finish(_ lists: [(call: String, summary: ListSummary)]) -> [TemplateStatus] { templates }
}
