import Text

/// The URL of the API and its token.
package struct APIEndpoint: Equatable, Sendable {
    /// Such as `http://127.0.0.1:81/ctrl/1.0/`. Append the name of a call.
    package let url: String
    package let token: Token
    /// Where the token was found, such as `SP_AUTH_TOKEN in /etc/storpool.conf`.
    package let tokenOrigin: String
    /// Variables that are not set, with their default, such as `SP_API_HTTP_PORT=81`.
    package let defaults: [String]

    package init(url: String, token: Token, tokenOrigin: String, defaults: [String] = []) {
        self.url = url
        self.token = token
        self.tokenOrigin = tokenOrigin
        self.defaults = defaults
    }
}

/// All sources of the configuration. Flags override the environment, the environment overrides files, and a later file
/// overrides an earlier one.
package struct StorPoolSettings: Sendable {
    /// The required variables, which the environment can override.
    package static let variables = ["SP_API_HTTP_HOST", "SP_API_HTTP_PORT", "SP_AUTH_TOKEN"]

    /// The files in the order in which they apply. Absent files and directories are included, because the message about
    /// a missing variable names all searched places.
    package var files: [ConfigurationFile]
    /// The host name (`uname -n`), which is the name of the section that applies.
    package var host: String
    package var environment: [String: String]
    /// `--storpool.url`.
    package var url: String?
    /// `--storpool.token-file`.
    package var tokenFile: ConfigurationFile?

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

    /// Returns the endpoint that results from all sources.
    ///
    /// If a file contains a token, a missing host or port gets the default of StorPool's clients, because the file was
    /// written for these clients. Without such a file there are no defaults, because the token may belong to a
    /// different API.
    ///
    /// Errors: `.missing` contains every missing variable. `.syntax` is thrown for any malformed file. `.unreadable` is
    /// thrown if the token file cannot be read. It is also thrown if a configuration file cannot be read while a
    /// variable is set neither by a flag nor by the environment. `.invalid` is thrown for an unusable value.
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
                lookedIn: files.map(searchedPlace) + ["the environment"])
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

    /// Describes a searched file for the message about missing variables. Names the sections, because a wrong host name
    /// is easily overlooked.
    private func searchedPlace(_ file: ConfigurationFile) -> String {
        switch file.content {
        case .absent: "\(file.name) (does not exist)"
        case .unreadable(let reason): "\(file.name) (\(reason))"
        case .bytes: "\(file.name) (top section and [\(host)])"
        }
    }

    private struct Setting {
        var value: String
        var origin: String
    }

    /// Returns the setting that applies for each name. Its value may be empty.
    private func find(_ names: [String]) throws(ConfigurationError) -> [String: Setting] {
        var found: [String: Setting] = [:]
        let needsNoFile = names.allSatisfy { environment[$0] != nil }
        for file in files {
            if needsNoFile, case .unreadable = file.content { continue }
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
            throw .unreadable(file: tokenFile.name, reason: "no such file (given by --storpool.token-file)")
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

    /// Errors do not contain the value, because in a damaged file it may be the token.
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
