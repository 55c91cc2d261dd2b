import Foundation
import FuzzProperties
import Testing

/// The inputs of the repository, from which `make fuzz` starts, and those that once broke something.
private struct Input: Sendable, CustomTestStringConvertible {
    let property: FuzzProperty
    let name: String
    let bytes: [UInt8]

    var testDescription: String { "\(property.rawValue)/\(name)" }

    static let all = FuzzProperty.all.flatMap { property -> [Input] in
        let directory = Bundle.module.resourceURL?.appending(path: "corpora/\(property.rawValue)")
        let files = directory.flatMap {
            try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        return (files ?? []).sorted { $0.path < $1.path }.compactMap { file in
            (try? Data(contentsOf: file)).map {
                Input(property: property, name: file.lastPathComponent, bytes: Array($0))
            }
        }
    }
}

@Suite("What must hold of any bytes")
struct CorporaTests {
    @Test("holds of every input of the corpora", arguments: Input.all)
    private func holds(of input: Input) {
        // A violation is a trap: the test names the input, and the run ends there.
        input.property.check(input.bytes)
    }

    @Test(
        "holds of every input that is cut short, and of every input with a byte of it replaced",
        arguments: FuzzProperty.all)
    func holdsOfDamaged(property: FuzzProperty) throws {
        let inputs = Input.all.filter { $0.property == property }
        try #require(inputs.count >= 5)
        for input in inputs {
            for index in stride(from: 0, to: input.bytes.count, by: max(1, input.bytes.count / 40)) {
                property.check(Array(input.bytes[..<index]))
                for byte in [0x00, 0x0A, 0x22, 0x2D, 0x5C, 0x80, 0xFF] as [UInt8] {
                    var damaged = input.bytes
                    damaged[index] = byte
                    property.check(damaged)
                }
            }
        }
    }

    @Test("is broken by what breaks it")
    func breaks() async {
        await #expect(processExitsWith: .failure) { FuzzProperty.planted.check([0x3F, 0x21, 0x3F, 0x21, 0x00]) }
    }
}
