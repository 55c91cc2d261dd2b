import Inventory
import ProxmoxVE

/// Writes sample lines, which are the same bytes in both formats.
struct SampleWriter {
    private(set) var bytes: [UInt8] = []
    /// The beginning of the last sample of a VM; an array, because a writer makes its beginnings with a writer.
    private var common = [Beginning()]

    init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Starts anew, with the room it has.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// One sample; labels with an empty value are left out, as they mean the same as none.
    mutating func sample(_ family: MetricFamily, _ values: [String] = [], _ value: UInt64) {
        append(family.name)
        var isFirst = true
        for (label, value) in zip(family.labels, values) where !value.isEmpty {
            append(isFirst ? "{" : ",")
            isFirst = false
            append(label)
            append("=\"")
            appendEscaped(value)
            append("\"")
        }
        if !isFirst { append("}") }
        append(" ")
        append(value)
        append("\n")
    }

    /// One sample of a VM. What it has in common with the sample before is copied, not written anew.
    mutating func sample(
        _ family: MetricFamily, common labels: (place: Place, type: ObjectType?), vmid: String, _ value: UInt64
    ) {
        let key = Beginning.Key(family: family.name, place: labels.place, type: labels.type)
        if beginning.key != key { beginning = Beginning(key) }
        append(beginning.bytes)
        if !vmid.isEmpty {
            append(beginning.hasLabels ? ",vmid=\"" : "{vmid=\"")
            appendEscaped(vmid)
            append("\"")
        }
        if beginning.hasLabels || !vmid.isEmpty { append("}") }
        append(" ")
        append(value)
        append("\n")
    }

    /// Name and first labels of a sample, which those of one storage and type share.
    private struct Beginning {
        struct Key: Equatable {
            var family = ""
            var place = Place(cluster: "", storage: "")
            var type: ObjectType?
        }

        var key = Key()
        var bytes: [UInt8] = []
        var hasLabels = false

        init() {}

        init(_ key: Key) {
            self.key = key
            var writer = SampleWriter()
            writer.append(key.family)
            let labels = [
                ("pve_cluster", key.place.cluster), ("storage", key.place.storage),
                ("object_type", key.type?.text ?? ""),
            ]
            for (name, value) in labels where !value.isEmpty {
                writer.append(hasLabels ? "," : "{")
                writer.append(name)
                writer.append("=\"")
                writer.appendEscaped(value)
                writer.append("\"")
                hasLabels = true
            }
            bytes = writer.bytes
        }
    }

    private var beginning: Beginning {
        get { common[0] }
        set { common[0] = newValue }
    }

    /// One sample with a fraction, of microseconds.
    mutating func sample(_ family: MetricFamily, microseconds: UInt64) {
        append(family.name)
        append(" ")
        append(microseconds / 1_000_000)
        append(".")
        let fraction = String(microseconds % 1_000_000)
        append(String(repeating: "0", count: 6 - fraction.utf8.count))
        append(fraction)
        append("\n")
    }

    /// A whole number in decimal.
    mutating func append(_ number: UInt64) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var count = 0
        var rest = number
        // Twenty digits at most, gathered backwards in three words: no allocation.
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits.2 = digits.2 << 8 | digits.1 >> 56
            digits.1 = digits.1 << 8 | digits.0 >> 56
            digits.0 = digits.0 << 8 | (digit + 0x30)
            rest = quotient
            count += 1
        } while rest != 0
        for _ in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: digits.0))
            digits.0 = digits.0 >> 8 | digits.1 << 56
            digits.1 = digits.1 >> 8 | digits.2 << 56
            digits.2 >>= 8
        }
    }

    /// Bytes as they are.
    mutating func append(_ text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    /// A text that needs no escapes.
    mutating func append(_ text: String) {
        let utf8 = text.utf8.span
        for offset in utf8.indices { bytes.append(utf8[offset]) }
    }

    /// The value of a label: backslash, double quote and line feed escaped.
    mutating func appendEscaped(_ text: String) {
        let utf8 = text.utf8.span
        for offset in utf8.indices {
            switch utf8[offset] {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\n"): append("\\n")
            case let byte: bytes.append(byte)
            }
        }
    }
}
