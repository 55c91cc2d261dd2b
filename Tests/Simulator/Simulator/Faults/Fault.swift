/// A fault in the replies to one call or to all calls.
struct Fault {
    enum Kind: Hashable {
        // Faults of the connection.
        case refuse, hang, close, garbage
        case delay, slow, stall, reset, truncate
        // Faults of the declared length.
        case wrongLength, badLength, noLength
        // Other statuses and other JSON members.
        case html, status, error, transient, errorString, badToken, redirect, empty
        case noData, nullData, dataNotList
        // Faults of the body.
        case malformed, invalidUTF8, deep, trailing, endless
        // Faults of the elements of a list.
        case element(ElementDamage.Kind)
    }

    var kind: Kind
    /// The affected call, such as `VolumesList`; nil for every call.
    var call: String?
    /// The number of replies that the fault still affects; nil for no limit.
    var repliesLeft: Int?
    /// The duration of the fault; nil for no limit.
    var seconds: Double?
    /// The affected byte of the body; nil for the middle.
    var offset: Int?
    /// Rate of a slow reply, in bytes per second.
    var rate = 1
    /// Delay before the first byte, in seconds.
    var wait = 1.0
    /// An HTTP status; 0 for the default of the kind.
    var status = 0
    /// Difference between the declared and the correct length.
    var delta = 1
    /// The depth of nesting, or the number of bytes to send.
    var amount: Int?
    /// Number of damaged elements per 1,000.
    var share = 100
    /// The name of the API error.
    var name: String?

    func applies(to call: String) -> Bool { self.call == nil || self.call == call }
}

extension Fault.Kind {
    /// Every kind with its name and description, in the order of `--help`.
    static let all: [(word: String, kind: Fault.Kind, about: String)] =
        [
            ("refuse", .refuse, "close the listener for `seconds` (5)"),
            ("hang", .hang, "read the request, then send nothing"),
            ("close", .close, "read the request, then close"),
            ("garbage", .garbage, "send a reply that is not HTTP"),
            ("delay", .delay, "send the reply after `wait` seconds (1)"),
            ("slow", .slow, "send `rate` bytes per second (1)"),
            ("stall", .stall, "stop at byte `at` (middle), keep the connection open"),
            ("reset", .reset, "send an RST at byte `at` (middle)"),
            ("truncate", .truncate, "close at byte `at` (middle), before the declared length"),
            ("wrong-length", .wrongLength, "declare a length that is wrong by `delta` (1)"),
            ("bad-length", .badLength, "declare a length that is not a number"),
            ("no-length", .noLength, "declare no length (valid in HTTP/1.0)"),
            ("html", .html, "HTTP `status` (503), an HTML page"),
            ("status", .status, "HTTP `status` (500), the API error `name` (busy)"),
            ("error", .error, "HTTP 200, the API error `name` (busy)"),
            ("transient", .transient, "HTTP `status` (503), the transient API error `name` (busy)"),
            ("error-string", .errorString, "HTTP 200, a string as `error`"),
            ("bad-token", .badToken, "the reply to a wrong token"),
            ("redirect", .redirect, "HTTP `status` (302), a Location header"),
            ("empty", .empty, "HTTP 200, an empty body"),
            ("no-data", .noData, "HTTP 200, no `data`"),
            ("null-data", .nullData, "HTTP 200, `data` is null"),
            ("data-not-list", .dataNotList, "HTTP 200, an object as `data`"),
            ("malformed", .malformed, "a control character at byte `at` (middle)"),
            ("invalid-utf8", .invalidUTF8, "invalid UTF-8 at byte `at` (default: in a string at the start)"),
            ("deep", .deep, "`amount` (100000) nested arrays before `data`"),
            ("trailing", .trailing, "text after the end of the document"),
            ("endless", .endless, "repeat the elements up to `amount` bytes (no limit)"),
        ] + ElementDamage.Kind.allCases.map { ($0.rawValue, .element($0), $0.about) }

    /// The name of the kind in flags and control requests.
    var word: String { Self.all.first { $0.kind == self }?.word ?? "" }

    init?(word: String) {
        guard let found = Self.all.first(where: { $0.word == word }) else { return nil }
        self = found.kind
    }
}

extension ElementDamage.Kind {
    fileprivate var about: String {
        switch self {
        case .unknownFields: "unknown members, some nested"
        case .missingFields: "no name, no id or no size, or an empty object"
        case .tagsNull: "`tags` is null"
        case .tagsAbsent: "no `tags`"
        case .tagsEmptyValue: "empty strings instead of absent tags"
        case .tagsNumber: "numbers instead of strings in tags"
        case .tagsBool: "booleans instead of strings in `pve-base`"
        case .numbersAsStrings: "strings instead of numbers"
        case .duplicateKeys: "duplicate names; the last value is correct"
        case .unlimitedDash: "`bw` and `iops` are \"-\""
        case .elementNotObject: "an element that is not an object"
        case .wrongTypes: "a number as name, an object as size"
        }
    }
}
