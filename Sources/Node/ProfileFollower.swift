import Consensus
import Foundation
import Ledger
import Logging
import Peering
import Primitives
import Registry
import ServiceLifecycle
import Store

/// Fetches the off-chain profiles that the chain commits to and this node lacks, one at a time: an
/// authority's node from the other authorities, an observer's from its own member.
package struct ProfileFollower: Service {
    /// Commitments that are looked at together.
    private static let batch = 256
    private static let answerMilliseconds = 30_000

    let network: Digest
    let exchange: ProfileExchange
    let questions: ProfileQuestions
    let peering: PeeringService
    let audience: ProfileAudience
    /// Between two looks at what is missing.
    let pauseMilliseconds: Int
    let logger: Logger

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await follow()
                } catch let error where !(error is CancellationError) {
                    // The registry or the store cannot do it now; the next look may find them able.
                    logger.warning("profiles not followed", metadata: ["reason": "\(error)"])
                }
                try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            }
        }
    }

    /// Asks for all that is missing, each root at every authority at most once.
    private func follow() async throws {
        var place: Digest?
        repeat {
            let (roots, next) = try await exchange.missing(
                after: place, limit: ProfileFollower.batch)
            for root in roots {
                guard try await fetch(root) else { return }
            }
            place = next
        } while place != nil
    }

    /// - Returns: whether anybody was there to ask.
    private func fetch(_ root: Digest) async throws -> Bool {
        let authorities = peering.peers.filter { peer in
            guard case .connected = peer.connection else { return false }
            return peer.role == .authority && audience.mayAsk(peer.key)
        }
        for peer in authorities.map(\.key) {
            guard let question = ProfileMessage.fetch(root).questionBytes else { continue }
            let bytes = PeerMessage.profileQuestion(question).bytes
            let answer = await questions.ask(
                peer, withinMilliseconds: ProfileFollower.answerMilliseconds
            ) { peering.send(bytes, to: peer, lane: .bulk) }
            guard let answer, let message = try? ProfileMessage(answer: answer, to: root)
            else { continue }
            switch try await exchange.take(message) {
            case .kept, .erased: return true
            case .absent: continue
            case .refused(let reason):
                peering.punish(peer, why: "sent a profile that the chain does not know: \(reason)")
            }
        }
        return !authorities.isEmpty
    }
}

extension ProfileFollower: CustomStringConvertible {
    package var description: String { "profiles" }
}
