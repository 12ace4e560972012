/// How long webhooks are patient.
package struct WebhookLimits: Sendable {
    /// Seconds until an attempt must be answered.
    package var answerSeconds: Int64 = 15
    /// Milliseconds from the first failure to the next attempt; each further pause is
    /// ``growth`` times as long, up to ``longestPauseMilliseconds``.
    package var firstPauseMilliseconds: UInt64 = 5_000
    package var growth: UInt64 = 4
    package var longestPauseMilliseconds: UInt64 = 6 * 3_600_000
    /// A target is given up when so many attempts in a row have failed, over so long a time.
    package var failures: UInt64 = 10
    package var failingMilliseconds: UInt64 = 3 * 24 * 3_600_000
    /// Blocks with nothing for a target until its place is written down all the same.
    package var silentBlocks = 1_000
    /// Between two looks at the file of targets.
    package var lookMilliseconds: UInt64 = 2_000
    /// How long a checked address and its connection are used.
    package var connectionSeconds: Int64 = 60

    package init() {}

    /// The pause after so many failures, the first one being 1.
    func pause(after failures: UInt64) -> UInt64 {
        var pause = firstPauseMilliseconds
        var left = min(failures, 64)
        while left > 1, pause < longestPauseMilliseconds {
            pause *= growth
            left -= 1
        }
        return min(longestPauseMilliseconds, pause)
    }
}
