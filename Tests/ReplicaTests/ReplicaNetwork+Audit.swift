import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

extension ReplicaNetwork {
    func isFinal(_ id: Digest, at index: Int) -> Bool {
        (try? processes[index].disk.place(ofTransaction: id)) != nil
    }

    /// Whether all processes, or those named, have all of some transactions.
    func areFinal(_ ids: [Digest], at indices: [Int]? = nil) -> Bool {
        (indices ?? Array(processes.indices)).allSatisfy { index in
            ids.allSatisfy { isFinal($0, at: index) }
        }
    }

    func height(_ index: Int) -> UInt64 { processes[index].disk.head.height.rawValue }

    /// What is wrong with the chains of the honest: S1, S2, S4, S7 and S8, seen from the disks.
    func audit(_ indices: [Int]? = nil) throws -> [String] {
        var faults: [String] = []
        let audited = indices ?? Array(processes.indices)
        let longest = audited.map { processes[$0].disk.blocks }.max { $0.count < $1.count } ?? []
        for index in audited {
            let disk = processes[index].disk
            if disk.doubleVotes > 0 { faults.append("\(index): a vote was cast twice") }
            if let failure = processes[index].failure { faults.append("\(index): \(failure)") }
            for (block, other) in zip(disk.blocks, longest) {
                if block.header != other.header {
                    faults.append("\(index): another block \(block.header.height)")
                }
            }
            faults += try fault(in: disk).map { "\(index): \($0)" }
        }
        return faults
    }

    private func fault(in disk: MemoryDisk) throws -> [String] {
        var faults: [String] = []
        var parent = try MemoryDisk(sample.genesis).head
        var seen: Set<Digest> = []
        for (place, block) in disk.blocks.enumerated() {
            let header = block.header
            if header.height != UInt64(place) + 1 { faults.append("height \(header.height)") }
            if !header.parentHash.elementsEqual(parent.hash.bytes) { faults.append("parent") }
            if !header.logRoot.elementsEqual(block.frontier.root.bytes) {
                faults.append("log root")
            }
            if !header.stateRoot.elementsEqual(block.tree.root.bytes) {
                faults.append("state root")
            }
            for applied in block.transactions where !seen.insert(applied.transaction.id).inserted {
                faults.append("a transaction took effect twice")
            }
            parent = ChainHead(after: block)
        }
        let oracle = LedgerOracle(
            leaves: disk.state.values.filter { !$0.value.isEmpty }, history: disk.history)
        return faults + oracle.audit()
    }
}
