import Text

/// Dates in the format of HTTP (`IMF-fixdate`, RFC 9110 section 5.6.7).
package enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// The last second that can be written, because a year has four digits: the end of the year 9999.
    private static let lastSecond: Int64 = 253_402_300_799

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter unixSeconds: clamped to the years 1970 to 9999.
    package static func text(unixSeconds: Int64) -> String {
        let date = UTCDate(unixSeconds: UInt64(min(max(unixSeconds, 0), lastSecond)))
        let (day, month) = (days[date.daysSince1970 % 7], months[date.month - 1])
        return "\(day), \(date.day.padded()) \(month) \(date.year.padded(to: 4))"
            + " \(date.hour.padded()):\(date.minute.padded()):\(date.second.padded()) GMT"
    }
}
