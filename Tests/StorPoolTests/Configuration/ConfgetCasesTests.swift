import Foundation
import StorPool
import Testing

/// Compares the program's parser with the results of confget's parsers, which `confget_cases.py` has written to a file.
@Suite("Agreement with confget and the official client")
struct ConfgetCasesTests {
    private struct Case: Decodable {
        struct Entry: Decodable {
            var name: String
            var content: String
        }
        var kind: String
        var host: String
        var content: String?
        var main: String?
        var directory: [Entry]?
        var environment: [String: String]?
        /// nil if every parser refuses the file.
        var variables: [String: String]?
    }

    private func cases(_ kind: String) throws -> [Case] {
        let url = try #require(Bundle.module.url(forResource: "confget-cases", withExtension: "jsonl"))
        let lines = try Data(contentsOf: url).split(separator: UInt8(ascii: "\n"))
        return try lines.map { try JSONDecoder().decode(Case.self, from: $0) }.filter { $0.kind == kind }
    }

    @Test("The parser reads or refuses files as confget's parsers do")
    func syntax() throws {
        let cases = try cases("syntax")
        #expect(cases.count == 400)
        for each in cases {
            let content = try #require(each.content)
            let read = try? ConfigurationFile.parse(Array(content.utf8), name: "case", host: each.host)
            #expect(read == each.variables, "\(content.debugDescription)")
        }
    }

    @Test("Files and environment have the official client's precedence")
    func precedence() throws {
        let cases = try cases("settings")
        #expect(cases.count == 150)
        for each in cases {
            let entries = try #require(each.directory)
            var files = [ConfigurationFile(name: "main", content: .bytes(Array(try #require(each.main).utf8)))]
            for name in ConfigurationFile.applicable(entries.map { Array($0.name.utf8) }) {
                let entry = try #require(entries.first { Array($0.name.utf8) == name })
                files.append(ConfigurationFile(name: entry.name, content: .bytes(Array(entry.content.utf8))))
            }
            let settings = StorPoolSettings(files: files, host: each.host, environment: each.environment ?? [:])
            var expected = each.variables ?? [:]
            let hasToken = try files.contains { file in
                try !file.variables(host: each.host)["SP_AUTH_TOKEN", default: ""].isEmpty
            }
            if hasToken {
                expected.merge(["SP_API_HTTP_HOST": "127.0.0.1", "SP_API_HTTP_PORT": "81"]) { set, _ in set }
            }
            let missing = StorPoolSettings.variables.filter { expected[$0, default: ""].isEmpty }
            do throws(ConfigurationError) {
                let endpoint = try settings.endpoint()
                #expect(missing.isEmpty)
                let host = expected["SP_API_HTTP_HOST", default: ""]
                let port = expected["SP_API_HTTP_PORT", default: ""]
                #expect(endpoint.url == "http://\(host):\(port)/ctrl/1.0/")
                #expect(endpoint.token.authorization == "Storpool v1:" + expected["SP_AUTH_TOKEN", default: ""])
            } catch {
                guard case .missing(let variables, _) = error else {
                    Issue.record(error)
                    continue
                }
                #expect(variables.map(\.name) == missing)
            }
        }
    }
}
