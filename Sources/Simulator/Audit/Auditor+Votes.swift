import Foundation
import Primitives
import SwiftProtobuf
import Wire

/// S3 to S6 and S9: votes and certificates, on disks and on their way out of honest nodes.
extension Auditor {
    /// A record is durable now.
    mutating func synced(_ bytes: Data, by node: Int) {
        guard let message = decoded(bytes, node) else { return }
        switch message.message {
        case .vote(let value):
            guard let vote = SeenVote(value) else { return }
            nodes[node].votes.insert(vote)
            cast(vote, by: node)
        default:
            for certificate in certificates(of: message) {
                nodes[node].certificates.insert(certificate)
                accept(certificate, by: node)
            }
        }
    }

    /// A message leaves an honest node (S5).
    mutating func sent(_ bytes: Data, by node: Int) {
        guard let message = decoded(bytes, node) else { return }
        var vote: SeenVote?
        switch message.message {
        case .vote(let value): vote = SeenVote(value)
        case .proposal(let proposal): vote = SeenVote(proposal.vote)
        default: break
        }
        if let vote {
            if !nodes[node].votes.contains(vote) {
                report("S5", "node \(node) sent a vote of view \(vote.place) not yet durable")
            }
            cast(vote, by: node)
        }
        for certificate in certificates(of: message) {
            if !nodes[node].certificates.contains(certificate) {
                report(
                    "S5",
                    "node \(node) sent a certificate of view \(certificate.place) "
                        + "not yet durable")
            }
            accept(certificate, by: node)
        }
    }

    private mutating func decoded(_ bytes: Data, _ node: Int) -> ProtoPeerMessage? {
        do {
            return try ProtoPeerMessage(serializedBytes: bytes)
        } catch {
            report("S5", "node \(node) sent what is no message")
            return nil
        }
    }

    private func certificates(of message: ProtoPeerMessage) -> [SeenCertificate] {
        switch message.message {
        case .notarization(let value): return [SeenCertificate(value)]
        case .nullification(let value): return [SeenCertificate(value)]
        case .finalization(let value): return [SeenCertificate(value)]
        case .blocks(let run):
            return run.hasFinalization ? [SeenCertificate(run.finalization)] : []
        case .hello(let hello):
            var found: [SeenCertificate] = []
            if hello.hasFinalization { found.append(SeenCertificate(hello.finalization)) }
            switch hello.entry {
            case .notarization(let value): found.append(SeenCertificate(value))
            case .nullification(let value): found.append(SeenCertificate(value))
            case nil: break
            }
            return found
        default: return []
        }
    }

    // MARK: Votes

    /// S4 and S9, and with them S3.
    private mutating func cast(_ vote: SeenVote, by node: Int) {
        let place = vote.place
        guard let set = sets[place.epoch], place.epoch == 0 || hasBegun(place.epoch, at: node)
        else {
            report("S9", "node \(node) voted in epoch \(place.epoch), which has not begun")
            return
        }
        guard set.indices.contains(vote.signer), set[vote.signer] == keys[node] else {
            report("S9", "node \(node) voted in epoch \(place.epoch) without a seat")
            return
        }
        // What it signs no longer counts as an honest vote.
        if forgetful.contains(set[vote.signer]) { return }
        var ballot = ballots[place] ?? Ballot()
        if let other = contradiction(vote, in: ballot) {
            report("S4", "member \(vote.signer) signed \(vote.kind) and \(other) in \(place)")
        }
        switch (vote.kind, vote.subject) {
        case (.notarize, let subject?): ballot.notarize[vote.signer] = subject
        case (.finalize, let subject?): ballot.finalize[vote.signer] = subject
        default: ballot.nullify.insert(vote.signer)
        }
        ballots[place] = ballot
        examine(ballot, place)
    }

    private func hasBegun(_ epoch: UInt64, at node: Int) -> Bool {
        guard let boundary = boundaries[epoch - 1] else { return false }
        return boundary <= nodes[node].height
    }

    private func contradiction(_ vote: SeenVote, in ballot: Ballot) -> String? {
        switch vote.kind {
        case .notarize:
            if let first = ballot.notarize[vote.signer], first != vote.subject {
                return "another notarize"
            }
        case .finalize:
            if let first = ballot.finalize[vote.signer], first != vote.subject {
                return "another finalize"
            }
            if ballot.nullify.contains(vote.signer) { return "nullify" }
        case .nullify:
            if ballot.finalize[vote.signer] != nil { return "finalize" }
        }
        return nil
    }

    /// S3, by what could be certified.
    private mutating func examine(_ ballot: Ballot, _ place: ViewID) {
        let final = electable(ballot.finalize, place.epoch)
        if !final.isEmpty, suffice(ballot.nullify.count, in: place.epoch), !ballot.nullify.isEmpty {
            report("S3", "view \(place) can be final and nullified")
        }
        if final.count > 1 { report("S3", "view \(place) can have two final blocks") }
        if electable(ballot.notarize, place.epoch).count > 1 {
            report("S3", "view \(place) can have two notarizations")
        }
    }

    private func electable(_ votes: [Int: SeenSubject], _ epoch: UInt64) -> Set<SeenSubject> {
        var counts: [SeenSubject: Int] = [:]
        for subject in votes.values { counts[subject, default: 0] += 1 }
        return Set(counts.filter { suffice($0.value, in: epoch) }.keys)
    }

    // MARK: Certificates

    /// S6 and S3 of a certificate that an honest node made or took.
    mutating func accept(_ certificate: SeenCertificate, by node: Int) {
        guard verified.insert(certificate).inserted else { return }
        let place = certificate.place
        guard let set = sets[place.epoch] else {
            report("S9", "node \(node) holds a certificate of epoch \(place.epoch)")
            return
        }
        if let fault = fault(of: certificate, set) {
            report("S6", "node \(node) holds a certificate of view \(place) with \(fault)")
        }
        var known = certified[place] ?? Certified()
        switch certificate.kind {
        case .nullify: known.isNullified = true
        case .notarize:
            if let first = known.notarization, first != certificate.subject {
                report("S3", "view \(place) has two notarizations")
            }
            known.notarization = certificate.subject
        case .finalize:
            if let first = known.finalization, first != certificate.subject {
                report("S1", "view \(place) has two final blocks")
            }
            known.finalization = certificate.subject
            if let hash = certificate.subject.flatMap({ Digest(bytes: $0.hash) }),
                !chain.contains(where: { $0.hash == hash })
            {
                owed[hash] = "a block of view \(place) was voted final and is not in the chain"
            }
        }
        if known.isNullified, known.finalization != nil {
            report("S3", "view \(place) is final and nullified")
        }
        certified[place] = known
    }

    private func fault(of certificate: SeenCertificate, _ set: [PublicKey]) -> String? {
        let signers = Set(certificate.signers)
        if signers.contains(where: { $0 >= set.count }) { return "an unknown signer" }
        if signers.count < Auditor.quorum(set.count) { return "\(signers.count) signers" }
        guard certificate.signers.count == certificate.signatures.count else {
            return "other signatures than signers"
        }
        let payload = signedPayload(network: network, certificate.place, certificate.subject)
        for (signer, bytes) in zip(certificate.signers, certificate.signatures) {
            guard let signature = Signature(bytes: bytes),
                verify(signature, set[signer], certificate.kind.tag, payload)
            else { return "a wrong signature" }
        }
        return nil
    }
}
