import Foundation
package import Gateway
import Ledger
package import Primitives
import SwiftProtobuf
import Synchronization
import Wire

/// The events of final blocks for all listeners: each block is read and written down once, the
/// latest ones are kept, and few are read at a time.
///
/// It holds no place of any listener and drops nothing: what is not ready is in the store, so a
/// listener may be as far behind as it likes.
package final class EventFeed: Sendable {
    private struct State {
        var ready: [Height: ToldBlock] = [:]
        /// The heights of ``ready``, the first to go first.
        var order: [Height] = []
        var bytes = 0
        var loading: Set<Height> = []
        var waiting: [(height: Height, continuation: CheckedContinuation<Void, Never>)] = []
        var listeners = 0
    }

    /// A listener's place among those that the port has room for, for as long as it is held.
    final class Seat: Sendable {
        private let feed: EventFeed

        fileprivate init(_ feed: EventFeed) { self.feed = feed }
        deinit { feed.state.withLock { $0.listeners -= 1 } }
    }

    package let gateway: any LedgerGateway
    let limits: EventLimits
    private let state = Mutex(State())

    package init(gateway: any LedgerGateway, limits: EventLimits = EventLimits()) {
        self.gateway = gateway
        self.limits = limits
    }

    /// Listeners that are there now.
    package var listenerCount: Int { state.withLock { $0.listeners } }

    /// Nil where there are as many listeners as there may be.
    func seat() -> Seat? {
        let isFree = state.withLock { state in
            guard state.listeners < limits.listeners else { return false }
            state.listeners += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }

    /// As ``block(_:)``, asked for again while the node is busy: a listener has time.
    package func blockInTime(_ height: Height) async throws -> ToldBlock? {
        try await whileBusy(pausing: .milliseconds(250)) { try await block(height) }
    }

    /// The events of a block; nil where the node does not hold it.
    package func block(_ height: Height) async throws -> ToldBlock? {
        while true {
            let (found, isMine) = state.withLock { state -> (ToldBlock?, Bool) in
                if let block = state.ready[height] { return (block, false) }
                guard !state.loading.contains(height), state.loading.count < limits.loads
                else { return (nil, false) }
                state.loading.insert(height)
                return (nil, true)
            }
            if let found { return found }
            guard isMine else {
                await waitForLoad(of: height)
                continue
            }
            do {
                let block = try await load(height)
                finish(height, block)
                return block
            } catch {
                finish(height, nil)
                throw error
            }
        }
    }

    /// Waits until a block was read, or there is room to read another one.
    private func waitForLoad(of height: Height) async {
        await withCheckedContinuation { continuation in
            let mayGo = state.withLock { state in
                if state.ready[height] != nil
                    || state.loading.count < limits.loads
                        && !state.loading.contains(height)
                {
                    return true
                }
                state.waiting.append((height, continuation))
                return false
            }
            if mayGo { continuation.resume() }
        }
    }

    /// Ends a load: whoever waits for this block goes on, and the first that waits for another one.
    private func finish(_ height: Height, _ block: ToldBlock?) {
        let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.loading.remove(height)
            if let block { keep(block, in: &state) }
            var woken: [CheckedContinuation<Void, Never>] = []
            var isTaken = false
            state.waiting.removeAll { waiter in
                let goes = waiter.height == height || !isTaken
                if waiter.height != height { isTaken = true }
                if goes { woken.append(waiter.continuation) }
                return goes
            }
            return woken
        }
        for one in woken { one.resume() }
    }

    private func keep(_ block: ToldBlock, in state: inout State) {
        guard state.ready.updateValue(block, forKey: block.height) == nil else { return }
        state.order.append(block.height)
        state.bytes += block.size
        while state.bytes > limits.readyBytes, state.order.count > 1 {
            let gone = state.ready.removeValue(forKey: state.order.removeFirst())
            state.bytes -= gone?.size ?? 0
        }
    }

    /// Entries that are asked for at a time.
    private static let pageCount: UInt64 = 200

    private func load(_ height: Height) async throws -> ToldBlock? {
        guard let block = try await gateway.block(height) else { return nil }
        var events: [ToldEvent] = []
        var next = block.firstEntry.rawValue
        let end = block.header.logSize
        while next < end {
            let upTo = min(end, next + EventFeed.pageCount)
            let page = try await gateway.transactions(
                of: nil, before: LogIndex(upTo), limit: Int(upTo - next))
            for record in page.reversed() {
                let devices = try await self.devices(of: record)
                for (number, event) in record.receipt.events.enumerated() {
                    guard let event = event.event else { continue }
                    events.append(
                        ToldEvent(event, number: UInt64(number), of: record, devices: devices))
                }
            }
            next = upTo
        }
        return ToldBlock(block, events: events)
    }

    /// The devices whose reads a transaction has.
    private func devices(of record: TransactionRecord) async throws -> Set<DeviceID> {
        guard record.body.readsCount > 0,
            let bytes = try await gateway.transactionBytes(at: record.index),
            let envelope = try? ProtoSignedTransaction(serializedBytes: Data(bytes))
        else { return [] }
        return Set(envelope.reads.device.map { DeviceID($0) })
    }
}
