import Ledger
import Primitives
import Wire

/// Whose signatures made a block final.
enum Signers {
    /// Places in the set of authorities, ascending: bit i of byte i / 8 is authority i.
    static func places(in finalization: ProtoFinalization) -> [Int] {
        finalization.signers.enumerated().flatMap { index, byte in
            (0..<8).filter { byte & (1 << UInt8($0)) != 0 }.map { 8 * index + $0 }
        }
    }

    /// The names of the set that are at some places, or `Authority 1` where it has none there.
    static func names(of places: [Int], in set: AuthoritySet?) -> HTML {
        places.map { place in
            guard let set, set.members.indices.contains(place) else {
                return HTML("Authority \(place)")
            }
            return HTML(user: set.members[place].name)
        }.joined(by: ", ")
    }
}
