import JSONStream
import Testing

/// Valid JSON and its tokens.
struct Accepted: Sendable, CustomTestStringConvertible {
    let name: String
    let text: [UInt8]
    let tokens: String

    init(_ name: String, _ text: String, _ tokens: String) {
        (self.name, self.text, self.tokens) = (name, Array(text.utf8), tokens)
    }

    var testDescription: String { name }

    static let all: [Accepted] = [
        Accepted("an empty object", "{}", "{ }"),
        Accepted("an empty array", "[]", "[ ]"),
        Accepted("members", #"{"a":1,"b":[true,false,null]}"#, "{ k:a n:1=1 k:b [ true false null ] }"),
        Accepted("nested arrays", "[[[]],[]]", "[ [ [ ] ] [ ] ]"),
        Accepted("nested objects", #"{"a":{"b":{}}}"#, "{ k:a { k:b { } } }"),
        Accepted("the same key twice", #"{"a":1,"a":2}"#, "{ k:a n:1=1 k:a n:2=2 }"),
        Accepted("an empty key", #"{"":0}"#, "{ k: n:0=0 }"),
        Accepted("an escaped key", #"{"\u0061b":0}"#, "{ k:ab n:0=0 }"),
        Accepted("the four kinds of white space", " \t\r\n[ \t\r\n1 \t\r\n, 2 ] \t\r\n", "[ n:1=1 n:2=2 ]"),
        Accepted("white space around a colon", "{ \"a\" : 1 }", "{ k:a n:1=1 }"),
        Accepted("true alone", "true", "true"),
        Accepted("false alone", " false ", "false"),
        Accepted("null alone", "null", "null"),
        Accepted("a string alone", #""x""#, "s:x"),
        Accepted("a number alone at the end of the text", "42", "n:42=42"),
        Accepted("a number alone before white space", "42 ", "n:42=42"),
        Accepted("zero", "[0]", "[ n:0=0 ]"),
        Accepted("minus zero", "[-0]", "[ n:-0=0 ]"),
        Accepted("minus zero with a fraction", "[-0.0]", "[ n:-0.0 ]"),
        Accepted("an exponent with a plus", "[1E+2]", "[ n:1E+2 ]"),
        Accepted("an exponent with a minus", "[1e-2]", "[ n:1e-2 ]"),
        Accepted("an exponent with leading zeros", "[0e007]", "[ n:0e007 ]"),
        Accepted("a fraction and an exponent", "[-12.50e3]", "[ n:-12.50e3 ]"),
        Accepted("a number too large for a double", "[1e9999]", "[ n:1e9999 ]"),
        Accepted(
            "a number of many digits", "[123456789012345678901234567890]", "[ n:123456789012345678901234567890 ]"),
        Accepted("numbers side by side", "[1,-2,3.5]", "[ n:1=1 n:-2 n:3.5 ]"),
        Accepted("an empty string", #"[""]"#, "[ s: ]"),
        Accepted("every short escape", #"["\"\\\/\b\f\n\r\t"]"#, "[ s:\"\\/\u{8}\u{C}\n\r\t ]"),
        Accepted("hexadecimal escapes in both cases", #"["\u00e9\u00E9\u20ac"]"#, "[ s:éé€ ]"),
        Accepted("an escaped NUL", #"["a\u0000b"]"#, "[ s:a\0b ]"),
        Accepted("a surrogate pair", #"["\ud83d\ude00"]"#, "[ s:😀 ]"),
        Accepted("the lowest surrogate pair", #"["\uD800\uDC00"]"#, "[ s:\u{10000} ]"),
        Accepted("the highest surrogate pair", #"["\uDBFF\uDFFF"]"#, "[ s:\u{10FFFF} ]"),
        Accepted("the escape of U+FFFF", #"["\uFFFF"]"#, "[ s:\u{FFFF} ]"),
        Accepted("two bytes of UTF-8", "[\"\u{80}\u{7FF}\"]", "[ s:\u{80}\u{7FF} ]"),
        Accepted(
            "three bytes of UTF-8", "[\"\u{800}\u{D7FF}\u{E000}\u{FFFF}\"]", "[ s:\u{800}\u{D7FF}\u{E000}\u{FFFF} ]"),
        Accepted("four bytes of UTF-8", "[\"\u{10000}\u{10FFFF}\"]", "[ s:\u{10000}\u{10FFFF} ]"),
        Accepted("DEL, which needs no escape", "[\"\u{7F}\"]", "[ s:\u{7F} ]"),
        Accepted("a byte order mark inside a string", "[\"\u{FEFF}\"]", "[ s:\u{FEFF} ]"),
        Accepted("line separators inside a string", "[\"\u{2028}\u{2029}\"]", "[ s:\u{2028}\u{2029} ]"),
        Accepted(
            "long plain text around escapes", #"["abcdefghij\nklmnopqrstuvwxyz\t0123456789"]"#,
            "[ s:abcdefghij\nklmnopqrstuvwxyz\t0123456789 ]"),
    ]
}

/// Invalid JSON and the expected error.
struct Refused: Sendable, CustomTestStringConvertible {
    let name: String
    let text: [UInt8]
    let error: JSONError

    init(_ name: String, _ text: String, _ reason: JSONError.Reason, at offset: UInt64) {
        self.init(name, Array(text.utf8), reason, at: offset)
    }

    init(_ name: String, _ text: [UInt8], _ reason: JSONError.Reason, at offset: UInt64) {
        (self.name, self.text, self.error) = (name, text, JSONError(reason, at: offset))
    }

    /// A JSON string that consists of `bytes`, with an error at the byte with this index.
    init(inString name: String, _ bytes: [UInt8], _ reason: JSONError.Reason, atByte index: Int) {
        self.init(name, [0x22] + bytes + [0x22], reason, at: UInt64(index + 1))
    }

    var testDescription: String { name }

    static let all = structure + numbers + strings + encodings

    private static let structure: [Refused] = [
        Refused("an empty text", "", .unexpectedEnd, at: 0),
        Refused("white space alone", " \n", .unexpectedEnd, at: 2),
        Refused("a byte order mark", "\u{FEFF}{}", .unexpectedByte, at: 0),
        Refused("a NUL", "\0", .unexpectedByte, at: 0),
        Refused("a vertical tab as white space", "\u{B}1", .unexpectedByte, at: 0),
        Refused("a no-break space as white space", "\u{A0}1", .unexpectedByte, at: 0),
        Refused("an unclosed object", "{", .unexpectedEnd, at: 1),
        Refused("an unclosed array", "[1", .unexpectedEnd, at: 2),
        Refused("a key without a value", #"{"a""#, .unexpectedEnd, at: 4),
        Refused("a colon without a value", #"{"a":"#, .unexpectedEnd, at: 5),
        Refused("no value after a colon", #"{"a":}"#, .unexpectedByte, at: 5),
        Refused("no colon", #"{"a" 1}"#, .unexpectedByte, at: 5),
        Refused("two colons", #"{"a"::1}"#, .unexpectedByte, at: 5),
        Refused("a number as key", "{1:2}", .unexpectedByte, at: 1),
        Refused("an unquoted key", "{a:2}", .unexpectedByte, at: 1),
        Refused("single quotes", "['a']", .unexpectedByte, at: 1),
        Refused("a comma at the end of an array", "[1,]", .unexpectedByte, at: 3),
        Refused("a comma at the end of an object", #"{"a":1,}"#, .unexpectedByte, at: 7),
        Refused("a comma at the beginning", "[,1]", .unexpectedByte, at: 1),
        Refused("two commas", "[1,,2]", .unexpectedByte, at: 3),
        Refused("no comma", "[1 2]", .unexpectedByte, at: 3),
        Refused("a colon in an array", #"["a":1]"#, .unexpectedByte, at: 4),
        Refused("an array closed as an object", "[1}", .unexpectedByte, at: 2),
        Refused("an object closed as an array", #"{"a":1]"#, .unexpectedByte, at: 6),
        Refused("a closing bracket alone", "]", .unexpectedByte, at: 0),
        Refused("a second value", "{} []", .trailingBytes, at: 3),
        Refused("one closing brace too many", "{}}", .trailingBytes, at: 2),
        Refused("a comma after the value", "1,", .trailingBytes, at: 1),
        Refused("a NUL after the value", "{}\0", .trailingBytes, at: 2),
        Refused("a comment", "[1/**/]", .unexpectedByte, at: 2),
        Refused("a literal in capitals", "True", .unexpectedByte, at: 0),
        Refused("a literal with a typing error", "[nul1]", .unexpectedByte, at: 4),
        Refused("a literal cut short", "tru", .unexpectedEnd, at: 3),
        Refused("a literal cut short by a bracket", "[fals]", .unexpectedByte, at: 5),
        Refused("a literal with an extra letter", "truee", .trailingBytes, at: 4),
        Refused("NaN", "[NaN]", .unexpectedByte, at: 1),
        Refused("Infinity", "[Infinity]", .unexpectedByte, at: 1),
    ]

    private static let numbers: [Refused] = [
        Refused("a leading zero", "[01]", .unexpectedByte, at: 2),
        Refused("a leading zero alone", "01", .trailingBytes, at: 1),
        Refused("a leading zero after a minus", "[-01]", .unexpectedByte, at: 3),
        Refused("a point without digits after it", "[1.]", .invalidNumber, at: 3),
        Refused("a point without digits before it", "[.5]", .unexpectedByte, at: 1),
        Refused("a point and an exponent", "[1.e3]", .invalidNumber, at: 3),
        Refused("two points", "[1.2.3]", .unexpectedByte, at: 4),
        Refused("a minus alone", "[-]", .invalidNumber, at: 2),
        Refused("a minus at the end of the text", "-", .unexpectedEnd, at: 1),
        Refused("two minus signs", "[--1]", .invalidNumber, at: 2),
        Refused("a plus", "[+1]", .unexpectedByte, at: 1),
        Refused("an exponent without digits", "[1e]", .invalidNumber, at: 3),
        Refused("an exponent with only a sign", "[1e+]", .invalidNumber, at: 4),
        Refused("an exponent with a fraction", "[1e2.5]", .unexpectedByte, at: 4),
        Refused("an exponent at the end of the text", "1e", .unexpectedEnd, at: 2),
        Refused("a point at the end of the text", "1.", .unexpectedEnd, at: 2),
        Refused("a hexadecimal number", "[0x1]", .unexpectedByte, at: 2),
        Refused("a minus before a literal", "[-Infinity]", .invalidNumber, at: 2),
    ]

    private static let strings: [Refused] = [
        Refused("an unclosed string", "\"abc", .unexpectedEnd, at: 4),
        Refused("an incomplete escape", "\"\\", .unexpectedEnd, at: 2),
        Refused("a string that ends in a backslash", #""abc\""#, .unexpectedEnd, at: 6),
        Refused(inString: "an unknown escape", Array(#"\x41"#.utf8), .invalidEscape, atByte: 1),
        Refused(inString: "an escaped capital U", Array(#"\U0041"#.utf8), .invalidEscape, atByte: 1),
        Refused(inString: "an escape of three digits", Array(#"\u004"#.utf8), .invalidEscape, atByte: 5),
        Refused(inString: "an escape with a letter beyond f", Array(#"\u00g0"#.utf8), .invalidEscape, atByte: 4),
        Refused(inString: "a low surrogate alone", Array(#"\udc00"#.utf8), .invalidEscape, atByte: 5),
        Refused(inString: "a high surrogate alone", Array(#"\ud800"#.utf8), .invalidEscape, atByte: 6),
        Refused(inString: "a high surrogate and plain text", Array(#"\ud800x"#.utf8), .invalidEscape, atByte: 6),
        Refused(inString: "a high surrogate and another escape", Array(#"\ud800\n"#.utf8), .invalidEscape, atByte: 7),
        Refused(inString: "two high surrogates", Array(#"\ud800\ud800"#.utf8), .invalidEscape, atByte: 11),
        Refused(inString: "a high surrogate and a character", Array(#"\ud800\u0041"#.utf8), .invalidEscape, atByte: 11),
        Refused(inString: "a line feed", Array("ab\ncd".utf8), .controlCharacter, atByte: 2),
        Refused(inString: "a NUL in a string", Array("ab\0".utf8), .controlCharacter, atByte: 2),
        Refused(inString: "a tab", [0x09], .controlCharacter, atByte: 0),
        Refused(inString: "the last control character", [0x61, 0x1F], .controlCharacter, atByte: 1),
        Refused(
            inString: "a control character after long plain text", Array("0123456789abcdef\u{1}".utf8),
            .controlCharacter,
            atByte: 16),
        Refused("a control character in a key", "{\"a\u{2}\":1}", .controlCharacter, at: 3),
    ]

    private static let encodings: [Refused] = [
        Refused(inString: "a continuation byte alone", [0x80], .invalidUTF8, atByte: 0),
        Refused(inString: "the overlong form of a slash", [0xC0, 0xAF], .invalidUTF8, atByte: 0),
        Refused(inString: "the overlong form of DEL", [0xC1, 0xBF], .invalidUTF8, atByte: 0),
        Refused(inString: "an overlong form in three bytes", [0xE0, 0x9F, 0xBF], .invalidUTF8, atByte: 1),
        Refused(inString: "an overlong form in four bytes", [0xF0, 0x8F, 0xBF, 0xBF], .invalidUTF8, atByte: 1),
        Refused(inString: "the lowest surrogate in UTF-8", [0xED, 0xA0, 0x80], .invalidUTF8, atByte: 1),
        Refused(inString: "the highest surrogate in UTF-8", [0xED, 0xBF, 0xBF], .invalidUTF8, atByte: 1),
        Refused(inString: "the first code point beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80], .invalidUTF8, atByte: 1),
        Refused(inString: "a lead byte beyond U+10FFFF", [0xF5, 0x80, 0x80, 0x80], .invalidUTF8, atByte: 0),
        Refused(inString: "the byte FF", [0x61, 0xFF], .invalidUTF8, atByte: 1),
        Refused(inString: "two bytes cut short by the quote", [0xC3], .invalidUTF8, atByte: 1),
        Refused(inString: "three bytes cut short by a letter", [0xE2, 0x82, 0x61], .invalidUTF8, atByte: 2),
        Refused(inString: "four bytes cut short by the quote", [0xF0, 0x9F, 0x98], .invalidUTF8, atByte: 3),
        Refused("a sequence cut short by the end", [0x22, 0xE2, 0x82], .unexpectedEnd, at: 3),
        Refused("Latin-1", [0x22, 0x63, 0x61, 0x66, 0xE9, 0x22], .invalidUTF8, at: 5),
        Refused("invalid UTF-8 in a key", [0x7B, 0x22, 0xFE, 0x22, 0x3A, 0x31, 0x7D], .invalidUTF8, at: 2),
        Refused("UTF-8 outside of strings", [0x5B, 0xC3, 0xA9, 0x5D], .unexpectedByte, at: 1),
        Refused("UTF-16", [0x5B, 0x00, 0x5D, 0x00], .unexpectedByte, at: 1),
    ]
}
