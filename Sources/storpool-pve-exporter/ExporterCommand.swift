import ArgumentParser
import Exporter

/// The command line: each subcommand turns its flags into options.
struct ExporterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Build.name,
        abstract: "Watches the StorPool volumes and snapshots of Proxmox VE for Prometheus, the journal, and people.",
        usage: "\(Build.name) [serve | check | list | decode] [FLAGS]",
        discussion: "Each subcommand lists its flags: \(Build.name) check --help. Without a subcommand it serves.",
        version: Build.line,
        subcommands: [ServeCommand.self, CheckCommand.self, ListCommand.self, DecodeCommand.self],
        defaultSubcommand: ServeCommand.self)
}

/// Exit codes beyond 0; a wrong flag or value is 64, `EX_USAGE` of sysexits.h.
enum Exit {
    /// `check`: findings; `list`: a filter matches nothing; `decode`: a name cannot be decoded; `serve`: cannot run.
    static let failure = ExitCode(1)
    /// `check` and `list`: could not read the cluster. Any command: could not write its output.
    static let blind = ExitCode(2)
}
