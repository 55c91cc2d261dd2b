import Glibc

/// More than libdispatch opens for itself, which it does when it likes: an epoll, an eventfd, a timerfd.
public let ownDescriptors = 10

/// The descriptors that this process has open. Ends it where that cannot be seen, as without a descriptor to look.
public func openDescriptors() -> [Int32] {
    guard let directory = opendir("/proc/self/fd") else { fatalError("opendir /proc/self/fd: errno \(errno)") }
    defer { closedir(directory) }
    var found: [Int32] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
            tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        // Not a number: the folder itself, and the one above it.
        if let number = Int32(name), number != dirfd(directory) { found.append(number) }
    }
    return found
}
