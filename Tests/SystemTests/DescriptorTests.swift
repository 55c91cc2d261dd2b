import Glibc
import System
import Testing

@Suite struct DescriptorTests {
    private func isOpen(_ number: Int32) -> Bool {
        fcntl(number, F_GETFD) >= 0
    }

    /// One of the highest numbers that there are, which tests running beside this one do not come to: it is not reused
    /// once closed.
    private func openHigh() throws -> Int32 {
        var limit = rlimit()
        try SystemError.check("getrlimit") { getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        let number = Int32(min(limit.rlim_cur, 65_536)) - 1
        let low = try SystemError.check("open") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { close(low) }
        return try SystemError.check("fcntl") { fcntl(low, F_DUPFD_CLOEXEC, number) }
    }

    @Test("The descriptor is closed with its owner")
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
