import Glibc
import HTTPServer
import System
import TestSupport

/// A client on the event loop of the server. Collects the bytes that arrive.
final class TestClient {
    private let source: IOSource
    private var descriptor: Descriptor?
    private var outgoing: [UInt8] = []
    private var receives = true
    private(set) var received: [UInt8] = []
    /// Whether the server has closed the connection without an error.
    private(set) var isEnded = false
    /// The errno of a broken connection.
    private(set) var failure: Int32?

    /// - Parameter address: one of `HTTPServer.boundAddresses`.
    init(_ loop: EventLoop, to address: String, receiveBuffer: Int32? = nil) throws {
        let descriptor = try connectedSocket(to: Self.socketAddress(address), receiveBuffer: receiveBuffer)
        source = try loop.watch(descriptor.rawValue, .readable)
        self.descriptor = consume descriptor
        source.handler = { [unowned self] _ in becameReady() }
    }

    deinit {
        source.cancel()
    }

    private static func socketAddress(_ text: String) throws -> SocketAddress {
        switch try ListenAddress(text) {
        case .unix(let path): try SocketAddress(unixPath: path)
        case .tcp(let host?, let port): try SocketAddress.resolve(host: host, port: port)[0]
        case .tcp(nil, _), .inherited: throw SystemError(operation: "connect \(text)", code: EINVAL)
        }
    }

    static func port(of address: String) -> UInt16 {
        UInt16(address.split(separator: ":").last ?? "") ?? 0
    }

    var text: String {
        String(decoding: received, as: UTF8.self)
    }

    /// The statuses of the replies so far, such as `200 OK`.
    var statuses: [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix { $0 != "\r\n" }) }
    }

    func send(_ text: String) {
        outgoing += Array(text.utf8)
        flush()
    }

    func endSending() {
        descriptor?.endSending()
    }

    /// Stops reading, so that bytes that arrive stay in the kernel.
    func stopReceiving() {
        receives = false
        updateInterest()
    }

    /// Reads everything that has arrived, without running the loop.
    func receiveAll() {
        var before = -1
        while received.count > before {
            before = received.count
            receive()
        }
    }

    func close() {
        source.cancel()
        descriptor = nil
    }

    /// Closes the connection with a reset.
    func reset() {
        descriptor?.resetOnClose()
        close()
    }

    private func becameReady() {
        if receives { receive() }
        if !outgoing.isEmpty { flush() }
        updateInterest()
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        do throws(SystemError) {
            guard let count = try descriptor?.receive(into: &buffer) else { return }
            if count == 0 { isEnded = true } else { received += buffer.prefix(count) }
        } catch {
            failure = error.code
        }
    }

    private func flush() {
        do throws(SystemError) {
            while !outgoing.isEmpty, let count = try descriptor?.send(outgoing.prefix(65_536)) {
                outgoing.removeFirst(count)
            }
        } catch {
            // Sending failed. Reading reports the broken connection too, after the bytes that the server had sent.
            outgoing = []
        }
        updateInterest()
    }

    private func updateInterest() {
        var interest: Interest = []
        if receives, !isEnded, failure == nil { interest.insert(.readable) }
        if !outgoing.isEmpty { interest.insert(.writable) }
        try? source.setInterest(interest)
    }
}
