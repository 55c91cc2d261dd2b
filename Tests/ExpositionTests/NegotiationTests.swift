import Exposition
import Testing

@Suite("Negotiation")
struct NegotiationTests {
    @Test(
        "negotiation chooses the format of the highest quality",
        arguments: [
            (nil, ExpositionFormat.text), ("", .text), ("*/*", .text), ("*", .text),
            // Prometheus 2.42, with and without native histograms.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                    + "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            // Prometheus 3.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics
            ),
            ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .text),
            ("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,application/openmetrics-text;q=0.1", .openMetrics),
            // A browser.
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", .text),
            ("application/openmetrics-text", .openMetrics), ("application/*", .openMetrics),
            ("application/openmetrics-text;version=0.0.1", .text),
            ("application/openmetrics-text; version=\"1.0.0\"; charset=UTF-8", .openMetrics),
            ("APPLICATION/OpenMetrics-Text ; Version=1.0.0", .openMetrics),
            ("application/openmetrics-text;charset=latin1", .text),
            ("application/openmetrics-text;q=0", .text),
            ("application/openmetrics-text;q=0,text/plain;q=0", .text),
            ("application/openmetrics-text;q=0.5,text/plain;q=0.50", .text),
            ("application/openmetrics-text;q=0.5,text/*;q=0.5", .openMetrics),
            ("application/openmetrics-text;q=0.5,text/plain;q=0.499", .openMetrics),
            ("application/openmetrics-text,*/*", .openMetrics), ("*/*;q=0.9,text/plain;q=0.1", .openMetrics),
            (
                "application/openmetrics-text;version=1.0.0;q=0.1,application/openmetrics-text;q=0.9,text/plain;q=0.5",
                .text
            ),
            ("text/plain;q=0,*/*", .openMetrics), ("application/openmetrics-text;q=2", .text),
            ("application/openmetrics-text;q=0.1234", .text),
            ("application/openmetrics-text;q=", .text),
            ("application/openmetrics-text;q=-1", .text),
            ("application/openmetrics-text;q=1.001", .text),
            ("application/openmetrics-text;q=1.000", .openMetrics),
            ("application/openmetrics-text;q=0.9;q=0,*/*;q=0.1", .openMetrics),
            ("image/png", .text), (",,;,a;b;;c=,\"", .text),
            ("application/openmetrics-text/x", .text),
            ("x;a=\"application/openmetrics-text,application/openmetrics-text\"", .text),
            ("*/openmetrics-text", .text),
        ] as [(String?, ExpositionFormat)])
    func formats(_ accept: String?, _ expected: ExpositionFormat) {
        #expect(ExpositionFormat.preferred(accept: accept) == expected)
    }

    @Test(
        "negotiation compresses the page if the client prefers it",
        arguments: [
            (nil, ContentCoding.identity), ("", .identity), ("gzip", .gzip), ("GZip", .gzip), ("x-gzip", .gzip),
            ("gzip, deflate, br, zstd", .gzip), ("deflate", .identity), ("*", .gzip), ("*;q=0", .identity),
            ("gzip;q=0", .identity), ("gzip;q=0.000,*", .identity), ("identity", .identity),
            ("identity,*;q=0", .identity),
            ("gzip;q=0.5,identity", .identity), ("gzip;q=0.5,identity;q=0.5", .gzip), ("gzip;q=0.001", .gzip),
            ("gzip;q=1.0, identity; q=0.5, *;q=0", .gzip), ("identity;q=0", .identity), ("gzip;q=x", .identity),
            ("*;q=0.5,identity", .identity), ("gzip;q=0,x-gzip", .gzip),
        ] as [(String?, ContentCoding)])
    func codings(_ acceptEncoding: String?, _ expected: ContentCoding) {
        #expect(ContentCoding.preferred(acceptEncoding: acceptEncoding) == expected)
    }
}
