import Synchronization

/// How many requests each client may still make: a bucket that fills at a rate, kept as the time at
/// which it will be full again (GCRA, ITU-T I.371).
final class RequestAllowance: Sendable {
    /// What is said to a client of its allowance.
    struct Verdict: Equatable, Sendable {
        let isAllowed: Bool
        /// Requests that it may make at once.
        let remaining: Int
        /// Seconds until it may make ``burst`` at once, or one, where it may make none.
        let seconds: UInt64
    }

    private struct State {
        /// When a bucket is full, in nanoseconds, by client: of those that asked lately, and of
        /// those before. Who is in neither has a full one.
        var new: [ClientAddress: UInt64] = [:]
        var old: [ClientAddress: UInt64] = [:]
    }

    let burst: Int
    let perSecond: Int
    /// Nanoseconds for a request.
    private let interval: UInt64
    private let capacity: UInt64
    private let halfCount: Int
    private let state = Mutex(State())

    /// Nil where there is no limit.
    init?(_ limits: ServerLimits) {
        guard limits.requestsPerSecond > 0, limits.burst > 0 else { return nil }
        burst = limits.burst
        perSecond = limits.requestsPerSecond
        interval = max(1, 1_000_000_000 / UInt64(perSecond))
        capacity = interval * UInt64(burst)
        halfCount = max(1, limits.addresses / 2)
    }

    /// Takes a request out of a client's bucket.
    ///
    /// - Parameter now: nanoseconds of a clock that never goes back.
    func take(_ client: ClientAddress, at now: UInt64) -> Verdict {
        state.withLock { state in
            let full = max(now, state.new[client] ?? state.old[client] ?? 0)
            let next = full + interval
            guard next - now <= capacity else {
                return Verdict(
                    isAllowed: false, remaining: 0,
                    seconds: RequestAllowance.seconds(next - now - capacity))
            }
            if state.new[client] == nil, state.new.count >= halfCount {
                (state.old, state.new) = (state.new, [:])
            }
            state.new[client] = next
            return Verdict(
                isAllowed: true, remaining: Int((capacity - (next - now)) / interval),
                seconds: RequestAllowance.seconds(next - now))
        }
    }

    private static func seconds(_ nanoseconds: UInt64) -> UInt64 {
        (nanoseconds + 999_999_999) / 1_000_000_000
    }
}
