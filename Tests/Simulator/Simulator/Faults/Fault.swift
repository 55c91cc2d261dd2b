/// Something that goes wrong with the replies to one call, or to all.
struct Fault {
    /// What goes wrong, by the word that flags and control paths use.
    enum Kind: Hashable {
        // The connection.
        case refuse, hang, close, garbage
        case delay, slow, stall, reset, truncate
        // The length that is declared.
        case wrongLength, badLength, noLength
        // The status and the envelope.
        case html, status, error, transient, errorString, badToken, redirect, empty
        case noData, nullData, dataNotList
        // The bytes of the body.
        case malformed, invalidUTF8, deep, trailing, endless
        // The elements of a list.
        case element(ElementDamage.Kind)
    }

    var kind: Kind
    /// The call it strikes, such as `VolumesList`; nil means every call.
    var call: String?
    /// Replies it still strikes; nil means no end.
    var repliesLeft: Int?
    /// Seconds it lasts from when it is switched on; nil means no end.
    var seconds: Double?
    /// An offset into the body, in bytes; nil means its middle.
    var offset: Int?
    /// Bytes a second.
    var rate = 1
    /// Seconds before the first byte.
    var wait = 1.0
    /// An HTTP status; 0 means what is usual for the kind.
    var status = 0
    /// Added to the length that is declared.
    var delta = 1
    /// How deep to nest, or how many bytes to send.
    var amount: Int?
    /// Elements struck, in a thousand.
    var share = 100
    /// Of an error envelope.
    var name: String?

    func applies(to call: String) -> Bool { self.call == nil || self.call == call }
}

extension Fault.Kind {
    /// Every kind with its word and what it does, in the order `--help` lists them.
    static let all: [(word: String, kind: Fault.Kind, about: String)] =
        [
            ("refuse", .refuse, "close the listener for `seconds` (5), control paths too"),
            ("hang", .hang, "read the request, never answer"),
            ("close", .close, "read the request, close without a byte"),
            ("garbage", .garbage, "answer with what is not HTTP"),
            ("delay", .delay, "answer after `wait` seconds (1)"),
            ("slow", .slow, "send `rate` bytes a second (1)"),
            ("stall", .stall, "send the body up to `at` (middle), then nothing"),
            ("reset", .reset, "send the body up to `at` (middle), then an RST"),
            ("truncate", .truncate, "declare all, send up to `at` (middle), close"),
            ("wrong-length", .wrongLength, "declare a length that is off by `delta` (1)"),
            ("bad-length", .badLength, "declare a length that is no number"),
            ("no-length", .noLength, "declare no length, as HTTP/1.0 allows"),
            ("html", .html, "`status` (503) with an HTML page"),
            ("status", .status, "`status` (500) with error `name` (busy)"),
            ("error", .error, "200 with error `name` (busy)"),
            ("transient", .transient, "`status` (503) with a transient error `name` (busy)"),
            ("error-string", .errorString, "200 with a text as error"),
            ("bad-token", .badToken, "as if the token were wrong"),
            ("redirect", .redirect, "`status` (302) with a Location"),
            ("empty", .empty, "200 with an empty body"),
            ("no-data", .noData, "200 without `data`"),
            ("null-data", .nullData, "200 with `data` null"),
            ("data-not-list", .dataNotList, "200 with an object as `data`"),
            ("malformed", .malformed, "a control character at byte `at` (middle)"),
            ("invalid-utf8", .invalidUTF8, "no UTF-8 at byte `at` (in a text at the start)"),
            ("deep", .deep, "a field nested `amount` (100000) deep before `data`"),
            ("trailing", .trailing, "text after the end of the document"),
            ("endless", .endless, "elements until `amount` bytes are sent (no end)"),
        ] + ElementDamage.Kind.allCases.map { ($0.rawValue, .element($0), $0.about) }

    /// The word that flags and control paths use.
    var word: String { Self.all.first { $0.kind == self }?.word ?? "" }

    init?(word: String) {
        guard let found = Self.all.first(where: { $0.word == word }) else { return nil }
        self = found.kind
    }
}

extension ElementDamage.Kind {
    fileprivate var about: String {
        switch self {
        case .unknownFields: "fields that no one knows, nested ones too"
        case .missingFields: "no name, no id, no size, nothing: by turns"
        case .tagsNull: "`tags` null"
        case .tagsAbsent: "no `tags`"
        case .tagsEmptyValue: "empty texts for absent tags"
        case .tagsNumber: "numbers for the texts of tags"
        case .tagsBool: "booleans for `pve-base`"
        case .numbersAsStrings: "texts for numbers"
        case .duplicateKeys: "keys twice, the last one right"
        case .unlimitedDash: "`bw` and `iops` are \"-\""
        case .elementNotObject: "a number, a text, null and so on as element"
        case .wrongTypes: "a number as name, an object as size"
        }
    }
}
