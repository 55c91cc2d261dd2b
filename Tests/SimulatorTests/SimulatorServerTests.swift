import Glibc
import System
import TestSupport
import Testing

@testable import Simulator

@Suite("The simulator's server", .serialized)
struct SimulatorServerTests {
    enum Ending: Equatable { case end, reset, silence, refused }

    private let token = SimulatorConfiguration().token

    private func simulator(_ loop: EventLoop, faults: [String] = []) throws -> Simulator {
        var configuration = SimulatorConfiguration()
        configuration.objects = 300
        configuration.faults = faults
        return try Simulator(configuration, loop: loop)
    }

    /// Sends one request and runs the loop until the reply ends or nothing arrives for `patience`.
    private func exchange(
        _ simulator: Simulator, _ loop: EventLoop, _ request: String, patience: Duration = .seconds(10),
        limit: Int = 8 << 20
    ) throws -> (bytes: [UInt8], ending: Ending) {
        let descriptor = Descriptor(
            owning: try SystemError.check("socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) })
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = simulator.port.bigEndian
        name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor.rawValue, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return ([], .refused) }
        guard case .bytes(let sent) = Socket.send(Array(request.utf8)[...], to: descriptor.rawValue) else {
            return ([], .reset)
        }
        #expect(sent == request.utf8.count)
        _ = fcntl(descriptor.rawValue, F_SETFL, O_NONBLOCK)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            switch Socket.receive(into: &buffer, from: descriptor.rawValue) {
            case .bytes(0): return (bytes, .end)
            case .bytes(let count): bytes.append(contentsOf: buffer.prefix(count))
            case .failed: return (bytes, .reset)
            case .wouldBlock: guard try loop.runOnce(timeout: patience) else { return (bytes, .silence) }
            }
        }
        return (bytes, .silence)
    }

    private func get(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Storpool v1:\(token)\r\n\r\n"
    }

    /// The number of the simulator's own sockets. Other tests open sockets at the same time.
    private func descriptors(of simulator: Simulator) throws -> Int {
        try openDescriptors().filter { (try? Socket.port(of: $0)) == simulator.port }.count
    }

    @Test("a list arrives complete, then the connection ends")
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

    @Test("after a refuse fault, the same port accepts again")
    func comesBack() throws {
        let loop = try EventLoop()
        let simulator = try simulator(loop, faults: ["refuse,seconds=0.05"])
        #expect(try exchange(simulator, loop, get("/ctrl/1.0/ServicesList")).ending == .refused)
        // The loop waits only for the end of the fault.
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
        // Only the listener remains. The last connections end after the loop has seen that the client closed them.
        for _ in 0..<400 where try descriptors(of: simulator) > 1 { _ = try loop.runOnce(timeout: .milliseconds(100)) }
        #expect(try descriptors(of: simulator) == 1)
    }
}
