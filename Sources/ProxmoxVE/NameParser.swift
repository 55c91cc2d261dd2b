import StorPool
import Text

/// Parses the bytes of one name. Offsets count from 0. In the patterns below, `GID` is a global id and `PID` the name
/// of a VM snapshot.
struct NameParser {
    let bytes: [UInt8]

    func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

    // MARK: Patterns

    /// `(.*)-sp-(GID)\.iso`
    func iso() throws(NameDecodingError) -> DecodedName {
        let (comment, id) = try commentAndID(from: 0, ending: ".iso")
        return DecodedName(type: .iso, comment: comment, globalID: id)
    }

    /// `img-(.*)-sp-(GID)\.raw`
    func image() throws(NameDecodingError) -> DecodedName {
        let (comment, id) = try commentAndID(from: 4, ending: ".raw")
        return DecodedName(type: .image, comment: comment, globalID: id)
    }

    /// `snap-(VM)-disk-(DISK)-(PID)-p-(GID)-sp-(GID)\.raw` or `snap-(VM)-state-(PID)-sp-(GID)\.raw`
    func snapshot() throws(NameDecodingError) -> DecodedName {
        var cursor = 5
        let vm = try number(&cursor, "a VM id", allowsZero: false)
        try expect("-", &cursor)
        guard try expectEither("disk-", or: "state-", &cursor) else {
            let name = try snapshotName(&cursor, upTo: "-sp-", at: last("-sp-", from: cursor), end: bytes.count)
            let id = try trailingID(cursor, ending: ".raw")
            return DecodedName(type: .vmstate, vmid: vm, disk: "state", snapshot: name, globalID: id)
        }
        let disk = try number(&cursor, "a disk number", allowsZero: true)
        try expect("-", &cursor)
        // Ids have no hyphen, so the delimiters are the last `-sp-` and the last `-p-` before it. If `-p-` occurs only
        // after the last `-sp-`, this `-sp-` is part of the snapshot name, and the delimiter `-sp-` is missing.
        var end = last("-sp-", from: cursor) ?? bytes.count
        if last("-p-", from: cursor, before: end) == nil, last("-p-", from: cursor) != nil { end = bytes.count }
        let name = try snapshotName(&cursor, upTo: "-p-", at: last("-p-", from: cursor, before: end), end: end)
        let parent = try globalID(&cursor)
        try expect("-sp-", &cursor)
        let id = try trailingID(cursor, ending: ".raw")
        return DecodedName(type: .snapshot, vmid: vm, disk: disk, snapshot: name, parent: parent, globalID: id)
    }

    /// `base-(VM)-disk-(DISK)-sp-(GID)\.raw`
    func base() throws(NameDecodingError) -> DecodedName {
        var cursor = 5
        let vm = try number(&cursor, "a VM id", allowsZero: false)
        try expect("-disk-", &cursor)
        let (disk, id) = try diskAndID(&cursor)
        return DecodedName(type: .base, vmid: vm, disk: disk, globalID: id)
    }

    /// `vm-(VM)-disk-(DISK)-sp-(GID)\.raw` or `vm-(VM)-cloudinit(?:-sp-(GID))?\.raw`
    func volume() throws(NameDecodingError) -> DecodedName {
        var cursor = 3
        let vm = try number(&cursor, "a VM id", allowsZero: false)
        try expect("-", &cursor)
        if try expectEither("disk-", or: "cloudinit", &cursor) {
            let (disk, id) = try diskAndID(&cursor)
            return DecodedName(type: .disk, vmid: vm, disk: disk, globalID: id)
        }
        if try expectEither("-sp-", or: ".raw", &cursor) {
            let id = try trailingID(cursor, ending: ".raw")
            return DecodedName(type: .cloudinit, vmid: vm, disk: "cloudinit", globalID: id)
        }
        try expectEnd(cursor, after: ".raw")
        return DecodedName(type: .cloudinit, vmid: vm, disk: "cloudinit")
    }

    // MARK: Parts

    private func commentAndID(from start: Int, ending: String) throws(NameDecodingError) -> (String, String) {
        if let lineFeed = bytes[min(start, bytes.count)...].firstIndex(of: 0x0A) {
            throw failure("line feed inside the name", lineFeed)
        }
        guard let delimiter = last("-sp-", from: start) else { throw failure("expected -sp-", bytes.count) }
        let id = try trailingID(delimiter + 4, ending: ending)
        return (text(start..<delimiter), id)
    }

    private func diskAndID(_ cursor: inout Int) throws(NameDecodingError) -> (String, String) {
        let disk = try number(&cursor, "a disk number", allowsZero: true)
        try expect("-sp-", &cursor)
        return (disk, try trailingID(cursor, ending: ".raw"))
    }

    private func trailingID(_ start: Int, ending: String) throws(NameDecodingError) -> String {
        var cursor = start
        let id = try globalID(&cursor)
        try expect(ending, &cursor)
        try expectEnd(cursor, after: ending)
        return id
    }

    private func number(_ cursor: inout Int, _ what: String, allowsZero: Bool) throws(NameDecodingError) -> String {
        let start = cursor
        while cursor < bytes.count, bytes[cursor].isDigit { cursor += 1 }
        guard cursor > start else { throw failure("expected \(what)", start) }
        if bytes[start] == UInt8(ascii: "0"), !allowsZero { throw failure("\(what) cannot begin with 0", start) }
        if bytes[start] == UInt8(ascii: "0"), cursor > start + 1 {
            throw failure("\(what) cannot have leading zeros", start + 1)
        }
        return text(start..<cursor)
    }

    private func globalID(_ cursor: inout Int) throws(NameDecodingError) -> String {
        let start = cursor
        for part in 0..<3 {
            if part > 0 { try expect(".", &cursor, "expected a global id of three parts") }
            let partStart = cursor
            while cursor < bytes.count, GlobalID.isPart(bytes[cursor]) { cursor += 1 }
            guard cursor > partStart else { throw failure("expected a global id", cursor) }
        }
        return text(start..<cursor)
    }

    /// Reads a snapshot name and the delimiter after it.
    ///
    /// - Parameters:
    ///   - offset: offset of the delimiter; nil if it is missing.
    ///   - end: offset at which a missing delimiter is reported.
    private func snapshotName(
        _ cursor: inout Int, upTo delimiter: String, at offset: Int?, end: Int
    ) throws(NameDecodingError) -> String {
        let range = cursor..<(offset ?? end)
        guard let first = bytes[range].first, first.isLowercaseLetter else {
            throw failure("expected a snapshot name that begins with a lower-case letter", range.lowerBound)
        }
        if let odd = bytes[range].firstIndex(where: { !NamePart.isSnapshotByte($0) }) {
            throw failure("character not allowed in a snapshot name", odd)
        }
        guard let offset else { throw failure("expected \(delimiter)", end) }
        guard range.count >= 2 else { throw failure("a snapshot name needs at least two characters", offset) }
        guard GlobalID.isPart(bytes[offset - 1]) else {
            throw failure("a snapshot name must end in a lower-case letter or digit", offset - 1)
        }
        cursor = offset + delimiter.utf8.count
        return text(range)
    }

    // MARK: Bytes

    private func expect(_ literal: String, _ cursor: inout Int, _ reason: String? = nil) throws(NameDecodingError) {
        for byte in literal.utf8 {
            guard cursor < bytes.count, bytes[cursor] == byte else {
                throw failure(reason ?? "expected \(literal)", cursor)
            }
            cursor += 1
        }
    }

    /// Reads one of two literals. Returns true if it is the first one. An error is reported at the end of the longer
    /// partial match.
    private func expectEither(
        _ first: String, or second: String, _ cursor: inout Int
    ) throws(NameDecodingError) -> Bool {
        let (firstLength, secondLength) = (matchLength(first, cursor), matchLength(second, cursor))
        let isFirst = firstLength == first.utf8.count
        guard isFirst || secondLength == second.utf8.count else {
            throw failure("expected \(first) or \(second)", cursor + max(firstLength, secondLength))
        }
        cursor += isFirst ? firstLength : secondLength
        return isFirst
    }

    private func expectEnd(_ cursor: Int, after ending: String) throws(NameDecodingError) {
        guard cursor == bytes.count else { throw failure("unexpected text after \(ending)", cursor) }
    }

    /// How many bytes of the literal match at the offset.
    private func matchLength(_ literal: String, _ offset: Int) -> Int {
        var count = 0
        for byte in literal.utf8 {
            guard offset + count < bytes.count, bytes[offset + count] == byte else { break }
            count += 1
        }
        return count
    }

    /// Offset of the last delimiter that begins at or after `start` and ends at or before `end`. nil for `end` means
    /// the end of the name.
    private func last(_ delimiter: String, from start: Int, before end: Int? = nil) -> Int? {
        let length = delimiter.utf8.count
        var offset = (end ?? bytes.count) - length
        while offset >= start {
            if matchLength(delimiter, offset) == length { return offset }
            offset -= 1
        }
        return nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func failure(_ reason: String, _ offset: Int) -> NameDecodingError {
        NameDecodingError(reason: reason, column: offset + 1)
    }
}
