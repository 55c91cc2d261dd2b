import ArgumentParser
import Exporter
import Reports
import StorPool

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Decode volume names of Proxmox VE.",
        usage: "\(Build.name) decode [FLAGS] NAME...",
        discussion: """
            Decodes names as StorPool's plugin does, without reading the cluster. The column in an error is the position \
            of the first byte, counted from 1, that does not match the pattern selected by the name's prefix. Exit \
            codes: 0 decoded, 1 a name cannot be decoded, 64 wrong flag or value.

            Example: \(Build.name) decode vm-104-disk-0-sp-nzkr.b.1a2.raw
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: "Output format: text, or one JSON object per line.")
    var format = Format.text

    @Argument(help: ArgumentHelp("Volume name without the storage.", valueName: "NAME"))
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
