import Exposition
import Glibc

/// Resource usage of this process (proc(5), getrusage(2)).
struct ProcessFigures {
    /// Time when this value was created, shortly after the start of the process. The exact start time cannot be
    /// computed without `/proc/stat`, which may be hidden.
    private let start = WallClock.microseconds

    func read() -> ExporterStatus.Process {
        var process = ExporterStatus.Process()
        process.startMicroseconds = start
        process.cpuMicroseconds = Self.cpuMicroseconds()
        if let (virtual, resident) = Self.memory() {
            process.virtualBytes = virtual
            process.residentBytes = resident
        }
        process.openDescriptors = Self.openDescriptors()
        process.maximumDescriptors = Self.maximumDescriptors()
        return process
    }

    private static func cpuMicroseconds() -> UInt64? {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        let seconds = UInt64(usage.ru_utime.tv_sec) + UInt64(usage.ru_stime.tv_sec)
        return seconds * 1_000_000 + UInt64(usage.ru_utime.tv_usec) + UInt64(usage.ru_stime.tv_usec)
    }

    /// Virtual and resident memory in bytes, from the first two fields of `/proc/self/statm`, which are in pages.
    private static func memory() -> (virtual: UInt64, resident: UInt64)? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ").prefix(2).map {
            UInt64($0)
        }
        guard fields.count == 2, let virtual = fields[0], let resident = fields[1] else { return nil }
        let page = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return (virtual * page, resident * page)
    }

    private static func openDescriptors() -> UInt64? {
        // Since Linux 6.2, the size of this directory is the number of descriptors. Listing hundreds of entries would
        // be slow.
        var status = stat()
        if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return UInt64(status.st_size) }
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries: UInt64 = 0
        while readdir(directory) != nil { entries += 1 }
        // Does not count `.`, `..` and the descriptor of the directory itself.
        return entries >= 3 ? entries - 3 : nil
    }

    private static func maximumDescriptors() -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else {
            return nil
        }
        return UInt64(limit.rlim_cur)
    }
}
