import Foundation
package import Primitives
package import Wire

/// The members that vote in an epoch, in the order of their turns.
package struct AuthoritySet: Equatable, Sendable {
    package let epoch: Epoch
    package let members: [ProtoAuthorityValue]

    package init(epoch: Epoch, value: ProtoAuthoritySetValue) {
        self.epoch = epoch
        members = value.authorities
    }

    /// Votes that decide.
    package var quorum: Int { Quorum.size(among: members.count) }

    /// What a header calls the set by.
    package var hash: Digest {
        var value = ProtoAuthoritySetValue()
        value.authorities = members
        return Digest.tagged(.authorities, Array(value.canonicalBytes))
    }

    /// Whose turn a view is.
    package func leader(of view: View) -> Int {
        Int((epoch.rawValue &+ view.rawValue) % UInt64(max(1, members.count)))
    }

    package func voteKey(of index: Int) -> PublicKey? {
        members.indices.contains(index) ? PublicKey(bytes: members[index].voteKey) : nil
    }
}

extension ProtoFinalization {
    /// A finalization of a subject by the members that signed, by their index in the set.
    package init(subject: VoteSubject, signatures: [Int: Signature]) {
        self.init()
        epoch = subject.epoch.rawValue
        view = subject.view.rawValue
        parentView = subject.parentView.rawValue
        blockHash = Data(subject.blockHash.bytes)
        let set = SignerSet(signatures.keys)
        signers = Data(set.bytes)
        self.signatures = set.indices.compactMap { signatures[$0] }.map { Data($0.bytes) }
    }

    /// Whether a quorum of the set signed the finalization of this very block.
    package func isValid(for hash: Digest, by set: AuthoritySet, network: Digest) -> Bool {
        guard epoch == set.epoch.rawValue, blockHash.elementsEqual(hash.bytes),
            let signed = SignerSet(bytes: signers, memberCount: set.members.count),
            signed.count >= set.quorum, signed.count == signatures.count
        else { return false }
        let payload = VoteSubject(
            epoch: Epoch(epoch), view: View(view), parentView: View(parentView), blockHash: hash
        ).payload(network: network)
        for (index, bytes) in zip(signed.indices, signatures) {
            guard let key = set.voteKey(of: index), let signature = Signature(bytes: bytes),
                key.verifies(signature, .finalize, payload)
            else { return false }
        }
        return true
    }
}
