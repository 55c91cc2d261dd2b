import JSONStream

/// Remembers the text that a field had last: neighbours in a list mostly share storage, cluster and VM, and a text that
/// is at hand need not be built again.
struct TextMemory {
    private var packed = PackedText()
    private var text = ""

    @inline(__always)
    mutating func text(_ json: inout JSONReader, _ chunk: RawSpan) -> String {
        let next = json.packedText(in: chunk)
        if next == packed, next.isExact { return text }
        packed = next
        text = json.text(in: chunk)
        return text
    }
}
