/// The parts of a month that a device's reads cover: ascending, disjoint, touching ones merged.
/// Offsets are seconds from the month's start.
struct CoveredIntervals: Equatable, Sendable {
    private var intervals: [Range<UInt32>] = []

    init() {}

    /// - Parameter packed: gap, length, gap, length …, as ``packed`` gave it.
    init(_ packed: [UInt32]) {
        var position: UInt32 = 0
        intervals.reserveCapacity(packed.count / 2)
        for index in stride(from: 0, to: packed.count - packed.count % 2, by: 2) {
            let start = position &+ packed[index]
            let end = start &+ packed[index + 1]
            guard end >= start else { return }
            intervals.append(start..<end)
            position = end
        }
    }

    var packed: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(intervals.count * 2)
        var position: UInt32 = 0
        for interval in intervals {
            result.append(interval.lowerBound - position)
            result.append(interval.upperBound - interval.lowerBound)
            position = interval.upperBound
        }
        return result
    }

    var last: Range<UInt32>? { intervals.last }

    /// The interval that overlaps the window, or nil.
    func overlapping(_ window: Range<UInt32>) -> Range<UInt32>? {
        let index = firstEnding(after: window.lowerBound)
        guard index < intervals.count, intervals[index].lowerBound < window.upperBound else {
            return nil
        }
        return intervals[index]
    }

    /// Whether a window that overlaps none can be added without there being more intervals than a
    /// limit: one that touches another adds none.
    func hasRoom(for window: Range<UInt32>, limit: Int) -> Bool {
        if intervals.count < limit { return true }
        let index = firstEnding(after: window.lowerBound)
        if index < intervals.count, intervals[index].lowerBound == window.upperBound { return true }
        return index > 0 && intervals[index - 1].upperBound == window.lowerBound
    }

    /// Adds a window that overlaps none, joined with those that it touches.
    mutating func insert(_ window: Range<UInt32>) {
        if let last = intervals.last, last.upperBound <= window.lowerBound {
            if last.upperBound == window.lowerBound {
                intervals[intervals.count - 1] = last.lowerBound..<window.upperBound
            } else {
                intervals.append(window)
            }
            return
        }
        let index = firstEnding(after: window.lowerBound)
        var joined = window
        var range = index..<index
        if index < intervals.count, intervals[index].lowerBound == window.upperBound {
            joined = joined.lowerBound..<intervals[index].upperBound
            range = range.lowerBound..<index + 1
        }
        if index > 0, intervals[index - 1].upperBound == window.lowerBound {
            joined = intervals[index - 1].lowerBound..<joined.upperBound
            range = index - 1..<range.upperBound
        }
        intervals.replaceSubrange(range, with: CollectionOfOne(joined))
    }

    /// Index of the first interval that ends after an offset.
    private func firstEnding(after offset: UInt32) -> Int {
        var low = 0
        var high = intervals.count
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
