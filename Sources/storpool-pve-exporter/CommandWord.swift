import ArgumentParser
import Text

/// Checks the first word of the command line, and explains unexpected arguments.
enum CommandWord {
    private static var commands: [String] {
        ExporterCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    /// Throws if the first argument is a word that names no command.
    static func check(_ arguments: [String]) throws {
        guard let word = arguments.first, !word.hasPrefix("-"), !(commands + ["help"]).contains(word) else { return }
        guard let nearest = nearest(to: word) else {
            throw ValidationError("unknown command '\(word)'; the commands are \(commands.joined(separator: ", "))")
        }
        throw ValidationError("unknown command '\(word)'; did you mean '\(nearest)'?")
    }

    /// Advice for the parser's message about an unexpected argument; nil for other messages and if there is no advice.
    static func hint(for message: String, _ arguments: [String]) -> String? {
        guard message.contains("nexpected argument") else { return nil }
        let command = arguments.first.flatMap { commands.contains($0) ? $0 : nil }
        let rest = command == nil ? arguments[...] : arguments.dropFirst()
        guard let word = rest.first(where: { !$0.isEmpty && !$0.hasPrefix("-") && message.contains("'\($0)'") }) else {
            return nil
        }
        switch command {
        case "check": return "check takes flags only, such as --pve.cluster \(word); for one VM use list --vmid VMID"
        case "list": return hintForList(word)
        case "serve": return "serve takes flags only"
        default:
            if commands.contains(word) { return "put the command before all flags" }
            return nearest(to: word).map { "did you mean the command '\($0)'? Put it before all flags" }
        }
    }

    private static func hintForList(_ word: String) -> String {
        if word.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ",") }) {
            return "did you mean 'list --vmid \(word)'?"
        }
        if (try? ArgumentValue.objectType(word)) != nil { return "did you mean 'list --type \(word)'?" }
        return "list takes flags only, such as --cluster \(word), --storage \(word) or --vmid VMID"
    }

    /// The command with the smallest edit distance to the word; nil if every distance is more than 2 or more than half
    /// of the length of the command.
    private static func nearest(to word: String) -> String? {
        commands.map { (distance: editDistance(Array($0.utf8), Array(word.utf8)), command: $0) }
            .filter { $0.distance <= min(2, $0.command.utf8.count / 2) }
            .min { $0.distance < $1.distance }?.command
    }

    /// Levenshtein distance.
    private static func editDistance(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var row = Array(0...to.count)
        for (line, byte) in from.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in to.enumerated() {
                let substituted = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
            }
        }
        return row[to.count]
    }
}
