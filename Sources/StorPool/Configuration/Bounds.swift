/// Maximum sizes of a configuration. Usual files have a few dozen short lines.
package enum Bounds {
    /// Bytes of a file.
    package static let fileBytes = 1 << 20
    /// Bytes of a line, or of a value with its continuation lines.
    package static let lineBytes = 64 << 10
    /// Number of variables in a file that apply to the host.
    package static let variables = 10_000
    /// Bytes of a token. The tokens in StorPool's documentation have 19 digits.
    package static let tokenBytes = 4_096
}
