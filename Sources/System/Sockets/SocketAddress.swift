import CShims
import Glibc

/// The address of a socket of any family (`sockaddr_storage`).
package struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Throws `ENAMETOOLONG` if the path does not fit into `sun_path` (unix(7)) or contains a NUL.
    package init(unixPath path: String) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count, !path.utf8.contains(0) else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw SystemError(operation: "bind unix:\(path)", code: ENAMETOOLONG) }
        unsafe withUnsafeBytes(of: address) { bytes in
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.copyMemory(from: bytes) }
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    private init(copying info: addrinfo) {
        length = unsafe min(info.ai_addrlen, length)
        unsafe withUnsafeMutableBytes(of: &storage) { room in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(start: info.ai_addr, count: Int(length)))
        }
    }

    /// The address that a socket is bound to (`getsockname`).
    package init(of descriptor: borrowing Descriptor) throws(SystemError) {
        let number = descriptor.rawValue
        try SystemError.check("getsockname") {
            unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(number, $0, &length)
                }
            }
        }
    }

    /// Returns all addresses of a host name or numeric address. Blocks while it resolves a name (`getaddrinfo`).
    package static func resolve(host: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        let systemError = errno
        guard code == 0 else {
            let reason = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            throw SystemError(
                operation: "getaddrinfo \(host) (\(reason))", code: code == EAI_SYSTEM ? systemError : EADDRNOTAVAIL)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next?.pointee {
            unsafe addresses.append(SocketAddress(copying: info))
            unsafe next = info.ai_next
        }
        return addresses
    }

    package var family: Int32 {
        Int32(storage.ss_family)
    }

    /// 0 for a Unix socket.
    package var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET: unsafe UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in.self).sin_port)
            case AF_INET6: unsafe UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_port)
            default: 0
            }
        }
    }

    /// Calls `body` with the address in the form that system calls take.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    /// Such as `127.0.0.1:10058`, `[::]:10058` or `unix:/run/socket`.
    package var text: String {
        if family == AF_UNIX {
            return unsafe withUnsafeBytes(of: storage) { bytes in
                let path = unsafe bytes.prefix(Int(length)).dropFirst(MemoryLayout<sa_family_t>.size).prefix { $0 != 0 }
                return unsafe "unix:" + String(decoding: path, as: UTF8.self)
            }
        }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let code = unsafe withPointer { address, length in
            unsafe getnameinfo(
                address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard code == 0 else { return "socket of family \(family)" }
        return Self.text(host: Self.string(host), port: UInt16(Self.string(port)) ?? 0)
    }

    package static func text(host: String, port: UInt16) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func string(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
