import Glibc
import System
import Testing

@Suite struct SystemErrorTests {
    @Test(
        "The description of an error names the operation and errno",
        arguments: [
            (EADDRINUSE, "bind [::]:10058: Address already in use (EADDRINUSE)"),
            (-ENOENT, "bind [::]:10058: No such file or directory (ENOENT)"),
            (123_456, "bind [::]:10058: error 123456"),
            (Int32.min, "bind [::]:10058: error -2147483648"),
        ] as [(Int32, String)])
    func text(code: Int32, text: String) {
        #expect(SystemError(operation: "bind [::]:10058", code: code).description == text)
    }

    @Test("A failed call throws errno, and EINTR repeats the call")
    func check() throws {
        #expect(throws: SystemError(operation: "close -1", code: EBADF)) {
            try SystemError.check("close -1") { close(-1) }
        }
        var results: [Int] = [-1, -1, 42]
        let result = try SystemError.check("read") { () -> Int in
            errno = EINTR
            return results.removeFirst()
        }
        #expect(result == 42)
    }
}
