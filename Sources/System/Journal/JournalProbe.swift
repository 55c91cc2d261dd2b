import CShims
import Glibc

/// Checks whether `sd_journal_sendv` would find a journal, and whether it would block.
///
/// `sd_journal_sendv` sends through its own blocking socket, and reports success even if no journal is running. It
/// blocks in two cases. If the journal's queue is full, no socket that is connected to the journal is writable. If the
/// send buffer of libsystemd's socket is full, only this socket is not writable. Therefore both are polled.
final class JournalProbe {
    /// Only descriptors below this number are searched for the socket of libsystemd.
    private static let searchedDescriptors: Int32 = 1024

    private let address: SocketAddress
    private let socket: Descriptor
    /// Sockets that may belong to libsystemd. Nil until an entry has been sent.
    private var senders: [Int32]?

    init(path: String) throws(SystemError) {
        address = try SocketAddress(unixPath: path)
        socket = try Descriptor.socket(for: address, isDatagram: true)
    }

    /// Connects again on every call, because a restarted journal has a new socket at the same path.
    func connect() throws(SystemError) {
        try socket.connect(to: address)
    }

    /// Throws `EAGAIN` if sending would block, and the errors of `connect`.
    func checkWritable() throws(SystemError) {
        try connect()
        senders = senders?.filter(Self.isSender)
        // A Unix datagram socket is writable if its send buffer and, if it is connected, the peer's queue have room.
        var polled = ([socket.rawValue] + (senders ?? [])).map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
        let count = nfds_t(polled.count)
        let ready = try SystemError.check("poll \(address.text)") { unsafe poll(&polled, count, 0) }
        if ready < polled.count || !polled.allSatisfy({ $0.revents == Int16(POLLOUT) }) {
            throw SystemError(operation: "send to \(address.text)", code: EAGAIN)
        }
    }

    /// Finds the socket that libsystemd opened for the first entry and keeps open. All Unix datagram sockets without a
    /// peer match. Call this after an entry has been sent. The sockets are only polled.
    func findSender() {
        if senders != nil { return }
        senders = (0..<Self.searchedDescriptors).filter(Self.isSender)
    }

    private static func isSender(_ descriptor: Int32) -> Bool {
        option(SO_DOMAIN, of: descriptor) == AF_UNIX
            && option(SO_TYPE, of: descriptor) == Int32(SOCK_DGRAM.rawValue) && !hasPeer(descriptor)
    }

    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }

    private static func hasPeer(_ descriptor: Int32) -> Bool {
        var address = sockaddr()
        var length = socklen_t(MemoryLayout<sockaddr>.size)
        return unsafe getpeername(descriptor, &address, &length) == 0
    }
}
