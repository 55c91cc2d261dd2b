import ArgumentParser
import HTTPServer
import ProxmoxVE
import StorPool
import Text

/// A value of `--anomalies.ignore`.
struct AcceptedAnomaly {
    var reason: AnomalyReason
    /// nil means all objects.
    var globalID: String?
}

/// Parses the values of flags. Errors are clauses that are printed after the value, such as `it is empty`.
enum ArgumentValue {
    static func duration(_ text: String, minimum: Duration) throws -> Duration {
        let duration = try explained { () throws(InvalidValue) in try PrometheusDuration.parse(text) }
        guard duration >= minimum else { throw ValidationError("it is less than \(PrometheusDuration.text(minimum))") }
        return duration
    }

    /// At least one second, or zero.
    static func durationOrNever(_ text: String) throws -> Duration {
        let duration = try duration(text, minimum: .zero)
        guard duration == .zero || duration >= .seconds(1) else {
            throw ValidationError("it is neither 0 nor at least 1s")
        }
        return duration
    }

    static func bytes(_ text: String) throws -> UInt64 {
        let bytes = try explained { () throws(InvalidValue) in try ByteSize.parse(text) }
        guard bytes > 0 else { throw ValidationError("it must be at least 1B") }
        return UInt64(bytes)
    }

    static func count(_ text: String) throws -> Int {
        guard text.utf8.allSatisfy(\.isDigit), let count = Int(text) else {
            throw ValidationError("it is not a whole number from 0 to \(Int.max)")
        }
        return count
    }

    static func listenAddress(_ text: String) throws -> String {
        let text = try self.text(text)
        _ = try explained { () throws(InvalidValue) in try ListenAddress(text) }
        return text
    }

    /// A path that serves no other page.
    static func telemetryPath(_ text: String) throws -> String {
        guard text.hasPrefix("/") else { throw ValidationError("it does not start with '/'") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"?#%\"<>\\^`{|}".utf8.contains($0) }) else {
            throw ValidationError("it contains a character that must be escaped in the path of a URL")
        }
        guard !["/", "/-/healthy", "/-/ready", "/favicon.ico"].contains(text) else {
            throw ValidationError("it is the path of another page")
        }
        return text
    }

    /// `REASON` or `REASON:GLOBAL_ID`.
    static func acceptedAnomaly(_ argument: String) throws -> AcceptedAnomaly {
        let parts = try text(argument).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let word = parts.first, let reason = AnomalyReason(rawValue: String(word)) else {
            throw ValidationError("the reason is none of \(AnomalyReason.allCases.map(\.text).joined(separator: ", "))")
        }
        guard parts.count == 2 else { return AcceptedAnomaly(reason: reason, globalID: nil) }
        guard !parts[1].isEmpty else { throw ValidationError("the global id after the colon is empty") }
        guard !parts[1].hasPrefix("~") else { throw ValidationError("write the global id without '~'") }
        return AcceptedAnomaly(reason: reason, globalID: String(parts[1]))
    }

    static func objectType(_ text: String) throws -> ObjectType {
        guard let type = ObjectType.allCases.first(where: { $0.text == text }) else {
            throw ValidationError("it is none of \(ObjectType.allCases.map(\.text).joined(separator: ", "))")
        }
        return type
    }

    /// Decodes an argument that `ByteText` has encoded. Throws if the result is not UTF-8.
    static func text(_ argument: String) throws -> String {
        guard let text = String(validating: ByteText.decode(argument), as: UTF8.self) else {
            throw ValidationError("it is not UTF-8")
        }
        return text
    }

    static func name(_ argument: String) throws -> String {
        let text = try self.text(argument)
        guard !text.isEmpty else { throw ValidationError("it is empty") }
        return text
    }

    /// VM ids, separated by commas. An empty argument means objects without a VM.
    static func vmids(_ argument: String) throws -> [String] {
        let vmids = try text(argument).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard vmids.count == 1 || !vmids.contains("") else { throw ValidationError("it has an empty VM id") }
        return vmids
    }

    private static func explained<Value>(_ parse: () throws(InvalidValue) -> Value) throws -> Value {
        do { return try parse() } catch { throw ValidationError("it \(error.reason)") }
    }
}
