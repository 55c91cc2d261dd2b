import Exposition
import Inventory
import ProxmoxVE
import StorPool
import Testing

@Suite("Landing page")
struct LandingPageTests {
    private static func html(
        _ objects: [StorPoolObject]? = [], known: [KnownAnomaly] = [], state: String = "well", isWell: Bool = true,
        path: String = "/metrics"
    ) -> String {
        LandingPage(
            telemetryPath: path, version: "storpool-pve-exporter 1.2.3", state: state, isWell: isWell,
            inventory: objects.map { Sample.inventory($0) }, known: known
        ).html
    }

    @Test("the landing page shows version, state, links and totals")
    func shown() {
        let html = Self.html([
            Sample.volume("a.1.1", size: 3 << 29), Sample.volume("a.1.2", vmid: "105", size: 1 << 30),
            Sample.snapshot("s.1.1"),
        ])
        #expect(html.hasPrefix("<!DOCTYPE html>"))
        for text in [
            "storpool-pve-exporter 1.2.3", #"<p class="up">well</p>"#, #"<a href="/metrics">"#, #"href="/-/healthy""#,
            #"href="/-/ready""#, #"<td>disk<td class="n">2<td class="n">2.5 GiB"#,
            #"<td>snapshot<td class="n">1<td class="n">0.0 GiB"#, "<p>None.</p>",
        ] {
            #expect(html.contains(text), "\(text)")
        }
    }

    @Test("the landing page without data shows only the failure")
    func down() {
        let html = Self.html(nil, state: "no poll yet", isWell: false)
        #expect(!html.contains("<h2>Objects</h2>"))
        #expect(html.contains(#"<p class="down">no poll yet</p>"#))
    }

    @Test("the landing page escapes HTML in strings")
    func escaped() {
        let evil = #"<script>"&'</script>"#
        var known = Sample.known(evil, .namedVolume, vmid: evil, storageKey: StorageKey(cluster: evil, storage: evil))
        known.finding.anomaly.detail = evil
        let html = Self.html(known: [known], state: evil, path: evil)
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;&quot;&amp;'&lt;/script&gt;"))
        #expect(!html.contains(#"href="<"#))
    }

    @Test("the landing page truncates strings and escapes controls")
    func printable() {
        let html = Self.html(state: "a\u{1B}[31m\u{202E}b\u{9B}" + String(repeating: "x", count: 100_000))
        #expect(html.contains(#"a\u{1B}[31m\u{202E}b\u{9B}xxx"#))
        #expect(html.utf8.count < 10_000)
    }

    @Test("the landing page lists the worst anomalies, counts the rest", arguments: [0, 1, 20, 21, 500])
    func anomalies(_ count: Int) {
        let html = Self.html(known: (0..<count).map { Sample.known("id\($0).", .namedVolume) })
        #expect(html.contains("<td>id0.<") == (count > 0))
        #expect(html.contains("<td>id19.<") == (count >= 20))
        #expect(!html.contains("<td>id20.<"))
        #expect(html.contains("\(count - 20) more") == (count > 20))
    }
}
