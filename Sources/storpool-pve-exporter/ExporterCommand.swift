import ArgumentParser
import Exporter

/// The root of the command line.
struct ExporterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Build.name,
        abstract: "Monitor the StorPool volumes and snapshots of Proxmox VE.",
        usage: "\(Build.name) [serve | check | list | decode] [FLAGS]",
        discussion: "Without a command, serve runs. To show the flags of a command, run: \(Build.name) check --help",
        version: Build.line,
        subcommands: [ServeCommand.self, CheckCommand.self, ListCommand.self, DecodeCommand.self],
        defaultSubcommand: ServeCommand.self)
}

/// Exit codes other than 0. A wrong flag or value is 64, `EX_USAGE` of sysexits.h.
enum Exit {
    /// `check`: a finding at or above `--fail-on`; `list`: a filter matches nothing; `decode`: a name cannot be
    /// decoded; `serve`: cannot run.
    static let failure = ExitCode(1)
    /// `check` and `list`: could not read the cluster. `check`: a cluster of `--pve.cluster` has no object. Any
    /// command: could not write its output.
    static let unreadable = ExitCode(2)
}
