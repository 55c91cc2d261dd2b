import CShims
import Glibc
import StorPool

/// The command line of this process.
///
/// Swift's `CommandLine` searches /proc or the stack for the arguments, and finds none if /proc is not mounted or a
/// preloaded library has changed the environment.
enum ProcessArguments {
    /// All arguments after the program's name, encoded by `ByteText`; nil if the argument vector is empty.
    static var all: [String]? {
        // Linux 5.18 and later replace an empty vector by one empty string (execve(2)).
        guard let name = argument(0), name.pointee != 0 || argument_count() > 1 else { return nil }
        return (1..<argument_count()).map { index in
            guard let text = argument(index) else { return "" }
            return ByteText.encode(UnsafeRawBufferPointer(start: text, count: strlen(text)).map(\.self))
        }
    }
}
