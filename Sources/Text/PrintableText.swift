extension String {
    /// Returns the text as one line. Characters that are not printable are replaced by their code points, such as
    /// `\u{1B}`.
    ///
    /// Use this for every external text that is shown to people: in log lines, journal fields, tables and pages.
    ///
    /// - Parameter limit: maximum length in bytes. A longer text is cut, and `…` is added.
    package func printable(limit: Int = .max) -> String {
        if utf8.count <= limit, utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return self }
        var text = ""
        var bytes = 0
        for scalar in unicodeScalars {
            let shown = scalar.isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            bytes += shown.utf8.count
            if bytes > limit { return text + "…" }
            text += shown
        }
        return text
    }
}

extension Unicode.Scalar {
    /// False for characters that control a terminal or the surrounding text, and for characters without a defined
    /// glyph: control (C0, DEL, C1), format (bidirectional and zero-width), line and paragraph separators, private use,
    /// unassigned.
    package var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
