import Node
import Synchronization
import Testing

@Suite("Values prepared ahead")
struct LookaheadTests {
    private struct Failure: Error, Equatable {
        let number: UInt64
    }

    @Test("are taken in order, each once, however they become ready", arguments: [0, 1, 2, 7, 40])
    func order(count: UInt64) async throws {
        let begun = Mutex<UInt64>(0)
        var taken: [UInt64] = []
        try await Lookahead.run(
            5..<5 + count, ahead: 3,
            prepare: { number in
                begun.withLock { $0 += 1 }
                // Later ones are often ready first.
                for _ in 0..<(number % 3 == 0 ? 50 : 0) { await Task.yield() }
                return number * 2
            },
            take: { number, value in
                #expect(value == number * 2)
                taken.append(number)
                // What is begun is at most three ahead of what was taken.
                #expect(begun.withLock { $0 } <= UInt64(taken.count) + 3)
            })
        #expect(taken == Array(5..<5 + count))
    }

    @Test("end with the first failure, and nothing behind it is taken")
    func failures() async throws {
        var taken: [UInt64] = []
        await #expect(throws: Failure(number: 4)) {
            try await Lookahead.run(
                0..<10, ahead: 2,
                prepare: { number in
                    if number == 4 { throw Failure(number: number) }
                    return number
                }, take: { number, _ in taken.append(number) })
        }
        #expect(taken == Array(0..<UInt64(taken.count)) && taken.count <= 4)
        await #expect(throws: Failure(number: 1)) {
            try await Lookahead.run(
                0..<10, ahead: 2, prepare: { $0 },
                take: { number, _ in if number == 1 { throw Failure(number: number) } })
        }
    }
}
