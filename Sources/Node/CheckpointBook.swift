import Consensus
import Foundation
import Ledger
import Merkle
import Primitives
import Wire

/// Which authorities have cosigned which final state of the log: a value without clock, disk or
/// socket.
///
/// A cosignature counts for a size and root that this node's own chain has had after a final block,
/// by the log key of the seat in that block's epoch. What has a quorum and is newest is kept.
struct CheckpointBook: Sendable {
    /// Final blocks whose log states are remembered.
    static let heads = 256

    let origin: String
    /// By size, ascending; those of the latest blocks.
    private var states: [LogState] = []
    /// Sets of the epochs of these states.
    private var sets: [Epoch: AuthoritySet] = [:]
    /// Of sizes that this node has not reached: the newest of each signer of the latest epoch.
    private var early: [Int: Cosignature] = [:]
    /// The newest state that a quorum has cosigned.
    private(set) var best: LogState?

    /// The log after a final block, and who has cosigned it.
    struct LogState: Sendable {
        let epoch: Epoch
        let size: UInt64
        let root: Digest
        /// When the first and the last block of this size were made, in whole seconds.
        fileprivate(set) var times: ClosedRange<UInt64>
        /// By index in the epoch's set; the latest of each.
        fileprivate(set) var cosignatures: [Int: Cosignature] = [:]

        /// - Parameter header: of a final block.
        init?(_ header: ProtoHeader) {
            guard let root = Digest(bytes: header.logRoot) else { return nil }
            epoch = Epoch(header.epoch)
            size = header.logSize
            self.root = root
            let second = header.timeMilliseconds / 1_000
            times = second...second
        }

        init(epoch: Epoch, size: UInt64, root: Digest, times: ClosedRange<UInt64>) {
            self.epoch = epoch
            self.size = size
            self.root = root
            self.times = times
        }

        var ascending: [Cosignature] {
            cosignatures.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// What became of a cosignature.
    enum Outcome: Equatable, Sendable {
        /// It counts; the flag says whether ``best`` is another one now.
        case counted(isBest: Bool)
        /// Known, or of a state that is not remembered any more.
        case old
        /// Of a state that this node has not reached.
        case early
        /// Signed by a seat's log key for a size that no remembered state has: only the chain's own
        /// log can tell.
        case unjudged
        /// Not signed by that seat's log key, or for a time when the log was another one.
        case forged
        /// An authority signed a root that is not the chain's.
        case contradicts
    }

    init(origin: String) { self.origin = origin }

    var newest: LogState? { states.last }

    func set(of epoch: Epoch) -> AuthoritySet? { sets[epoch] }

    /// Takes the state after the next final block in.
    ///
    /// - Parameter set: of the block's epoch.
    mutating func append(_ state: LogState, by set: AuthoritySet) {
        sets[state.epoch] = set
        if let last = states.last, last.size == state.size, last.epoch == state.epoch {
            // Blocks without transactions: the same log, later.
            let end = max(last.times.upperBound, state.times.upperBound)
            states[states.count - 1].times = last.times.lowerBound...end
        } else {
            states.append(state)
            if states.count > CheckpointBook.heads { states.removeFirst() }
            var epochs = Set(states.map(\.epoch))
            if let best { epochs.insert(best.epoch) }
            sets = sets.filter { epochs.contains($0.key) }
        }
    }

    /// Takes away the cosignatures that came before this node had their sizes, which it has now.
    mutating func takeDue() -> [Cosignature] {
        guard let newest else { return [] }
        let due = early.filter { $0.value.size.rawValue <= newest.size }
        for signer in due.keys { early[signer] = nil }
        return due.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Takes a cosignature in, whoever it came from.
    mutating func add(_ cosignature: Cosignature) -> Outcome {
        let size = cosignature.size.rawValue
        guard let newest = states.last else { return .old }
        guard size <= newest.size else {
            guard isSigned(cosignature, in: newest.epoch) else { return .forged }
            let known = early[cosignature.signer]
            if known.map({ $0.size < cosignature.size }) ?? true {
                early[cosignature.signer] = cosignature
            }
            return .early
        }
        // At an epoch's end two states have one size: the signature tells whose it is.
        var outcome: Outcome?
        for place in states.indices.reversed() where states[place].size == size {
            outcome = add(cosignature, at: place)
            if outcome != .forged { break }
        }
        return outcome ?? (isSigned(cosignature, in: newest.epoch) ? .unjudged : .old)
    }

    private mutating func add(_ cosignature: Cosignature, at place: Int) -> Outcome {
        let state = states[place]
        let known = state.cosignatures[cosignature.signer]
        if known == cosignature { return .old }
        guard isSigned(cosignature, in: state.epoch) else { return .forged }
        guard cosignature.root == state.root else { return .contradicts }
        guard state.times.contains(cosignature.time.rawValue) else { return .forged }
        if let known, known.time >= cosignature.time { return .old }
        states[place].cosignatures[cosignature.signer] = cosignature
        return .counted(isBest: choose(states[place]))
    }

    /// Whether a state with a quorum is the newest one.
    private mutating func choose(_ state: LogState) -> Bool {
        guard let quorum = sets[state.epoch]?.quorum, state.cosignatures.count >= quorum,
            best.map({ ($0.epoch, $0.size) <= (state.epoch, state.size) }) ?? true
        else { return false }
        best = state
        return true
    }

    private func isSigned(_ cosignature: Cosignature, in epoch: Epoch) -> Bool {
        guard let key = logKey(of: cosignature.signer, in: epoch) else { return false }
        return key.verifies(
            cosignature.signature,
            note: checkpoint(cosignature).cosigned(at: cosignature.time))
    }

    private func logKey(of seat: Int, in epoch: Epoch) -> PublicKey? {
        guard let members = sets[epoch]?.members, members.indices.contains(seat) else { return nil }
        return PublicKey(bytes: members[seat].logKey)
    }

    private func checkpoint(_ cosignature: Cosignature) -> Checkpoint {
        Checkpoint(origin: origin, size: cosignature.size.rawValue, root: cosignature.root)
    }

    // MARK: Signing and showing

    /// The own cosignature of the newest state; nil without a seat whose log key this is, or where
    /// it was made already.
    mutating func cosign(with key: SigningKey) -> Cosignature? {
        guard let state = states.last, let members = sets[state.epoch]?.members,
            let seat = members.firstIndex(where: { $0.logKey.elementsEqual(key.publicKey.bytes) })
        else { return nil }
        let time = Timestamp(state.times.upperBound)
        if let known = state.cosignatures[seat], known.time >= time { return nil }
        let checkpoint = Checkpoint(origin: origin, size: state.size, root: state.root)
        guard let signature = key.sign(note: checkpoint.cosigned(at: time)) else { return nil }
        return Cosignature(
            signer: seat, size: LogIndex(state.size), root: state.root, time: time,
            signature: signature)
    }

    /// The newest cosigned state as a note; nil while there is none.
    ///
    /// - Parameter key: the serving node's log key, which signs the note as the log's.
    func note(signedBy key: SigningKey?) -> String? {
        guard let best else { return nil }
        return Self.note(of: best, by: sets[best.epoch], origin: origin, signedBy: key)
    }

    private static func note(
        of state: LogState, by set: AuthoritySet?, origin: String, signedBy key: SigningKey?
    ) -> String? {
        guard let set else { return nil }
        let checkpoint = Checkpoint(origin: origin, size: state.size, root: state.root)
        var lines: [String] = []
        if let key, let signature = key.sign(note: checkpoint.text) {
            lines.append(
                NoteSigner(name: origin, key: key.publicKey, kind: .ed25519).line(signature))
        }
        for cosignature in state.ascending where set.members.indices.contains(cosignature.signer) {
            let member = set.members[cosignature.signer]
            guard let key = PublicKey(bytes: member.logKey) else { continue }
            lines.append(
                NoteSigner.authority(member.name, key: key, origin: origin)
                    .line(cosignature.signature, at: cosignature.time))
        }
        return checkpoint.note(lines)
    }
}

extension CheckpointBook {
    /// Takes back what was kept by an earlier run, as far as the chain and its signatures bear it
    /// out.
    ///
    /// - Parameters:
    ///   - kept: from a file that may have been changed.
    ///   - root: the chain's root at that size.
    ///   - set: of the kept epoch.
    mutating func restore(_ kept: ProtoCosignedCheckpoint, root: Digest, set: AuthoritySet) {
        guard states.isEmpty, kept.epoch == set.epoch.rawValue,
            kept.root.elementsEqual(root.bytes),
            let first = kept.cosignatures.map(\.time).min(),
            let last = kept.cosignatures.map(\.time).max()
        else { return }
        sets[set.epoch] = set
        states = [
            LogState(epoch: set.epoch, size: kept.size, root: root, times: first...last)
        ]
        for value in kept.cosignatures {
            guard let cosignature = Cosignature(value) else { continue }
            _ = add(cosignature)
        }
    }

    /// What a restart needs to serve the same note.
    var kept: ProtoCosignedCheckpoint? {
        best.map { best in
            var kept = ProtoCosignedCheckpoint()
            kept.epoch = best.epoch.rawValue
            kept.size = best.size
            kept.root = Data(best.root.bytes)
            kept.cosignatures = best.ascending.map { ProtoCosign($0) }
            return kept
        }
    }
}

extension Cosignature {
    /// Nil for what no peer could send.
    fileprivate init?(_ value: ProtoCosign) {
        guard let root = Digest(bytes: value.root),
            let signature = Signature(bytes: value.signature)
        else { return nil }
        self.init(
            signer: Int(value.signer), size: LogIndex(value.size), root: root,
            time: Timestamp(value.time), signature: signature)
    }
}
