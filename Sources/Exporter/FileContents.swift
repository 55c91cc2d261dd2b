import EventLoop
import Glibc

/// Whole small files.
enum FileContents {
    /// The bytes of a file, or nil when there is none. More than `maximumBytes` is an error (`EFBIG`), as is anything
    /// that is not a regular file (`EINVAL`): reading a FIFO would block.
    static func read(_ path: String, maximumBytes: Int) throws(SystemError) -> [UInt8]? {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if opened < 0, errno == ENOENT { return nil }
        let descriptor = Descriptor(owning: try SystemError.check("open \(path)") { opened })
        var status = stat()
        try SystemError.check("stat \(path)") { fstat(descriptor.rawValue, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(operation: "read \(path)", code: EINVAL) }
        guard status.st_size <= maximumBytes else { throw SystemError(operation: "read \(path)", code: EFBIG) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try SystemError.check("read \(path)") {
                Glibc.read(descriptor.rawValue, &buffer, buffer.count)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<Int(count)]
            guard bytes.count <= maximumBytes else { throw SystemError(operation: "read \(path)", code: EFBIG) }
        }
    }

    /// Begins a file anew, readable by its owner alone. What is there is not opened but removed: it may be a link to
    /// somewhere else, or a FIFO that blocks.
    static func create(_ path: String) throws(SystemError) -> Descriptor {
        unlink(path)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        return Descriptor(owning: try SystemError.check("open \(path)") { open(path, flags, 0o600) })
    }

    /// Writes behind what is there; the path is for errors.
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
