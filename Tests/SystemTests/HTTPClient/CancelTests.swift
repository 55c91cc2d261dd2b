import System
import Testing

@Suite struct CancelTests {
    /// A body that starts and never ends.
    private static let endless = Reply("HTTP/1.1 200 OK\r\n\r\nabc", then: .hang)

    @Test("Cancelling closes the connection without any callback")
    func cancel() throws {
        let fixture = try Fixture(Self.endless)
        let fetch = Fetch()
        try fixture.start(fetch)
        try fixture.turn { fetch.calls == 1 }
        fetch.transfer?.cancel()
        fetch.transfer?.cancel()
        try fixture.turn { fixture.server.openConnections == 0 }
        #expect(fetch.calls == 1 && fetch.completions == 0)
    }

    @Test("Dropping a transfer cancels it")
    func drop() throws {
        let fixture = try Fixture(Self.endless)
        let fetch = Fetch()
        try fixture.start(fetch)
        fetch.transfer = nil
        try fixture.settle()
        #expect(fetch.calls == 0 && fetch.completions == 0)
        try fixture.start(fetch)
        try fixture.turn { fetch.calls == 1 }
        fetch.transfer = nil
        try fixture.turn { fixture.server.openConnections == 0 }
        #expect(fetch.completions == 0)
    }

    @Test("A receiver may cancel its own transfer", arguments: [true, false])
    func withinBody(stops: Bool) throws {
        let fixture = try Fixture(Self.endless)
        let fetch = Fetch()
        fetch.onBody = { [unowned fetch] in
            fetch.transfer?.cancel()
            return stops ? .stop : .more
        }
        try fixture.start(fetch)
        try fixture.turn { fetch.calls == 1 && fixture.server.openConnections == 0 }
        try fixture.settle()
        #expect(fetch.calls == 1 && fetch.completions == 0)
    }

    @Test("A receiver may cancel another transfer")
    func another() throws {
        let fixture = try Fixture(Self.endless)
        let other = Fetch()
        try fixture.start(other)
        try fixture.turn { other.calls == 1 }
        let fetch = Fetch()
        fetch.onBody = {
            other.transfer?.cancel()
            return .more
        }
        try fixture.start(fetch)
        try fixture.turn { fetch.calls == 1 && fixture.server.openConnections == 1 }
        #expect(other.completions == 0 && fetch.result == nil)
    }

    @Test("A completion may cancel and drop its own transfer")
    func withinCompletion() throws {
        let fixture = try Fixture(.json("x"))
        let fetch = Fetch()
        fetch.onCompletion = { [unowned fetch] in
            fetch.transfer?.cancel()
            fetch.transfer = nil
        }
        try fixture.start(fetch)
        try fixture.turn { fetch.result != nil }
        #expect(fetch.completions == 1 && fetch.outcome != nil)
    }

    @Test("A completion may cancel a transfer that has just ended")
    func sibling() throws {
        let fixture = try Fixture(.json("x"))
        let fetches = [Fetch(), Fetch()]
        fetches[0].onCompletion = { [unowned other = fetches[1]] in other.transfer?.cancel() }
        fetches[1].onCompletion = { [unowned other = fetches[0]] in other.transfer?.cancel() }
        for fetch in fetches { try fixture.start(fetch) }
        try fixture.turn { fixture.server.requests.count == 2 && fixture.server.openConnections == 0 }
        try fixture.settle()
        #expect(fetches[0].completions + fetches[1].completions == 1)
    }

    @Test("Dropping the client cancels its transfers", arguments: [true, false])
    func dropClient(withinBody: Bool) throws {
        let fixture = try Fixture(Self.endless)
        let fetch = Fetch()
        if withinBody {
            fetch.onBody = {
                fixture.client = nil
                return .more
            }
        }
        try fixture.start(fetch)
        try fixture.turn { fetch.calls == 1 }
        fixture.client = nil
        try fixture.turn { fixture.server.openConnections == 0 }
        #expect(fetch.completions == 0)
        fetch.transfer?.cancel()
    }

    @Test("A completion may drop the client")
    func dropClientWithinCompletion() throws {
        let fixture = try Fixture(.json("x"))
        let other = try LocalServer(loop: fixture.loop, reply: Self.endless)
        let (fetch, endless) = (Fetch(), Fetch())
        try fixture.start(endless, fixture.request(url: other.url))
        try fixture.turn { endless.calls == 1 }
        fetch.onCompletion = { fixture.client = nil }
        try fixture.start(fetch)
        try fixture.turn { fetch.result != nil && other.openConnections == 0 }
        #expect(endless.completions == 0)
    }

    @Test("No completion is called after the loop exits")
    func exit() throws {
        let fixture = try Fixture(Self.endless)
        let fetch = Fetch()
        fetch.onBody = {
            fixture.loop.exit(code: 3)
            return .more
        }
        fetch.onCompletion = { fixture.loop.exit(code: 4) }
        try fixture.start(fetch, fixture.request(timeout: .seconds(60)))
        #expect(try fixture.loop.run() == 3)
        #expect(fetch.completions == 0)
        fixture.client = nil
    }

    @Test("A finished transfer releases its callbacks")
    func releases() throws {
        let fixture = try Fixture(.json("x"))
        weak var held: Fetch?
        var transfer: Transfer?
        do {
            let fetch = try fixture.fetch()
            held = fetch
            transfer = fetch.transfer
        }
        #expect(held == nil)
        withExtendedLifetime(transfer) {}
    }
}
