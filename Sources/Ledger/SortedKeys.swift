/// Keys in ascending order, in runs of bounded length so that inserting stays cheap in a large set.
struct SortedKeys: Sendable {
    private static let runLimit = 256
    private var runs: [[StateKey]] = []

    mutating func insert(_ key: StateKey) {
        guard !runs.isEmpty else {
            runs.append([key])
            return
        }
        let run = runIndex(for: key)
        let position = SortedKeys.lowerBound(of: key, in: runs[run])
        if position < runs[run].count, runs[run][position] == key { return }
        runs[run].insert(key, at: position)
        if runs[run].count > SortedKeys.runLimit {
            let half = runs[run].count / 2
            let upper = Array(runs[run][half...])
            runs[run].removeSubrange(half...)
            runs.insert(upper, at: run + 1)
        }
    }

    /// The greatest key that is not above `key`.
    func last(atOrBefore key: StateKey) -> StateKey? {
        guard !runs.isEmpty else { return nil }
        var run = runIndex(for: key)
        let position = SortedKeys.lowerBound(of: key, in: runs[run])
        if position < runs[run].count, runs[run][position] == key { return key }
        if position > 0 { return runs[run][position - 1] }
        while run > 0 {
            run -= 1
            if let found = runs[run].last { return found }
        }
        return nil
    }

    /// The smallest key that is not below `key`.
    func first(atOrAfter key: StateKey) -> StateKey? {
        guard !runs.isEmpty else { return nil }
        let run = runIndex(for: key)
        let position = SortedKeys.lowerBound(of: key, in: runs[run])
        if position < runs[run].count { return runs[run][position] }
        return runs[(run + 1)...].first { !$0.isEmpty }?.first
    }

    /// The last run whose first key is not above `key`, or the first run.
    private func runIndex(for key: StateKey) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle][0] <= key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private static func lowerBound(of key: StateKey, in run: [StateKey]) -> Int {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if run[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
