/// What one configuration may hold at most. Real files have some dozens of short lines.
package enum Bounds {
    /// Bytes of one configuration file.
    package static let fileBytes = 1 << 20
    /// Bytes of one variable, its continued lines joined.
    package static let lineBytes = 64 << 10
    /// Variables of one file that apply to one host.
    package static let variables = 10_000
    /// Bytes of a token; StorPool's own have 19 digits.
    package static let tokenBytes = 4_096
    /// Bytes of a host name, as RFC 1035 section 2.3.4 has it in text.
    package static let hostBytes = 253
    /// Bytes of the path of a Unix socket: `sun_path` of `unix(7)` without its final NUL.
    package static let socketPathBytes = 107
    /// Bytes of a refused value that a message repeats.
    static let quotedBytes = 80
}
