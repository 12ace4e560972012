import Foundation
import Ledger
import Merkle
import Node
import Primitives
import Replica
import Store
import Wire

/// Examines a chain on disk: its head, and on request every block of it.
struct ChainInspector {
    let configuration: NodeConfiguration

    func run(replay: Bool, rebuild: Bool) async throws {
        // A running node would change what is compared.
        let lock = try DirectoryLock(directory: configuration.data)
        defer { withExtendedLifetime(lock) {} }
        let genesis = try GenesisFile.load(configuration.genesis)
        let path = NodeFiles.chain(configuration.data)
        let store = try ChainStore(path: path, genesis: genesis, creating: false)
        let (head, tree, _) = try store.load()
        Output.line("network     \(genesis.name)  \(genesis.hash)")
        Output.line("height      \(head.height)  \(head.hash)")
        Output.line("log         \(head.frontier.size) entries  \(head.frontier.root)")
        Output.line("state       \(tree.leafCount) leaves  \(tree.root)")
        guard replay else { return try store.close() }

        let copyPath = NSTemporaryDirectory() + "drec-replay-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: copyPath + suffix)
            }
        }
        let copy = try ChainStore(
            path: copyPath, genesis: genesis, creating: true, durable: false)
        try await self.replay(store, into: copy, genesis: genesis)
        try copy.close()
        let (before, after) =
            rebuild
            ? try store.rebuildReadModels(from: copyPath)
            : try unchanged(store.differences(from: copyPath))
        try store.close()
        for table in before { Output.line("differs     \(table)") }
        guard after.isEmpty else {
            throw CommandFailure.refused(
                "the chain and its replay differ"
                    + (rebuild ? " in more than read models; nothing was replaced" : ""))
        }
        if !before.isEmpty { Output.line("rebuilt     the read models, from the replayed ones") }
        Output.line("replayed    \(head.height) blocks from genesis: all tables are equal")
    }

    private func unchanged(_ tables: [String]) -> (before: [String], after: [String]) {
        (tables, tables)
    }

    private func replay(
        _ store: ChainStore, into copy: ChainStore, genesis: GenesisDocument
    ) async throws {
        var target = try StoredReplica(copy, network: genesis.hash)
        let last = try store.load().head.height.rawValue
        var bar = ProgressBar("replay", isShown: true)
        try await ChainReplay(from: 1, through: last, of: store).run(into: &target) { height in
            bar.show(height, of: last)
        }
    }
}
