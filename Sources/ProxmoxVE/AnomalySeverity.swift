package enum AnomalySeverity: Int, Comparable, CaseIterable, Sendable {
    /// The object differs from the documented format, but no operation is known to fail.
    case notice
    /// An operation on the object fails or loses data, or space is wasted.
    case warning
    /// The plugin refuses the object, so that Proxmox VE cannot list its storage.
    case error

    package var text: String {
        switch self {
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    package static func < (left: AnomalySeverity, right: AnomalySeverity) -> Bool { left.rawValue < right.rawValue }
}
