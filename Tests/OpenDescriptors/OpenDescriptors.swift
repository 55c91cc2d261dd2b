import Glibc

/// More than libdispatch opens for itself, which it does when it likes: an epoll, an eventfd, a timerfd.
public let ownDescriptors = 10

/// How many descriptors this process has open.
public func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
