public import EventLoop
public import HTTPMessages
/// x
public enum ListenAddress: Equatable {
    case tcp(host: String?, port: UInt16), unix(path: String), inherited(descriptor: Int32)
}
/// x
public final class HTTPServer {
    /// x
    public init(loop: EventLoop, addresses: [ListenAddress], handler: @escaping (Request, Responder) -> Void)
        throws(SystemError)
    {}
    /// x
    public var openConnections: Int { 0 }
    /// x
    public var requestsByStatus: [Int: UInt64] { [:] }
    /// x
    public var refused: [String: UInt64] { [:] }
    /// x
    public var boundAddresses: [String] { [] }
    /// x
    public func stop() {}
}
/// x
public final class Responder {
    /// x
    public func respond(_ response: Response) {}
}
