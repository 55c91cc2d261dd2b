import Text

/// One anomaly of one object.
package struct Anomaly: Hashable, Sendable {
    /// Maximum number of bytes of a tag's value in a detail. The API allows values of up to 199 bytes.
    package static let shownValueLength = 80

    package var reason: AnomalyReason
    /// An explanation that names the tags and values that are wrong.
    package var detail: String

    package init(reason: AnomalyReason, detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// The value in quotes, as one printable line. A value longer than `shownValueLength` bytes is cut.
    package static func quoted(_ value: String) -> String { "\"\(value.printable(limit: shownValueLength))\"" }

    /// Such as `pve-vm is "104"`.
    static func shown(_ tag: (name: String, value: String)) -> String { "\(tag.name) is \(quoted(tag.value))" }
}
