import Exposition

/// Reads a metrics page and lists violations of its format.
struct PageReader {
    /// The families in the order of the page. A counter has the suffix `_total`, as its samples have.
    private(set) var families: [String] = []
    private(set) var problems: [String] = []

    init(_ text: String, _ format: ExpositionFormat) {
        var declared: (name: String, isCounter: Bool, samples: Int)?
        var metadata: [String] = []
        var seen: Set<[UInt8]> = []
        if !text.isEmpty, text.utf8.last != 0x0A { problems.append("no line feed at the end") }
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let line = String(Substring(line))
            if line == "# EOF" { continue }
            if line.utf8.starts(with: "# ".utf8) {
                if let declared, declared.samples == 0, metadata.count == Self.order(format, declared.name).count {
                    problems.append("\(declared.name) has no samples")
                }
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                guard words.count == 4 else {
                    problems.append("odd line \(line)")
                    continue
                }
                if declared == nil || declared?.samples != 0 || declared?.name != words[2] {
                    (declared, metadata) = ((words[2], false, 0), [])
                }
                metadata.append(words[1])
                if words[1] == "TYPE" { declared?.isCounter = words[3] == "counter" }
                if words[1] == "UNIT", !words[2].hasSuffix("_" + words[3]) { problems.append("unit of \(words[2])") }
                if metadata == Self.order(format, words[2]) {
                    let suffix = format == .openMetrics && declared?.isCounter == true ? "_total" : ""
                    if families.contains(words[2] + suffix) { problems.append("\(words[2]) twice") }
                    families.append(words[2] + suffix)
                }
                continue
            }
            let end = line.utf8.firstIndex { $0 == 0x7B || $0 == 0x20 } ?? line.endIndex
            declared?.samples += 1
            if String(line[..<end]) != families.last { problems.append("\(line) outside of its family") }
            if !Self.isSample(Array(line.utf8)) { problems.append("odd sample \(line)") }
            let bytes = Array(line.utf8)
            let series = Array(bytes[..<(bytes.lastIndex(of: 0x20) ?? 0)])
            if !seen.insert(series).inserted { problems.append("\(line) twice") }
        }
    }

    private static func order(_ format: ExpositionFormat, _ name: String) -> [String] {
        guard format == .openMetrics else { return ["HELP", "TYPE"] }
        return name.hasSuffix("_bytes") || name.hasSuffix("_seconds") ? ["TYPE", "UNIT", "HELP"] : ["TYPE", "HELP"]
    }

    /// Whether the line has the form `name{label="value",…} number`.
    private static func isSample(_ line: [UInt8]) -> Bool {
        var index = 0
        func isWord(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
        }
        func word() -> Bool {
            let start = index
            while index < line.count, isWord(line[index]) { index += 1 }
            return index > start
        }
        func take(_ character: Character) -> Bool {
            guard index < line.count, line[index] == character.asciiValue else { return false }
            index += 1
            return true
        }
        guard word() else { return false }
        if take("{") {
            repeat {
                guard word(), take("="), take("\"") else { return false }
                while index < line.count, line[index] != 0x22 {
                    if line[index] == 0x5C {
                        index += 1
                        guard index < line.count, [0x22, 0x5C, 0x6E].contains(line[index]) else { return false }
                    }
                    index += 1
                }
                guard take("\"") else { return false }
            } while take(",")
            guard take("}") else { return false }
        }
        guard take(" ") else { return false }
        let start = index
        while index < line.count, (0x30...0x39).contains(line[index]) || line[index] == 0x2E { index += 1 }
        return index > start && index == line.count
    }
}
