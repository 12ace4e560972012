import Node
import Testing

@Suite("Waits with one timer for all")
struct DeadlinesTests {
    private typealias Numbers = AsyncStream<Int>

    private func first(
        _ deadlines: Deadlines, withinMilliseconds limit: Int,
        _ begin: (Numbers.Continuation) -> Void
    ) async -> Int? {
        let (stream, continuation) = Numbers.makeStream()
        begin(continuation)
        return await deadlines.first(
            of: stream, continuation, withinMilliseconds: limit)
    }

    /// Runs a body beside the timer.
    private func running<Value: Sendable>(
        _ deadlines: Deadlines, _ body: @Sendable () async -> Value
    ) async -> Value {
        await withTaskGroup { group in
            group.addTask { await deadlines.run() }
            while !deadlines.isRunning { await Task.yield() }
            let value = await body()
            group.cancelAll()
            return value
        }
    }

    @Test("end when their time is up, and with what comes before", arguments: [true, false])
    func ends(isRunning: Bool) async {
        let deadlines = Deadlines()
        let body: @Sendable () async -> [Int?] = {
            [
                await first(deadlines, withinMilliseconds: 1) { _ in },
                await first(deadlines, withinMilliseconds: 3_600_000) { $0.yield(7) },
                await first(deadlines, withinMilliseconds: 3_600_000) { $0.finish() },
                await first(deadlines, withinMilliseconds: 250) { _ in },
            ]
        }
        let found = isRunning ? await running(deadlines, body) : await body()
        #expect(found == [nil, 7, nil, nil])
        #expect(deadlines.count == 0)
    }

    @Test("each have their own answer, however many there are")
    func many() async {
        let deadlines = Deadlines()
        let found = await running(deadlines) {
            await withTaskGroup(of: Int?.self) { group in
                for number in 0..<600 {
                    group.addTask {
                        await first(deadlines, withinMilliseconds: number % 2 == 0 ? 3_600_000 : 1)
                        { if number % 2 == 0 { $0.yield(number) } }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(found.compactMap(\.self).sorted() == Array(stride(from: 0, to: 600, by: 2)))
        #expect(found.count == 600 && deadlines.count == 0)
    }

    @Test("end when whoever waits is cancelled")
    func cancelled() async {
        let deadlines = Deadlines()
        let found = await running(deadlines) {
            await withTaskGroup(of: Int?.self) { group in
                group.addTask { await first(deadlines, withinMilliseconds: 3_600_000) { _ in } }
                while deadlines.count == 0 { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? 1
            }
        }
        #expect(found == nil && deadlines.count == 0)
    }

    @Test("end soon once that was said, those that begin later too")
    func shortened() async {
        let deadlines = Deadlines()
        let found = await running(deadlines) {
            await withTaskGroup(of: Int?.self) { group in
                group.addTask { await first(deadlines, withinMilliseconds: 3_600_000) { _ in } }
                while deadlines.count == 0 { await Task.yield() }
                deadlines.shorten(to: .milliseconds(1))
                let before = await group.next() ?? 1
                let after = await first(deadlines, withinMilliseconds: 3_600_000) { _ in }
                let known = await first(deadlines, withinMilliseconds: 3_600_000) { $0.yield(7) }
                return [before, after, known]
            }
        }
        #expect(found == [nil, nil, 7] && deadlines.count == 0)
    }

    @Test("have timers of their own when the one for all has stopped")
    func stopped() async {
        let deadlines = Deadlines()
        await running(deadlines) {}
        #expect(await first(deadlines, withinMilliseconds: 1) { _ in } == nil)
        #expect(await first(deadlines, withinMilliseconds: 3_600_000) { $0.yield(1) } == 1)
        #expect(deadlines.count == 0)
    }
}
