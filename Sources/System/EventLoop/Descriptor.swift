import Glibc

/// A file descriptor with one owner, closed when the owner goes.
package struct Descriptor: ~Copyable {
    /// The number, valid for as long as this value lives.
    package let rawValue: Int32

    /// Takes over an open descriptor; nobody else may close it from here on.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // Linux frees the number even where close(2) reports an error, so there is nothing to repeat.
        _ = close(rawValue)
    }

    /// Gives the descriptor away, still open: closing it is the caller's duty now.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}
