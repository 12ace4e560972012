/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers on every machine.
package struct SeededNumbers: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// A number below a bound; 0 where the bound is 0.
    package mutating func below(_ bound: UInt64) -> UInt64 { bound == 0 ? 0 : next() % bound }

    /// An index of a collection of so many elements; 0 where there is none.
    package mutating func index(_ count: Int) -> Int { Int(below(UInt64(max(0, count)))) }

    package mutating func chance(percent: UInt64) -> Bool { below(100) < percent }
    package mutating func chance(perMille: UInt64) -> Bool { below(1_000) < perMille }

    /// One of some elements; nil where there is none.
    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[index(elements.count)]
    }

    /// The elements in another order.
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        var place = result.count - 1
        while place > 0 {
            result.swapAt(place, index(place + 1))
            place -= 1
        }
        return result
    }
}
