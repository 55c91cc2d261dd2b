import Glibc

/// More than libdispatch opens for itself, which it does when it likes: an epoll, an eventfd, a timerfd.
public let ownDescriptors = 10

/// How many descriptors this process has open. Ends it where that cannot be seen, as without a descriptor to look.
public func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { fatalError("opendir /proc/self/fd: errno \(errno)") }
    defer { closedir(directory) }
    // The folder itself, the one above it, and the descriptor that it is read by.
    var count = -3
    while readdir(directory) != nil { count += 1 }
    return count
}
