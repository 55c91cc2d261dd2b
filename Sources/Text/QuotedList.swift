extension Substring {
    /// The text without the spaces and tabs at its start and end.
    package var trimmedBlanks: Substring {
        var text = self
        while let first = text.utf8.first, first.isBlank { text = text.dropFirst() }
        while let last = text.utf8.last, last.isBlank { text = text.dropLast() }
        return text
    }
}

extension String {
    /// The non-empty members of a list in a header field (RFC 9110 section 5.6.1), without blanks at their start and
    /// end. A separator in a quoted string does not separate members.
    package func quotedListMembers(separator: Character = ",") -> [Substring] {
        var members: [Substring] = []
        var start = startIndex
        var isQuoted = false
        var isEscaped = false
        for index in indices {
            let character = self[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                members.append(self[start..<index].trimmedBlanks)
                start = self.index(after: index)
            }
        }
        members.append(self[start...].trimmedBlanks)
        return members.filter { !$0.isEmpty }
    }
}
