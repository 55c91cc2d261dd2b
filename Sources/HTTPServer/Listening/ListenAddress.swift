/// Where to listen.
package enum ListenAddress: Equatable, Sendable {
    /// A TCP port, 0 for one that the kernel chooses. `host` is a numeric address without brackets, or a name, which is
    /// looked up while the server is made and stands for all its addresses; nil means every address of the machine.
    case tcp(host: String?, port: UInt16)
    /// A Unix socket at this path. A socket that nobody listens on any more is replaced.
    case unix(path: String)
    /// A socket that listens already, from socket activation. The server closes it.
    case inherited(Int32)
}

extension ListenAddress: CustomStringConvertible {
    /// As a command line names it.
    package var description: String {
        switch self {
        case .tcp(nil, let port): ":\(port)"
        case .tcp(let host?, let port): SocketAddress.text(host: host, port: port)
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor): "descriptor \(descriptor)"
        }
    }
}
