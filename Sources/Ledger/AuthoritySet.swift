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

    /// `n − ⌊(n−1)/3⌋`: "2f + 1" is wrong where n is not 3f + 1.
    package var quorum: Int { members.count - (members.count - 1) / 3 }

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

/// What authorities vote on: a block in a view, on a parent's view.
package struct VoteSubject: Hashable, Sendable {
    package let epoch: Epoch
    package let view: View
    package let parentView: View
    package let blockHash: Digest

    package init(epoch: Epoch, view: View, parentView: View, blockHash: Digest) {
        self.epoch = epoch
        self.view = view
        self.parentView = parentView
        self.blockHash = blockHash
    }

    /// The payload below the vote's tag: network ‖ epoch ‖ view ‖ parent view ‖ block hash.
    package func payload(network: Digest) -> [UInt8] {
        var bytes = network.bytes
        bytes.append(bigEndian: epoch.rawValue)
        bytes.append(bigEndian: view.rawValue)
        bytes.append(bigEndian: parentView.rawValue)
        bytes += blockHash.bytes
        return bytes
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
        var bitmap: [UInt8] = []
        for index in signatures.keys.sorted() {
            while bitmap.count <= index / 8 { bitmap.append(0) }
            bitmap[index / 8] |= 1 << UInt8(index % 8)
        }
        signers = Data(bitmap)
        self.signatures = signatures.keys.sorted().compactMap { signatures[$0] }
            .map { Data($0.bytes) }
    }

    /// Whether a quorum of the set signed the finalization of this very block.
    package func isValid(for hash: Digest, by set: AuthoritySet, network: Digest) -> Bool {
        guard epoch == set.epoch.rawValue, blockHash.elementsEqual(hash.bytes),
            signers.last != 0, signers.count <= (set.members.count + 7) / 8
        else { return false }
        var indices: [Int] = []
        for (position, byte) in signers.enumerated() {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 {
                indices.append(position * 8 + bit)
            }
        }
        guard indices.count >= set.quorum, indices.count == signatures.count else { return false }
        let payload = VoteSubject(
            epoch: Epoch(epoch), view: View(view), parentView: View(parentView), blockHash: hash
        ).payload(network: network)
        for (index, bytes) in zip(indices, signatures) {
            guard let key = set.voteKey(of: index), let signature = Signature(bytes: bytes),
                key.verifies(signature, .finalize, payload)
            else { return false }
        }
        return true
    }
}
