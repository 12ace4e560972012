/// Prepares values on all cores ahead of the one that is taken, and hands them over in order.
package enum Lookahead {
    /// - Parameters:
    ///   - numbers: what to prepare, in order.
    ///   - ahead: how many are prepared or wait at once.
    ///   - prepare: makes the value of a number, on any thread.
    ///   - take: is given each value in order, on the caller's task.
    /// - Throws: what the closures throw; what was being prepared is then cancelled.
    package static func run<Value: Sendable>(
        _ numbers: Range<UInt64>, ahead: UInt64,
        prepare: @escaping @Sendable (UInt64) async throws -> Value,
        take: (UInt64, Value) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (UInt64, Value).self) { group in
            func begin(_ number: UInt64) {
                guard numbers.contains(number) else { return }
                group.addTask { (number, try await prepare(number)) }
            }
            for step in 0..<ahead { begin(numbers.lowerBound + step) }
            var waiting: [UInt64: Value] = [:]
            var number = numbers.lowerBound
            while let (other, value) = try await group.next() {
                waiting[other] = value
                while let next = waiting.removeValue(forKey: number) {
                    begin(number + ahead)
                    try take(number, next)
                    number += 1
                }
            }
        }
    }
}
