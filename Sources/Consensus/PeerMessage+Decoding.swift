package import Foundation
import Primitives
import SwiftProtobuf
package import Wire

extension PeerMessage {
    /// Reads a peer's message: the canonical encoding, every count, index and length in its bounds
    /// (C13). Signatures are not looked at.
    ///
    /// - Parameter memberCount: authorities of the largest committee that may be spoken of.
    /// - Throws: ``PeerMessageError``.
    package init(decoding bytes: Data, memberCount: Int) throws(PeerMessageError) {
        let message: ProtoPeerMessage
        do {
            message = try ProtoPeerMessage(canonical: bytes, limit: Self.limit(of: bytes))
        } catch {
            throw .encoding(error)
        }
        let reader = FieldReader(memberCount: memberCount)
        switch message.message {
        case .proposal(let proposal): self = try reader.proposal(proposal)
        case .vote(let vote): self = .vote(try reader.vote(vote))
        case .notarization(let notarization):
            self = .certificate(try reader.certificate(notarization))
        case .nullification(let nullification):
            self = .certificate(try reader.certificate(nullification))
        case .finalization(let finalization):
            self = .certificate(try reader.certificate(finalization))
        case .hello(let hello): self = .hello(try reader.hello(hello))
        case .fetchCertificate(let fetch): self = .fetch(try reader.key(fetch))
        case .fetchBlocks(let query): self = .fetchBlocks(try reader.query(query))
        case .blocks(let run): self = .blocks(try reader.run(run))
        case .cosign(let cosign): self = .cosign(try reader.cosignature(cosign))
        case .transactions(let list): self = .transactions(try reader.transactions(list))
        case .fetchProfile(let bytes): self = .profileQuestion(try reader.filled(bytes))
        case .profile(let bytes): self = .profileAnswer(try reader.filled(bytes))
        case .fetchErasures(let bytes): self = .erasureQuestion(try reader.filled(bytes))
        case .erasures(let bytes): self = .erasures(try reader.filled(bytes))
        case .erase(let bytes): self = .erase(try reader.filled(bytes))
        case nil: throw .unknownKind
        }
    }

    /// How long a message may be, seen from its first byte: its field's number and wire type. A
    /// canonical message has one field, so what follows cannot belong to another kind.
    private static func limit(of bytes: Data) -> Int {
        switch bytes.first {
        case 1 << 3 | 2: ConsensusLimits.blockBytes + ConsensusLimits.messageBytes
        case 9 << 3 | 2: ConsensusLimits.runBytes
        // Two bytes of tag, from number 16 on: 20, length-delimited.
        case 0xa2: ConsensusLimits.transactionsBytes
        // And 31.
        case 0xfa: ConsensusLimits.profileBytes
        default: ConsensusLimits.messageBytes
        }
    }
}

extension Certificate {
    /// Reads a block's finalization.
    ///
    /// - Throws: ``PeerMessageError``.
    package init(_ finalization: ProtoFinalization, memberCount: Int) throws(PeerMessageError) {
        self = try FieldReader(memberCount: memberCount).certificate(finalization)
    }
}

/// Turns fields into values, each of them bounded.
private struct FieldReader {
    let memberCount: Int

    func proposal(_ proposal: ProtoProposal) throws(PeerMessageError) -> PeerMessage {
        let vote = try vote(proposal.vote)
        guard vote.kind == .notarize else { throw .range("proposal.vote.kind") }
        guard !proposal.block.isEmpty, proposal.block.count <= ConsensusLimits.blockBytes
        else { throw .length("proposal.block") }
        return .proposal(vote, block: proposal.block)
    }

    func vote(_ vote: ProtoVote) throws(PeerMessageError) -> Vote {
        let statement: Statement
        switch vote.kind {
        case .notarize, .finalize:
            let subject = try subject(vote.epoch, vote.view, vote.parentView, vote.blockHash)
            statement = vote.kind == .notarize ? .notarize(subject) : .finalize(subject)
        case .nullify:
            guard vote.parentView == 0 else { throw .range("parent_view") }
            guard vote.blockHash.isEmpty else { throw .length("block_hash") }
            statement = .nullify(Epoch(vote.epoch), try view(vote.view))
        default: throw .range("kind")
        }
        return Vote(
            statement: statement, signer: try index(vote.signer),
            signature: try signature(vote.signature))
    }

    func certificate(_ value: ProtoNotarization) throws(PeerMessageError) -> Certificate {
        try certificate(
            .notarize(subject(value.epoch, value.view, value.parentView, value.blockHash)),
            value.signers, value.signatures)
    }

    func certificate(_ value: ProtoFinalization) throws(PeerMessageError) -> Certificate {
        try certificate(
            .finalize(subject(value.epoch, value.view, value.parentView, value.blockHash)),
            value.signers, value.signatures)
    }

    func certificate(_ value: ProtoNullification) throws(PeerMessageError) -> Certificate {
        try certificate(
            .nullify(Epoch(value.epoch), view(value.view)), value.signers, value.signatures)
    }

    private func certificate(
        _ statement: Statement, _ signers: Data, _ signatures: [Data]
    ) throws(PeerMessageError) -> Certificate {
        guard let set = SignerSet(bytes: signers, memberCount: memberCount), set.count > 0
        else { throw .range("signers") }
        guard signatures.count == set.count else { throw .range("signatures") }
        var read: [Signature] = []
        for bytes in signatures { read.append(try signature(bytes)) }
        return Certificate(statement: statement, signers: set, signatures: read)
    }

    func hello(_ hello: ProtoHello) throws(PeerMessageError) -> Hello {
        let finalization: Certificate? =
            hello.hasFinalization ? try certificate(hello.finalization) : nil
        let entry: Certificate?
        switch hello.entry {
        case .notarization(let value): entry = try certificate(value)
        case .nullification(let value): entry = try certificate(value)
        case nil: entry = nil
        }
        return Hello(
            network: try digest(hello.network, "network"), epoch: Epoch(hello.epoch),
            view: try view(hello.view), height: Height(hello.height),
            finalization: finalization, entry: entry)
    }

    func key(_ fetch: ProtoFetchCertificate) throws(PeerMessageError) -> CertificateKey {
        let kind: Statement.Kind
        switch fetch.kind {
        case .notarize: kind = .notarize
        case .nullify: kind = .nullify
        case .finalize: kind = .finalize
        default: throw .range("kind")
        }
        return CertificateKey(
            epoch: Epoch(fetch.epoch), view: try view(fetch.view), kind: kind)
    }

    func query(_ query: ProtoFetchBlocks) throws(PeerMessageError) -> BlockQuery {
        if !query.hash.isEmpty {
            guard query.firstHeight == 0, query.count == 0 else { throw .range("count") }
            return .hash(try digest(query.hash, "hash"))
        }
        guard (1...ConsensusLimits.runBlocks).contains(Int(query.count)) else {
            throw .range("count")
        }
        return .run(first: Height(query.firstHeight), count: Int(query.count))
    }

    func run(_ run: ProtoBlocks) throws(PeerMessageError) -> BlockRun {
        guard run.blocks.count <= ConsensusLimits.runBlocks else { throw .range("blocks") }
        for block in run.blocks
        where block.isEmpty || block.count > ConsensusLimits.blockBytes {
            throw .length("blocks")
        }
        return BlockRun(
            blocks: run.blocks,
            finalization: run.hasFinalization ? try certificate(run.finalization) : nil)
    }

    func cosignature(_ value: ProtoCosign) throws(PeerMessageError) -> Cosignature {
        Cosignature(
            signer: try index(value.signer), size: LogIndex(value.size),
            root: try digest(value.root, "root"), time: Timestamp(value.time),
            signature: try signature(value.signature))
    }

    func transactions(_ list: ProtoTransactions) throws(PeerMessageError) -> [Data] {
        guard (1...ConsensusLimits.transactions).contains(list.transactions.count) else {
            throw .length("transactions")
        }
        for bytes in list.transactions
        where bytes.isEmpty || bytes.count > ConsensusLimits.transactionBytes {
            throw .length("transactions")
        }
        return list.transactions
    }

    func filled(_ bytes: Data) throws(PeerMessageError) -> Data {
        guard !bytes.isEmpty else { throw .length("profile") }
        return bytes
    }

    private func subject(
        _ epoch: UInt64, _ number: UInt64, _ parent: UInt64, _ hash: Data
    ) throws(PeerMessageError) -> VoteSubject {
        let view = try view(number)
        guard parent < number else { throw .range("parent_view") }
        return VoteSubject(
            epoch: Epoch(epoch), view: view, parentView: View(parent),
            blockHash: try digest(hash, "block_hash"))
    }

    /// Views are attempts from 1 on; the last number has no successor.
    private func view(_ number: UInt64) throws(PeerMessageError) -> View {
        guard number > 0, number < .max else { throw .range("view") }
        return View(number)
    }

    private func index(_ number: UInt32) throws(PeerMessageError) -> Int {
        guard Int(number) < memberCount else { throw .range("signer") }
        return Int(number)
    }

    private func digest(_ bytes: Data, _ field: String) throws(PeerMessageError) -> Digest {
        guard let digest = Digest(bytes: bytes) else { throw .length(field) }
        return digest
    }

    private func signature(_ bytes: Data) throws(PeerMessageError) -> Signature {
        guard let signature = Signature(bytes: bytes) else { throw .length("signature") }
        return signature
    }
}
