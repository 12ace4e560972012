import Foundation
import Primitives
import SwiftProtobuf
import Wire

/// S7 and S8 on whole states, at a run's end.
extension Auditor {
    /// A leaf of a node's state.
    struct Leaf {
        /// The kind's number, then eight bytes for each word of the id.
        let key: [UInt8]
        /// Its path in the state tree.
        let path: Digest
        let value: Data
    }

    /// S1: every block that was voted final is in the chain.
    mutating func settleAccounts() {
        for reason in owed.values.sorted() { report("S1", reason) }
    }

    mutating func examine(_ leaves: [Leaf], of node: Int) {
        let height = nodes[node].height
        guard height > 0, chain.indices.contains(Int(height) - 1) else { return }
        let pairs = leaves.map { (path: $0.path, hash: Digest.sha256(Array($0.value))) }
            .sorted { $0.path < $1.path }
        let root = stateRoot(pairs[...], depth: 0)
        if !chain[Int(height) - 1].stateRoot.elementsEqual(root.bytes) {
            report("S7", "node \(node) has another state than block \(height) names")
        }
        examineEnergy(leaves, node, isWhole: height == greatestHeight)
    }

    /// The root of the state tree: a subtree of one leaf is that leaf's hash.
    private func stateRoot(
        _ pairs: ArraySlice<(path: Digest, hash: Digest)>, depth: Int
    ) -> Digest {
        guard let first = pairs.first else { return .zero }
        if pairs.count == 1 { return Digest.sha256([0] + first.path.bytes + first.hash.bytes) }
        let split = pairs.firstIndex { $0.path.bit(depth) } ?? pairs.endIndex
        let left = stateRoot(pairs[..<split], depth: depth + 1)
        let right = stateRoot(pairs[split...], depth: depth + 1)
        return Digest.sha256([1] + left.bytes + right.bytes)
    }

    /// S8: issued energy is in lots and an open remainder, and all of it comes from reads.
    private mutating func examineEnergy(_ leaves: [Leaf], _ node: Int, isWhole: Bool) {
        var issued: UInt64 = 0
        for leaf in leaves where leaf.key.first == 13 {
            guard let series = try? ProtoSeriesValue(serializedBytes: leaf.value) else {
                report("S8", "node \(node) has what is no series")
                continue
            }
            issued += series.issuedWattHours
            let counted =
                series.active + series.listed + series.registryLocked + series.redeemed
                + series.retired
            let prefix = leaf.key.dropFirst()
            let lots = leaves.filter {
                $0.key.first == 15 && $0.key.dropFirst().starts(with: prefix)
            }
            var inLots: UInt64 = 0
            for lot in lots {
                guard let value = try? ProtoLotValue(serializedBytes: lot.value) else { continue }
                let first = lot.key.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                inLots += value.last + 1 - first
            }
            if inLots != counted || counted != series.issuedWattHours / 1_000 {
                report("S8", "node \(node) holds \(inLots) kWh in lots, not \(counted)")
            }
        }
        if isWhole, issued != readEnergy {
            report("S8", "node \(node) issued \(issued) Wh of \(readEnergy) Wh that were read")
        }
    }
}
