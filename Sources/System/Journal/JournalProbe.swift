import CShims
import Glibc

/// Tells whether `sd_journal_sendv` would find a journal, and whether it would wait for it.
///
/// The function sends by a blocking socket of its own, and reports success where there is no journal. It waits in two
/// cases: the journal's queue is full, which shows on any socket connected to it, and its own socket holds too many
/// bytes that the journal has not read, which shows on that one alone.
final class JournalProbe {
    /// Descriptors below this are looked through, once, for the socket of libsystemd.
    private static let searchedDescriptors: Int32 = 1024

    private let path: String
    private let socket: Descriptor
    private var senders: [Int32]?

    init(path: String) throws(SystemError) {
        self.path = path
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        socket = Descriptor(owning: try SystemError.check("socket") { Glibc.socket(AF_UNIX, kind, 0) })
    }

    /// Connects anew each time, because a journal started again has another socket under the same path.
    func connect() throws(SystemError) {
        let operation = "connect \(path)"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            if path.utf8.count >= room.count { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw SystemError(operation: operation, code: ENAMETOOLONG) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result != 0 { throw SystemError(operation: operation, code: errno) }
    }

    /// Throws `EAGAIN` where sending would wait, and what `connect` throws.
    func checkWritable() throws(SystemError) {
        try connect()
        senders = senders?.filter(Self.isSender)
        // unix(7): a datagram socket is writable while the queue at the other end, and its own buffer, have room.
        var polled = ([socket.rawValue] + (senders ?? [])).map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
        let count = nfds_t(polled.count)
        let ready = try SystemError.check("poll \(path)") { poll(&polled, count, 0) }
        if ready < polled.count || !polled.allSatisfy({ $0.revents == Int16(POLLOUT) }) {
            throw SystemError(operation: "send to \(path)", code: EAGAIN)
        }
    }

    /// After the first entry was sent, finds the socket that libsystemd has opened for it and never closes: the one
    /// datagram socket of the Unix family without a peer. Nothing but looking at its readiness is ever done to it.
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
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }

    private static func hasPeer(_ descriptor: Int32) -> Bool {
        var address = sockaddr()
        var length = socklen_t(MemoryLayout<sockaddr>.size)
        return getpeername(descriptor, &address, &length) == 0
    }
}
