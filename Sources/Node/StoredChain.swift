import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import Store
import Wire

/// The final chain as a replica machine reads it, within one look at the store.
struct StoredChain: FinalChain {
    let access: ChainAccess

    var leaves: any StateReader { access }

    func bucket(_ index: Int, depth: Int) throws -> [UInt8] {
        try access.bucket(index, depth: depth)
    }

    func place(ofTransaction id: Digest) throws -> TransactionPlace? {
        try access.place(of: id).map { TransactionPlace(index: $0.index, height: $0.height) }
    }

    func block(at height: Height) throws -> StoredBlock? {
        guard let stored = try access.blockBytes(height),
            let header = try access.block(height)?.header
        else { return nil }
        return StoredBlock(
            bytes: stored.block, header: header, finalization: stored.finalization)
    }

    func height(ofBlock hash: Digest) throws -> Height? { try access.height(ofBlock: hash) }
}

extension ReplicaMachine {
    /// A machine on what two stores hold.
    ///
    /// - Parameters:
    ///   - safety: nil for an observer.
    ///   - mayResume: the operator's word that a node may sign although its votes were lost (D5).
    /// - Throws: ``StoreError``, ``ReplicaError``.
    init(
        opening store: ChainStore, network: Digest, safety: SafetyStore?,
        signer: (any VoteSigner)?, mayResume: Bool, parameters: ConsensusParameters
    ) throws {
        let loaded = try store.load()
        let chain = ChainReplica(
            network: network, head: loaded.head, authorities: loaded.authorities,
            tree: loaded.tree)
        let (head, entry) = try store.readNow { access in
            (
                try access.lastBlock()?.finalization,
                try access.transitions().last?.block.finalization
            )
        }
        func certificate(_ finalization: ProtoFinalization?) throws -> Certificate? {
            try finalization.map {
                try Certificate($0, memberCount: ConsensusLimits.authorities)
            }
        }
        let rows = try safety?.rows() ?? []
        var records: [Record] = []
        var blocks: [CandidateBlock] = []
        for row in rows {
            switch row {
            case .vote(_, _, let bytes), .certificate(_, _, let bytes):
                records.append(try Record(kept: bytes))
            case .block(_, _, let bytes):
                blocks.append(try CandidateBlock(checking: bytes, network: network))
            }
        }
        try self.init(
            start: Start(
                chain: chain, finalization: try certificate(head),
                epochEntry: try certificate(entry)),
            parameters: parameters, signer: signer,
            memory: VoteMemory(try safety?.memory() ?? .complete), mayResume: mayResume,
            records: records, blocks: blocks)
    }
}

// MARK: Rows

extension Record {
    /// - Throws: ``StoreError/damaged(_:)``.
    fileprivate init(kept bytes: Data) throws {
        let message = try? PeerMessage(decoding: bytes, memberCount: ConsensusLimits.authorities)
        switch message {
        case .vote(let vote)?: self = .vote(vote)
        case .certificate(let certificate)?: self = .certificate(certificate)
        default: throw StoreError.damaged("a kept vote")
        }
    }
}

extension SafetyStore.Row {
    init(_ record: ReplicaRecord) {
        let place = SafetyStore.Place(record.position)
        switch record {
        case .consensus(.vote(let vote)):
            self = .vote(place, slot: vote.kind.slot, bytes: PeerMessage.vote(vote).bytes)
        case .consensus(.certificate(let certificate)):
            self = .certificate(
                place, kind: certificate.kind.rawValue,
                bytes: PeerMessage.certificate(certificate).bytes)
        case .block(_, let hash, let bytes): self = .block(place, hash: hash, bytes: bytes)
        }
    }
}

extension SafetyStore.Place {
    init(_ position: Position) {
        self.init(epoch: position.epoch.rawValue, view: position.view.rawValue)
    }
}

extension ReplicaMachine.VoteMemory {
    fileprivate init(_ memory: SafetyStore.Memory) {
        switch memory {
        case .complete: self = .complete
        case .completeAbove(let place):
            self = .completeAbove(
                Position(epoch: Epoch(place.epoch), view: View(place.view)))
        case .lost: self = .lost
        }
    }
}
