import System
import Testing

@Suite struct MonotonicTests {
    @Test(
        "Adding a duration rounds up and saturates",
        arguments: [
            (100, Duration.microseconds(5), 105),
            (100, .nanoseconds(1), 101),
            (100, .microseconds(-5), 95),
            (100, .seconds(-5), 0),
            (100, .seconds(Int64.max), UInt64.max),
            (UInt64.max, .microseconds(1), UInt64.max),
            (0, .seconds(3) + .milliseconds(250), 3_250_000),
        ] as [(UInt64, Duration, UInt64)])
    func add(start: UInt64, duration: Duration, end: UInt64) {
        #expect((Monotonic(microseconds: start) + duration).microseconds == end)
    }

    @Test(
        "The difference of two times has the right sign",
        arguments: [
            (7, 2, Duration.microseconds(5)),
            (2, 7, .microseconds(-5)),
            (UInt64.max, 0, .microseconds(UInt64.max)),
            (0, UInt64.max, .zero - .microseconds(UInt64.max)),
        ] as [(UInt64, UInt64, Duration)])
    func subtract(end: UInt64, start: UInt64, difference: Duration) {
        #expect(Monotonic(microseconds: end) - Monotonic(microseconds: start) == difference)
    }
}
