import EventLoop
import Glibc
import Settings

/// Reads what may say where the StorPool API is: files, environment, flags.
enum ConfigurationLoader {
    /// Entries of the configuration directory that are looked at.
    private static let maximumEntries = 10_000
    /// Names a folder below which the two default paths are read, while messages name them without it: where a service
    /// manager puts copies of files that are for root's eyes alone.
    private static let copyVariable = "STORPOOL_PVE_CONFIGURATION_COPY"

    /// The endpoint that the configuration amounts to now. Called anew on a reload: files may have changed.
    static func endpoint(_ options: PollOptions) throws(ConfigurationError) -> APIEndpoint {
        let copy = getenv(copyVariable).map { String(cString: $0) } ?? ""
        let defaults = PollOptions()
        let isDefaultFile = options.configuration == defaults.configuration
        let isDefaultDirectory = options.configurationDirectory == defaults.configurationDirectory
        var files = [file(options.configuration, below: isDefaultFile ? copy : "")]
        files += directory(options.configurationDirectory, below: isDefaultDirectory ? copy : "")
        let settings = StorPoolSettings(
            files: files, host: hostName(), environment: environment(), url: options.url,
            tokenFile: options.tokenFile.map { file($0) })
        return try settings.endpoint()
    }

    private static func file(_ path: String, below root: String = "") -> ConfigurationFile {
        do throws(SystemError) {
            guard let bytes = try FileContents.read(root + path, maximumBytes: Bounds.fileBytes) else {
                return ConfigurationFile(name: path, content: .absent)
            }
            return ConfigurationFile(name: path, content: .bytes(bytes))
        } catch {
            return ConfigurationFile(name: path, content: .unreadable(reason(error)))
        }
    }

    private static func reason(_ error: SystemError) -> String {
        error.code == EFBIG ? "larger than \(Bounds.fileBytes) bytes" : String(cString: strerror(error.code))
    }

    /// The files of a directory in the order in which they apply; the directory itself when it cannot be read.
    private static func directory(_ path: String, below root: String) -> [ConfigurationFile] {
        guard let directory = opendir(root + path) else {
            let content: ConfigurationFile.Content =
                errno == ENOENT ? .absent : .unreadable(String(cString: strerror(errno)))
            return [ConfigurationFile(name: path, content: content)]
        }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < maximumEntries, let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                })
        }
        let applicable = ConfigurationFile.applicable(names)
        if applicable.isEmpty { return [ConfigurationFile(name: path + "/*.conf", content: .absent)] }
        return applicable.map { file(path + "/" + $0, below: root) }
    }

    /// What `uname -n` prints.
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
