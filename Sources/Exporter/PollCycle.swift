import Exposition
import Inventory
import StorPool
import System

/// An API call that returns a list, and the function that starts the call.
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

/// Builds the result of a poll cycle from the elements of its lists.
protocol PollConsumer {
    associatedtype Element
    associatedtype Outcome

    /// Takes the next element of the list that `call` returns. An error ends the cycle.
    mutating func take(_ element: Element, from call: String) throws(PollFailure)
    /// Called when all lists are complete. `lists` has the name of each call and the summary of its list.
    consuming func finish(_ lists: [(call: String, summary: ListSummary)]) throws(PollFailure) -> Outcome
}

/// One attempt of a poll: makes the calls one after the other and passes their elements to a consumer. Dropping the
/// object cancels the attempt.
final class PollCycle<Consumer: PollConsumer>: PollAttempt {
    var receivedBytes: UInt64 { earlierBytes + (call?.receivedBytes ?? 0) }
    var waitingSince: Monotonic? { call?.waitingSince }

    private let client: APIClient
    private var remaining: ArraySlice<ListCall<Consumer.Element>>
    /// nil after the attempt has ended, or after the consumer has refused an element.
    private var consumer: Consumer?
    private let completion: (Result<Consumer.Outcome, PollFailure>) -> Void
    private var call: (any RunningCall)?
    private var lists: [(call: String, summary: ListSummary)] = []
    private var failure: PollFailure?
    private var earlierBytes: UInt64 = 0

    /// - Parameters:
    ///   - calls: must not be empty.
    ///   - completion: called once, unless the object is dropped. It is never called before this initializer returns.
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
            // Dropping the consumer frees its memory at once.
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
            // The consumer is moved out of the property, so that its collections are not copied.
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
    /// Maximum memory for all templates. A real cluster needs far less. There is a limit because templates, unlike
    /// objects, are kept until the next poll.
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
