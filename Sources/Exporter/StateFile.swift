import EventLoop
import Glibc
import Inventory

/// Keeps the known anomalies in a file across restarts. Replaced atomically; without a directory, memory is all there is.
///
/// Not synced to the disk: waiting for a disk would block the loop, and what a power failure leaves is either whole or
/// set aside at the next start.
struct StateFile {
    /// Bytes that are read of a file; a larger one is none of ours.
    static let maximumBytes = 256 << 20
    private static let name = "anomalies.json"

    /// nil without a directory.
    let path: String?

    /// The file in the first directory of `$STATE_DIRECTORY` (systemd.exec(5)).
    init(environment directory: String?) {
        let first = directory?.split(separator: ":").first.map(String.init)
        path = first.map { $0 + "/" + Self.name }
    }

    /// What was known when the file was written; empty when there is none. A file that cannot be taken is moved aside,
    /// and `warning` gets one sentence.
    func load(warning: (String) -> Void) -> [KnownAnomaly] {
        guard let path else { return [] }
        let bytes: [UInt8]
        do {
            guard let found = try FileContents.read(path, maximumBytes: Self.maximumBytes) else { return [] }
            bytes = found
        } catch {
            // Too large, or no file: none of ours. Anything else may be readable the next time.
            let moved = error.code == EFBIG || error.code == EINVAL ? Self.setAside(path) : ""
            warning("cannot read the state: \(error)\(moved); every anomaly counts as new")
            return []
        }
        do { return try StateFormat.parse(bytes) } catch {
            warning("the state file \(path) is not usable: \(error)\(Self.setAside(path)); every anomaly counts as new")
            return []
        }
    }

    /// Moves what cannot be taken out of the way, whatever it is: the next state would replace it.
    private static func setAside(_ path: String) -> String {
        let aside = path + ".damaged"
        return rename(path, aside) == 0 ? ", moved to \(aside)" : ""
    }

    /// Writes what is known now.
    func store(_ known: [KnownAnomaly]) throws(SystemError) {
        if let failure = storing(known).run() { throw failure }
    }

    /// The same, in steps: the first does all of what most clusters have.
    func storing(_ known: [KnownAnomaly]) -> Storing {
        Storing(known, path)
    }

    /// Closed with the last who holds it.
    private final class OpenFile {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// The writing of a state file; what comes of it is what failed, or nil.
    struct Storing: SteppedWork {
        private static let entriesPerStep = 256

        private let known: [KnownAnomaly]
        private let path: String?
        private var file: OpenFile?
        private var next = 0
        private var failure: SystemError?

        fileprivate init(_ known: [KnownAnomaly], _ path: String?) {
            (self.known, self.path) = (known, path)
        }

        private var temporary: String { (path ?? "") + ".new" }

        mutating func advance() -> Bool {
            guard let path else { return false }
            do throws(SystemError) {
                return try advance(path)
            } catch {
                failure = error
                return false
            }
        }

        consuming func outcome() -> SystemError? { failure }

        private mutating func advance(_ path: String) throws(SystemError) -> Bool {
            if file == nil { file = OpenFile(try FileContents.create(temporary)) }
            guard let file else { return false }
            let end = min(known.count, next + Self.entriesPerStep)
            var text = next == 0 ? StateFormat.beginning : ""
            for number in next..<end { text += (number == 0 ? "" : ",") + StateFormat.text(of: known[number]) }
            if end == known.count { text += StateFormat.end }
            try FileContents.write(text, to: file.descriptor, temporary)
            next = end
            guard end == known.count else { return true }
            self.file = nil
            let temporary = temporary
            try SystemError.check("rename \(temporary)") { rename(temporary, path) }
            return false
        }
    }
}
