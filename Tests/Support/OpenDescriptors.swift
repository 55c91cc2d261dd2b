import Foundation

/// Upper limit of the number of descriptors that libdispatch may open at any time (epoll, eventfd, timerfd).
package let ownDescriptors = 10

/// The open descriptors of this process (proc_pid_fd(5)). Throws if no descriptor is left to read the list.
package func openDescriptors() throws -> [Int32] {
    // The list includes the descriptor that was used to read it. It is closed now, so the filter removes it.
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        .filter { fcntl($0, F_GETFD) >= 0 }
}
