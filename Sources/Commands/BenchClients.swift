import Foundation
import Synchronization

/// Clients that do one thing again and again, and how long each time took.
struct BenchClients {
    let clients: Int
    let seconds: Int
    /// Starts a second; 0 for as many as possible. With a rate, a time is measured from the moment
    /// when the work was due, so that a slow answer is not hidden by the work that it delays.
    let rate: Double

    /// What came out.
    struct Result {
        /// Sorted.
        let milliseconds: [Double]
        let seconds: Double
        let failures: Int
        let firstFailure: String?

        var perSecond: Double { Double(milliseconds.count) / seconds }

        func percentile(_ share: Double) -> Double {
            guard !milliseconds.isEmpty else { return 0 }
            let place = Int((Double(milliseconds.count) * share).rounded(.down))
            return (milliseconds[min(milliseconds.count - 1, place)] * 100).rounded() / 100
        }

        func report(_ title: String) {
            Output.line(
                "\(title)   \(Int(perSecond))/s  p50 \(percentile(0.5)) ms  "
                    + "p99 \(percentile(0.99)) ms  max \(percentile(1)) ms  "
                    + "(\(milliseconds.count) in \(BenchMachine.seconds(.seconds(seconds))) s)")
            guard let firstFailure else { return }
            Output.line("\(failures) failed, the first one: \(firstFailure)")
        }
    }

    /// What all clients write down together.
    private final class Tally: Sendable {
        struct State {
            var next = 0
            var milliseconds: [Double] = []
            var failures = 0
            var firstFailure: String?
        }

        private let state = Mutex(State())

        func withLock<Value>(_ body: (inout sending State) -> sending Value) -> sending Value {
            state.withLock(body)
        }
    }

    /// Runs all clients for the time.
    ///
    /// - Parameter work: does the thing of a number; false when there is nothing left to do.
    func run(_ work: @escaping @Sendable (Int) async throws -> Bool) async throws -> Result {
        let tally = Tally()
        let began = ContinuousClock.now
        let end = began + .seconds(seconds)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<clients {
                group.addTask { await drive(tally, from: began, until: end, work) }
            }
        }
        let duration = BenchMachine.seconds(ContinuousClock.now - began)
        return tally.withLock { tally in
            Result(
                milliseconds: tally.milliseconds.sorted(), seconds: duration,
                failures: tally.failures, firstFailure: tally.firstFailure)
        }
    }

    private func drive(
        _ tally: Tally, from began: ContinuousClock.Instant,
        until end: ContinuousClock.Instant, _ work: @Sendable (Int) async throws -> Bool
    ) async {
        while true {
            let number = tally.withLock { tally in
                defer { tally.next += 1 }
                return tally.next
            }
            var due = ContinuousClock.now
            if rate > 0 {
                due = began + .seconds(Double(number) / rate)
                if due >= end { return }
                try? await Task.sleep(until: due, clock: .continuous)
            }
            guard due < end else { return }
            do {
                guard try await work(number) else { return }
                let time = BenchMachine.seconds(ContinuousClock.now - due) * 1_000
                tally.withLock { $0.milliseconds.append(time) }
            } catch {
                tally.withLock { tally in
                    tally.failures += 1
                    if tally.firstFailure == nil { tally.firstFailure = "\(error)" }
                }
            }
        }
    }
}
