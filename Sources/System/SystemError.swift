import CShims
import Glibc

/// A failed system call or library call.
package struct SystemError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The failed call, often with its object, such as `bind [::]:10058`.
    package var operation: String
    /// An `errno` value, greater than zero.
    package var code: Int32

    /// - Parameter code: an `errno` value, possibly negated.
    package init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code < 0 ? 0 &- code : code
    }

    /// Such as `bind [::]:10058: Address already in use (EADDRINUSE)`. Never localized.
    package var description: String {
        guard let text = unsafe strerrordesc_np(code), let name = unsafe strerrorname_np(code) else {
            return "\(operation): error \(code)"
        }
        return unsafe "\(operation): \(String(cString: text)) (\(String(cString: name)))"
    }

    /// Calls a function that returns -1 and sets `errno` on failure. Repeats the call after `EINTR`.
    @discardableResult
    package static func check<Result: SignedInteger>(
        _ operation: @autoclosure () -> String, _ call: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SystemError(operation: operation(), code: code) }
        }
    }

    /// Checks the result of a libsystemd function, which is a negated `errno` on failure.
    @discardableResult
    package static func checkNegated(
        _ operation: @autoclosure () -> String, _ result: Int32
    ) throws(SystemError) -> Int32 {
        if result < 0 { throw SystemError(operation: operation(), code: result) }
        return result
    }
}
