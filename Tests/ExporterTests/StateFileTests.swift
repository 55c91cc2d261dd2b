import Foundation
import Inventory
import ProxmoxVE
import StorPool
import Testing

@testable import Exporter

@Suite("State file")
struct StateFileTests {
    private static let entries = [
        known(.wrongKind), known(.duplicateDisk, of: "x.y.z", kind: .snapshot, type: .snapshot, firstSeen: .max),
        known(.invisible, type: nil, detail: "quotes \" and \\ and \u{1} and\nline feeds, naïve ☃"),
    ]

    @Test("stored anomalies are read back")
    func roundTrip() throws {
        #expect(try StateFormat.parse(Array(StateFormat.text(of: Self.entries).utf8)) == Self.entries)
        #expect(try StateFormat.parse(Array(StateFormat.text(of: []).utf8)).isEmpty)
    }

    @Test("a truncated state file is reported as damaged")
    func truncated() {
        let bytes = Array(StateFormat.text(of: Self.entries).utf8)
        // The final line feed is optional.
        for length in 0..<bytes.count - 1 {
            #expect(throws: StateFormat.Damage.self) { try StateFormat.parse(Array(bytes[..<length])) }
        }
    }

    @Test(
        "a state file of an unknown format or version is damaged",
        arguments: [
            "", "{}", "[]", "null", "hello", #"{"format":"something else","version":1,"known":[]}"#,
            #"{"format":"storpool-pve-exporter known anomalies","version":2,"known":[]}"#,
            #"{"format":"storpool-pve-exporter known anomalies","version":1,"known":[{}]}"#,
            #"{"format":"storpool-pve-exporter known anomalies","version":1,"known":[{"reason":"stray-tag"}]}"#,
            #"{"format":"storpool-pve-exporter known anomalies","version":1,"known":[]} x"#,
            #"{"format":"storpool-pve-exporter known anomalies","version":1,"known":[[]]}"#,
        ])
    func foreign(text: String) {
        #expect(throws: StateFormat.Damage.self) { try StateFormat.parse(Array(text.utf8)) }
    }

    @Test("an entry with an unknown reason is skipped")
    func unknownReason() throws {
        let text = StateFormat.text(of: Self.entries).replacingOccurrences(of: "wrong-kind", with: "from-the-future")
        #expect(try StateFormat.parse(Array(text.utf8)) == Array(Self.entries.dropFirst()))
    }

    @Test("a file of version 0.1.0 is read")
    func version010() throws {
        let text = #"""
            {"format":"storpool-pve-exporter known anomalies","version":1,"known":[{"global_id":"nzkr.b.1a2",\#
            "name":"~nzkr.b.1a2","kind":"volume","object_type":"disk","volume_name":"vm-104-disk-0-sp-nzkr.b.1a2.raw",\#
            "pve_cluster":"prod1","storage":"sp-nvme","vmid":"104","reason":"wrong-kind","detail":"a detail",\#
            "first_seen":1735725600}]}

            """#
        #expect(try StateFormat.parse(Array(text.utf8)).map(\.finding) == [known(.wrongKind).finding])
    }

    @Test("a state directory in use by another process is not changed")
    func occupied() throws {
        try withDirectory { directory in
            var first: StateFile? = StateFile(directories: directory)
            try first?.store(Self.entries)
            var warnings: [String] = []
            let second = StateFile(directories: directory)
            #expect(second.load { warnings.append($0) }.isEmpty)
            #expect(warnings.count == 1 && warnings[0].contains(directory) && warnings[0].contains("in memory"))
            try second.store([])
            #expect(first?.load { Issue.record("\($0)") } == Self.entries)
            first = nil
            #expect(StateFile(directories: directory).load { Issue.record("\($0)") } == Self.entries)
        }
    }

    @Test("storing the state replaces the file")
    func file() throws {
        try withDirectory { directory in
            let file = StateFile(directories: directory + ":/elsewhere")
            #expect(file.load { Issue.record("\($0)") }.isEmpty)
            try file.store(Self.entries)
            try file.store(Array(Self.entries.prefix(1)))
            #expect(file.load { Issue.record("\($0)") } == Array(Self.entries.prefix(1)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["anomalies.json"])
        }
    }

    @Test("a damaged file is moved aside with one warning")
    func damaged() throws {
        try withDirectory { directory in
            let path = directory + "/anomalies.json"
            try "not mine".write(toFile: path, atomically: false, encoding: .utf8)
            var warnings: [String] = []
            let file = StateFile(directories: directory)
            #expect(file.load { warnings.append($0) }.isEmpty)
            #expect(warnings.count == 1)
            #expect(try String(contentsOfFile: path + ".damaged", encoding: .utf8) == "not mine")
            #expect(file.load { warnings.append($0) }.isEmpty)
            #expect(warnings.count == 1)
        }
    }

    /// An entry of the state directory that is not a usable state file.
    enum Obstacle: CaseIterable {
        case fifo, link, hugeFile, directory

        func make(at path: String, linkingTo target: String) -> Int32 {
            switch self {
            case .fifo: mkfifo(path, 0o600)
            case .link: symlink(target, path)
            case .hugeFile: close(creat(path, 0o600)) + truncate(path, StateFile.maximumBytes + 1)
            case .directory: mkdir(path, 0o700) + mkdir(path + "/inner", 0o700)
            }
        }
    }

    @Test("an unusable file is moved aside without being read", arguments: Obstacle.allCases)
    func setAside(obstacle: Obstacle) throws {
        try withDirectory { directory in
            #expect(obstacle.make(at: directory + "/anomalies.json", linkingTo: "/dev/null") == 0)
            var warnings: [String] = []
            let file = StateFile(directories: directory)
            #expect(file.load { warnings.append($0) }.isEmpty)
            #expect(warnings.count == 1)
            try file.store(Self.entries)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
                    == ["anomalies.json", "anomalies.json.damaged"])
        }
    }

    @Test(
        "obstacles at a temporary path do not prevent storing",
        arguments: Obstacle.allCases)
    func inTheWay(obstacle: Obstacle) throws {
        try withDirectory { directory in
            let precious = directory + "/precious"
            try "precious".write(toFile: precious, atomically: false, encoding: .utf8)
            #expect(obstacle.make(at: directory + "/anomalies.json.new", linkingTo: precious) == 0)
            let file = StateFile(directories: directory)
            try file.store(Self.entries)
            #expect(file.load { Issue.record("\($0)") } == Self.entries)
            #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
        }
    }

    @Test("moving a file aside keeps files that were moved before")
    func setAsideTwice() throws {
        try withDirectory { directory in
            for _ in 0..<2 {
                #expect(Obstacle.directory.make(at: directory + "/anomalies.json", linkingTo: "") == 0)
                var warnings: [String] = []
                let file = StateFile(directories: directory)
                #expect(file.load { warnings.append($0) }.isEmpty)
                #expect(warnings.count == 1)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            #expect(left == ["anomalies.json.damaged", "anomalies.json.damaged.1"])
        }
    }

    @Test("temporary files of the state are removed")
    func temporaryFiles() throws {
        try withDirectory { directory in
            for name in ["new", "new.a1B2c3"] {
                try "{".write(toFile: "\(directory)/anomalies.json.\(name)", atomically: false, encoding: .utf8)
            }
            let file = StateFile(directories: directory)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
            #expect(Obstacle.directory.make(at: directory + "/anomalies.json", linkingTo: "") == 0)
            #expect(throws: (any Error).self) { try file.store(Self.entries) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["anomalies.json"])
        }
    }

    @Test("without a state directory nothing is stored", arguments: [nil, ""])
    func memoryOnly(directories: String?) throws {
        let file = StateFile(directories: directories)
        try file.store(Self.entries)
        #expect(file.load { Issue.record("\($0)") }.isEmpty)
    }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "state-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }
}
