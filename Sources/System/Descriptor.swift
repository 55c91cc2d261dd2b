import Glibc

/// A file descriptor that is closed when this value is destroyed.
package struct Descriptor: ~Copyable {
    /// Valid as long as this value exists.
    package let rawValue: Int32

    /// Takes over an open descriptor, which only this value may close.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Linux frees the number even if close(2) fails.
        _ = close(rawValue)
    }
}
