import Glibc

/// A file descriptor that is closed when this value is destroyed.
package struct Descriptor: ~Copyable {
    /// Valid as long as this value exists.
    package let rawValue: Int32

    /// Takes ownership of an open descriptor. No other code may close it.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Linux releases the descriptor even if close(2) fails, so the error is ignored.
        _ = close(rawValue)
    }
}
