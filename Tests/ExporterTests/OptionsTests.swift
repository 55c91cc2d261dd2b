import Testing

@testable import Exporter

@Suite("Options")
struct OptionsTests {
    @Test(
        "the default stale age depends on interval and timeout",
        arguments: [
            (60, 30, nil, 180), (2, 30, nil, 32), (15, 30, nil, 45), (10, 30, nil, 40), (2, 30, 5, 5),
            (60, 30, 600, 600),
        ] as [(Int, Int, Int?, Int)])
    func staleAfter(interval: Int, timeout: Int, given: Int?, expected: Int) {
        var options = ServeOptions()
        options.interval = .seconds(interval)
        options.poll.timeout = .seconds(timeout)
        options.staleAfter = given.map { .seconds($0) }
        #expect(options.effectiveStaleAfter == .seconds(expected))
    }
}
