/// Where the API is and what opens it.
package struct APIEndpoint: Equatable, Sendable {
    /// The base, such as `http://127.0.0.1:81/ctrl/1.0/`; the name of a query follows it.
    package let url: String
    /// What authorizes each request.
    package let token: Token
    /// Where the token is from, such as `SP_AUTH_TOKEN in /etc/storpool.conf`.
    package let tokenOrigin: String
    /// Variables that nothing sets and that have StorPool's default, such as `SP_API_HTTP_PORT=81`.
    package let defaults: [String]

    /// - Parameter url: as `APIURL.text` has it.
    package init(url: String, token: Token, tokenOrigin: String, defaults: [String] = []) {
        self.url = url
        self.token = token
        self.tokenOrigin = tokenOrigin
        self.defaults = defaults
    }
}

/// Everything that may say where the StorPool API is, as it was found, and the rules by which one of them wins:
/// a flag over the environment, the environment over the files, a later file over an earlier one.
package struct StorPoolSettings: Sendable {
    /// What the environment may override, and what no request can be sent without.
    package static let variables = ["SP_API_HTTP_HOST", "SP_API_HTTP_PORT", "SP_AUTH_TOKEN"]

    /// The files in the order in which they apply. One that is absent, or a directory that is, belongs here too:
    /// the message about a missing variable names it.
    package var files: [ConfigurationFile]
    /// The name of this host, as `uname -n` prints it: of the sections of a file, this one applies.
    package var host: String
    /// The environment; only `variables` of it are looked at.
    package var environment: [String: String]
    /// `--storpool.url`.
    package var url: String?
    /// `--storpool.token-file`.
    package var tokenFile: ConfigurationFile?

    /// - Parameter files: in the order in which they apply.
    package init(
        files: [ConfigurationFile], host: String, environment: [String: String], url: String? = nil,
        tokenFile: ConfigurationFile? = nil
    ) {
        self.files = files
        self.host = host
        self.environment = environment
        self.url = url
        self.tokenFile = tokenFile
    }

    /// The endpoint that all of this amounts to.
    ///
    /// Host and port have the defaults of StorPool's own clients if a file names a token, because such a file is made for
    /// these clients. A token from elsewhere may be meant for another API.
    ///
    /// Errors: `.missing` names every variable that is; `.syntax` for a malformed file, wanted or not;
    /// `.unreadable` for a file that could have held what is not settled by flags and environment; `.invalid`.
    package func endpoint() throws(ConfigurationError) -> APIEndpoint {
        let flagURL = try flagURL()
        let flagToken = try flagToken()
        var needed = Self.variables
        needed.removeAll { $0 == "SP_AUTH_TOKEN" ? flagToken != nil : flagURL != nil }
        var found = try find(needed)
        var defaults: [String] = []
        for (name, value) in Self.defaults where needed.contains(name) && found[name] == nil && hasTokenInFile {
            found[name] = Setting(value: value, origin: "the default")
            defaults.append("\(name)=\(value)")
        }

        let missing = needed.filter { found[$0]?.value.isEmpty ?? true }
        guard missing.isEmpty else {
            throw .missing(
                missing.map { MissingVariable($0, emptyIn: found[$0]?.origin) },
                lookedIn: files.map(lookedAt) + ["the environment"])
        }
        let url =
            if let flagURL { flagURL } else {
                try Self.url(host: found["SP_API_HTTP_HOST"], port: found["SP_API_HTTP_PORT"])
            }
        let token = if let flagToken { flagToken } else { try Self.token(found["SP_AUTH_TOKEN"]) }
        let origin = tokenFile.map { "--storpool.token-file \($0.name)" }
        return APIEndpoint(
            url: url, token: token, tokenOrigin: origin ?? "SP_AUTH_TOKEN in \(found["SP_AUTH_TOKEN"]?.origin ?? "")",
            defaults: defaults)
    }

    private static let defaults = [("SP_API_HTTP_HOST", "127.0.0.1"), ("SP_API_HTTP_PORT", "81")]

    private var hasTokenInFile: Bool {
        files.contains { file in (try? file.variables(host: host))?["SP_AUTH_TOKEN"]?.isEmpty == false }
    }

    /// A place for the message about missing variables. The sections are in it because a section named after another
    /// host, or after this one by another name, is easily overlooked.
    private func lookedAt(_ file: ConfigurationFile) -> String {
        switch file.content {
        case .absent: "\(file.name) (not there)"
        case .unreadable(let reason): "\(file.name) (\(reason))"
        case .bytes: "\(file.name) (top section and [\(host)])"
        }
    }

    private struct Setting {
        var value: String
        var origin: String
    }

    /// The last place that sets each of `names`, which may be to the empty text.
    private func find(_ names: [String]) throws(ConfigurationError) -> [String: Setting] {
        var found: [String: Setting] = [:]
        let settled = names.allSatisfy { environment[$0] != nil }
        for file in files {
            if settled, case .unreadable = file.content { continue }
            let variables = try file.variables(host: host)
            for name in names {
                guard let value = variables[name] else { continue }
                found[name] = Setting(value: value, origin: file.name)
            }
        }
        for name in names {
            guard let value = environment[name] else { continue }
            found[name] = Setting(value: value, origin: "the environment")
        }
        return found
    }

    private func flagURL() throws(ConfigurationError) -> String? {
        guard let url else { return nil }
        do throws(InvalidValue) {
            return try APIURL(url).text
        } catch {
            throw .invalid(name: "--storpool.url", origin: "the command line", reason: error.description)
        }
    }

    private func flagToken() throws(ConfigurationError) -> Token? {
        guard let tokenFile else { return nil }
        switch tokenFile.content {
        case .absent:
            throw .unreadable(file: tokenFile.name, reason: "no such file, named by --storpool.token-file")
        case .unreadable(let reason):
            throw .unreadable(file: tokenFile.name, reason: reason)
        case .bytes(let bytes):
            do throws(TokenError) {
                return try Token(contents: bytes)
            } catch {
                throw .invalid(name: "--storpool.token-file", origin: tokenFile.name, reason: error.description)
            }
        }
    }

    /// Errors do not repeat the value: in a file whose lines are mixed up it may be the token.
    private static func url(host: Setting?, port: Setting?) throws(ConfigurationError) -> String {
        let urlHost: String
        do throws(InvalidValue) {
            urlHost = try APIURL.host(host?.value ?? "")
        } catch {
            throw .invalid(name: "SP_API_HTTP_HOST", origin: host?.origin ?? "", reason: error.reason)
        }
        do throws(InvalidValue) {
            return APIURL(urlHost: urlHost, port: try APIURL.port(port?.value ?? "")).text
        } catch {
            throw .invalid(name: "SP_API_HTTP_PORT", origin: port?.origin ?? "", reason: error.reason)
        }
    }

    private static func token(_ setting: Setting?) throws(ConfigurationError) -> Token {
        do throws(TokenError) {
            return try Token(setting?.value ?? "")
        } catch {
            throw .invalid(name: "SP_AUTH_TOKEN", origin: setting?.origin ?? "", reason: error.description)
        }
    }
}
