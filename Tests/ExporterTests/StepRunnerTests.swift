import System
import Testing

@testable import Exporter

@Suite("Work in steps")
struct StepRunnerTests {
    /// So many steps; what comes of it is its name.
    private struct Count: SteppedWork {
        let name: String
        var left: Int

        mutating func advance() -> Bool {
            left -= 1
            return left > 0
        }

        consuming func outcome() -> String { name }
    }

    @Test("what comes later begins when its turn has come, the newest in the place of what waits")
    func newestWaits() throws {
        let loop = try EventLoop()
        let runner = try StepRunner<Count>(loop: loop)
        var told: [String] = []
        runner.run {
            Count(name: "first", left: 3)
        } completion: {
            told.append($0)
        }
        #expect(told.isEmpty)
        runner.run {
            Issue.record("nobody waits for it any more")
            return Count(name: "second", left: 1)
        } completion: {
            told.append($0)
        }
        runner.run {
            Count(name: "third after \(told)", left: 2)
        } completion: {
            told.append($0)
            loop.exit(code: 0)
        }
        _ = try loop.run()
        #expect(told == ["first", #"third after ["first"]"#])
    }

    @Test("at the end all that is left is done at once")
    func finish() throws {
        let runner = try StepRunner<Count>(loop: try EventLoop())
        var told: [String] = []
        runner.run {
            Count(name: "first", left: 3)
        } completion: {
            told.append($0)
        }
        runner.run {
            Count(name: "second", left: 3)
        } completion: {
            told.append($0)
        }
        runner.finish()
        #expect(told == ["first", "second"])
    }
}
