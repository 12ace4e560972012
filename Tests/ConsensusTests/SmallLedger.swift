import Consensus
import Primitives

/// Blocks of the tests' networks: numbers on a parent.
struct SmallBlock: Hashable {
    let parent: Digest
    let height: UInt64
    let numbers: [Int]

    var hash: Digest {
        var bytes = Array("block".utf8) + parent.bytes
        bytes.append(bigEndian: height)
        for number in numbers { bytes.append(bigEndian: number) }
        return Digest.sha256(bytes)
    }
}

/// What a member keeps through a crash: votes and certificates under their keys (D2), and blocks.
struct SmallDisk {
    private(set) var votes: [VoteKey: Vote] = [:]
    private(set) var certificates: [CertificateKey: Certificate] = [:]
    /// In the order of writing.
    private(set) var records: [Record] = []
    var blocks: [Digest: SmallBlock] = [:]
    /// The final chain, from height 1 on.
    var chain: [FinalEntry] = []

    struct VoteKey: Hashable {
        let epoch: Epoch
        let view: View
        let slot: UInt8
    }

    struct FinalEntry: Hashable {
        let hash: Digest
        /// Of the finalization that brought the block, its own or a descendant's.
        let proof: Certificate
    }

    /// False when the row is taken by another vote.
    mutating func write(_ record: Record) -> Bool {
        switch record {
        case .certificate(let certificate):
            certificates[
                CertificateKey(
                    epoch: certificate.epoch, view: certificate.view, kind: certificate.kind)] =
                certificate
        case .vote(let vote):
            let key = VoteKey(epoch: vote.epoch, view: vote.view, slot: vote.kind.slot)
            if let there = votes[key] { return there == vote }
            votes[key] = vote
        }
        records.append(record)
        return true
    }

    mutating func forget(through position: Position) {
        records.removeAll { $0.position <= position }
    }

    func holds(_ vote: Vote) -> Bool {
        votes[VoteKey(epoch: vote.epoch, view: vote.view, slot: vote.kind.slot)] == vote
    }

    func holds(_ certificate: Certificate) -> Bool {
        certificates[
            CertificateKey(
                epoch: certificate.epoch, view: certificate.view, kind: certificate.kind)]?
            .statement == certificate.statement
    }

    var tip: Digest { chain.last?.hash ?? Members.genesis }

    func contains(_ hash: Digest) -> Bool { hash == Members.genesis || blocks[hash] != nil }

    /// The blocks above the final tip up to a hash, in order; the missing one when one is missing.
    func path(to hash: Digest) -> (blocks: [SmallBlock], missing: Digest?) {
        var path: [SmallBlock] = []
        var next = hash
        while next != tip {
            guard let block = blocks[next] else { return ([], next) }
            path.append(block)
            if block.height <= UInt64(chain.count) { return ([], nil) }
            next = block.parent
        }
        return (path.reversed(), nil)
    }
}
