/// The objects of one list in small blocks, each with a version, so that a change spoils the rendered bytes of one block
/// and no more, and a reply can hold on to the list as it was while the list changes.
struct ObjectList {
    struct Block {
        var objects: [SimulatedObject] = []
        /// Grows with each change of the block; unique over all blocks.
        var version: UInt64 = 0
    }

    /// About 50 KB of JSON.
    static let blockCapacity = 64

    private(set) var blocks: [Block] = []
    private(set) var count = 0
    private var withRoom: [Int] = []

    /// Adds the object, and returns the number of its block.
    mutating func add(_ object: SimulatedObject, version: UInt64) -> Int {
        if withRoom.isEmpty {
            withRoom.append(blocks.count)
            blocks.append(Block())
            blocks[blocks.count - 1].objects.reserveCapacity(Self.blockCapacity)
        }
        let index = withRoom[withRoom.count - 1]
        blocks[index].objects.append(object)
        blocks[index].version = version
        count += 1
        if blocks[index].objects.count == Self.blockCapacity { withRoom.removeLast() }
        return index
    }

    /// Takes the object out of the block; nil when it is not there.
    mutating func remove(_ serial: UInt64, from block: Int, version: UInt64) -> SimulatedObject? {
        guard let place = place(of: serial, in: block) else { return nil }
        let wasFull = blocks[block].objects.count == Self.blockCapacity
        let object = blocks[block].objects.remove(at: place)
        blocks[block].version = version
        count -= 1
        if wasFull { withRoom.append(block) }
        return object
    }

    /// Changes the object in its block; false when it is not there.
    mutating func change(
        _ serial: UInt64, in block: Int, version: UInt64, _ body: (inout SimulatedObject) -> Void
    ) -> Bool {
        guard let place = place(of: serial, in: block) else { return false }
        body(&blocks[block].objects[place])
        blocks[block].version = version
        return true
    }

    func object(_ serial: UInt64, in block: Int) -> SimulatedObject? {
        place(of: serial, in: block).map { blocks[block].objects[$0] }
    }

    private func place(of serial: UInt64, in block: Int) -> Int? {
        guard blocks.indices.contains(block) else { return nil }
        return blocks[block].objects.firstIndex { $0.nameSerial == serial || $0.serial == serial }
    }
}

/// All objects of the cluster, both lists, found by any id they ever had.
struct ObjectStore {
    private(set) var volumes = ObjectList()
    private(set) var snapshots = ObjectList()
    /// How many there are of each role, going ones left out.
    private(set) var countByRole = [Int](repeating: 0, count: SimulatedObject.Role.allCases.count)
    private(set) var beingDeletedCount = 0
    /// Changes since the beginning.
    private(set) var version: UInt64 = 0

    /// By serial less `firstSerial`: the number of the block, and in the highest bit which list. `nowhere` when gone.
    private var places: [UInt32] = []
    private var serialsByName: [String: UInt64] = [:]

    /// So that ids look as on a cluster of some age.
    static let firstSerial: UInt64 = 46_000
    private static let nowhere = UInt32.max
    private static let snapshotBit: UInt32 = 1 << 31

    var count: Int { volumes.count + snapshots.count }

    /// A number that no object has had.
    mutating func newSerial() -> UInt64 {
        places.append(Self.nowhere)
        return Self.firstSerial + UInt64(places.count - 1)
    }

    mutating func add(_ object: SimulatedObject) {
        version += 1
        let block =
            object.isSnapshot
            ? snapshots.add(object, version: version) : volumes.add(object, version: version)
        let place = UInt32(block) | (object.isSnapshot ? Self.snapshotBit : 0)
        setPlace(place, of: object.serial)
        setPlace(place, of: object.nameSerial)
        if let name = object.ownName { serialsByName[name] = object.nameSerial }
        tally(object, by: 1)
    }

    @discardableResult
    mutating func remove(_ serial: UInt64) -> Bool {
        guard let (block, isSnapshot) = place(of: serial) else { return false }
        version += 1
        let removed =
            isSnapshot
            ? snapshots.remove(serial, from: block, version: version)
            : volumes.remove(serial, from: block, version: version)
        guard let object = removed else { return false }
        setPlace(Self.nowhere, of: object.serial)
        setPlace(Self.nowhere, of: object.nameSerial)
        if let name = object.ownName { serialsByName[name] = nil }
        tally(object, by: -1)
        return true
    }

    /// Changes an object; its kind and name serial must stay.
    @discardableResult
    mutating func change(_ serial: UInt64, _ body: (inout SimulatedObject) -> Void) -> Bool {
        guard let (block, isSnapshot) = place(of: serial), let before = self[serial] else { return false }
        version += 1
        if isSnapshot {
            _ = snapshots.change(serial, in: block, version: version, body)
        } else {
            _ = volumes.change(serial, in: block, version: version, body)
        }
        guard let after = self[before.nameSerial] else { return false }
        if after.serial != before.serial {
            if let place = rawPlace(of: before.nameSerial) { setPlace(place, of: after.serial) }
            if before.serial != before.nameSerial { setPlace(Self.nowhere, of: before.serial) }
        }
        if let name = before.ownName { serialsByName[name] = nil }
        if let name = after.ownName { serialsByName[name] = after.nameSerial }
        tally(before, by: -1)
        tally(after, by: 1)
        return true
    }

    /// The object with this serial as its global id or in its name.
    subscript(serial: UInt64) -> SimulatedObject? {
        guard let (block, isSnapshot) = place(of: serial) else { return nil }
        return isSnapshot ? snapshots.object(serial, in: block) : volumes.object(serial, in: block)
    }

    /// The object with this StorPool name.
    subscript(name name: String) -> SimulatedObject? { serialsByName[name].flatMap { self[$0] } }

    private mutating func tally(_ object: SimulatedObject, by difference: Int) {
        if object.isBeingDeleted {
            beingDeletedCount += difference
        } else {
            countByRole[Int(object.role.rawValue)] += difference
        }
    }

    private func place(of serial: UInt64) -> (block: Int, isSnapshot: Bool)? {
        guard let raw = rawPlace(of: serial) else { return nil }
        return (Int(raw & ~Self.snapshotBit), raw & Self.snapshotBit != 0)
    }

    private func rawPlace(of serial: UInt64) -> UInt32? {
        guard serial >= Self.firstSerial, serial - Self.firstSerial < UInt64(places.count) else { return nil }
        let raw = places[Int(serial - Self.firstSerial)]
        return raw == Self.nowhere ? nil : raw
    }

    private mutating func setPlace(_ place: UInt32, of serial: UInt64) {
        guard serial >= Self.firstSerial, serial - Self.firstSerial < UInt64(places.count) else { return }
        places[Int(serial - Self.firstSerial)] = place
    }
}
