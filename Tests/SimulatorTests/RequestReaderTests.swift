import Testing

@testable import Simulator

@Suite("Request reader of the simulator")
struct RequestReaderTests {
    @Test("a request that arrives in pieces is read", arguments: 1...60)
    func splitsDoNotMatter(size: Int) throws {
        let head = Array(
            "POST /control/fault?kind=hang&call=Volume%73List HTTP/1.1\r\nHost: x\r\nAuthorization:  Storpool v1:7 \r\n\r\nbody"
                .utf8)
        var reader = RequestReader()
        var found: SimulatorRequest?
        for start in stride(from: 0, to: head.count, by: size) where found == nil {
            if case .request(let request) = reader.append(head[start..<min(start + size, head.count)]) {
                found = request
            }
        }
        let request = try #require(found)
        #expect(request.method == "POST")
        #expect(request.path == "/control/fault")
        #expect(request.query.map { "\($0.name)=\($0.value)" } == ["kind=hang", "call=VolumesList"])
        #expect(request.authorization == "Storpool v1:7")
    }

    @Test("two Authorization fields count as none")
    func twoTokens() {
        var reader = RequestReader()
        let head = "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: a\r\n\r\n"
        guard case .request(let request) = reader.append(Array(head.utf8)[...]) else {
            Issue.record("no request")
            return
        }
        #expect(request.authorization == nil)
    }
}
