import StorPool
import Testing

@Suite("API settings")
struct StorPoolSettingsTests {
    private static let complete = "SP_API_HTTP_HOST=10.0.0.1\nSP_API_HTTP_PORT=81\nSP_AUTH_TOKEN=1234\n"

    private func file(_ name: String, _ text: String) -> ConfigurationFile {
        ConfigurationFile(name: name, content: .bytes(Array(text.utf8)))
    }

    private func endpoint(
        _ files: [ConfigurationFile], _ environment: [String: String] = [:], url: String? = nil,
        token: ConfigurationFile? = nil
    ) throws(ConfigurationError) -> APIEndpoint {
        try StorPoolSettings(files: files, host: "pve1", environment: environment, url: url, tokenFile: token)
            .endpoint()
    }

    private func failure(
        _ files: [ConfigurationFile], _ environment: [String: String] = [:], url: String? = nil,
        token: ConfigurationFile? = nil
    ) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try endpoint(files, environment, url: url, token: token)
            return nil
        } catch {
            return error
        }
    }

    @Test("A later file overrides the host section of an earlier file")
    func laterFileWins() throws {
        let found = try endpoint([
            file("a", Self.complete + "[pve1]\nSP_API_HTTP_PORT=82\n"), file("b", "SP_API_HTTP_PORT=83\n"),
        ])
        #expect(found.url == "http://10.0.0.1:83/ctrl/1.0/")
        #expect(found.token.authorization == "Storpool v1:1234")
    }

    @Test("Three environment variables override the files")
    func environmentWins() throws {
        let found = try endpoint(
            [file("a", Self.complete)],
            ["SP_API_HTTP_HOST": "::1", "SP_API_HTTP_PORT": "8081", "SP_AUTH_TOKEN": "9", "SP_OURID": "1"])
        #expect(
            found
                == APIEndpoint(
                    url: "http://[::1]:8081/ctrl/1.0/", token: try Token("9"),
                    tokenOrigin: "SP_AUTH_TOKEN in the environment"))
    }

    @Test("Flags override the environment and the files")
    func flagsWin() throws {
        let found = try endpoint(
            [file("a", Self.complete)], ["SP_API_HTTP_HOST": "x", "SP_API_HTTP_PORT": "1", "SP_AUTH_TOKEN": "9"],
            url: "http://api:8080", token: file("/run/token", "secret\n"))
        #expect(
            found
                == APIEndpoint(
                    url: "http://api:8080/ctrl/1.0/", token: try Token("secret"),
                    tokenOrigin: "--storpool.token-file /run/token"))
    }

    @Test("Each flag replaces its own variables only")
    func flagsApart() throws {
        #expect(try endpoint([file("a", "SP_AUTH_TOKEN=5\n")], url: "http://h:1").token == Token("5"))
        let hostAndPort = file("a", "SP_API_HTTP_HOST=h\nSP_API_HTTP_PORT=1\n")
        #expect(try endpoint([hostAndPort], token: file("t", "6")).token == Token("6"))
    }

    @Test(
        "Host and port have defaults if a file contains a token",
        arguments: [
            ("", "http://127.0.0.1:81/ctrl/1.0/", ["SP_API_HTTP_HOST=127.0.0.1", "SP_API_HTTP_PORT=81"]),
            ("SP_API_HTTP_HOST=api\n", "http://api:81/ctrl/1.0/", ["SP_API_HTTP_PORT=81"]),
            ("SP_API_HTTP_PORT=8081\n", "http://127.0.0.1:8081/ctrl/1.0/", ["SP_API_HTTP_HOST=127.0.0.1"]),
            ("SP_API_HTTP_HOST=api\nSP_API_HTTP_PORT=8081\n", "http://api:8081/ctrl/1.0/", []),
        ])
    func defaults(_ rest: String, _ url: String, _ defaults: [String]) throws {
        let found = try endpoint([file("a", rest), file("b", "SP_AUTH_TOKEN=5\n")])
        #expect(found.url == url)
        #expect(found.defaults == defaults)
        #expect(found.tokenOrigin == "SP_AUTH_TOKEN in b")
    }

    @Test("Defaults also apply if the token in the file is overridden")
    func defaultsForOtherToken() throws {
        #expect(try endpoint([file("a", "SP_AUTH_TOKEN=5\n")], ["SP_AUTH_TOKEN": "6"]).defaults.count == 2)
        #expect(try endpoint([file("a", "SP_AUTH_TOKEN=5\n")], token: file("t", "6")).defaults.count == 2)
        #expect(try endpoint([file("a", "SP_AUTH_TOKEN=5\n")], url: "http://h:1").defaults == [])
    }

    @Test("Defaults need a token in a file and an unset host or port")
    func noDefaults() {
        let missing = ["SP_API_HTTP_HOST", "SP_API_HTTP_PORT"]
        func names(_ error: ConfigurationError?) -> [String] {
            guard case .missing(let variables, _) = error else { return [] }
            return variables.map(\.name)
        }
        #expect(names(failure([], ["SP_AUTH_TOKEN": "5"])) == missing)
        #expect(names(failure([file("a", "SP_AUTH_TOKEN=\n")], ["SP_AUTH_TOKEN": "5"])) == missing)
        #expect(names(failure([file("a", "[other]\nSP_AUTH_TOKEN=1\n")], token: file("t", "6"))) == missing)
        #expect(names(failure([file("a", "SP_AUTH_TOKEN=5\nSP_API_HTTP_HOST=\n")])) == ["SP_API_HTTP_HOST"])
    }

    @Test("An absent file is no error if other files set the variables")
    func absentFiles() throws {
        let absent = ConfigurationFile(name: "/etc/storpool.conf", content: .absent)
        #expect(try endpoint([absent, file("b", Self.complete)]).url == "http://10.0.0.1:81/ctrl/1.0/")
    }

    @Test("The error names missing variables and all sources")
    func missing() {
        let error = failure(
            [
                ConfigurationFile(name: "/etc/storpool.conf", content: .absent),
                file("/etc/storpool.conf.d/a.conf", "SP_API_HTTP_HOST=\n[pve2]\nSP_AUTH_TOKEN=1\n"),
            ], ["SP_API_HTTP_PORT": ""])
        #expect(
            error?.description
                == "missing SP_API_HTTP_HOST (empty in /etc/storpool.conf.d/a.conf), "
                + "SP_API_HTTP_PORT (empty in the environment), SP_AUTH_TOKEN; "
                + "looked in /etc/storpool.conf (does not exist), "
                + "/etc/storpool.conf.d/a.conf (top section and [pve1]), the environment")
    }

    @Test("An empty environment variable overrides a file")
    func emptyOverrides() {
        #expect(
            failure([file("a", Self.complete)], ["SP_AUTH_TOKEN": ""])
                == .missing(
                    [MissingVariable("SP_AUTH_TOKEN", emptyIn: "the environment")],
                    lookedIn: ["a (top section and [pve1])", "the environment"]))
    }

    @Test("A variable that a flag replaces is not missing")
    func missingBesideFlags() {
        guard case .missing(let variables, _) = failure([], url: "http://h:1") else {
            Issue.record("not missing")
            return
        }
        #expect(variables == [MissingVariable("SP_AUTH_TOKEN")])
    }

    @Test("A malformed file is an error even if it is not needed")
    func malformed() {
        #expect(
            failure([file("a", "oops\n")], url: "http://h:1", token: file("t", "6"))
                == .syntax(file: "a", line: 1, reason: "no \"=\" after the name"))
    }

    @Test("An unreadable file is an error unless it is not needed")
    func unreadable() throws {
        let closed = ConfigurationFile(name: "/etc/storpool.conf", content: .unreadable("Permission denied"))
        #expect(
            failure([closed, file("b", Self.complete)])
                == .unreadable(file: "/etc/storpool.conf", reason: "Permission denied"))
        #expect(try endpoint([closed], ["SP_AUTH_TOKEN": "7"], url: "http://h:1").token == Token("7"))
    }

    @Test("The error for an unusable token file names the file")
    func tokenFile() {
        for content in [.absent, .unreadable("Is a directory"), .bytes([0x0A])] as [ConfigurationFile.Content] {
            let error = failure(
                [file("a", Self.complete)], token: ConfigurationFile(name: "/run/token", content: content))
            #expect(error?.description.contains("/run/token") == true)
        }
    }

    @Test(
        "The error for an invalid value names its origin",
        arguments: [
            ("SP_API_HTTP_HOST", "a b"), ("SP_API_HTTP_HOST", "h/../x"), ("SP_API_HTTP_HOST", "h:81"),
            ("SP_API_HTTP_HOST", "user@h"), ("SP_API_HTTP_PORT", "0"), ("SP_API_HTTP_PORT", "65536"),
            ("SP_API_HTTP_PORT", "81/x"), ("SP_AUTH_TOKEN", "1\r\nX: y"), ("SP_AUTH_TOKEN", "tökenvalue"),
        ])
    func invalid(_ name: String, _ value: String) {
        let error = failure([file("a", Self.complete)], [name: value])
        guard case .invalid(name, "the environment", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        if name == "SP_AUTH_TOKEN" {
            #expect(error?.description.contains("ken" + "value") == false)
        }
    }
}
