import ArgumentParser
import Exporter
import Glibc
import StorPool

/// Entry point: parses the command line, runs the command and reports how it ended.
@main
enum Program {
    static func main() {
        StandardDescriptors.open()
        guard let arguments = ProcessArguments.all else {
            StandardError.write("the argument vector is empty; it must contain at least the program's name")
            exit(EX_USAGE)
        }
        do {
            try CommandWord.check(arguments)
            var command = try ExporterCommand.parseAsRoot(arguments)
            try command.run()
        } catch {
            exit(report(error, arguments))
        }
    }

    /// Prints the message of an error, for example the text of `--help`, and returns the exit code.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        let code = ExporterCommand.exitCode(for: error).rawValue
        var message = ExporterCommand.fullMessage(for: error)
        guard !message.isEmpty else { return code }
        guard code == 0 else {
            if let hint = CommandWord.hint(for: ExporterCommand.message(for: error), arguments) {
                message.insert(contentsOf: "; " + hint, at: message.firstIndex(of: "\n") ?? message.endIndex)
            }
            // The parser's message may contain arguments, which `ByteText` has encoded.
            StandardError.writeLines(String(decoding: ByteText.decode(message), as: UTF8.self))
            return code
        }
        do {
            try StandardOutput.write { (output) throws(OutputError) in try output.write(message + "\n") }
            return code
        } catch {
            return ExporterCommand.exitCode(for: error).rawValue
        }
    }
}
