/// Dates in UTC without Foundation.
package enum UTCDate {
    /// Such as `2026-12-31 23:59 UTC`.
    package static func text(unixSeconds: UInt64) -> String {
        let minutes = Int(unixSeconds % 86_400 / 60)
        return "\(day(unixSeconds: unixSeconds)) \(padded(minutes / 60)):\(padded(minutes % 60)) UTC"
    }

    /// Such as `2026-12-31`.
    package static func day(unixSeconds: UInt64) -> String {
        // The algorithm `civil_from_days` of Howard Hinnant: eras of 400 years and years that begin on 1 March, so that the
        // leap day is the last day of its year.
        let days = Int(unixSeconds / 86_400) + 719_468
        let (era, dayOfEra) = (days / 146_097, days % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return "\(year)-\(padded(month))-\(padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
