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
    /// Whether to answer with one JSON object.
    let isJSON: Bool

    /// - Parameter snapshot: of a node that began with one, where it is not in its directory.
    func run(replay: Bool, rebuild: Bool, snapshot: String? = nil) async throws {
        // A running node would change what is compared.
        let lock = try DirectoryLock(directory: configuration.data)
        defer { withExtendedLifetime(lock) {} }
        let genesis = try GenesisFile.load(configuration.genesis)
        let path = NodeFiles.chain(configuration.data)
        let store = try ChainStore(path: path, genesis: genesis, creating: false)
        let (head, tree, _) = try store.load()
        say("network     \(genesis.name)  \(genesis.hash)")
        say("height      \(head.height)  \(head.hash)")
        if let base = store.base {
            say("begins      after block \(base.height), \(base.hash), with a snapshot")
            say("            history before block \(base.header.height &+ 1) is not held")
        }
        say("log         \(head.frontier.size) entries  \(head.frontier.root)")
        say("state       \(tree.leafCount) leaves  \(tree.root)")
        var answer: [String: CanonicalJSON] = [
            "network": .string(genesis.hash.hex), "height": .unsigned(head.height.rawValue),
            "block": .string(head.hash.hex), "logSize": .unsigned(head.frontier.size),
            "logRoot": .string(head.frontier.root.hex),
            "stateLeaves": .unsigned(UInt64(tree.leafCount)),
            "stateRoot": .string(tree.root.hex),
            "beginsAfterBlock": store.base.map { .unsigned($0.header.height) } ?? .null,
        ]
        defer { if isJSON { Output.json(CanonicalJSON.object(answer)) } }
        guard replay else { return try store.close() }

        let copyPath = NSTemporaryDirectory() + "drec-replay-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: copyPath + suffix)
            }
        }
        let copy = try beginning(of: store, genesis, at: copyPath, snapshot)
        try await self.replay(store, into: copy, genesis: genesis)
        try copy.close()
        let (before, after) =
            rebuild
            ? try store.rebuildReadModels(from: copyPath)
            : try unchanged(store.differences(from: copyPath))
        try store.close()
        answer["differences"] = .array(before.map { .string($0) })
        answer["remaining"] = .array(after.map { .string($0) })
        for table in before { say("differs     \(table)") }
        guard after.isEmpty else {
            throw CommandFailure.refused(
                "the chain and its replay differ"
                    + (rebuild ? " in more than read models; nothing was replaced" : ""))
        }
        if !before.isEmpty { say("rebuilt     the read models, from the replayed ones") }
        let first = store.base?.header.height ?? 0
        let count = head.height.rawValue - first
        say(
            "replayed    \(count) blocks from \(first == 0 ? "genesis" : "the snapshot"): "
                + "all tables are equal")
    }

    /// A chain that begins as the store's does, for its blocks to be executed on.
    private func beginning(
        of store: ChainStore, _ genesis: GenesisDocument, at path: String, _ snapshot: String?
    ) throws -> ChainStore {
        guard let base = store.base else {
            guard snapshot == nil else {
                throw CommandFailure.failed("--snapshot: this chain begins with genesis")
            }
            return try ChainStore(path: path, genesis: genesis, creating: true, durable: false)
        }
        let file = snapshot ?? SnapshotVerbs.base(configuration.data)
        guard FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure.failed(
                "this node holds no history before block \(base.header.height &+ 1), and "
                    + "\(file), with which it began, is missing: give it as --snapshot")
        }
        let opened = try SnapshotVerbs.open(file)
        guard opened.manifest.blockHash == base.hash else {
            throw CommandFailure.failed(
                "\(file) is of block \(opened.manifest.height), and the node began after block "
                    + "\(base.height)")
        }
        try ChainStore.found(at: path, genesis: genesis, from: opened)
        return try ChainStore(path: path, genesis: genesis, creating: false, durable: false)
    }

    private func say(_ text: String) {
        if !isJSON { Output.line(text) }
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
        let first = (store.base?.header.height ?? 0) + 1
        let started = ContinuousClock.now
        try await ChainReplay(from: first, through: last, of: store).run(into: &target) { height in
            bar.show(height, of: last)
        }
        let seconds = max((ContinuousClock.now - started) / .seconds(1), 0.001)
        let entries = target.replica.head.frontier.size - (store.base?.header.logSize ?? 0)
        let rate = (Double(entries) / seconds).rounded()
        say("executed    \(entries) entries in \(Int(seconds * 1_000)) ms, \(Int(rate))/s")
    }
}
