package import Consensus
package import Primitives

extension ReplicaMachine.Event {
    /// Checks a peer's message in full, with no machine at hand: on any thread.
    ///
    /// Nil when it is not worth handing in: a signature is wrong, or it is about something else
    /// than the committee's epoch.
    package init?(
        checking message: PeerMessage, from peer: Peer, committee: Committee, network: Digest,
        with verifier: some VoteVerifier
    ) {
        switch message {
        case .fetchBlocks(let query): self = .asked(query, by: peer)
        case .cosign, .transactions, .profileQuestion, .profileAnswer, .erasureQuestion,
            .erasures, .erase:
            return nil
        case .blocks(let run):
            var finalization: Verified<ConsensusMessage>?
            if let certificate = run.finalization {
                finalization = committee.verify(
                    .certificate(certificate), network: network, with: verifier)
                guard finalization != nil else { return nil }
            }
            var blocks: [CandidateBlock] = []
            for bytes in run.blocks {
                guard let block = try? CandidateBlock(checking: bytes, network: network) else {
                    return nil
                }
                blocks.append(block)
            }
            self = .receivedBlocks(blocks, finalization: finalization, from: peer)
        case .proposal, .vote, .certificate, .hello, .fetch:
            guard let part = message.consensus,
                let verified = committee.verify(part, network: network, with: verifier)
            else { return nil }
            var block: CandidateBlock?
            if case .proposal(_, let bytes) = message {
                block = try? CandidateBlock(checking: bytes, network: network)
            }
            self = .received(verified, block: block, from: peer)
        }
    }
}
