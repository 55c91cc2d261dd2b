import Text

/// A table for people: columns aligned, two blanks between them, no blank at the end of a line.
struct PlainTable {
    /// One column.
    struct Column {
        var title: String
        /// A longer cell is shown whole and moves the rest of its own line.
        var maximumWidth: Int
        var isRightAligned = false
    }

    private let columns: [Column]
    private var widths: [Int]

    init(_ columns: [Column]) {
        self.columns = columns
        widths = columns.map { TerminalWidth.of($0.title) }
    }

    /// Makes room for the cells of a line.
    mutating func measure(_ cells: [String]) {
        for (index, cell) in cells.enumerated() where index < columns.count {
            let width = TerminalWidth.of(cell.printable())
            widths[index] = max(widths[index], min(width, columns[index].maximumWidth))
        }
    }

    /// The titles.
    var header: String { line(columns.map(\.title)) }

    /// A line with its end. An empty cell shows as `-`.
    func line(_ cells: [String]) -> String {
        var line = ""
        var pending = 0
        for (index, cell) in cells.enumerated() where index < columns.count {
            let text = cell.isEmpty ? "-" : cell.printable()
            let padding = max(0, widths[index] - TerminalWidth.of(text))
            let before = columns[index].isRightAligned ? padding : 0
            line += String(repeating: " ", count: pending + before) + text
            pending = padding - before + 2
        }
        return line + "\n"
    }
}
