/// Maximum sizes of a configuration. Real files have a few dozen short lines.
package enum Bounds {
    /// Bytes of a file.
    package static let fileBytes = 1 << 20
    /// Bytes of a variable, with its continuation lines.
    package static let lineBytes = 64 << 10
    /// Variables of a file that apply to the host.
    package static let variables = 10_000
    /// Bytes of a token; StorPool's tokens have 19 digits.
    package static let tokenBytes = 4_096
    /// Bytes of a host name (RFC 1035 section 2.3.4).
    package static let hostBytes = 253
    /// Bytes of the path of a Unix socket: `sun_path` of unix(7) without the final NUL.
    package static let socketPathBytes = 107
    /// Bytes of an invalid value that a message shows.
    static let quotedBytes = 80
}
