package import Inventory
import ProxmoxVE
import StorPool
import Text

/// The HTML page at `/`: version, state, totals and anomalies.
package struct LandingPage {
    private static var listedAnomalies: Int { 20 }

    /// The path of the metrics page.
    package var telemetryPath: String
    /// The output of `--version`.
    package var version: String
    /// One line about the last poll and the configuration.
    package var state: String
    /// False if the state needs attention.
    package var isWell: Bool
    /// The inventory of the last successful poll; nil if there is none or it is stale.
    package var inventory: Inventory?
    /// The known anomalies, the worst first.
    package var known: [KnownAnomaly]

    package init(
        telemetryPath: String, version: String, state: String, isWell: Bool, inventory: Inventory?,
        known: [KnownAnomaly]
    ) {
        self.telemetryPath = telemetryPath
        self.version = version
        self.state = state
        self.isWell = isWell
        self.inventory = inventory
        self.known = known
    }

    /// The page as HTML. Every string from outside the program is escaped.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>StorPool PVE exporter</title>
        <style>
        body { font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
        table { border-collapse: collapse } td, th { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ccc }
        td.n { text-align: right } .up { color: #060 } .down { color: #a00 }
        </style>
        </head>
        <body>
        <h1>StorPool PVE exporter</h1>
        <p>\(version.htmlEscaped)</p>
        <p class="\(isWell ? "up" : "down")">\(state.htmlEscaped)</p>
        <p><a href="\(telemetryPath.htmlEscaped)">Metrics</a>
        · <a href="/-/healthy">Healthy</a> · <a href="/-/ready">Ready</a></p>
        \(totals)
        \(anomalies)
        </body>
        </html>

        """
    }

    private var totals: String {
        guard let inventory else { return "" }
        var tallies = Dictionary(uniqueKeysWithValues: ObjectType.allCases.map { ($0.text, inventory.total(of: $0)) })
            .filter { $0.value.objects > 0 }
        tallies["foreign volume"] = inventory.foreignVolumes
        tallies["foreign snapshot"] = inventory.foreignSnapshots
        tallies["snapshot being deleted"] = inventory.going
        let rows = tallies.sorted { $0.key < $1.key }.map { type, tally in
            "<tr><td>\(type.htmlEscaped)<td class=\"n\">\(tally.objects)<td class=\"n\">\(tally.bytes.gibibytes)"
        }
        return
            "<h2>Objects</h2>\n<table>\n<tr><th>type<th>objects<th>provisioned\n\(rows.joined(separator: "\n"))\n</table>"
    }

    private var anomalies: String {
        guard !known.isEmpty else {
            return "<h2>Anomalies</h2>\n<p>\(inventory == nil ? "Not known." : "None.")</p>"
        }
        let rows = known.prefix(Self.listedAnomalies).map { entry in
            let (subject, anomaly) = (entry.finding.subject, entry.finding.anomaly)
            let cells = [
                anomaly.reason.severity.text, anomaly.reason.text, subject.kind.text, subject.globalID,
                subject.storageKey.cluster, subject.storageKey.storage, subject.vmid, anomaly.detail,
            ]
            return "<tr>" + cells.map { "<td>" + $0.htmlEscaped }.joined()
        }
        let rest = known.count - rows.count
        let more = rest > 0 ? "\n<p>\(rest) more: <code>storpool-pve-exporter check</code> shows all.</p>" : ""
        return """
            <h2>Anomalies</h2>
            <table>
            <tr><th>severity<th>reason<th>kind<th>global id<th>cluster<th>storage<th>VM<th>detail
            \(rows.joined(separator: "\n"))
            </table>\(more)
            """
    }
}

extension String {
    /// The string, escaped for HTML content and attribute values. Characters that are not printable are escaped too,
    /// and a long string is cut.
    fileprivate var htmlEscaped: String {
        var result = ""
        for scalar in printable(limit: 2_000).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension UInt64 {
    /// In GiB with one decimal, rounded down.
    fileprivate var gibibytes: String {
        let tenths = (self >> 30) * 10 + ((self & (1 << 30 - 1)) * 10) >> 30
        return "\(tenths / 10).\(tenths % 10) GiB"
    }
}
