import Glibc
import StorPool
import System

/// Reads the StorPool configuration from files, the environment and flags.
enum ConfigurationLoader {
    /// Maximum number of entries in the configuration directory.
    static let maximumEntries = 10_000
    /// Environment variable with the path of a directory. The packaged unit copies the default configuration files into
    /// it, because the service's user may be unable to read the originals. Messages show the paths of the originals.
    private static let copyVariable = "STORPOOL_PVE_CONFIGURATION_COPY"

    /// Reads the configuration and returns its endpoint.
    static func endpoint(_ options: PollOptions, log: Log) throws(ConfigurationError) -> APIEndpoint {
        let copy = getenv(copyVariable).map { String(cString: $0) } ?? ""
        let standard = PollOptions()
        let isDefaultFile = options.configuration == standard.configuration
        let isDefaultDirectory = options.configurationDirectory == standard.configurationDirectory
        var files = [file(options.configuration, below: isDefaultFile ? copy : "")]
        files += directory(options.configurationDirectory, below: isDefaultDirectory ? copy : "")
        let settings = StorPoolSettings(
            files: files, host: hostName(), environment: environment(), url: options.url,
            tokenFile: options.tokenFile.map { file($0) })
        let endpoint = try settings.endpoint()
        if !endpoint.defaults.isEmpty {
            let defaults = endpoint.defaults.joined(separator: " ")
            log.write(.info, "using StorPool's defaults for missing settings: \(defaults)")
        }
        return endpoint
    }

    private static func file(_ path: String, below root: String = "") -> ConfigurationFile {
        do throws(FileContents.Refusal) {
            guard let bytes = try FileContents.read(root + path, maximumBytes: Bounds.fileBytes) else {
                return ConfigurationFile(name: path, content: .absent)
            }
            return ConfigurationFile(name: path, content: .bytes(bytes))
        } catch {
            switch error {
            case .system(let error): return unreadable(path, error.code)
            case .notAFile, .danglingLink:
                return ConfigurationFile(
                    name: path, content: .unreadable("\(error); replace it with a file or remove it"))
            case .tooLarge: return ConfigurationFile(name: path, content: .unreadable(error.description))
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> ConfigurationFile {
        let advice = code == EACCES ? "; run as root or as a user that can read it" : ""
        return ConfigurationFile(name: path, content: .unreadable(String(cString: strerror(code)) + advice))
    }

    /// The `*.conf` files of a directory in the order in which they apply. If there are none, returns one entry that
    /// says why.
    private static func directory(_ path: String, below root: String) -> [ConfigurationFile] {
        guard let directory = opendir(root + path) else {
            return [errno == ENOENT ? ConfigurationFile(name: path, content: .absent) : unreadable(path, errno)]
        }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(directory) {
            guard names.count < maximumEntries else {
                let reason = "has more than \(maximumEntries) entries; remove those that are not configuration files"
                return [ConfigurationFile(name: path, content: .unreadable(reason))]
            }
            names.append(withUnsafeBytes(of: &entry.pointee.d_name) { name in Array(name.prefix { $0 != 0 }) })
        }
        if errno != 0 { return [unreadable(path, errno)] }
        let applicable = ConfigurationFile.applicable(names)
        if applicable.isEmpty { return [ConfigurationFile(name: path + "/*.conf", content: .absent)] }
        return applicable.map { name in
            guard let text = String(validating: name, as: UTF8.self) else {
                let content = ConfigurationFile.Content.unreadable("its name is not UTF-8; rename the file")
                return ConfigurationFile(name: path + "/" + escaped(name), content: content)
            }
            return file(path + "/" + text, below: root)
        }
    }

    /// Replaces each byte that is not ASCII by an escape such as `\xFF`.
    private static func escaped(_ name: [UInt8]) -> String {
        name.reduce(into: "") { text, byte in
            text += byte < 0x80 ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }
    }

    /// The host name as `uname -n` prints it; empty if it cannot be read.
    private static func hostName() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        return withUnsafeBytes(of: &name.nodename) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func environment() -> [String: String] {
        var found: [String: String] = [:]
        for name in StorPoolSettings.variables {
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
        return found
    }
}
