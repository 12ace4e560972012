import Consensus
import Foundation
import Ledger
import Logging
import Metrics
import Peering
import Primitives
import Registry
import ServiceLifecycle
import Store

/// Takes orders to erase from other members' nodes, and asks each of them, once for each
/// connection, for those that were given while this node was away.
package struct ErasureFollower: Service {
    private static let answerMilliseconds = 30_000
    /// How often a peer is asked through one connection, as long as some of its orders do not
    /// hold: this node's chain may be behind.
    private static let tries = 6

    let exchange: ProfileExchange
    let mailbox: ErasureMailbox
    let audience: ProfileAudience
    /// Whether anybody answers this node's questions.
    let isTold: Bool
    let peering: PeeringService
    let pauseMilliseconds: Int
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await serve() }
                if isTold { group.addTask { await reconcile() } }
            }
        }
    }

    // MARK: What comes

    private func serve() async {
        for await input in mailbox.inputs {
            do {
                switch input {
                case .order(let order, let peer):
                    let new = try await take([order], of: peer)
                    handOn(new, from: peer)
                case .asked(let place, let peer):
                    let answer = try await exchange.orders(after: place)
                    peering.send(
                        PeerMessage.erasures(
                            ErasureMessage.answer(answer.orders, isEnd: answer.isEnd)
                        ).bytes, to: peer, lane: .bulk)
                }
            } catch {
                // What is not done now is asked for again with the next connection.
                logger.warning("profile not erased", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// - Returns: the orders that are new here, and were obeyed.
    private func take(
        _ orders: [ProfileErasure], of peer: PublicKey
    ) async throws -> [ProfileErasure] {
        let (new, forged) = try await exchange.take(orders)
        if forged {
            peering.punish(peer, why: "handed on an order to erase that nobody has signed")
        }
        if !new.isEmpty {
            Counter(label: "drec_profiles_erased").increment(by: Int64(new.count))
            logger.notice("profiles erased", metadata: ["count": "\(new.count)"])
        }
        return new
    }

    /// To this member's own observers, which know no other; what one of these was given, to the
    /// authorities too.
    private func handOn(_ orders: [ProfileErasure], from peer: PublicKey) {
        var others = audience.readers.filter { $0 != peer }
        if audience.readers.contains(peer) {
            others.formUnion(peering.peers.filter { $0.role == .authority }.map(\.key))
        }
        for order in orders {
            let bytes = PeerMessage.erase(ErasureMessage.order(order)).bytes
            for other in others { peering.send(bytes, to: other, lane: .bulk) }
        }
    }

    // MARK: What was missed

    private func reconcile() async {
        // By peer: the connection that it was asked through, and how often.
        var asked: [PublicKey: (connection: UInt64, tries: Int)] = [:]
        while !Task.isCancelled {
            for peer in peering.peers where peer.role == .authority {
                var (connection, tries) = asked[peer.key] ?? (0, 0)
                if connection != peer.connections { (connection, tries) = (peer.connections, 0) }
                guard case .connected = peer.connection, audience.mayAsk(peer.key),
                    tries < ErasureFollower.tries
                else { continue }
                do {
                    let isDone = try await ask(peer.key)
                    asked[peer.key] = (connection, isDone ? ErasureFollower.tries : tries + 1)
                } catch {
                    logger.warning("orders not fetched", metadata: ["reason": "\(error)"])
                }
            }
            try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
        }
    }

    /// - Returns: whether the peer has told all, and all of it holds.
    private func ask(_ peer: PublicKey) async throws -> Bool {
        var place: Digest?
        var allHold = true
        while true {
            let question = PeerMessage.erasureQuestion(ErasureMessage.question(after: place)).bytes
            let answer = await mailbox.questions.ask(
                peer, withinMilliseconds: ErasureFollower.answerMilliseconds
            ) { peering.send(question, to: peer, lane: .bulk) }
            guard let answer else { return false }
            guard let (orders, isEnd) = try? ErasureMessage.orders(in: answer) else {
                peering.punish(peer, why: "answered with what are no orders to erase")
                return false
            }
            _ = try await take(orders, of: peer)
            if try await exchange.hasOpen(orders) { allHold = false }
            guard !isEnd, let last = orders.last?.root else { return allHold }
            // Ascending, or it would never end.
            if let before = place, last <= before { return false }
            place = last
        }
    }
}

extension ErasureFollower: CustomStringConvertible {
    package var description: String { "erasures" }
}
