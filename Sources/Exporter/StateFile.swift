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
            warning("cannot read the state: \(error); every anomaly counts as new")
            return []
        }
        do { return try StateFormat.parse(bytes) } catch {
            let aside = path + ".damaged"
            let moved = rename(path, aside) == 0 ? ", moved to \(aside)" : ""
            warning("the state file \(path) is not usable: \(error)\(moved); every anomaly counts as new")
            return []
        }
    }

    /// Writes what is known now.
    func store(_ known: [KnownAnomaly]) throws(SystemError) {
        guard let path else { return }
        let temporary = path + ".new"
        try FileContents.write(StateFormat.text(of: known), to: temporary)
        try SystemError.check("rename \(temporary)") { rename(temporary, path) }
    }
}
