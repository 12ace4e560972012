import NIOCore
import Synchronization

/// The connections of a port: how many each client has, and which one gives way where there is no
/// room for another.
///
/// A port that is full goes on taking connections in, or whoever holds as many as there may be and
/// says nothing would keep everybody else out.
final class ConnectionTable: Sendable {
    private struct State {
        var all: [ObjectIdentifier: Connection] = [:]
        var counts: [ClientAddress: Int] = [:]
    }

    /// One connection, as those see it who look for one that may give way.
    final class Connection: Sendable {
        let channel: any Channel
        fileprivate let address: ClientAddress?
        /// Since when the node waits for this client, in nanoseconds; 0 while the client waits.
        let waitingSince: Atomic<UInt64>
        /// Bytes of large answers that the client has not taken.
        let waitingBytes = Atomic<Int>(0)

        fileprivate init(_ channel: any Channel, _ address: ClientAddress?, at now: UInt64) {
            self.channel = channel
            self.address = address
            waitingSince = Atomic(now)
        }

        /// Ends it, to make room.
        fileprivate func giveWay() {
            if waitingBytes.load(ordering: .relaxed) > 0 {
                breakOff()
            } else {
                channel.close(promise: nil)
            }
        }

        /// Ends it with a reset: what the system still holds for a client that takes nothing is
        /// let go of now, not when the system tires of it.
        func breakOff() {
            _ = (channel as? any SocketOptionProvider)?.unsafeSetSocketOption(
                level: .socket, name: .so_linger, value: Linger())
            channel.close(promise: nil)
        }
    }

    /// As the system has it: linger for no time.
    private struct Linger: Sendable {
        let isOn: Int32 = 1
        let seconds: Int32 = 0
    }

    let limits: ServerLimits
    private let state = Mutex(State())
    private let waiting = Atomic<Int>(0)

    init(_ limits: ServerLimits) { self.limits = limits }

    /// Connections now.
    var count: Int { state.withLock { $0.all.count } }
    /// Bytes of large answers that clients have not taken.
    var waitingBytes: Int { waiting.load(ordering: .relaxed) }

    /// Takes a connection in; nil where its client has too many.
    func admit(_ channel: any Channel, at now: UInt64) -> Connection? {
        var address = ClientAddress(channel.remoteAddress)
        // Whoever comes through a proxy is known by its requests alone.
        if address?.isLoopback == true, !limits.limitsLoopback { address = nil }
        let connection = Connection(channel, address, at: now)
        let (isIn, leaving) = state.withLock { state -> (Bool, Connection?) in
            if let address {
                let held = state.counts[address] ?? 0
                guard held < limits.connectionsPerAddress else { return (false, nil) }
                state.counts[address] = held + 1
            }
            let leaving =
                state.all.count >= limits.connections
                ? ConnectionTable.longestWaiting(in: state.all.values) : nil
            state.all[ObjectIdentifier(connection)] = connection
            return (true, leaving)
        }
        leaving?.giveWay()
        return isIn ? connection : nil
    }

    func remove(_ connection: Connection) {
        state.withLock { state in
            guard state.all.removeValue(forKey: ObjectIdentifier(connection)) != nil,
                let address = connection.address, let held = state.counts[address]
            else { return }
            state.counts[address] = held > 1 ? held - 1 : nil
        }
    }

    /// Counts bytes of an answer that begin to wait for a client.
    func hold(_ bytes: Int, _ connection: Connection) {
        connection.waitingBytes.add(bytes, ordering: .relaxed)
        let sum = waiting.add(bytes, ordering: .relaxed).newValue
        guard sum > limits.waitingBytes else { return }
        let leaving = state.withLock { state in
            ConnectionTable.longestWaiting(
                in: state.all.values.lazy.filter { $0.waitingBytes.load(ordering: .relaxed) > 0 })
        }
        leaving?.giveWay()
    }

    /// Counts bytes that were taken, or whose connection is gone.
    func release(_ bytes: Int, _ connection: Connection) {
        connection.waitingBytes.subtract(bytes, ordering: .relaxed)
        waiting.subtract(bytes, ordering: .relaxed)
    }

    private static func longestWaiting(
        in connections: some Sequence<Connection>
    ) -> Connection? {
        connections.lazy.map { ($0.waitingSince.load(ordering: .relaxed), $0) }
            .filter { $0.0 > 0 }.min { $0.0 < $1.0 }?.1
    }
}
