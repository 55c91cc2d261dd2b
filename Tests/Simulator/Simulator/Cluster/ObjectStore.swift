/// The objects of one list, in small blocks with versions. After a change, only one block must be rendered again.
struct ObjectList {
    struct Block {
        var objects: [SimulatedObject] = []
        /// The version of the store at the last change of the block.
        var version: UInt64 = 0
    }

    /// Number of objects in a block. Their JSON has about 50 KB.
    static let blockCapacity = 64

    private(set) var blocks: [Block] = []
    private(set) var count = 0
    private var blocksWithRoom: [Int] = []

    /// - Returns: the index of the object's block.
    mutating func add(_ object: SimulatedObject, version: UInt64) -> Int {
        if blocksWithRoom.isEmpty {
            blocksWithRoom.append(blocks.count)
            blocks.append(Block())
            blocks[blocks.count - 1].objects.reserveCapacity(Self.blockCapacity)
        }
        let index = blocksWithRoom[blocksWithRoom.count - 1]
        blocks[index].objects.append(object)
        blocks[index].version = version
        count += 1
        if blocks[index].objects.count == Self.blockCapacity { blocksWithRoom.removeLast() }
        return index
    }

    /// - Returns: the removed object; nil if it is not in the block.
    mutating func remove(_ serial: UInt64, from block: Int, version: UInt64) -> SimulatedObject? {
        guard let index = self.index(of: serial, in: block) else { return nil }
        let wasFull = blocks[block].objects.count == Self.blockCapacity
        let object = blocks[block].objects.remove(at: index)
        blocks[block].version = version
        count -= 1
        if wasFull { blocksWithRoom.append(block) }
        return object
    }

    /// - Returns: false if the object is not in the block.
    mutating func change(
        _ serial: UInt64, in block: Int, version: UInt64, _ body: (inout SimulatedObject) -> Void
    ) -> Bool {
        guard let index = self.index(of: serial, in: block) else { return false }
        body(&blocks[block].objects[index])
        blocks[block].version = version
        return true
    }

    func object(_ serial: UInt64, in block: Int) -> SimulatedObject? {
        index(of: serial, in: block).map { blocks[block].objects[$0] }
    }

    private func index(of serial: UInt64, in block: Int) -> Int? {
        guard blocks.indices.contains(block) else { return nil }
        return blocks[block].objects.firstIndex { $0.nameSerial == serial || $0.serial == serial }
    }
}

/// All volumes and snapshots of the cluster, indexed by the serials in their global ids and names.
struct ObjectStore {
    private(set) var volumes = ObjectList()
    private(set) var snapshots = ObjectList()
    /// Number of objects by role, without snapshots being deleted.
    private(set) var countByRole = [Int](repeating: 0, count: SimulatedObject.Role.allCases.count)
    private(set) var beingDeletedCount = 0
    /// The number of changes so far.
    private(set) var version: UInt64 = 0

    /// The block of each object, at the index `serial - firstSerial`. The highest bit marks snapshots. `nowhere` means
    /// that there is no object.
    private var locations: [UInt32] = []
    private var serialsByName: [String: UInt64] = [:]

    /// The first serial. It is large enough for global ids as in a real cluster.
    static let firstSerial: UInt64 = 46_000
    private static let nowhere = UInt32.max
    private static let snapshotBit: UInt32 = 1 << 31

    var count: Int { volumes.count + snapshots.count }

    /// A serial that was never used.
    mutating func newSerial() -> UInt64 {
        locations.append(Self.nowhere)
        return Self.firstSerial + UInt64(locations.count - 1)
    }

    mutating func add(_ object: SimulatedObject) {
        version += 1
        let block =
            object.isSnapshot
            ? snapshots.add(object, version: version) : volumes.add(object, version: version)
        let location = UInt32(block) | (object.isSnapshot ? Self.snapshotBit : 0)
        setLocation(location, of: object.serial)
        setLocation(location, of: object.nameSerial)
        if let name = object.ownName { serialsByName[name] = object.nameSerial }
        tally(object, by: 1)
    }

    @discardableResult
    mutating func remove(_ serial: UInt64) -> Bool {
        guard let (block, isSnapshot) = location(of: serial) else { return false }
        version += 1
        let removed =
            isSnapshot
            ? snapshots.remove(serial, from: block, version: version)
            : volumes.remove(serial, from: block, version: version)
        guard let object = removed else { return false }
        setLocation(Self.nowhere, of: object.serial)
        setLocation(Self.nowhere, of: object.nameSerial)
        if let name = object.ownName { serialsByName[name] = nil }
        tally(object, by: -1)
        return true
    }

    /// `body` must not change the kind or the name serial.
    @discardableResult
    mutating func change(_ serial: UInt64, _ body: (inout SimulatedObject) -> Void) -> Bool {
        guard let (block, isSnapshot) = location(of: serial), let before = self[serial] else { return false }
        version += 1
        if isSnapshot {
            _ = snapshots.change(serial, in: block, version: version, body)
        } else {
            _ = volumes.change(serial, in: block, version: version, body)
        }
        guard let after = self[before.nameSerial] else { return false }
        if after.serial != before.serial {
            if let location = rawLocation(of: before.nameSerial) { setLocation(location, of: after.serial) }
            if before.serial != before.nameSerial { setLocation(Self.nowhere, of: before.serial) }
        }
        if let name = before.ownName { serialsByName[name] = nil }
        if let name = after.ownName { serialsByName[name] = after.nameSerial }
        tally(before, by: -1)
        tally(after, by: 1)
        return true
    }

    /// The object with this serial in its global id or name.
    subscript(serial: UInt64) -> SimulatedObject? {
        guard let (block, isSnapshot) = location(of: serial) else { return nil }
        return isSnapshot ? snapshots.object(serial, in: block) : volumes.object(serial, in: block)
    }

    /// The object with this `ownName`.
    subscript(name name: String) -> SimulatedObject? { serialsByName[name].flatMap { self[$0] } }

    private mutating func tally(_ object: SimulatedObject, by difference: Int) {
        if object.isBeingDeleted {
            beingDeletedCount += difference
        } else {
            countByRole[Int(object.role.rawValue)] += difference
        }
    }

    private func location(of serial: UInt64) -> (block: Int, isSnapshot: Bool)? {
        guard let raw = rawLocation(of: serial) else { return nil }
        return (Int(raw & ~Self.snapshotBit), raw & Self.snapshotBit != 0)
    }

    private func rawLocation(of serial: UInt64) -> UInt32? {
        guard serial >= Self.firstSerial, serial - Self.firstSerial < UInt64(locations.count) else { return nil }
        let raw = locations[Int(serial - Self.firstSerial)]
        return raw == Self.nowhere ? nil : raw
    }

    private mutating func setLocation(_ location: UInt32, of serial: UInt64) {
        guard serial >= Self.firstSerial, serial - Self.firstSerial < UInt64(locations.count) else { return }
        locations[Int(serial - Self.firstSerial)] = location
    }
}
