import ProxmoxVE
import StorPool
import Testing
import Text

@testable import Reports

@Suite("Rows in each format")
struct RowFormatsTests {
    @Test("the JSON format has one object per line with every field")
    func json() {
        #expect(
            JSONRows.line(Samples.rows[0]) == """
                {"global_id":"nzkr.b.1a2","storpool_name":"~nzkr.b.1a2","kind":"volume","object_type":"disk",\
                "volume_name":"vm-104-disk-0-sp-nzkr.b.1a2.raw","pve_cluster":"prod1","storage":"sp-nvme",\
                "content_type":"images","vmid":"104","disk":"0","snapshot":null,"parent":null,"comment":null,\
                "size_bytes":34359738368,"created":1700000000,"going":false,"foreign":false,"anomalies":[]}

                """)
        #expect(
            JSONRows.line(Samples.rows[2]) == """
                {"global_id":"nzkr.b.1a4","storpool_name":"db \\"main\\", 1","kind":"volume","object_type":null,\
                "volume_name":null,"pve_cluster":null,"storage":null,"content_type":null,"vmid":null,"disk":null,\
                "snapshot":null,"parent":null,"comment":"","size_bytes":512,"created":null,"going":false,\
                "foreign":true,"anomalies":[]}

                """)
    }

    @Test("the JSON format has anomalies and escapes controls")
    func jsonAnomalies() {
        let line = JSONRows.line(Samples.rows[3])
        #expect(
            line.contains(
                #""anomalies":[{"reason":"unexpected-tag","severity":"error","#
                    + #""detail":"an ISO image must not have pve-vm \"9\""}]"#))
        #expect(line.contains(#""comment":"a\u001b[31m\nerror"#))
        #expect(line.contains(#"error\u009b2J\u202ex\u2028\u007f"#))
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
    }

    @Test("the CSV format has the fields of JSON, quoted as in RFC 4180")
    func csv() {
        #expect(
            CSVRows.header
                == "global_id,storpool_name,kind,object_type,volume_name,pve_cluster,storage,content_type,vmid,disk,"
                + "snapshot,parent,comment,size_bytes,created,going,foreign,anomalies\r\n")
        #expect(
            CSVRows.line(Samples.rows[1])
                == "nzkr.b.1a3,*nzkr.b.1a3,snapshot,snapshot,snap-104-disk-0-daily-p-nzkr.b.1a2-sp-nzkr.b.1a3.raw,prod1,"
                + "sp-nvme,images,104,0,daily,nzkr.b.1a2,,1649267441664,,true,false,\r\n")
        #expect(
            CSVRows.line(Samples.rows[2])
                == "nzkr.b.1a4,\"db \"\"main\"\", 1\",volume,,,,,,,,,,\"\",512,,false,true,\r\n")
        #expect(
            CSVRows.line(Samples.rows[3])
                == "nzkr.b.1a5,iso,snapshot,invalid,,prod1,sp-nvme,iso,9,,,,\(Samples.hostileText.printable()),0,,false,false,"
                + "unexpected-tag\r\n")
    }

    @Test("the text format is an aligned table")
    func text() {
        var table = TextRows()
        for row in Samples.rows { table.measure(row) }
        let text = Samples.rows.reduce(table.header) { $0 + table.line($1) }
        #expect(
            text == """
                GLOBAL ID   TYPE                      CLUSTER  STORAGE   VM     SIZE  \
                NAME                                                  ANOMALIES
                nzkr.b.1a2  disk                      prod1    sp-nvme  104   32 GiB  \
                vm-104-disk-0-sp-nzkr.b.1a2.raw                       -
                nzkr.b.1a3  snapshot (being deleted)  prod1    sp-nvme  104  1.5 TiB  \
                snap-104-disk-0-daily-p-nzkr.b.1a2-sp-nzkr.b.1a3.raw  -
                nzkr.b.1a4  foreign                   -        -          -    512 B  \
                db "main", 1                                          -
                nzkr.b.1a5  invalid                   prod1    sp-nvme    9      0 B  \
                iso                                                   unexpected-tag

                """)
    }

    @Test("the longest snapshot name keeps the columns aligned")
    func longNames() {
        var long = Samples.beingDeleted
        long.tags.snapshot = "a" + String(repeating: "b", count: 39)
        var table = TextRows()
        let rows = [Samples.rows[0], Row(long, isOfInterest: true, anomalies: [])]
        for row in rows { table.measure(row) }
        let columns = rows.map { table.line($0).distance(of: "-\n") }
        #expect(columns[0] != nil && columns[0] == columns[1])
        #expect(table.header.distance(of: "ANOMALIES") == columns[0])
    }

    @Test("an object of another cluster is foreign")
    func elsewhere() {
        let row = Row(Samples.disk, isOfInterest: false, anomalies: [])
        #expect(row.isForeign)
        #expect(row.volumeName == nil)
        #expect(row.tags.cluster == "prod1")
    }
}

extension String {
    /// Number of characters before the first occurrence of `part`; nil if there is none.
    fileprivate func distance(of part: String) -> Int? {
        firstRange(of: part).map { distance(from: startIndex, to: $0.lowerBound) }
    }
}
