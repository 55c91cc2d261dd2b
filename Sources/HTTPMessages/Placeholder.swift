/// x
public struct Request: Sendable {
    /// x
    public enum Method: Equatable, Sendable { case get, head, other(String) }
    /// x
    public var method: Method
    /// x
    public var path: String
    /// x
    public func header(_ name: String) -> String? { nil }
}
/// x
public struct Response {
    /// x
    public init(status: Int, contentType: String? = nil, headers: [(String, String)] = [], body: [[UInt8]] = []) {}
}
/// x
public enum Negotiation {
    /// x
    public static func prefersOpenMetrics(accept: String?) -> Bool { false }
    /// x
    public static func acceptsGzip(_ acceptEncoding: String?) -> Bool { false }
}
