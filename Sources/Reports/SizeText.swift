enum SizeText {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    /// A size with a binary unit and at most four digits, rounded down: `32 GiB`, `1.5 TiB`.
    static func make(_ bytes: UInt64) -> String {
        var unit = 0
        while unit + 1 < units.count, bytes >> UInt64(unit * 10) >= 1_024 { unit += 1 }
        let whole = bytes >> UInt64(unit * 10)
        let rest = unit == 0 ? 0 : (bytes >> UInt64((unit - 1) * 10)) & 1_023
        let tenth = rest * 10 / 1_024
        return whole < 100 && tenth > 0 ? "\(whole).\(tenth) \(units[unit])" : "\(whole) \(units[unit])"
    }
}
