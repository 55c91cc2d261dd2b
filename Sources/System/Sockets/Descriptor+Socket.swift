import CShims
import Glibc

/// Functions for sockets. The sockets that they return are non-blocking and close-on-exec.
extension Descriptor {
    /// Creates a stream or datagram socket for the family of an address (`socket`).
    package static func socket(
        for address: SocketAddress, isDatagram: Bool = false
    ) throws(SystemError) -> Descriptor {
        let kind = isDatagram ? SOCK_DGRAM : SOCK_STREAM
        let flags = Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try SystemError.check("socket \(address.text)") { Glibc.socket(address.family, flags, 0) }
        return Descriptor(owning: number)
    }

    /// Makes a descriptor that was created elsewhere non-blocking and close-on-exec (`fcntl`).
    package func neverBlock() throws(SystemError) {
        let flags = try SystemError.check("fcntl \(rawValue)") { fcntl(rawValue, F_GETFL) }
        try SystemError.check("fcntl \(rawValue)") { fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) }
        try SystemError.check("fcntl \(rawValue)") { fcntl(rawValue, F_SETFD, FD_CLOEXEC) }
    }

    package func bind(to address: SocketAddress) throws(SystemError) {
        try SystemError.check("bind \(address.text)") {
            unsafe address.withPointer { unsafe Glibc.bind(rawValue, $0, $1) }
        }
    }

    package func connect(to address: SocketAddress) throws(SystemError) {
        try SystemError.check("connect \(address.text)") {
            unsafe address.withPointer { unsafe Glibc.connect(rawValue, $0, $1) }
        }
    }

    /// - Parameter backlog: maximum number of connections that wait in the kernel to be accepted. The kernel limits it
    ///   to `somaxconn`.
    package func listen(backlog: Int32) throws(SystemError) {
        try SystemError.check("listen \(rawValue)") { Glibc.listen(rawValue, backlog) }
    }

    /// Accepts the next connection. Returns nil if none is waiting, if the waiting connection has failed, or if a
    /// signal interrupted the call (accept(2)).
    package func accept() throws(SystemError) -> Descriptor? {
        let number = Glibc.accept(rawValue, nil, nil)
        if number >= 0 {
            let client = Descriptor(owning: number)
            try client.neverBlock()
            return client
        }
        switch errno {
        case EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
            ENOPROTOOPT, ENONET:
            return nil
        case let code: throw SystemError(operation: "accept \(rawValue)", code: code)
        }
    }

    /// Reads once (`recv`).
    ///
    /// - Returns: the number of bytes, 0 at the end of the stream, nil if reading would block.
    package func receive(into buffer: inout [UInt8], atMost count: Int = .max) throws(SystemError) -> Int? {
        try unlessBlocking("recv") {
            unsafe buffer.withUnsafeMutableBytes { unsafe recv(rawValue, $0.baseAddress, min(count, $0.count), 0) }
        }
    }

    /// Writes once, without `SIGPIPE` (`send`).
    ///
    /// - Parameter moreFollows: lets the kernel send these bytes and the next ones in one segment (`MSG_MORE`).
    /// - Returns: the number of bytes written, nil if writing would block.
    package func send(_ bytes: ArraySlice<UInt8>, moreFollows: Bool = false) throws(SystemError) -> Int? {
        let flags = Int32(MSG_NOSIGNAL) | (moreFollows ? Int32(MSG_MORE) : 0)
        return try unlessBlocking("send") {
            unsafe bytes.withUnsafeBytes { unsafe Glibc.send(rawValue, $0.baseAddress, $0.count, flags) }
        }
    }

    private func unlessBlocking(_ operation: String, _ call: () -> Int) throws(SystemError) -> Int? {
        do throws(SystemError) {
            return try SystemError.check(operation, call)
        } catch {
            if error.code == EAGAIN || error.code == EWOULDBLOCK { return nil }
            throw error
        }
    }

    /// Ends the sending direction, so that the peer sees the end of the stream (`shutdown`).
    package func endSending() {
        _ = shutdown(rawValue, Int32(SHUT_WR))
    }

    /// When the socket is closed, the kernel sends a reset and discards the bytes that have not been sent
    /// (`SO_LINGER`).
    package func resetOnClose() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(rawValue, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    }

    /// - Parameter level: such as `SOL_SOCKET`.
    package func setOption(_ level: Int32, _ option: Int32, to value: Int32) throws(SystemError) {
        var value = value
        try SystemError.check("setsockopt \(rawValue)") {
            unsafe setsockopt(rawValue, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Reads an integer option of the level `SOL_SOCKET`.
    package func option(_ option: Int32) throws(SystemError) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        try SystemError.check("getsockopt \(rawValue)") {
            unsafe getsockopt(rawValue, SOL_SOCKET, option, &value, &length)
        }
        return value
    }

    /// Whether the socket is ready for writing (`POLLOUT`). Also true after an error or hang-up (poll(2)).
    package var isWritable: Bool {
        var polled = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&polled, 1, 0) == 1
    }

    /// Number of bytes that can be read now (`FIONREAD`), or 0 if it cannot be determined.
    package var readableBytes: Int {
        var count: Int32 = 0
        return unsafe ioctl(rawValue, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
}
