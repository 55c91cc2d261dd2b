import Text

/// A text table with aligned columns. Two spaces separate columns, and no line ends in a space.
struct PlainTable {
    struct Column {
        var title: String
        /// A longer cell is printed whole and shifts the rest of its line.
        var maximumWidth: Int
        var isRightAligned = false
    }

    private let columns: [Column]
    private var widths: [Int]

    init(_ columns: [Column]) {
        self.columns = columns
        widths = columns.map { TerminalWidth.of($0.title) }
    }

    /// Widens the columns for the cells of a line.
    mutating func measure(_ cells: [String]) {
        for (index, cell) in cells.enumerated() where index < columns.count {
            let width = TerminalWidth.of(cell.printable())
            widths[index] = max(widths[index], min(width, columns[index].maximumWidth))
        }
    }

    var header: String { line(columns.map(\.title)) }

    /// An empty cell is printed as `-`.
    func line(_ cells: [String]) -> String {
        var line = ""
        var pendingSpaces = 0
        for (index, cell) in cells.enumerated() where index < columns.count {
            let text = cell.isEmpty ? "-" : cell.printable()
            let padding = max(0, widths[index] - TerminalWidth.of(text))
            let before = columns[index].isRightAligned ? padding : 0
            line += String(repeating: " ", count: pendingSpaces + before) + text
            pendingSpaces = padding - before + 2
        }
        return line + "\n"
    }
}

private enum TerminalWidth {
    /// Number of terminal columns that a printable text occupies.
    static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    /// Number of terminal columns, like wcwidth(3) for most characters.
    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: 0
        default: wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// Blocks of wide characters (Unicode Standard Annex 11).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
