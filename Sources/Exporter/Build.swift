import CShims

/// Name and version of the program.
package enum Build {
    /// Also the `SYSLOG_IDENTIFIER`.
    package static let name = "storpool-pve-exporter"
    package static let version = String(cString: build_version())
    /// Git revision or `unknown`.
    package static let revision = String(cString: build_revision())
    /// Version of the Swift compiler, as far as conditional compilation can determine it.
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

    /// The line of `--version`.
    package static var line: String { "\(name) \(version) (revision \(revision), Swift \(swiftVersion))" }
}
