import Foundation
import FuzzProperties
import Testing

/// An input from the corpora, which contain the seeds of `make fuzz` and inputs that once violated a property.
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

@Suite("Fuzz properties")
struct CorporaTests {
    @Test("each property holds for every input of its corpus", arguments: Input.all)
    private func holds(of input: Input) {
        // A violation traps, which ends the test process.
        input.property.check(input.bytes)
    }

    @Test(
        "each property holds for truncated and damaged inputs",
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

    @Test("a violated property ends the process")
    func breaks() async {
        await #expect(processExitsWith: .failure) { FuzzProperty.planted.check([0x3F, 0x21, 0x3F, 0x21, 0x00]) }
    }
}
