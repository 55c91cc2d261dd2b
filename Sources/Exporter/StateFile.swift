import Glibc
import Inventory
import System

/// Keeps the known anomalies in a file across restarts. Replaced atomically; without a directory, or if another process
/// uses it, they are kept in memory only.
///
/// Not synced to the disk: waiting for a disk would block the loop, and what a power failure leaves is either whole or
/// set aside at the next start.
struct StateFile {
    /// A larger file is not from this program.
    static let maximumBytes = 256 << 20
    private static let name = "anomalies.json"

    /// nil if the state is kept in memory only.
    let path: String?
    /// The directory that another process uses.
    private let occupied: String?
    /// Locks the directory until the last copy of this value is dropped.
    private let lock: OpenFile?

    /// The file in the first directory of `$STATE_DIRECTORY` (systemd.exec(5)).
    init(environment directories: String?) {
        guard let directory = directories?.split(separator: ":").first.map(String.init) else {
            (path, occupied, lock) = (nil, nil, nil)
            return
        }
        let opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let lock = opened < 0 ? nil : OpenFile(Descriptor(owning: opened))
        // A file system without locks is no reason to forget: each process replaces the file as a whole.
        let isOccupied = lock?.isHeldElsewhere() ?? false
        path = isOccupied ? nil : directory + "/" + Self.name
        occupied = isOccupied ? directory : nil
        self.lock = isOccupied ? nil : lock
        if !isOccupied { Self.removeTemporaryFiles(in: directory) }
    }

    /// Removes what a process left that was killed while it wrote.
    private static func removeTemporaryFiles(in directory: String) {
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(Self.name + ".new") { unlink(directory + "/" + name) }
        }
    }

    /// What was known when the file was written; empty when there is none. A file that cannot be taken is moved aside,
    /// and `warning` gets one sentence.
    func load(warning: (String) -> Void) -> [KnownAnomaly] {
        if let occupied {
            warning(
                "another process uses the state directory \(occupied): this one keeps its state in memory and logs every"
                    + " anomaly again after a restart; give each process a state directory of its own")
        }
        guard let path else { return [] }
        let bytes: [UInt8]
        do {
            guard let found = try FileContents.read(path, maximumBytes: Self.maximumBytes) else { return [] }
            bytes = found
        } catch {
            // What the system refuses now may be readable at the next start.
            var moved = ""
            if case .system = error {} else { moved = Self.setAside(path) }
            warning("cannot use the state file: \(path) \(error)\(moved); every anomaly counts as new")
            return []
        }
        do { return try StateFormat.parse(bytes) } catch {
            warning("cannot use the state file \(path): \(error)\(Self.setAside(path)); every anomaly counts as new")
            return []
        }
    }

    /// Moves what is in the place of the file out of the way. A directory can be neither replaced nor moved onto a file.
    private static func setAside(_ path: String) -> String {
        for aside in [path + ".damaged"] + (1...9).map({ "\(path).damaged.\($0)" }) where rename(path, aside) == 0 {
            return "; moved to \(aside)"
        }
        return ""
    }

    /// Writes what is known now.
    func store(_ known: [KnownAnomaly]) throws(SystemError) {
        if let failure = storing(known).run() { throw failure }
    }

    /// The same, in steps: the first does all of what most clusters have.
    func storing(_ known: [KnownAnomaly]) -> Storing {
        Storing(known, path)
    }

    /// Closed when its last owner drops it.
    private final class OpenFile {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

        /// Locks the file (`flock(2)`) unless another process has.
        func isHeldElsewhere() -> Bool {
            flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
        }
    }

    /// The writing of a state file; what comes of it is what failed, or nil.
    struct Storing: SteppedWork {
        private static let entriesPerStep = 256

        private let known: [KnownAnomaly]
        private let path: String?
        private var temporary: (path: String, file: OpenFile)?
        private var next = 0
        private var failure: SystemError?

        fileprivate init(_ known: [KnownAnomaly], _ path: String?) {
            (self.known, self.path) = (known, path)
        }

        mutating func advance() -> Bool {
            guard let path else { return false }
            do throws(SystemError) {
                return try advance(path)
            } catch {
                failure = error
                if let temporary { unlink(temporary.path) }
                return false
            }
        }

        consuming func outcome() -> SystemError? { failure }

        private mutating func advance(_ path: String) throws(SystemError) -> Bool {
            let temporary = if let temporary = self.temporary { temporary } else { try create(path) }
            self.temporary = temporary
            let end = min(known.count, next + Self.entriesPerStep)
            var text = next == 0 ? StateFormat.beginning : ""
            for number in next..<end { text += (number == 0 ? "" : ",") + StateFormat.text(of: known[number]) }
            if end == known.count { text += StateFormat.end }
            try FileContents.write(text, to: temporary.file.descriptor, temporary.path)
            next = end
            guard end == known.count else { return true }
            try SystemError.check("rename \(temporary.path) to \(path)") { rename(temporary.path, path) }
            return false
        }

        private func create(_ path: String) throws(SystemError) -> (path: String, file: OpenFile) {
            let created = try FileContents.createTemporary(for: path)
            return (created.path, OpenFile(Descriptor(owning: created.descriptor)))
        }
    }
}
