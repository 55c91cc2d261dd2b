/// Replies from StorPool's documentation, and unusual replies.
enum Reply {
    static let volumes = #"""
        {"generation":20431,"data":[
         {"id":4101,"name":"~nzkr.b.1a2","globalId":"nzkr.b.1a2","size":34359738368,"templateName":"nvme",
          "parentName":"~nzkr.b.19f","replication":3,"placeAll":"nvme","placeTail":"nvme","placeHead":"nvme","bw":"-",
          "iops":"-","limitType":"total","objectsCount":1024,"creationTimestamp":1735725600,"visibleVolumeId":4101,
          "flags":0,"reuseServer":false,"snapshot":false,
          "tags":{"virt":"pve","pve-loc":"prod1","pve":"sp-nvme","pve-type":"images","pve-vm":"104","pve-disk":"0",
                  "pve-base":"0"}},
         {"id":4120,"name":"~nzkr.b.1b0","globalId":"nzkr.b.2c7","size":10737418240,"templateName":"nvme",
          "parentName":"","replication":3,"bw":104857600,"iops":5000,"objectsCount":320,
          "creationTimestamp":1735729200,"visibleVolumeId":4120,"reuseServer":false,"snapshot":false,"tags":{}}]}
        """#

    static let snapshots = #"""
        {"generation":20431,"data":[
         {"name":"~nzkr.b.1a9","globalId":"nzkr.b.1a9","size":34359738368,"templateName":"nvme",
          "onVolume":"~nzkr.b.1a2","autoName":false,"bound":false,"deleted":false,"transient":false,"targetDeleteDate":0,
          "replication":3,"creationTimestamp":1735812000,"visibleVolumeId":4139,"snapshot":true,
          "tags":{"virt":"pve","pve-loc":"prod1","pve":"sp-nvme","pve-type":"images","pve-vm":"104","pve-disk":"0",
                  "pve-snap":"before-upgrade","pve-snap-v":"nzkr.b.1a2","pve-comment":"x"}},
         {"name":"*db01@1430","globalId":"nzkr.b.0f3","size":1073741824,"templateName":"hybrid","parentName":"",
          "onVolume":"db01","autoName":true,"bound":false,"deleted":true,"transient":false,
          "creationTimestamp":1735000000,"visibleVolumeId":1430,"snapshot":true}]}
        """#

    static let space = #"""
        {"generation":2,"data":[{"name":"~a.b.c","globalId":"a.b.c","size":1024,"storedSize":512,"spaceUsed":1536,
         "tags":{"virt":"pve"}}]}
        """#

    /// Malformed elements, escapes, and nested values in unusual places.
    static let odd = #"""
        {"x":[{"data":[]}],"generation":null,"data":[{"name":"a","globalId":"g","size":1},7,null,"s",[1,[2]],
         {},{"name":"\u0061","globalId":"g\u002E1","size":18446744073709551615,"tags":{"virt":{"a":[1]},"pve":7,
         "pve-loc":true,"pve-vm":"1\u0032","pve-disk":false,"unknown":{"virt":"pve"}},"more":{"name":"no","tags":{}}},
         {"name":"é😀","globalId":"h","size":0,"tags":null}],"last":"}"}
        """#

    static let templates = #"""
        {"generation":20431,"data":[{"id":3,"name":"nvme","placeAll":"nvme","replication":3,"volumesCount":212,
         "size":9895604649984,"totalSize":29686813949952,"storedSize":4398046511104,"onDiskSize":14293651161088,
         "stored":{"capacity":10995116277760,"free":5497558138880,"internal":{"u1":0,"u2":0,"u3":0},
          "placeAll":{"capacity":1,"free":2,"internal":{"u1":0,"u2":0,"u3":0}},
          "placeTail":{"capacity":3,"free":4}}},
         {"name":"old","replication":"-","size":"-"}]}
        """#

    static let error = #"{"error":{"name":"busy","descr":"Starting\n\"soon\"","transient":true}}"#
}
