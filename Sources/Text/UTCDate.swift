/// Dates in UTC without Foundation.
enum UTCDate {
    private static let secondsPerDay: UInt64 = 86_400
    private static let daysPerEra = 146_097

    /// Such as `2026-12-31 23:59 UTC`.
    static func text(unixSeconds: UInt64) -> String {
        let (year, month, day) = civil(Int(unixSeconds / secondsPerDay))
        let minutes = Int(unixSeconds % secondsPerDay / 60)
        return "\(year)-\(padded(month))-\(padded(day)) \(padded(minutes / 60)):\(padded(minutes % 60)) UTC"
    }

    /// The algorithm `civil_from_days` of Howard Hinnant: eras of 400 years and years that begin on 1 March, so that the
    /// leap day is the last day of its year.
    private static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let days = daysSince1970 + 719_468
        let (era, dayOfEra) = (days / daysPerEra, days % daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
