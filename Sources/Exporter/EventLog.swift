import System

/// Sends events to the journal and counts them. Without a journal, each event is written to standard error as one line.
///
/// While the journal does not accept events, they wait in a bounded queue, so that the loop never blocks.
final class EventLog {
    /// Minimum capacity of the queue. The capacity is twice `--events.max-per-poll` if that is more. Events that do not
    /// fit in the queue are lost and count as failures.
    static let minimumCapacity = 1_000
    /// Pauses before an event is sent again. The first pause is about the time that a busy journal needs to read its
    /// socket's queue, which may hold only 10 entries (`max_dgram_qlen` of unix(7)). The pause doubles each time.
    private static let retryPauses = Duration.milliseconds(10)...Duration.seconds(1)

    /// Number of logged events by name. Every name has an entry.
    private(set) var logged: [String: UInt64] = Dictionary(
        uniqueKeysWithValues: Event.allCases.map { ($0.rawValue, 0) })
    /// Number of lost events.
    private(set) var failures: UInt64 = 0
    /// Called when events had to wait and the queue has become empty.
    var onDrained: () -> Void = {}

    private let journal: Journal?
    private let log: Log
    private let capacity: Int
    private let retry: TimerSource
    private var retryPause = retryPauses.lowerBound
    /// A slice, so that removing the first event does not move the others.
    private var queue: ArraySlice<EventRecord> = []

    /// Whether an event has been lost since the journal last accepted one.
    private var isFull = false

    var isWaiting: Bool { !queue.isEmpty }

    /// Uses the journal only if it is available at this time.
    init(loop: EventLoop, log: Log, eventsPerPoll: Int) throws(SystemError) {
        self.log = log
        capacity = max(Self.minimumCapacity, eventsPerPoll.multipliedReportingOverflow(by: 2).partialValue)
        let journal = try Journal()
        self.journal = journal.isAvailable ? journal : nil
        retry = try loop.timer()
        retry.handler = { [unowned self] in
            drain()
            if !isWaiting { onDrained() }
        }
    }

    func send(_ record: EventRecord) {
        guard journal != nil else { return writeLine(record) }
        guard queue.count < capacity else {
            if !isFull { log.write(.warn, "the journal accepts no events: further events are lost") }
            isFull = true
            failures += 1
            return
        }
        queue.append(record)
        if queue.count == 1 { drain() }
    }

    /// Called before the program ends. Events that the journal does not accept are written to standard error.
    func finish() {
        drain()
        retry.disarm()
        for record in queue { writeLine(record) }
        queue = []
    }

    private func drain() {
        while let journal, let record = queue.first {
            do throws(SystemError) {
                guard try journal.send(record.fields.map { ($0.name, $0.value) }) else {
                    retry.arm(after: retryPause)
                    retryPause = min(retryPause * 2, Self.retryPauses.upperBound)
                    return
                }
                logged[record.event.rawValue, default: 0] += 1
                isFull = false
            } catch {
                failures += 1
                log.write(.warn, "cannot log an event to the journal: \(error)")
            }
            queue.removeFirst()
            retryPause = Self.retryPauses.lowerBound
        }
        // A slice keeps the memory of removed events. This frees it.
        queue = []
    }

    private func writeLine(_ record: EventRecord) {
        let fields = record.fields.dropFirst().map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        if Log.writeLine("<\(record.priority.rawValue)>\(record.message) \(fields)") {
            logged[record.event.rawValue, default: 0] += 1
        } else {
            failures += 1
        }
    }
}
