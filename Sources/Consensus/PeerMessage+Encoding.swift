package import Foundation
import Primitives
import SwiftProtobuf
package import Wire

extension PeerMessage {
    /// The canonical encoding.
    package var bytes: Data {
        var message = ProtoPeerMessage()
        switch self {
        case .proposal(let vote, let block):
            message.proposal.vote = ProtoVote(vote)
            message.proposal.block = block
        case .vote(let vote): message.vote = ProtoVote(vote)
        case .certificate(let certificate):
            switch certificate.kind {
            case .notarize: message.notarization = ProtoNotarization(certificate)
            case .nullify: message.nullification = ProtoNullification(certificate)
            case .finalize: message.finalization = ProtoFinalization(certificate)
            }
        case .hello(let hello): message.hello = ProtoHello(hello)
        case .fetch(let key):
            message.fetchCertificate.kind = ProtoVoteKind(key.kind)
            message.fetchCertificate.epoch = key.epoch.rawValue
            message.fetchCertificate.view = key.view.rawValue
        case .fetchBlocks(.hash(let hash)): message.fetchBlocks.hash = Data(hash.bytes)
        case .fetchBlocks(.run(let first, let count)):
            message.fetchBlocks.firstHeight = first.rawValue
            message.fetchBlocks.count = UInt32(clamping: count)
        case .blocks(let run):
            message.blocks.blocks = run.blocks
            if let finalization = run.finalization {
                message.blocks.finalization = ProtoFinalization(finalization)
            }
        case .cosign(let cosignature): message.cosign = ProtoCosign(cosignature)
        case .transactions(let transactions): message.transactions.transactions = transactions
        case .profileQuestion(let bytes): message.fetchProfile = bytes
        case .profileAnswer(let bytes): message.profile = bytes
        case .erasureQuestion(let bytes): message.fetchErasures = bytes
        case .erasures(let bytes): message.erasures = bytes
        case .erase(let bytes): message.erase = bytes
        }
        return message.canonicalBytes
    }
}

extension ProtoVoteKind {
    init(_ kind: Statement.Kind) {
        switch kind {
        case .notarize: self = .notarize
        case .nullify: self = .nullify
        case .finalize: self = .finalize
        }
    }
}

extension ProtoVote {
    init(_ vote: Vote) {
        self.init()
        kind = ProtoVoteKind(vote.kind)
        epoch = vote.epoch.rawValue
        view = vote.view.rawValue
        parentView = vote.subject?.parentView.rawValue ?? 0
        blockHash = Data(vote.subject?.blockHash.bytes ?? [])
        signer = UInt32(clamping: vote.signer)
        signature = Data(vote.signature.bytes)
    }
}

extension ProtoNotarization {
    init(_ certificate: Certificate) {
        self.init()
        epoch = certificate.epoch.rawValue
        view = certificate.view.rawValue
        parentView = certificate.subject?.parentView.rawValue ?? 0
        blockHash = Data(certificate.subject?.blockHash.bytes ?? [])
        signers = Data(certificate.signers.bytes)
        signatures = certificate.signatures.map { Data($0.bytes) }
    }
}

extension ProtoNullification {
    init(_ certificate: Certificate) {
        self.init()
        epoch = certificate.epoch.rawValue
        view = certificate.view.rawValue
        signers = Data(certificate.signers.bytes)
        signatures = certificate.signatures.map { Data($0.bytes) }
    }
}

extension ProtoFinalization {
    /// As a block keeps it; for certificates of other kinds use their own messages.
    package init(_ certificate: Certificate) {
        self.init()
        epoch = certificate.epoch.rawValue
        view = certificate.view.rawValue
        parentView = certificate.subject?.parentView.rawValue ?? 0
        blockHash = Data(certificate.subject?.blockHash.bytes ?? [])
        signers = Data(certificate.signers.bytes)
        signatures = certificate.signatures.map { Data($0.bytes) }
    }
}

extension ProtoHello {
    init(_ hello: Hello) {
        self.init()
        network = Data(hello.network.bytes)
        epoch = hello.epoch.rawValue
        view = hello.view.rawValue
        height = hello.height.rawValue
        if let certificate = hello.finalization { finalization = ProtoFinalization(certificate) }
        guard let entry = hello.entry else { return }
        switch entry.kind {
        case .notarize: notarization = ProtoNotarization(entry)
        case .nullify: nullification = ProtoNullification(entry)
        case .finalize: break
        }
    }
}

extension ProtoCosign {
    package init(_ cosignature: Cosignature) {
        self.init()
        signer = UInt32(clamping: cosignature.signer)
        size = cosignature.size.rawValue
        root = Data(cosignature.root.bytes)
        time = cosignature.time.rawValue
        signature = Data(cosignature.signature.bytes)
    }
}
