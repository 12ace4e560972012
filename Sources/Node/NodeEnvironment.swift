/// Time and chance of one process, made once by whoever starts it.
package struct NodeEnvironment: Sendable {
    /// Milliseconds since 1970, for the times of blocks and for people.
    package let time: @Sendable () -> UInt64
    /// Milliseconds of a clock that never goes back, from any origin, for deadlines.
    package let uptime: @Sendable () -> UInt64
    /// Unpredictable numbers.
    package let random: @Sendable () -> UInt64

    package init(
        time: @escaping @Sendable () -> UInt64, uptime: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.time = time
        self.uptime = uptime
        self.random = random
    }
}
