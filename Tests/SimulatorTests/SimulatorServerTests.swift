import Glibc
import System
import TestSupport
import Testing

@testable import Simulator

@Suite("Simulator server", .serialized)
struct SimulatorServerTests {
    enum Ending: Equatable { case end, reset, silence, refused }

    private let token = SimulatorConfiguration().token

    private func simulator(_ loop: EventLoop, faults: [String] = []) throws -> Simulator {
        var configuration = SimulatorConfiguration()
        configuration.objects = 300
        configuration.faults = faults
        return try Simulator(configuration, loop: loop)
    }

    /// Sends one request. Runs the loop until the reply ends, has `limit` bytes, or no event occurs for `patience`.
    private func exchange(
        _ simulator: Simulator, _ loop: EventLoop, _ request: String, patience: Duration = .seconds(10),
        limit: Int = 8 << 20
    ) throws -> (bytes: [UInt8], ending: Ending) {
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: simulator.port)[0]
        let descriptor: Descriptor
        do { descriptor = try connectedSocket(to: address) } catch { return ([], .refused) }
        guard let sent = try? descriptor.send(Array(request.utf8)[...]) else { return ([], .reset) }
        #expect(sent == request.utf8.count)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count: Int?
            do { count = try descriptor.receive(into: &buffer) } catch { return (bytes, .reset) }
            switch count {
            case 0?: return (bytes, .end)
            case let count?: bytes.append(contentsOf: buffer.prefix(count))
            case nil: guard try loop.runOnce(timeout: patience) else { return (bytes, .silence) }
            }
        }
        return (bytes, .silence)
    }

    private func get(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Storpool v1:\(token)\r\n\r\n"
    }

    private func descriptors(of simulator: Simulator) throws -> Int {
        openSockets(boundTo: simulator.port)
    }

    @Test("a list arrives complete, then the connection is closed")
    func servesLists() throws {
        let loop = try EventLoop()
        let simulator = try simulator(loop)
        let (bytes, ending) = try exchange(simulator, loop, get("/ctrl/1.0/SnapshotsList"))
        #expect(ending == .end)
        #expect(bytes.starts(with: "HTTP/1.0 200 OK\r\n".utf8))
        #expect(bytes.suffix(2).elementsEqual("]}".utf8))
    }

    @Test(
        "a reply ends as its fault specifies",
        arguments: [
            ("hang", Ending.silence), ("delay,wait=0.05", .end), ("delay,wait=60", .silence), ("close", .end),
            ("reset", .reset), ("reset,at=0", .reset), ("stall", .silence),
            ("truncate", .end), ("slow,rate=100000000", .end), ("endless", .silence), ("garbage", .end), ("deep", .end),
            ("refuse,seconds=60", .refused), ("empty", .end), ("element-not-object,share=1000", .end),
        ])
    func endsAsAsked(fault: String, expected: Ending) throws {
        let loop = try EventLoop()
        let simulator = try simulator(loop, faults: [fault])
        let (_, ending) = try exchange(
            simulator, loop, get("/ctrl/1.0/VolumesList"),
            patience: expected == .silence ? .milliseconds(200) : .seconds(10))
        #expect(ending == expected)
    }

    @Test("after the fault refuse, the same port accepts again")
    func comesBack() throws {
        let loop = try EventLoop()
        let simulator = try simulator(loop, faults: ["refuse,seconds=0.05"])
        #expect(try exchange(simulator, loop, get("/ctrl/1.0/ServicesList")).ending == .refused)
        // Only the end of the fault can wake up the loop.
        #expect(try loop.runOnce(timeout: .seconds(10)))
        #expect(try exchange(simulator, loop, get("/ctrl/1.0/ServicesList")).ending == .end)
    }

    @Test("ended connections leave no descriptors open")
    func leaksNothing() throws {
        let loop = try EventLoop()
        let simulator = try simulator(loop)
        for fault in ["reset", "truncate", "close", "empty"] {
            for _ in 0..<20 {
                let post = "POST /control/fault?kind=\(fault)&count=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                #expect(try exchange(simulator, loop, post).ending == .end)
                _ = try exchange(simulator, loop, get("/ctrl/1.0/VolumesList"))
            }
        }
        // Only the listener remains once the loop has noticed that the client closed the last connections.
        for _ in 0..<400 where try descriptors(of: simulator) > 1 { _ = try loop.runOnce(timeout: .milliseconds(100)) }
        #expect(try descriptors(of: simulator) == 1)
    }
}
