import Glibc
import System
import Testing

@Suite struct DescriptorSetTests {
    /// Opens pipes that contain one byte each. Returns the reading end and the writing end of each pipe.
    private func fullPipes(_ count: Int) throws -> [(Int32, Int32)] {
        try (0..<count).map { _ in
            var ends: [Int32] = [0, 0]
            try SystemError.check("pipe") { pipe(&ends) }
            write(ends[1], "x", 1)
            return (ends[0], ends[1])
        }
    }

    @Test("Descriptors of a set take turns")
    func turns() throws {
        let loop = try EventLoop()
        let pipes = try fullPipes(3)
        defer { for (reading, writing) in pipes { _ = (close(reading), close(writing)) } }
        var ids: [UInt64] = []
        let set = try loop.descriptorSet()
        set.handler = { [unowned set] in if let id = try? set.next() { ids.append(id) } }
        for (index, ends) in pipes.enumerated() { try set.add(ends.0, .readable, id: UInt64(index)) }
        for _ in 0..<6 { #expect(try loop.runOnce(timeout: .zero)) }
        #expect(ids.count == 6)
        #expect(Set(ids.prefix(3)) == [0, 1, 2])
        #expect(ids.prefix(3) == ids.suffix(3))
    }

    @Test("Only ready descriptors of a set are reported")
    func interest() throws {
        let loop = try EventLoop()
        let pipes = try fullPipes(1)
        defer { for (reading, writing) in pipes { _ = (close(reading), close(writing)) } }
        let set = try loop.descriptorSet {}
        try set.add(pipes[0].0, .readable, id: 7)
        #expect(try set.next() == 7)
        try set.setInterest(.writable, of: pipes[0].0, id: 7)
        #expect(try set.next() == nil)
        try set.setInterest(.readable, of: pipes[0].0, id: 8)
        #expect(try set.next() == 8)
        try set.remove(pipes[0].0)
        #expect(try set.next() == nil)
        #expect(throws: SystemError(operation: "epoll_ctl \(pipes[0].0)", code: ENOENT)) {
            try set.remove(pipes[0].0)
        }
    }
}
