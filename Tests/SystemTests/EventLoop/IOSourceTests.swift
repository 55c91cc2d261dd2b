import Glibc
import System
import TestSupport
import Testing

@Suite struct IOSourceTests {
    @Test("A readable socket is reported until it is read")
    func readable() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var calls = 0
        let source = try loop.watch(pair.near, .readable) { readiness in
            #expect(readiness == .readable)
            calls += 1
            if calls == 2 { pair.receiveNear() }
        }
        #expect(try loop.runOnce(timeout: .zero) == false)
        pair.sendFromFar()
        #expect(try loop.turn { calls == 2 })
        #expect(try loop.runOnce(timeout: .zero) == false)
        withExtendedLifetime(source) {}
    }

    @Test("A changed interest takes effect in the next loop turn")
    func changeOfInterest() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var seen: Readiness = []
        let source = try loop.watch(pair.near, .readable) { seen.formUnion($0) }
        try source.setInterest([.readable, .writable])
        #expect(source.interest == [.readable, .writable])
        #expect(try loop.turn { seen == .writable })
    }

    @Test("A source without interest does not report a hang-up")
    func noInterest() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var seen: Readiness = []
        let source = try loop.watch(pair.near, []) { seen.formUnion($0) }
        shutdown(pair.far, Int32(SHUT_RDWR))
        #expect(try loop.runOnce(timeout: .zero) == false)
        try source.setInterest(.readable)
        #expect(try loop.turn { seen.contains(.hangUp) })
        try source.setInterest([])
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test("A handler may cancel its own source")
    func cancelWithinCallback() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var calls = 0
        let source = try loop.watch(pair.near, .writable)
        source.handler = { [unowned source] _ in
            source.cancel()
            calls += 1
        }
        #expect(try loop.turn { calls == 1 })
        #expect(try loop.runOnce(timeout: .zero) == false)
    }

    @Test("A handler may drop its source, even to watch the descriptor again", arguments: [false, true])
    func dropWithinCallback(watchesAgain: Bool) throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var calls = 0
        var sources: [IOSource] = []
        sources.append(
            try loop.watch(pair.near, .writable) { _ in
                sources = []
                calls += 1
                guard watchesAgain else { return }
                do { sources = [try loop.watch(pair.near, .writable) { _ in calls += 1 }] } catch {
                    Issue.record(error)
                }
            })
        let expected = watchesAgain ? 3 : 1
        #expect(try loop.turn { calls == expected })
        #expect(try loop.runOnce(timeout: .zero) == watchesAgain)
        sources = []
    }

    @Test("A handler may cancel another ready source")
    func cancelAnother() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var sources: [IOSource] = []
        var called: [Int] = []
        for (index, end) in [pair.near, pair.far].enumerated() {
            sources.append(
                try loop.watch(end, .writable) { _ in
                    sources[1 - index].cancel()
                    called.append(index)
                })
        }
        #expect(try loop.turn { called.count == 2 })
        #expect(called[0] == called[1])
        // The handlers keep the array, and the sources keep their handlers.
        sources = []
    }

    @Test("Cancelling leaves the descriptor open")
    func descriptorStaysOpen() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        try loop.watch(pair.near, .readable) { _ in }.cancel()
        #expect(fcntl(pair.near, F_GETFD) >= 0)
    }

    @Test("The error names a descriptor that cannot be watched")
    func unwatchable() throws {
        let loop = try EventLoop()
        #expect(throws: SystemError(operation: "sd_event_add_io 1000000", code: EBADF)) {
            _ = try loop.watch(1_000_000, .readable) { _ in }
        }
        let pair = try SocketPair()
        let source = try loop.watch(pair.near, .readable) { _ in }
        #expect(throws: SystemError(operation: "sd_event_add_io \(pair.near)", code: EEXIST)) {
            _ = try loop.watch(pair.near, .writable) { _ in }
        }
        withExtendedLifetime(source) {}
    }
}
