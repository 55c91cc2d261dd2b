import StorPool

/// A storage of a Proxmox VE cluster. Either is empty where the tag is missing.
package struct Place: Hashable, Comparable, Sendable {
    /// Held once for all that is of one place: thousands of series are.
    private final class Names: Sendable {
        let cluster: String
        let storage: String

        init(_ cluster: String, _ storage: String) {
            self.cluster = cluster
            self.storage = storage
        }
    }

    private let names: Names

    /// Tag `pve-loc`.
    package var cluster: String { names.cluster }
    /// Tag `pve`.
    package var storage: String { names.storage }

    /// Names a place.
    package init(cluster: String, storage: String) {
        names = Names(cluster, storage)
    }

    /// Whether these tags name it.
    func isOf(_ tags: Tags) -> Bool {
        names.cluster.isSame(as: tags.cluster ?? "") && names.storage.isSame(as: tags.storage ?? "")
    }

    /// Whether both texts are the same, byte for byte. Mostly told at a glance: equal places are mostly one.
    package static func == (left: Place, right: Place) -> Bool {
        left.names === right.names
            || left.names.cluster.isSame(as: right.names.cluster) && left.names.storage.isSame(as: right.names.storage)
    }

    /// By the names.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(names.cluster)
        hasher.combine(names.storage)
    }

    /// By cluster, then storage, by their bytes.
    package static func < (left: Place, right: Place) -> Bool {
        if !left.cluster.isSame(as: right.cluster) { return left.cluster.precedesByBytes(right.cluster) }
        return left.storage.precedesByBytes(right.storage)
    }
}

/// Gives equal places the same number, from 0 in the order of arrival.
struct PlaceTable {
    private var numbers: [Place: Int] = [:]
    /// Every place, by its number.
    private(set) var places: [Place] = []
    /// Bytes of all names.
    private(set) var byteCount = 0
    private var last: (place: Place, number: Int)?

    /// The number of the place that tags name, a new one when it is new. Neighbours mostly share a place, so the last one
    /// is tried first.
    mutating func number(of tags: Tags) -> Int {
        if let last, last.place.isOf(tags) { return last.number }
        let place = Place.of(tags)
        let next = places.count
        let number = numbers[place] ?? next
        if number == next {
            numbers[place] = next
            places.append(place)
            byteCount += place.cluster.utf8.count + place.storage.utf8.count
        }
        last = (places[number], number)
        return number
    }

    /// The place of a number that this table gave out.
    subscript(_ number: Int) -> Place { places[number] }
}
