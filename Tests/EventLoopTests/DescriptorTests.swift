import EventLoop
import Glibc
import Testing

@Suite struct DescriptorTests {
    private func isOpen(_ number: Int32) -> Bool {
        fcntl(number, F_GETFD) >= 0
    }

    /// A number far above what tests running beside this one are given, so that it is not reused once closed.
    private func openHigh(from number: Int32) throws -> Int32 {
        let low = try SystemError.check("open") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { close(low) }
        return try SystemError.check("fcntl") { fcntl(low, F_DUPFD_CLOEXEC, number) }
    }

    @Test("The descriptor is closed with its owner")
    func closes() throws {
        let number = try openHigh(from: 700)
        do {
            let descriptor = Descriptor(owning: number)
            #expect(descriptor.rawValue == number)
            #expect(isOpen(number))
        }
        #expect(!isOpen(number))
    }

    @Test("A released descriptor stays open")
    func release() throws {
        let number = try openHigh(from: 800)
        #expect(Descriptor(owning: number).release() == number)
        #expect(isOpen(number))
        close(number)
    }
}
