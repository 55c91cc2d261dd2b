import Glibc
import System

/// Reads whole files and writes new files.
enum FileContents {
    enum Refusal: Error, Equatable, CustomStringConvertible {
        /// The kind of the object at the path, such as `a directory`.
        case notAFile(String)
        /// The path that the symbolic link points to.
        case danglingLink(String)
        /// The maximum number of bytes.
        case tooLarge(Int)
        case system(SystemError)

        /// A clause that follows the path, such as `is a directory, not a file`.
        var description: String {
            switch self {
            case .notAFile(let kind): "is \(kind), not a file"
            case .danglingLink(let target): "is a symbolic link to \(target), which does not exist"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            case .system(let error): error.reason
            }
        }
    }

    /// nil if the file does not exist.
    static func read(_ path: String, maximumBytes: Int) throws(Refusal) -> [UInt8]? {
        // Checked before opening, because opening a device or a FIFO may have side effects.
        guard let status = try status(path) else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(kind(status)) }
        guard status.st_size <= maximumBytes else { throw .tooLarge(maximumBytes) }
        do throws(SystemError) {
            let descriptor = Descriptor(
                owning: try SystemError.check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count <= maximumBytes {
                let count = try SystemError.check("read \(path)") {
                    Glibc.read(descriptor.rawValue, &buffer, buffer.count)
                }
                if count == 0 { return bytes }
                bytes += buffer[..<Int(count)]
            }
        } catch {
            throw .system(error)
        }
        throw .tooLarge(maximumBytes)
    }

    /// The result of stat(2); nil if nothing exists at the path. Throws if the path is a symbolic link to nothing.
    private static func status(_ path: String) throws(Refusal) -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        let code = errno
        guard code == ENOENT else { throw .system(SystemError(operation: "stat \(path)", code: code)) }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path, &target, target.count)
        guard length < 0 else { throw .danglingLink(String(decoding: target[..<length], as: UTF8.self)) }
        return nil
    }

    private static func kind(_ status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "of an unknown kind"
        }
    }

    /// Creates a file next to `path` with a unique name, readable only by its owner (`mkstemp(3)`).
    static func createTemporary(for path: String) throws(SystemError) -> (path: String, descriptor: Int32) {
        var template = Array((path + ".new.XXXXXX").utf8CString)
        let descriptor = try SystemError.check("create \(path).new.XXXXXX") { mkstemp(&template) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return (String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), descriptor)
    }

    /// Writes the whole text. `path` is used only in errors.
    static func write(_ text: String, to descriptor: borrowing Descriptor, _ path: String) throws(SystemError) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            written += Int(
                try SystemError.check("write \(path)") {
                    bytes[written...].withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
                })
        }
    }
}

extension SystemError {
    /// The error without the operation, such as `Permission denied`.
    var reason: String { String(cString: strerror(code)) }
}
