import Foundation
import Primitives
import SwiftProtobuf
import Wire

/// S1, S2, S7 and S8: blocks that honest nodes write.
extension Auditor {
    /// A block as a node wrote it, with the entries that it put into the log.
    struct CommittedBlock {
        let bytes: Data
        let finalization: ProtoFinalization
        let entries: [[UInt8]]
        /// Of the next epoch, if the block ends its own.
        let nextAuthorities: [ProtoAuthorityValue]?
    }

    mutating func committed(_ block: CommittedBlock, by node: Int) {
        guard let content = try? ProtoBlock(serializedBytes: block.bytes),
            let header = try? ProtoHeader(serializedBytes: content.header)
        else {
            report("S7", "node \(node) wrote what is no block")
            return
        }
        let hash = Digest.tagged(.header, Array(content.header))
        let expected = nodes[node].height + 1
        if header.height != expected {
            report("S2", "node \(node) wrote block \(header.height), not \(expected)")
        }
        nodes[node].height = header.height
        let certificate = SeenCertificate(block.finalization)
        nodes[node].certificates.insert(certificate)
        accept(certificate, by: node)
        let place = Int(clamping: header.height) - 1
        if chain.indices.contains(place) {
            compare(block, hash, place, node)
        } else if place == chain.count {
            append(block, content, header, hash, node)
        }
    }

    private mutating func compare(
        _ block: CommittedBlock, _ hash: Digest, _ place: Int, _ node: Int
    ) {
        if chain[place].hash != hash {
            report("S1", "height \(place + 1) has two final blocks, one of them of node \(node)")
        } else if chain[place].bytes != block.bytes {
            report("S7", "node \(node) has other transactions in block \(place + 1)")
        }
    }

    private mutating func append(
        _ block: CommittedBlock, _ content: ProtoBlock, _ header: ProtoHeader, _ hash: Digest,
        _ node: Int
    ) {
        let parent = chain.last
        let height = header.height
        if !header.parentHash.elementsEqual((parent?.hash ?? genesis).bytes) {
            report("S2", "block \(height) of node \(node) is not on the one before")
        }
        let epoch = parent.map { $0.isBoundary ? $0.epoch + 1 : $0.epoch } ?? 0
        if header.epoch != epoch { report("S9", "block \(height) is of epoch \(header.epoch)") }
        checkViews(header, parent.map { $0.epoch == epoch ? $0.view : 0 } ?? 0)
        if header.timeMilliseconds <= parent?.timeMilliseconds ?? 0 {
            report("S2", "block \(height) is not later than its parent")
        }
        checkTransactions(block, content, header)
        let isBoundary = header.nextAuthoritiesHash != header.authoritiesHash
        if isBoundary { begin(epoch + 1, after: height, block.nextAuthorities, header) }
        chain.append(
            FinalLink(
                hash: hash, epoch: header.epoch, view: header.view,
                timeMilliseconds: header.timeMilliseconds, stateRoot: header.stateRoot,
                bytes: block.bytes, isBoundary: isBoundary))
        owed[hash] = nil
    }

    /// S2: every view that was skipped has a nullification, and a block is its leader's.
    private mutating func checkViews(_ header: ProtoHeader, _ parentView: UInt64) {
        guard header.view > parentView else {
            report("S2", "block \(header.height) is of view \(header.view), not after its parent")
            return
        }
        let set = sets[header.epoch] ?? []
        if !set.isEmpty,
            UInt64(header.proposer) != (header.epoch + header.view) % UInt64(set.count)
        {
            report("S2", "block \(header.height) is not its leader's")
        }
        for view in parentView + 1..<header.view {
            let place = ViewID(epoch: header.epoch, view: view)
            let votes = ballots[place]?.nullify.count ?? 0
            if !suffice(votes, in: header.epoch) {
                report("S2", "block \(header.height) skipped view \(place), not nullified")
            }
        }
    }

    /// S7: the log's root, over entries that begin with what was submitted. S8: once each.
    private mutating func checkTransactions(
        _ block: CommittedBlock, _ content: ProtoBlock, _ header: ProtoHeader
    ) {
        if content.transactions.count != block.entries.count {
            report("S8", "block \(header.height) has another number of log entries")
        }
        for (bytes, entry) in zip(content.transactions, block.entries) {
            guard let signed = try? ProtoSignedTransaction(serializedBytes: bytes) else {
                report("S8", "block \(header.height) has what is no transaction")
                continue
            }
            let id = Digest.tagged(.transaction, Array(signed.body))
            if places.updateValue(header.height, forKey: id) != nil {
                report("S8", "transaction \(id) took effect twice")
            }
            var submission = Array(signed.body)
            for signature in signed.signatures { submission += signature }
            if !entry.starts(with: Digest.sha256(submission).bytes) {
                report("S7", "a log entry of block \(header.height) is not of its transaction")
            }
            logRoots.append(entry)
            readEnergy += signed.reads.wattHours.reduce(0, +)
        }
        if header.logSize != logRoots.size
            || !header.logRoot.elementsEqual(logRoots.root.bytes)
        {
            report("S7", "block \(header.height) names another log root")
        }
    }

    /// S9: the next epoch's set is the one that the boundary names.
    private mutating func begin(
        _ epoch: UInt64, after height: UInt64, _ members: [ProtoAuthorityValue]?,
        _ header: ProtoHeader
    ) {
        var value = ProtoAuthoritySetValue()
        value.authorities = members ?? []
        let bytes = (try? value.serializedBytes() as [UInt8]) ?? []
        if !header.nextAuthoritiesHash.elementsEqual(Digest.tagged(.authorities, bytes).bytes) {
            report("S9", "block \(height) names other authorities than it leaves")
        }
        boundaries[epoch - 1] = height
        if let set = sets[epoch - 1], set.indices.contains(Int(header.proposer)) {
            boundaryLeaders.append(set[Int(header.proposer)])
        }
        sets[epoch] = value.authorities.compactMap { PublicKey(bytes: $0.voteKey) }
    }
}

/// The root of RFC 9162 §2.1.1 over a growing list, by the hashes of its perfect subtrees.
struct LogRoots {
    private(set) var size: UInt64 = 0
    /// From the largest subtree to the smallest.
    private var peaks: [(size: UInt64, hash: Digest)] = []

    mutating func append(_ entry: [UInt8]) {
        size += 1
        var node = (size: UInt64(1), hash: Digest.sha256([0] + entry))
        while let last = peaks.last, last.size == node.size {
            peaks.removeLast()
            node = (2 * node.size, LogRoots.join(last.hash, node.hash))
        }
        peaks.append(node)
    }

    var root: Digest {
        guard let last = peaks.last else { return Digest.sha256([UInt8]()) }
        return peaks.dropLast().reversed().reduce(last.hash) { LogRoots.join($1.hash, $0) }
    }

    private static func join(_ left: Digest, _ right: Digest) -> Digest {
        Digest.sha256([1] + left.bytes + right.bytes)
    }
}
