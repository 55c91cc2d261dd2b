import CShims

/// What the program was built from.
package enum Build {
    /// Name of the program and its `SYSLOG_IDENTIFIER`.
    package static let name = "storpool-pve-exporter"
    /// Version of the product.
    package static let version = String(cString: build_version())
    /// Git revision, or `unknown`.
    package static let revision = String(cString: build_revision())
    /// Version of the Swift compiler, as far as it tells.
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

    /// The line of `--version`.
    package static var line: String { "\(name) \(version) (revision \(revision), Swift \(swiftVersion))" }
}
