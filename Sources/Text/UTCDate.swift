/// A date and time of the Gregorian calendar in UTC, without Foundation.
package struct UTCDate {
    package let daysSince1970: Int
    package let year: Int
    /// 1 to 12.
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int

    package init(unixSeconds: UInt64) {
        let time = Int(unixSeconds % 86_400)
        (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
        daysSince1970 = Int(unixSeconds / 86_400)
        // Calculated in eras of 400 years, with years that begin in March, so that a leap day is the last day of its
        // year.
        let days = daysSince1970 + 719_468
        let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }

    /// Such as `2026-12-31`.
    package var dayText: String { "\(year)-\(month.padded())-\(day.padded())" }

    /// Such as `2026-12-31 23:59 UTC`.
    package var text: String { "\(dayText) \(hour.padded()):\(minute.padded()) UTC" }
}

extension Int {
    /// The number with leading zeros.
    package func padded(to width: Int = 2) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
