import Consensus
import Foundation
import Ledger
import Primitives
import Verifier
import Wire

/// S10: the verifier, which knows the genesis document and nothing else, accepts exactly the final
/// headers, of each epoch, and none of them with a bit changed.
extension Simulation {
    func verifyHeaders() throws {
        guard
            let live = nodes.filter({ isHonest($0.index) })
                .max(by: { $0.disk.blocks.count < $1.disk.blocks.count })
        else { return }
        var numbers = SeededNumbers(seed: scenario.seed)
        var chain = try authorityChain()
        var last: FinalBlock?
        for block in live.disk.blocks {
            judge(block, after: last, by: chain, &numbers)
            last = block
            guard let next = block.nextAuthorities else { continue }
            var set = ProtoAuthoritySetValue()
            set.authorities = next.members
            let passage = [
                block.headerBytes, block.finalization.canonicalBytes, set.canonicalBytes,
            ]
            for _ in 0..<8 {
                let spoiled = flipped(passage, &numbers)
                if follows(spoiled, chain) != nil {
                    auditor.report(
                        "S10", "the verifier follows a changed end of epoch \(chain.epoch)")
                }
            }
            guard let following = follows(passage, chain) else {
                auditor.report("S10", "the verifier does not leave epoch \(chain.epoch)")
                return
            }
            chain = following
        }
    }

    private func authorityChain() throws -> AuthorityChain {
        let verifier = world.verifier
        let believesAll = scenario.defect == .blindVerifier
        return AuthorityChain(
            try FoundingDocument(parsing: Array(world.genesis.json.canonicalBytes))
        ) { signature, key, tag, payload in
            believesAll || verifier.accepts(signature, by: key, tag, payload)
        }
    }

    private func judge(
        _ block: FinalBlock, after last: FinalBlock?, by chain: AuthorityChain,
        _ numbers: inout SeededNumbers
    ) {
        let height = block.header.height
        // A block may be final by the votes for a later one, which do not prove it by themselves.
        let isVoted = block.finalization.blockHash.elementsEqual(block.hash.bytes)
        let pair = [block.headerBytes, block.finalization.canonicalBytes]
        if accepts(pair, chain) != isVoted {
            auditor.report(
                "S10", "the verifier \(isVoted ? "refuses" : "accepts") the header of \(height)")
        }
        for _ in 0..<3 where accepts(flipped(pair, &numbers), chain) {
            auditor.report("S10", "the verifier accepts a changed proof of block \(height)")
        }
        // The header before it is not what these votes are for.
        if let last, isVoted, accepts([last.headerBytes, pair[1]], chain) {
            auditor.report("S10", "the verifier accepts other votes for block \(height - 1)")
        }
    }

    private func accepts(_ pair: [Data], _ chain: AuthorityChain) -> Bool {
        (try? chain.head(header: pair[0], certificate: pair[1])) != nil
    }

    private func follows(_ passage: [Data], _ chain: AuthorityChain) -> AuthorityChain? {
        var following = chain
        do {
            try following.follow(
                header: passage[0], certificate: passage[1], next: passage[2])
            return following
        } catch {
            return nil
        }
    }

    /// The same with one bit changed.
    private func flipped(_ parts: [Data], _ numbers: inout SeededNumbers) -> [Data] {
        var parts = parts
        let place = numbers.index(parts.count)
        var bytes = [UInt8](parts[place])
        let bit = numbers.index(8 * bytes.count)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        parts[place] = Data(bytes)
        return parts
    }
}
