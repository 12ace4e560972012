package import Consensus
import Foundation
import Ledger
import Primitives
import Wire

extension BlockRun {
    /// Answers a peer's question from what is final (C12); a function of its own, so that a driver
    /// may read on another thread what the machine need not wait for.
    ///
    /// A run ends, where it can, at a block that was voted final itself, and at the latest where
    /// its epoch ends: its finalization then proves all of it by parent hashes.
    ///
    /// Nil when there is nothing to answer; never more than ``ConsensusLimits/runBlocks`` blocks in
    /// ``ConsensusLimits/runBytes``.
    package init?(answering query: BlockQuery, from chain: any FinalChain) throws {
        switch query {
        case .hash(let hash):
            guard let height = try chain.height(ofBlock: hash),
                let block = try chain.block(at: height)
            else { return nil }
            self.init(blocks: [block.bytes], finalization: nil)
        case .run(let first, let count):
            guard first > Height(0),
                let run = try BlockRun.run(from: first, count: count, of: chain)
            else { return nil }
            self = run
        }
    }

    private static func run(
        from first: Height, count: Int, of chain: any FinalChain
    ) throws -> BlockRun? {
        // Room for the run's own framing and its finalization.
        var room = ConsensusLimits.runBytes - ConsensusLimits.messageBytes
        var blocks: [Data] = []
        var provenCount = 0
        var proof: Certificate?
        for offset in 0..<min(count, ConsensusLimits.runBlocks) {
            let (height, overflow) = first.rawValue.addingReportingOverflow(UInt64(offset))
            guard !overflow, let block = try chain.block(at: Height(height)),
                block.bytes.count + 16 <= room
            else { break }
            room -= block.bytes.count + 16
            blocks.append(block.bytes)
            let certificate = try? Certificate(
                block.finalization, memberCount: ConsensusLimits.authorities)
            let hash = Digest.tagged(.header, Array(block.header.canonicalBytes))
            if certificate?.subject?.blockHash == hash {
                provenCount = blocks.count
                proof = certificate
            } else if provenCount == 0 {
                proof = certificate
            }
            if block.header.nextAuthoritiesHash != block.header.authoritiesHash { break }
        }
        if provenCount > 0 { blocks.removeLast(blocks.count - provenCount) }
        return blocks.isEmpty ? nil : BlockRun(blocks: blocks, finalization: proof)
    }
}
