import Inventory
import ProxmoxVE

/// Writes sample lines, which are the same in both formats. Labels with an empty value are left out, because Prometheus
/// treats an empty label like a missing one.
struct SampleWriter {
    private(set) var bytes: [UInt8] = []
    private var prefix = Prefix()

    /// The metric name and the labels before `vmid` of the previous sample with these labels. Thousands of consecutive
    /// samples have the same ones.
    private struct Prefix {
        var family = ""
        var storageKey = StorageKey(cluster: "", storage: "")
        var type: ObjectType?
        var bytes: [UInt8] = []
        var hasLabels = false
    }

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// Returns a copy of the bytes without unused capacity, and removes the bytes. The writer keeps its memory.
    mutating func takeBytes() -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        copy.append(contentsOf: bytes)
        bytes.removeAll(keepingCapacity: true)
        return copy
    }

    /// Writes a sample. `values` are the values of the family's labels, in the same order.
    mutating func sample(_ family: MetricFamily, _ values: [String] = [], _ value: UInt64) {
        append(family.name)
        var hasLabels = false
        for (name, value) in zip(family.labels, values) { append(label: name, value, &hasLabels) }
        end(hasLabels)
        append(value)
        append("\n")
    }

    /// Writes a sample with the labels of a storage and a VM, and of an object type if it is not nil.
    mutating func sample(
        _ family: MetricFamily, _ storageKey: StorageKey, _ type: ObjectType?, vmid: String, _ value: UInt64
    ) {
        if prefix.type == type, prefix.family == family.name, prefix.storageKey == storageKey {
            bytes.append(contentsOf: prefix.bytes)
        } else {
            let start = bytes.count
            var hasLabels = false
            append(family.name)
            append(label: "pve_cluster", storageKey.cluster, &hasLabels)
            append(label: "storage", storageKey.storage, &hasLabels)
            append(label: "object_type", type?.text ?? "", &hasLabels)
            prefix = Prefix(
                family: family.name, storageKey: storageKey, type: type, bytes: Array(bytes[start...]),
                hasLabels: hasLabels)
        }
        var hasLabels = prefix.hasLabels
        append(label: "vmid", vmid, &hasLabels)
        end(hasLabels)
        append(value)
        append("\n")
    }

    /// Writes a sample without labels, in seconds with six decimals.
    mutating func sample(_ family: MetricFamily, microseconds: UInt64) {
        append(family.name)
        append(" ")
        append(microseconds / 1_000_000)
        append(".")
        let fraction = String(microseconds % 1_000_000)
        append(String(repeating: "0", count: 6 - fraction.utf8.count) + fraction + "\n")
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Escapes backslashes, line feeds and, if `quotes` is true, double quotes.
    mutating func append(escaping text: String, quotes: Bool = true) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private mutating func append(_ number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(digit) + UInt8(ascii: "0"))
            rest = quotient
        } while rest != 0
        bytes[start...].reverse()
    }

    private mutating func append(label: String, _ value: String, _ hasLabels: inout Bool) {
        if value.isEmpty { return }
        append(hasLabels ? "," : "{")
        hasLabels = true
        append(label)
        append("=\"")
        append(escaping: value)
        append("\"")
    }

    private mutating func end(_ hasLabels: Bool) { append(hasLabels ? "} " : " ") }
}
