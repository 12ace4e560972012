package import Foundation
package import Primitives

/// What peers send each other about the agreement and its blocks, as it travels: the machine's
/// messages, and those about blocks and cosignatures that are its driver's business.
package enum PeerMessage: Hashable, Sendable {
    /// A leader's notarize vote with its block's bytes.
    case proposal(Vote, block: Data)
    case vote(Vote)
    case certificate(Certificate)
    case hello(Hello)
    case fetch(CertificateKey)
    case fetchBlocks(BlockQuery)
    case blocks(BlockRun)
    case cosign(Cosignature)
    /// Waiting transactions, not looked at, see ``ConsensusLimits/transactionsBytes``.
    case transactions([Data])
    /// A question for a profile, and its answer, not looked at.
    case profileQuestion(Data)
    case profileAnswer(Data)
    /// A question for orders to erase profiles, its answer, and one order; not looked at.
    case erasureQuestion(Data)
    case erasures(Data)
    case erase(Data)

    /// The part that a machine takes, nil for its driver's messages.
    package var consensus: ConsensusMessage? {
        switch self {
        case .proposal(let vote, _): .proposal(vote)
        case .vote(let vote): .vote(vote)
        case .certificate(let certificate): .certificate(certificate)
        case .hello(let hello): .hello(hello)
        case .fetch(let key): .fetch(key)
        case .fetchBlocks, .blocks, .cosign, .transactions, .profileQuestion, .profileAnswer,
            .erasureQuestion, .erasures, .erase:
            nil
        }
    }
}

/// A question for blocks.
package enum BlockQuery: Hashable, Sendable {
    case hash(Digest)
    /// `count` blocks from a height on, 1 to ``ConsensusLimits/runBlocks``; fewer come where the
    /// answer would be too large (C12).
    case run(first: Height, count: Int)
}

/// Blocks in order of height, with what proves them (C12).
package struct BlockRun: Hashable, Sendable {
    /// At most ``ConsensusLimits/runBlocks``, each at most ``ConsensusLimits/blockBytes``.
    package let blocks: [Data]
    /// Of the last block or a descendant of it; nil for a block asked for by its hash.
    package let finalization: Certificate?

    package init(blocks: [Data], finalization: Certificate?) {
        self.blocks = blocks
        self.finalization = finalization
    }
}

/// An authority's log key over the log after a final block.
package struct Cosignature: Hashable, Sendable {
    package let signer: Int
    package let size: LogIndex
    package let root: Digest
    package let time: Timestamp
    package let signature: Signature

    package init(
        signer: Int, size: LogIndex, root: Digest, time: Timestamp, signature: Signature
    ) {
        self.signer = signer
        self.size = size
        self.root = root
        self.time = time
        self.signature = signature
    }
}

/// Why bytes are not a peer's message.
package enum PeerMessageError: Error, Equatable, Sendable {
    /// Not the canonical encoding of a message, or too long.
    case encoding(EncodingError)
    /// A field that must have so many bytes has not, or is missing.
    case length(String)
    /// A number is outside of its range.
    case range(String)
    /// No message that this version knows.
    case unknownKind
}
