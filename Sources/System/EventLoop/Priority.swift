import CShims

/// The order in which ready sources are called (`sd_event_source_set_priority`).
package enum Priority: Sendable {
    case high
    case normal
    case low

    var value: Int64 {
        switch self {
        case .high: Int64(SD_EVENT_PRIORITY_IMPORTANT)
        case .normal: Int64(SD_EVENT_PRIORITY_NORMAL)
        case .low: Int64(SD_EVENT_PRIORITY_IDLE)
        }
    }
}
