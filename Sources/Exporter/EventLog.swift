import System

/// Sends events to the journal, or where there is none as one line each to standard error, and counts them.
///
/// A journal that does not take them for the moment delays them, never the loop: they wait in a bounded queue.
final class EventLog {
    /// Events that wait for the journal, at least, and as many as two polls make; further ones are lost, and counted as
    /// failures.
    static let maximumWaiting = 1_000
    /// The first pause is about what a journal at work takes to read its queue, of as few as 10 entries (`unix(7)`,
    /// `max_dgram_qlen`); pauses double while it takes nothing.
    private static let retryPauses = Duration.milliseconds(10)...Duration.seconds(1)

    /// Events logged, by name: every name from the beginning.
    private(set) var logged: [String: UInt64] = Dictionary(
        uniqueKeysWithValues: Event.allCases.map { ($0.rawValue, 0) })
    /// Events lost.
    private(set) var failures: UInt64 = 0

    private let journal: Journal?
    private let log: Log
    private let maximumWaiting: Int
    /// A slice, which loses its first without moving the others.
    private var waiting: ArraySlice<EventRecord> = []
    private let retry: TimerSource
    private var retryPause = retryPauses.lowerBound

    /// Whether some events have not been sent yet.
    var isWaiting: Bool { !waiting.isEmpty }
    /// Called once none is waiting any more, after some were.
    var onDrained: () -> Void = {}

    /// Uses the system's journal if it is there at this moment.
    init(loop: EventLoop, log: Log, eventsPerPoll: Int) throws(SystemError) {
        self.log = log
        maximumWaiting = max(Self.maximumWaiting, eventsPerPoll.multipliedReportingOverflow(by: 2).partialValue)
        let journal = try Journal()
        self.journal = journal.isAvailable ? journal : nil
        retry = try loop.timer(priority: .low)
        retry.handler = { [unowned self] in
            drain()
            if !isWaiting { onDrained() }
        }
    }

    func send(_ record: EventRecord) {
        guard journal != nil else { return writeLine(record) }
        guard waiting.count < maximumWaiting else {
            failures += 1
            return
        }
        waiting.append(record)
        if waiting.count == 1 { drain() }
    }

    /// Says what still waits for the journal on standard error: nobody would send it later.
    func finish() {
        drain()
        retry.disarm()
        for record in waiting { writeLine(record) }
        waiting = []
    }

    private func drain() {
        while let journal, let record = waiting.first {
            guard journal.isWritable else {
                retry.arm(after: retryPause)
                retryPause = min(retryPause * 2, Self.retryPauses.upperBound)
                return
            }
            waiting.removeFirst()
            retryPause = Self.retryPauses.lowerBound
            do {
                try journal.send(record.fields.map { ($0.name, $0.value) })
                logged[record.event.rawValue, default: 0] += 1
            } catch {
                failures += 1
                log.write(.warn, "cannot log an event to the journal: \(error)")
            }
        }
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
