import Glibc
import Inventory
import System

/// The file that keeps the known anomalies across restarts. It is replaced atomically. Without a state directory, or if
/// another process uses the directory, there is no file and the anomalies are kept in memory only.
///
/// Writes are not synced, because waiting for the disk would block the loop. A power failure can damage the file. A
/// damaged file is moved aside at the next start.
final class StateFile {
    /// Maximum size of a file that `load` reads.
    static let maximumBytes = 256 << 20
    private static let name = "anomalies.json"
    private static let pieceBytes = 1 << 20

    /// nil if the anomalies are kept in memory only.
    let path: String?
    /// The state directory if another process uses it, otherwise nil.
    private let occupiedDirectory: String?
    /// The open directory, which keeps the lock (`flock(2)`) as long as it is open. nil without a directory.
    private let lock: Descriptor?

    /// - Parameter directories: `$STATE_DIRECTORY` of systemd.exec(5), a list separated by colons. Only the first
    ///   directory is used.
    init(directories: String?) {
        guard let directory = directories?.split(separator: ":").first.map(String.init) else {
            path = nil
            occupiedDirectory = nil
            lock = nil
            return
        }
        let number = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // If the file system does not support locks, the directory is used without a lock.
        let isOccupied = number >= 0 && flock(number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
        if number >= 0 { lock = Descriptor(owning: number) } else { lock = nil }
        path = isOccupied ? nil : directory + "/" + Self.name
        occupiedDirectory = isOccupied ? directory : nil
        if !isOccupied { Self.removeTemporaryFiles(in: directory) }
    }

    /// Removes temporary files that a killed process has left.
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

    /// The anomalies in the file; empty if there is no file or it cannot be used. Calls `warning` if the file or the
    /// directory cannot be used. An unusable file is renamed, except after a system error.
    func load(warning: (String) -> Void) -> [KnownAnomaly] {
        if let occupiedDirectory {
            warning(
                "another process uses the state directory \(occupiedDirectory); this process keeps its state in memory"
                    + " and will log every anomaly again after a restart; give each process its own state directory")
        }
        guard let path else { return [] }
        let bytes: [UInt8]
        do {
            guard let contents = try FileContents.read(path, maximumBytes: Self.maximumBytes) else { return [] }
            bytes = contents
        } catch {
            // After a system error the file is not renamed, because it may be readable at the next start.
            var moved = ""
            if case .system = error {} else { moved = Self.moveAside(path) }
            warning("cannot use the state file: \(path) \(error)\(moved); every anomaly counts as new")
            return []
        }
        do { return try StateFormat.parse(bytes) } catch {
            warning("cannot use the state file \(path): \(error)\(Self.moveAside(path)); every anomaly counts as new")
            return []
        }
    }

    /// Renames an unusable file. Tries several names, because rename(2) cannot replace a file with a directory. Returns
    /// a clause for the warning.
    private static func moveAside(_ path: String) -> String {
        for aside in [path + ".damaged"] + (1...9).map({ "\(path).damaged.\($0)" }) where rename(path, aside) == 0 {
            return "; moved to \(aside)"
        }
        return ""
    }

    func store(_ known: [KnownAnomaly]) throws(SystemError) {
        guard let path else { return }
        let (temporaryPath, number) = try FileContents.createTemporary(for: path)
        let descriptor = Descriptor(owning: number)
        do throws(SystemError) {
            var text = StateFormat.beginning
            for (index, entry) in known.enumerated() {
                if index > 0 { text += "," }
                text += StateFormat.text(of: entry)
                guard text.utf8.count >= Self.pieceBytes else { continue }
                try FileContents.write(text, to: descriptor, temporaryPath)
                text = ""
            }
            try FileContents.write(text + StateFormat.end, to: descriptor, temporaryPath)
            try SystemError.check("rename \(temporaryPath) to \(path)") { rename(temporaryPath, path) }
        } catch {
            unlink(temporaryPath)
            throw error
        }
    }
}
