extension AsyncStream where Element: Sendable {
    /// The first element, if it comes within the time; nil otherwise, and when the stream ends.
    func first(withinMilliseconds limit: Int) async -> Element? {
        await withTaskGroup(of: Element?.self) { group in
            group.addTask {
                for await element in self { return element }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(limit))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
