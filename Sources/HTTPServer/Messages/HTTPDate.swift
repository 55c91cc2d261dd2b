/// Dates as HTTP writes them (`IMF-fixdate`, RFC 9110 section 5.6.7).
package enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// The end of the year 9999, the last that has four digits.
    private static let lastSecond: Int64 = 253_402_300_799

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter unixSeconds: a time from 1970 to 9999; beyond, the nearest of these is written.
    package static func text(unixSeconds: Int64) -> String {
        let seconds = min(max(unixSeconds, 0), lastSecond)
        let (day, time) = Int(seconds).quotientAndRemainder(dividingBy: 86_400)
        let (year, month, dayOfMonth) = civil(day: day)
        return days[day % 7] + ", " + padded(dayOfMonth) + " " + months[month - 1] + " " + padded(year, 4) + " "
            + padded(time / 3600) + ":" + padded(time / 60 % 60) + ":" + padded(time % 60) + " GMT"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian date of a day since 1970. Years begin in March here, so that the leap day is their last.
    private static func civil(day: Int) -> (year: Int, month: Int, dayOfMonth: Int) {
        let daysOf400Years = 146_097
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainder(dividingBy: daysOf400Years)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
