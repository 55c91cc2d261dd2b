import CShims

/// Name and version of the program.
package enum Build {
    /// Also the `SYSLOG_IDENTIFIER` of the journal events.
    package static let name = "storpool-pve-exporter"
    package static let version = String(cString: build_version())
    /// Git revision or `unknown`.
    package static let revision = String(cString: build_revision())
    /// Major and minor version of the Swift compiler.
    package static let swiftVersion: String = {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }()

    /// The `User-Agent` of requests to the StorPool API.
    static let userAgent = "\(name)/\(version)"

    /// The output of `--version`, without a line feed.
    package static var line: String { "\(name) \(version) (revision \(revision), Swift \(swiftVersion))" }
}
