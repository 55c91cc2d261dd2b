import Glibc
import System
import Testing

@Suite struct DescriptorTests {
    private func isOpen(_ number: Int32) -> Bool {
        fcntl(number, F_GETFD) >= 0
    }

    /// Opens the highest descriptor number. No other test reuses this number after it is closed.
    private func openHigh() throws -> Int32 {
        var limit = rlimit()
        try SystemError.check("getrlimit") { getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        let number = Int32(min(limit.rlim_cur, 65_536)) - 1
        let low = try SystemError.check("open") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { close(low) }
        return try SystemError.check("fcntl") { fcntl(low, F_DUPFD_CLOEXEC, number) }
    }

    @Test("A descriptor is closed when its owner is destroyed")
    func closes() throws {
        let number = try openHigh()
        do {
            let descriptor = Descriptor(owning: number)
            #expect(descriptor.rawValue == number)
            #expect(isOpen(number))
        }
        #expect(!isOpen(number))
    }
}
