import Consensus
import Foundation
import Gateway
import Ledger
import Logging
import Merkle
import Metrics
import Peering
import Primitives
import ServiceLifecycle
import Store
import SwiftProtobuf
import Wire

/// Cosigns the log after final blocks, gathers what others cosign, and has the note that is served.
///
/// It stands beside the driver and takes nothing of its time: it looks at the store for blocks that
/// became final four times a second, and once while nothing happens. Cosigned is the first block of
/// each second, which all authorities choose alike, and a head that stands for a while.
package struct LogCosigner: Service {
    private static let millisecondsBetweenSaves: UInt64 = 5_000
    /// As many pauses in one while nothing happens: an idle node should cost next to nothing.
    private static let quietPauses: UInt64 = 4
    /// Contradictions that are remembered, so that each is told of once.
    private static let toldLimit = 64

    let origin: String
    /// The node's log key; nil for one that gathers and serves only.
    let key: SigningKey?
    let store: ChainStore
    let health: NodeHealth
    let shelf: CosignatureShelf
    let peering: PeeringService?
    /// Where the cosigned checkpoint is kept over a restart; nil keeps none.
    let file: String?
    let limits: NodeLimits
    let environment: NodeEnvironment
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = Round(book: CheckpointBook(origin: origin))
            try? await restore(&round)
            while !Task.isCancelled {
                do {
                    try await step(&round)
                } catch {
                    // The store cannot answer now; the next look may find it able.
                    if !Task.isCancelled {
                        logger.warning("log not cosigned", metadata: ["reason": "\(error)"])
                    }
                }
                let pause = limits.cosignPauseMilliseconds
                let rest = round.hasNews ? pause : LogCosigner.quietPauses * pause
                try? await Task.sleep(for: .milliseconds(rest))
            }
            save(round.book)
        }
    }

    /// What one run remembers from look to look.
    private struct Round {
        var book: CheckpointBook
        /// The last block that was looked at.
        var height: Height?
        var second: UInt64?
        /// Uptime since which the head has stood; nil once it was cosigned.
        var standsSince: UInt64?
        var savedAt: UInt64 = 0
        var isSaved = true
        /// The latest contradictions that were told of.
        var told: [Cosignature] = []
        /// Whether the last look found something, or something waits for its time.
        var hasNews = true
    }

    // MARK: Steps

    private func step(_ round: inout Round) async throws {
        var own: [Cosignature] = []
        var isNew = try await follow(&round, &own)
        let now = environment.uptime()
        if let since = round.standsSince, now >= since &+ limits.cosignSettleMilliseconds {
            round.standsSince = nil
            if cosign(&round, &own) { isNew = true }
        }
        // Before this node has a block it can judge none: what comes waits, or it would be lost.
        let (cosignatures, newcomers) = round.book.newest == nil ? ([], []) : shelf.takeAll()
        round.hasNews =
            isNew || round.standsSince != nil || !cosignatures.isEmpty || !own.isEmpty
        for cosignature in round.book.takeDue() + cosignatures
        where await take(cosignature, &round) { isNew = true }
        if isNew {
            shelf.show(round.book.note(signedBy: key))
            round.isSaved = false
        }
        send(own, round.book.best?.ascending ?? [], newcomers: newcomers)
        if !round.isSaved, now >= round.savedAt &+ LogCosigner.millisecondsBetweenSaves {
            save(round.book)
            round.isSaved = true
            round.savedAt = now
        }
    }

    /// Looks at the blocks that became final since the last look.
    ///
    /// - Returns: whether another checkpoint is cosigned by a quorum.
    private func follow(_ round: inout Round, _ own: inout [Cosignature]) async throws -> Bool {
        let log = health.operation
        guard let agreement = log.agreement else { return false }
        let height = health.height
        guard round.height.map({ $0 < height }) ?? true else { return false }
        let first = round.height.map { $0.rawValue + 1 }
        let limit = min(height.rawValue - (first ?? height.rawValue) + 1, 64)
        let headers = try await store.read { access in
            try access.blocks(before: Height(height.rawValue + 1), limit: Int(limit))
                .reversed().map(\.header)
        }.filter { $0.height >= first ?? 0 }
        var isNew = false
        for header in headers {
            guard let state = CheckpointBook.LogState(header),
                let set = try await set(of: state.epoch, round.book)
            else { continue }
            round.book.append(state, by: set)
            round.height = Height(header.height)
            let second = header.timeMilliseconds / 1_000
            defer { round.second = second }
            round.standsSince = environment.uptime()
            // Who is behind says nothing about what others have finished long ago.
            guard !agreement.isBehind else { continue }
            if second != round.second {
                round.standsSince = nil
                if cosign(&round, &own) { isNew = true }
            }
        }
        return isNew
    }

    private func set(of epoch: Epoch, _ book: CheckpointBook) async throws -> AuthoritySet? {
        if let known = book.set(of: epoch) { return known }
        return try await store.read { try $0.authorities(of: epoch) }
    }

    private func cosign(_ round: inout Round, _ own: inout [Cosignature]) -> Bool {
        guard let key, let cosignature = round.book.cosign(with: key) else { return false }
        own.append(cosignature)
        return round.book.add(cosignature) == .counted(isBest: true)
    }

    /// - Returns: whether another checkpoint is cosigned by a quorum.
    private func take(_ cosignature: Cosignature, _ round: inout Round) async -> Bool {
        switch round.book.add(cosignature) {
        case .counted(let isBest): return isBest
        case .old, .early: break
        case .forged: Counter(label: "drec_log_forged_cosignatures").increment()
        case .unjudged:
            let size = cosignature.size.rawValue
            // A store that cannot answer now must not cost the cosignatures behind this one.
            let root = try? await store.read { try $0.root(size: size) }
            if let root, root != cosignature.root { tell(of: cosignature, &round) }
        case .contradicts: tell(of: cosignature, &round)
        }
        return false
    }

    /// One that is sent again is no news.
    private func tell(of cosignature: Cosignature, _ round: inout Round) {
        guard !round.told.contains(cosignature) else { return }
        round.told.append(cosignature)
        if round.told.count > LogCosigner.toldLimit { round.told.removeFirst() }
        Counter(label: "drec_log_contradictions").increment()
        logger.critical(
            "an authority cosigned another log",
            metadata: [
                "authority": "\(cosignature.signer)", "size": "\(cosignature.size.rawValue)",
                "root": "\(cosignature.root)",
                "signature": "\(cosignature.signature.bytes.hex)",
            ])
    }

    /// The own cosignatures go to all, and what a quorum made to those that have just come.
    private func send(_ own: [Cosignature], _ best: [Cosignature], newcomers: Set<PublicKey>) {
        guard let peering, !own.isEmpty || !newcomers.isEmpty else { return }
        let messages = own.map { PeerMessage.cosign($0).bytes }
        let known = best.map { PeerMessage.cosign($0).bytes }
        for peer in peering.peers {
            guard case .connected = peer.connection else { continue }
            if newcomers.contains(peer.key) {
                for bytes in known { peering.send(bytes, to: peer.key, lane: .bulk) }
            }
            for bytes in messages { peering.send(bytes, to: peer.key, lane: .bulk) }
        }
    }

    // MARK: Over a restart

    /// What is lost costs nothing but the time until the next block, so nothing is synced.
    private func save(_ book: CheckpointBook) {
        guard let file, let kept = book.kept else { return }
        do {
            try kept.canonicalBytes.write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            logger.warning("checkpoint not kept", metadata: ["reason": "\(error)"])
        }
    }

    private func restore(_ round: inout Round) async throws {
        guard let file, let bytes = FileManager.default.contents(atPath: file),
            let kept = try? ProtoCosignedCheckpoint(
                canonical: bytes, limit: ConsensusLimits.messageBytes)
        else { return }
        let found = try await store.read { access -> (Digest, AuthoritySet)? in
            guard let set = try access.authorities(of: Epoch(kept.epoch)),
                let root = try? access.root(size: kept.size)
            else { return nil }
            return (root, set)
        }
        guard let (root, set) = found else { return }
        round.book.restore(kept, root: root, set: set)
        shelf.show(round.book.note(signedBy: key))
    }
}

/// The service's name in logs.
extension LogCosigner: CustomStringConvertible {
    package var description: String { "cosigner" }
}
