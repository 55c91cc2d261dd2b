/// A storage of a Proxmox VE cluster. Either is empty where the tag is missing.
public struct Place: Hashable, Comparable, Sendable {
    /// Tag `pve-loc`.
    public var cluster: String
    /// Tag `pve`.
    public var storage: String

    /// Names a place.
    public init(cluster: String, storage: String) {
        self.cluster = cluster
        self.storage = storage
    }

    /// By cluster, then storage.
    public static func < (left: Place, right: Place) -> Bool {
        (left.cluster, left.storage) < (right.cluster, right.storage)
    }
}

/// Gives equal places the same small number, from 0 in the order of arrival.
struct PlaceTable {
    private var numbers: [Place: Int] = [:]
    /// Every place, by its number.
    private(set) var places: [Place] = []
    private var last: (place: Place, number: Int)?

    /// The number of a place, a new one when it is new. Neighbours mostly share a place, so the last one is tried first.
    mutating func number(of place: Place) -> Int {
        if let last, last.place == place { return last.number }
        let next = places.count
        let number = numbers[place] ?? next
        if number == next {
            numbers[place] = next
            places.append(place)
        }
        last = (place, number)
        return number
    }

    /// The place of a number that this table gave out.
    subscript(_ number: Int) -> Place { places[number] }
}
