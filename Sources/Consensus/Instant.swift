/// A moment of the driver's monotonic clock, in milliseconds from any origin.
///
/// Never a time of day: deadlines are compared, and differences added, nothing else.
package struct Instant: Hashable, Comparable, Sendable {
    package let milliseconds: UInt64

    package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    /// A later moment; one beyond the clock's range is its end.
    package func advanced(byMilliseconds delay: UInt64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delay)
        return Instant(milliseconds: overflow ? .max : sum)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
