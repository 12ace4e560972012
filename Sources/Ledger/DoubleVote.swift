import Foundation
package import Primitives
package import Wire

/// Two votes of one authority in one view that no honest one casts both.
///
/// What the votes say is judged on its own; whose they are is for ``isSigned(by:network:)``. The
/// network is part of what a vote's signature covers, so votes of another one prove nothing here.
package struct DoubleVote: Equatable, Sendable {
    /// Which rule of the agreement was broken; the names are part of the interface.
    package enum Fault: String, CaseIterable, Sendable {
        case conflictingNotarize
        case conflictingFinalize
        case nullifyFinalize
    }

    package let epoch: Epoch
    package let view: View
    /// Index in the epoch's set.
    package let seat: Int
    package let fault: Fault
    package let first: ProtoVote
    package let second: ProtoVote

    /// - Throws: ``RefusalCode/voteInvalid`` for a vote that lacks something,
    ///   ``RefusalCode/votesAgree`` for two that one authority may cast, or that two cast.
    package init(_ first: ProtoVote, _ second: ProtoVote) throws(Refusal) {
        for (field, vote) in [("first", first), ("second", second)] {
            if let flaw = vote.flaw { throw Refusal(.voteInvalid, "\(field).\(flaw)") }
        }
        guard first.signer == second.signer, first.epoch == second.epoch,
            first.view == second.view, !first.states(whatOf: second)
        else { throw Refusal(.votesAgree, "second") }
        switch (first.kind, second.kind) {
        case (.notarize, .notarize): fault = .conflictingNotarize
        case (.finalize, .finalize): fault = .conflictingFinalize
        case (.nullify, .finalize), (.finalize, .nullify): fault = .nullifyFinalize
        default: throw Refusal(.votesAgree, "second")
        }
        epoch = Epoch(first.epoch)
        view = View(first.view)
        seat = Int(first.signer)
        self.first = first
        self.second = second
    }

    /// Whether a key signed both votes in a network.
    package func isSigned(by key: PublicKey, network: Digest) -> Bool {
        first.isSigned(by: key, network: network) && second.isSigned(by: key, network: network)
    }

    /// The action that reports the votes.
    package var report: ProtoReportDoubleVote {
        var report = ProtoReportDoubleVote()
        report.first = first
        report.second = second
        return report
    }

    /// The state's key of the record: one for each seat of an epoch, so that records are bounded
    /// whatever a dishonest authority signs.
    package var key: StateKey { .doubleVote(epoch, seat: UInt64(seat)) }
}

extension ProtoVote {
    /// The field without which the vote says nothing, or nil.
    fileprivate var flaw: String? {
        switch kind {
        case .notarize, .finalize:
            if blockHash.count != Digest.byteCount { return "block_hash" }
        case .nullify:
            if !blockHash.isEmpty { return "block_hash" }
            if parentView != 0 { return "parent_view" }
        default: return "kind"
        }
        return signature.count == Signature.byteCount ? nil : "signature"
    }

    /// Whether both votes sign the same bytes.
    fileprivate func states(whatOf other: ProtoVote) -> Bool {
        kind == other.kind && parentView == other.parentView && blockHash == other.blockHash
    }

    /// Whether the vote is a key's in a network.
    func isSigned(by key: PublicKey, network: Digest) -> Bool {
        guard let signature = Signature(bytes: signature) else { return false }
        let tag: HashTag
        switch kind {
        case .notarize: tag = .notarize
        case .nullify: tag = .nullify
        case .finalize: tag = .finalize
        default: return false
        }
        // network ‖ epoch ‖ view, and for blocks ‖ parent view ‖ hash.
        var payload = network.bytes
        payload.append(bigEndian: epoch)
        payload.append(bigEndian: view)
        if kind != .nullify {
            payload.append(bigEndian: parentView)
            payload += Array(blockHash)
        }
        return key.verifies(signature, tag, payload)
    }
}

extension StateKey {
    /// The proof that an authority of an epoch signed twice.
    package static func doubleVote(_ epoch: Epoch, seat: UInt64) -> StateKey {
        StateKey(.doubleVote, epoch.rawValue, seat)
    }
}
