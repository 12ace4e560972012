package import Foundation
package import Primitives

/// A proof as it travels: the exact bytes that are hashed and signed, and the paths from them to a
/// head that a quorum voted final. Nothing in it is believed; ``ProofCheck`` judges it.
package struct ProofFile: Equatable, Sendable {
    package static let mediaType = "application/vnd.drec.proof.v1+json"
    /// The largest file that is read, in bytes.
    package static let byteLimit = 16 * 1_024 * 1_024

    /// The hash of the genesis document.
    package var network: Digest
    package var subject: ProofSubject
    /// One for each change of authorities since genesis, ascending.
    package var transitions: [Transition]
    package var head: VotedHeader
    /// The head's log as a signed note with its signatures, where there is one.
    package var checkpoint: String?
    /// A smaller log that the head's goes on from, where it was asked for.
    package var earlier: EarlierLog?
    /// Ascending by index.
    package var entries: [Entry]
    /// Ascending by series and offset.
    package var reads: [Read]
    /// Ascending by key.
    package var state: [Leaf]

    package init(
        network: Digest, subject: ProofSubject, transitions: [Transition], head: VotedHeader,
        checkpoint: String? = nil, earlier: EarlierLog? = nil, entries: [Entry] = [],
        reads: [Read] = [], state: [Leaf] = []
    ) {
        self.network = network
        self.subject = subject
        self.transitions = transitions
        self.head = head
        self.checkpoint = checkpoint
        self.earlier = earlier
        self.entries = entries
        self.reads = reads
        self.state = state
    }

    /// A canonical `Header` and the canonical `Finalization` of its block.
    package struct VotedHeader: Equatable, Sendable {
        package var header: Data
        package var certificate: Data

        package init(header: Data, certificate: Data) {
            self.header = header
            self.certificate = certificate
        }
    }

    /// The last block of an epoch and the canonical `AuthoritySetValue` that it names.
    package struct Transition: Equatable, Sendable {
        package var block: VotedHeader
        package var nextAuthorities: Data

        package init(block: VotedHeader, nextAuthorities: Data) {
            self.block = block
            self.nextAuthorities = nextAuthorities
        }
    }

    /// A log of a smaller size, and the proof that the head's begins with it.
    package struct EarlierLog: Equatable, Sendable {
        package var size: UInt64
        package var root: Digest
        package var consistency: [Digest]

        package init(size: UInt64, root: Digest, consistency: [Digest]) {
            self.size = size
            self.root = root
            self.consistency = consistency
        }
    }

    /// An entry of the log: what was signed, the signatures, and what the rules made of it.
    package struct Entry: Equatable, Sendable {
        package var index: UInt64
        /// A canonical `TransactionBody`.
        package var body: Data
        /// One for each signer of the body, in their order.
        package var signatures: [Signature]
        /// A canonical `Receipt`.
        package var receipt: Data
        /// From the entry's leaf to the head's log root.
        package var inclusion: [Digest]

        package init(
            index: UInt64, body: Data, signatures: [Signature], receipt: Data,
            inclusion: [Digest]
        ) {
            self.index = index
            self.body = body
            self.signatures = signatures
            self.receipt = receipt
            self.inclusion = inclusion
        }
    }

    /// Energy on the axis, and the meter read that it is from.
    package struct Read: Equatable, Sendable {
        /// The entry that placed it.
        package var entry: UInt64
        /// The placement's position among the entry's placements.
        package var position: UInt32
        /// 48 bytes, a leaf under the receipt's `placements_root`.
        package var placement: Data
        package var placementInclusion: [Digest]
        /// 33 bytes, or 97 with a meter's signature: a leaf under the body's `reads_root`.
        package var record: Data
        package var recordInclusion: [Digest]

        package init(
            entry: UInt64, position: UInt32, placement: Data, placementInclusion: [Digest],
            record: Data, recordInclusion: [Digest]
        ) {
            self.entry = entry
            self.position = position
            self.placement = placement
            self.placementInclusion = placementInclusion
            self.record = record
            self.recordInclusion = recordInclusion
        }
    }

    /// A leaf of the state after the head.
    package struct Leaf: Equatable, Sendable {
        /// The kind's number and the id.
        package var key: Data
        package var value: Data
        package var bitmap: Data
        package var siblings: [Digest]

        package init(key: Data, value: Data, bitmap: Data, siblings: [Digest]) {
            self.key = key
            self.value = value
            self.bitmap = bitmap
            self.siblings = siblings
        }
    }
}
