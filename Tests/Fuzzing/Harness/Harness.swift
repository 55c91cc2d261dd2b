import FuzzProperties
import Glibc

/// The property that `FUZZ_PROPERTY` names.
private let property: FuzzProperty = {
    let name = getenv("FUZZ_PROPERTY").map { String(cString: $0) } ?? ""
    guard let property = FuzzProperty(rawValue: name) else {
        let text = "FUZZ_PROPERTY is one of: \(FuzzProperty.allCases.map(\.rawValue).joined(separator: " "))\n"
        write(STDERR_FILENO, text, text.utf8.count)
        _exit(64)
    }
    return property
}()

/// The fuzz target (https://llvm.org/docs/LibFuzzer.html#fuzz-target).
@_cdecl("LLVMFuzzerTestOneInput")
package func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    property.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
