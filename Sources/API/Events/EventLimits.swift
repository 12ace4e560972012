/// How much the stream of events takes on.
package struct EventLimits: Sendable {
    /// Listeners of a port at once; further ones are told to try again later.
    package var listeners = 1_000
    /// Blocks that are read from the store at once, however many listeners are behind.
    package var loads = 2
    /// Bytes of events that are kept ready, of the latest blocks that were asked for.
    package var readyBytes = 16 * 1_024 * 1_024
    /// A listener that hears nothing hears at least a comment in this time.
    package var heartbeatMilliseconds = 15_000
    /// Bytes that are given to a connection at a time.
    package var chunkBytes = 32 * 1_024

    package init() {}
}
