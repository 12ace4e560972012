/// Growing waits: each twice the last, up to a maximum, a quarter of each left to chance so that
/// many nodes do not come at the same moment.
package struct BackOff: Equatable, Sendable {
    /// The shortest and the longest wait, in milliseconds.
    package struct Range: Equatable, Sendable {
        package let minimum: UInt64
        package let maximum: UInt64

        /// - Precondition: `1 ≤ minimum ≤ maximum ≤ 2⁴⁰`.
        package init(minimum: UInt64, maximum: UInt64) {
            precondition(1 <= minimum && minimum <= maximum && maximum <= 1 << 40)
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    private let range: Range
    /// Waits since the last success.
    package private(set) var attempts = 0

    package init(_ range: Range) { self.range = range }

    /// The next wait in milliseconds, from three quarters of its nominal length to all of it.
    package mutating func next(random: UInt64) -> UInt64 {
        let nominal = min(range.maximum, range.minimum << UInt64(min(attempts, 20)))
        attempts += 1
        return nominal - random % (nominal / 4 + 1)
    }

    package mutating func reset() { attempts = 0 }
}
