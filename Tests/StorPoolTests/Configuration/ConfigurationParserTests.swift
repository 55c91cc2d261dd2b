import StorPool
import Testing

@Suite("Syntax of configuration files")
struct ConfigurationParserTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var expected: [String: String]
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ expected: [String: String]) {
            self.name = name
            self.text = text
            self.expected = expected
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var line: Int
        var testDescription: String { name }

        init(_ name: String, _ text: String, line: Int) {
            self.name = name
            self.text = text
            self.line = line
        }
    }

    static let samples = [
        Sample("nothing", "", [:]),
        Sample("comments and blank lines", "# A=1\n; B=2\n   # C=3\n\n \t\nD=4\n", ["D": "4"]),
        Sample("a backslash does not continue a comment", "# c \\\nA=1\n", ["A": "1"]),
        Sample("blanks around a value are removed, inner blanks are kept", "A = two words   \n", ["A": "two words"]),
        Sample("a comment after a value is part of the value", "A=1 # x\nB=1;x\n", ["A": "1 # x", "B": "1;x"]),
        Sample("quotes are part of the value", "A=\"q\"\n", ["A": "\"q\""]),
        Sample("the first = ends the name", "A=b=c\n", ["A": "b=c"]),
        Sample("an empty value", "A=\nB=  \n", ["A": "", "B": ""]),
        Sample("continuation lines are joined unchanged", "A=one \\\n  two\n", ["A": "one   two"]),
        Sample(
            "only the last continuation line is trimmed", "A=one  \\\n\nB=1  \\\n x  \n", ["A": "one  ", "B": "1   x"]),
        Sample("a continuation line is not a comment", "A=one\\\n# x\n", ["A": "one# x"]),
        Sample("a value without its continuation line is not set", "B=1\nA=one \\\n", ["B": "1"]),
        Sample("a backslash before blanks is kept", "A=1 \\ \nB=2\n", ["A": "1 \\", "B": "2"]),
        Sample("of two backslashes at the end, one is kept", "A=c:\\\\\nx\n", ["A": "c:\\x"]),
        Sample("an indented variable and section", "  A=1\n [ h ] \n\tB=2\n", ["A": "1", "B": "2"]),
        Sample("the last of two values is used", "A=1\nA=2\n", ["A": "2"]),
        Sample("a section in two parts", "[h]\nA=1\n[g]\nB=2\n[h]\nC=3\n", ["A": "1", "C": "3"]),
        Sample("the host's section overrides the top section", "[h]\nA=1\n[g]\nA=2\n", ["A": "1"]),
        Sample("other sections are ignored", "A=1\n[g]\nA=2\n[H]\nA=3\n[h.example]\nA=4\n", ["A": "1"]),
        Sample("CR LF", "A=1\r\n[h]\r\nB=one \\\r\n two\r\n", ["A": "1", "B": "one  two"]),
        Sample("a CR alone ends a line too", "A=1\rB=2", ["A": "1", "B": "2"]),
        Sample("no line end after the last line", "A=1", ["A": "1"]),
        Sample("no line end after the last section", "A=1\n[h]", ["A": "1"]),
        Sample("two backslashes inside a value", "B=c:\\\\x\n", ["B": "c:\\\\x"]),
        Sample(
            "punctuation in names", "A#b=1\nC;d=2\nE[0]=3\n[f=4\n_SP_X=5\n",
            ["A#b": "1", "C;d": "2", "E[0]": "3", "[f": "4", "_SP_X": "5"]),
        Sample("names are case-sensitive", "a=1\nA=2\n", ["a": "1", "A": "2"]),
        Sample("a byte order mark in a value is part of it", "A=\u{FEFF}1\\\n\u{FEFF}\n", ["A": "\u{FEFF}1\u{FEFF}"]),
        Sample("a section named by a blank is not the top section", "[ ]\nA=1\n", [:]),
    ]

    @Test("Valid configuration files are read", arguments: samples)
    func reads(_ sample: Sample) throws {
        #expect(try ConfigurationFile.parse(Array(sample.text.utf8), name: "f", host: "h") == sample.expected)
    }

    @Test("No section belongs to a host with an empty name")
    func namelessHost() throws {
        #expect(try ConfigurationFile.parse(Array("[ ]\nA=1\n".utf8), name: "f", host: "") == [:])
    }

    static let refusals = [
        Refusal("a name alone", "A=1\nA\n", line: 2),
        Refusal("two words before the =", "\n\nA B=1\n", line: 3),
        Refusal("no name", "=1\n", line: 1),
        Refusal("a section without a name", "A=1\r\n[]\r\n", line: 2),
        Refusal("text after a section", "[h] # comment\n", line: 1),
        Refusal("a section without a closing bracket", "[h\nA=1\n", line: 1),
        Refusal("a bracket inside a section name", "[a]b]\n", line: 1),
        Refusal("an error in a foreign section", "[g]\nA=1\n\noops\n", line: 4),
        Refusal("an error after a continued value", "A=1 \\\n2 \\\n3\noops\n", line: 4),
        Refusal("a byte order mark before a comment", "\u{FEFF}# c\nA=1\n", line: 1),
        Refusal("a byte order mark before a section", "\u{FEFF}[h]\nA=1\n", line: 1),
    ]

    @Test("Malformed configuration files are refused with line numbers", arguments: refusals)
    func refuses(_ refusal: Refusal) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(Array(refusal.text.utf8), name: "/etc/storpool.conf", host: "h")
        }
        guard case .syntax("/etc/storpool.conf", refusal.line, _) = error else {
            Issue.record(error)
            return
        }
        #expect(error.description.hasPrefix("/etc/storpool.conf:\(refusal.line): "))
    }

    @Test(
        "The error for a byte order mark names the mark",
        arguments: ["SP_AUTH_TOKEN=1\n", "# c\n", "[h]\n", "\n", "  A=1\n"])
    func byteOrderMark(_ text: String) throws {
        let marks: [([UInt8], String)] = [
            ([0xEF, 0xBB, 0xBF], "UTF-8"), ([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16"),
        ]
        for (mark, name) in marks {
            let error = try #require(throws: ConfigurationError.self) {
                try ConfigurationFile.parse(mark + Array(text.utf8), name: "/etc/storpool.conf", host: "h")
            }
            #expect(error.description.hasPrefix("/etc/storpool.conf:1: starts with a \(name) byte order mark"))
        }
    }

    @Test("The error for a malformed line does not contain the line")
    func noLeak() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(Array("SP_AUTH_TOKEN 1234567890\n".utf8), name: "f", host: "h")
        }
        #expect(!String(reflecting: error).contains("1234567890"))
        #expect(!error.description.contains("1234567890"))
    }

    @Test("Bytes that are not UTF-8 are replaced, not refused")
    func notUTF8() throws {
        let bytes = Array("# ".utf8) + [0xE9] + Array("\nA=".utf8) + [0xE9, 0xFF] + Array("\nB=1\n".utf8)
        #expect(
            try ConfigurationFile.parse(bytes, name: "f", host: "h") == ["A": "\u{FFFD}\u{FFFD}", "B": "1"])
    }

    @Test("Truncated and damaged files do not crash the parser")
    func anyBytes() {
        let file = Array("# c\r\nA = 1 \\\n  2\n[ h ]\nB=\\\\x\n\u{FEFF}[g]\n=\n".utf8)
        for length in file.indices {
            _ = try? ConfigurationFile.parse(Array(file[..<length]), name: "f", host: "h")
            for byte in [0, 9, 10, 13, 32, 0x3D, 0x5B, 0x5C, 0x5D, 0x80, 0xFF] as [UInt8] {
                var changed = file
                changed[length] = byte
                _ = try? ConfigurationFile.parse(changed, name: "f", host: "h")
            }
        }
    }

    @Test("Files, lines, values and the number of variables have limits")
    func bounds() throws {
        func outcome(_ text: String) -> ConfigurationError? {
            do throws(ConfigurationError) {
                _ = try ConfigurationFile.parse(Array(text.utf8), name: "f", host: "h")
                return nil
            } catch {
                return error
            }
        }
        let line = String(repeating: "x", count: Bounds.lineBytes - 2)
        #expect(outcome("A=" + line) == nil)
        #expect(
            outcome("A=" + line + "x")
                == .syntax(file: "f", line: 1, reason: "line or value longer than 65536 bytes"))
        #expect(
            outcome("A=1\\\n" + line + "\\\n" + "yy")
                == .syntax(file: "f", line: 3, reason: "line or value longer than 65536 bytes"))
        let variables = (0..<Bounds.variables).map { "A\($0)=1\n" }.joined()
        #expect(outcome(variables) == nil)
        #expect(outcome(variables + "B=1\n") == .syntax(file: "f", line: 10_001, reason: "more than 10000 variables"))
        let comments = String(repeating: "#\n", count: Bounds.fileBytes / 2)
        #expect(outcome(comments) == nil)
        #expect(outcome(comments + "\n") == .unreadable(file: "f", reason: "larger than 1048576 bytes"))
    }

    @Test("Files named *.conf without a leading dot are read, sorted")
    func applicable() {
        let texts = ["b.conf", ".h.conf", "é.conf", "B.conf", "a.conf", "a.conf~", "conf", ".conf"]
        let names = texts.map { Array($0.utf8) }
        let latin1 = [0xE9] + Array(".conf".utf8)
        #expect(
            ConfigurationFile.applicable(names + [latin1])
                == ["B.conf", "a.conf", "b.conf", "é.conf"].map { Array($0.utf8) } + [latin1])
    }
}
