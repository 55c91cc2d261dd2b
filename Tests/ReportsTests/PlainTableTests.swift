import Testing

@testable import Reports

@Suite("Plain-text tables")
struct PlainTableTests {
    private static func table(_ lines: [[String]], maximumWidth: Int = 10) -> String {
        var table = PlainTable([
            PlainTable.Column(title: "A", maximumWidth: maximumWidth),
            PlainTable.Column(title: "B", maximumWidth: 10, isRightAligned: true),
            PlainTable.Column(title: "C", maximumWidth: 0),
        ])
        for line in lines { table.measure(line) }
        return lines.reduce(table.header) { $0 + table.line($1) }
    }

    @Test("cells are aligned by their width on a terminal")
    func widths() {
        #expect(
            Self.table([["проба", "1", "x"], ["日本", "22", "y"], ["e\u{301}", "3", "z"]])
                == "A       B  C\nпроба   1  x\n日本   22  y\ne\u{301}       3  z\n")
    }

    @Test("a cell over the maximum width shifts only its own line")
    func overflow() {
        #expect(
            Self.table([["abcdefgh", "1", "x"], ["abc", "22", "y"]], maximumWidth: 4)
                == "A      B  C\nabcdefgh   1  x\nabc   22  y\n")
    }

    @Test("an empty cell becomes a dash, and no line ends in spaces")
    func empty() {
        #expect(Self.table([["", "", ""]]) == "A  B  C\n-  -  -\n")
    }

    @Test("control characters in cells are escaped")
    func hostile() {
        #expect(
            Self.table([[Samples.hostileText, "1", "x"]], maximumWidth: 80).split(separator: "\n").last
                == #"a\u{1B}[31m\u{A}error\u{9B}2J\u{202E}x\u{2028}\u{7F}  1  x"#)
    }
}
