/// The arithmetic of votes among `n` authorities of which fewer than a third may lie.
package enum Quorum {
    /// Most liars that `count` authorities stand: `⌊(n − 1)/3⌋`, and 0 for none.
    package static func faults(among count: Int) -> Int { max(0, count - 1) / 3 }

    /// Votes that decide: `n − ⌊(n − 1)/3⌋`. "2f + 1" is wrong where n is not 3f + 1: for 5
    /// authorities two groups of 3 could share nobody but the liar.
    package static func size(among count: Int) -> Int { count - faults(among: count) }
}
