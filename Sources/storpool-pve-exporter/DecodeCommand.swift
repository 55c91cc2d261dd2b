import ArgumentParser
import Exporter
import Reports
import StorPool

/// `decode`.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "What names of volumes in Proxmox VE say, such as vm-104-disk-0-sp-nzkr.b.1a2.raw.",
        usage: "\(Build.name) decode [FLAGS] NAME...",
        discussion: """
            Reads names as StorPool's plugin does, and asks nobody. A column is the byte, from 1, where a name departs \
            from the pattern that its prefix selects. Exit: 0, 1 a name cannot be decoded, 64 wrong flag or value.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: "Text for people, or one JSON object a line.")
    var format = Format.text

    @Argument(help: ArgumentHelp("Name without the storage before it.", valueName: "NAME"))
    var names: [String]

    @OptionGroup var log: LogFlags

    func run() throws {
        let reports = names.map { DecodeReport(ByteText.decode($0)) }
        try StandardOutput.write { (output) throws(OutputError) in
            for report in reports { try output.write(format == .json ? report.json : report.text) }
        }
        if !reports.allSatisfy(\.isDecoded) { throw Exit.failure }
    }
}
