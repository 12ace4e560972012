import Foundation
import GRDB
package import Ledger
import Merkle
import Primitives
import Wire

extension ChainStore {
    /// Founds a chain that begins after a snapshot's block: nothing of the snapshot is believed
    /// before it is proved, and the path is taken when all of it is proved and on the disk.
    ///
    /// - Parameters:
    ///   - path: the file; must not exist.
    ///   - report: is told how many pieces were read.
    /// - Returns: the block.
    /// - Throws: ``Ledger/SnapshotError`` for what is no snapshot of this network; ``StoreError``;
    ///   what reading the file throws. Nothing is then left behind.
    @discardableResult
    package static func found(
        at path: String, genesis: GenesisDocument, from snapshot: SnapshotFile,
        report: (Int) -> Void = { _ in }
    ) throws -> FinalHeader {
        guard !FileManager.default.fileExists(atPath: path) else { throw StoreError.exists(path) }
        let draft = path + ".founding"
        func removeDraft() {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: draft + suffix)
            }
        }
        removeDraft()
        do {
            let queue = try DatabaseQueue(path: draft, configuration: configuration())
            // The draft goes when anything fails: nothing is ever rolled back.
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = OFF")
                try db.execute(sql: "PRAGMA synchronous = OFF")
            }
            try ChainSchema.migrator.migrate(queue)
            let block = try queue.write { db in
                try found(genesis, from: snapshot, paths: draft + ".paths", in: db, report)
            }
            try queue.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: draft))
            try file.synchronize()
            try file.close()
            try FileManager.default.moveItem(atPath: draft, toPath: path)
            return block
        } catch {
            removeDraft()
            if let error = error as? DatabaseError { throw StoreError(error) }
            throw error
        }
    }

    private static func found(
        _ genesis: GenesisDocument, from snapshot: SnapshotFile, paths: String, in db: Database,
        _ report: (Int) -> Void
    ) throws -> FinalHeader {
        let access = ChainAccess(db)
        let manifest = snapshot.manifest
        let depth = StateTree.depth(leafCount: manifest.leafCount)
        var check = try SnapshotCheck(manifest, genesis: genesis)
        var models = SnapshotReadModels(access)
        var sorter = try PathSorter(
            directory: paths, leafCount: manifest.leafCount, depth: depth)
        defer { sorter.remove() }
        var head: SnapshotCheck.Head?
        var read = 0
        try snapshot.forEachPiece { bytes in
            switch try check.take(bytes) {
            case .transition(let transition): try access.write(transition)
            case .head(let block):
                head = block
                try access.write(block)
            case .leaves(let leaves):
                try access.write(leaves.map { (key: $0.key, value: $0.value) })
                for leaf in leaves {
                    try models.take(leaf)
                    try sorter.add(path: leaf.key.path, valueHash: Digest.sha256(leaf.value))
                }
            }
            read += 1
            report(read)
        }
        try setMeta("network", Data(genesis.hash.bytes), in: db)
        try setMeta("founded", Data(String(genesis.founded.rawValue).utf8), in: db)
        try setMeta("depth", Data([UInt8(depth)]), in: db)
        try sorter.drain { leaves in
            try StateBucket.founding(leaves, depth: depth) { try access.write([$0], depth: depth) }
        }
        try check.finish(stateRoot: try access.tree().root)
        guard let head else { throw SnapshotError.malformed("no head") }
        try models.finish(entries: head.frontier.size)
        try access.writeTransition(ending: head.block)
        return head.block
    }
}

extension ChainAccess {
    /// Keeps a snapshot's block that ends its epoch itself; the state has the next authorities.
    fileprivate func writeTransition(ending block: FinalHeader) throws {
        guard block.endsEpoch else { return }
        let (epoch, overflow) = block.header.epoch.addingReportingOverflow(1)
        guard !overflow,
            let next = try message(ProtoAuthoritySetValue.self, for: .authorities(Epoch(epoch))),
            let transition = AuthorityTransition(block: block, next: next)
        else { throw SnapshotError.malformed("the next authorities") }
        try write(transition)
    }
}
