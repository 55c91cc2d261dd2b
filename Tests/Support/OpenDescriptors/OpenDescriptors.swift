import Foundation

/// More than libdispatch opens for itself, which it does when it likes: an epoll, an eventfd, a timerfd.
package let ownDescriptors = 10

/// The descriptors that this process has open, as proc_pid_fd(5) lists them. Throws where there is none left to look with.
package func openDescriptors() throws -> [Int32] {
    // What the list was read by is closed again.
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        .filter { fcntl($0, F_GETFD) >= 0 }
}
