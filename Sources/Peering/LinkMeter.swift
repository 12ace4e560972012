import Synchronization

/// A connection's counters, written by its handler and its tasks, read by the ticker.
final class LinkMeter: Sendable {
    private let receivedBytes = Atomic<UInt64>(0)
    private let sentBytes = Atomic<UInt64>(0)
    private let receivedMessages = Atomic<UInt64>(0)
    private let sentMessages = Atomic<UInt64>(0)
    private let droppedVotes = Atomic<UInt64>(0)
    private let isInsideFrame = Atomic<Bool>(false)

    func received(bytes: Int, messages: Int, isInsideFrame inside: Bool) {
        receivedBytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
        receivedMessages.wrappingAdd(UInt64(messages), ordering: .relaxed)
        isInsideFrame.store(inside, ordering: .relaxed)
    }

    func sent(bytes: Int, messages: Int) {
        sentBytes.wrappingAdd(UInt64(bytes), ordering: .relaxed)
        sentMessages.wrappingAdd(UInt64(messages), ordering: .relaxed)
    }

    func dropped(votes: Int) { droppedVotes.wrappingAdd(UInt64(votes), ordering: .relaxed) }

    func reading(isHeld: Bool) -> LinkReading {
        var traffic = Traffic()
        traffic.receivedBytes = receivedBytes.load(ordering: .relaxed)
        traffic.sentBytes = sentBytes.load(ordering: .relaxed)
        traffic.receivedMessages = receivedMessages.load(ordering: .relaxed)
        traffic.sentMessages = sentMessages.load(ordering: .relaxed)
        traffic.droppedVotes = droppedVotes.load(ordering: .relaxed)
        return LinkReading(
            traffic: traffic, isInsideFrame: isInsideFrame.load(ordering: .relaxed),
            isHeld: isHeld)
    }
}
