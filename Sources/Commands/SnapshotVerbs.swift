import Foundation
package import Ledger
import Node
package import Primitives
import Registry
package import Store

/// What the verbs of snapshots do.
package enum SnapshotVerbs {
    /// The snapshot that a node was founded from, kept beside its chain: a replay begins with it.
    package static func base(_ data: String) -> String { data + "/base.snapshot" }

    /// How often it is looked whether the last block has votes of its own, and how long apart.
    private static let attempts = 100
    private static let pause = Duration.milliseconds(100)

    /// Writes a snapshot of the chain in a data directory; its node may be running.
    ///
    /// - Throws: ``CommandFailure/failed(_:)``, ``Store/StoreError``,
    ///   ``Ledger/SnapshotError/tooLarge(_:)``.
    package static func create(
        _ file: String, data: String, genesis: GenesisDocument
    ) async throws -> SnapshotManifest {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure.failed("\(file) exists already")
        }
        let store = try ChainStore(reading: NodeFiles.chain(data), genesis: genesis)
        defer { try? store.close() }
        for _ in 0..<attempts {
            let (height, manifest) = try writing(file) {
                try store.readNow { access in
                    try (
                        access.lastBlock()?.height,
                        access.writeSnapshot(
                            of: genesis.hash, to: SnapshotFileWriter(path: file))
                    )
                }
            }
            if let manifest { return manifest }
            guard height != nil else {
                throw CommandFailure.failed("the chain has no block yet; join with genesis")
            }
            try await Task.sleep(for: pause)
        }
        throw CommandFailure.failed(
            "the last block was not voted final itself: let the node run and try again")
    }

    /// Founds a data directory from a snapshot.
    ///
    /// All is made in `DIR.restoring` beside it and moved into place when it is on the disk. What a
    /// failure leaves is removed; what a crash leaves is removed by the next try.
    ///
    /// - Parameter newcomer: a vote key that has never signed: a record of its votes begins.
    /// - Throws: ``CommandFailure/failed(_:)``, ``Ledger/SnapshotError``, ``Store/StoreError``.
    package static func restore(
        _ file: String, to directory: String, _ genesis: GenesisDocument,
        newcomer: PublicKey? = nil
    ) throws -> SnapshotManifest {
        let files = FileManager.default
        let target = URL(fileURLWithPath: directory).standardizedFileURL.path
        let draft = target + ".restoring"
        try requireFree(directory)
        let snapshot = try open(file)
        try files.createDirectory(
            atPath: draft, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        // Held until the end: nobody else works in there. It becomes the node's own lock.
        let lock = try DirectoryLock(directory: draft)
        defer { withExtendedLifetime(lock) {} }
        do {
            for name in try files.contentsOfDirectory(atPath: draft) where name != "lock" {
                try files.removeItem(atPath: draft + "/" + name)
            }
            var bar = ProgressBar("restore", isShown: true)
            let count = UInt64(snapshot.manifest.pieceHashes.count)
            try writing(draft) {
                try ChainStore.found(
                    at: NodeFiles.chain(draft), genesis: genesis, from: snapshot
                ) { bar.show(UInt64($0), of: count) }
                try files.copyItem(atPath: file, toPath: base(draft))
            }
            try ProfileStore(path: NodeFiles.registry(draft)).close()
            if let newcomer { try NodeFiles.beginVotes(of: newcomer, in: draft, genesis) }
            for name in try files.contentsOfDirectory(atPath: draft) {
                try synchronize(draft + "/" + name)
            }
            try synchronize(draft)
            try move(draft, to: target)
        } catch {
            try? files.removeItem(atPath: draft)
            throw error
        }
        try synchronize(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        return snapshot.manifest
    }

    private static func requireFree(_ directory: String) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            return
        }
        guard isDirectory.boolValue,
            try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty
        else { throw CommandFailure.failed("\(directory) exists already") }
    }

    /// Opens a snapshot's file.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` when there is none; ``Ledger/SnapshotError``.
    package static func open(_ file: String) throws -> SnapshotFile {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory),
            !isDirectory.boolValue
        else { throw CommandFailure.failed("there is no snapshot at \(file)") }
        do {
            return try SnapshotFile(path: file)
        } catch let error as CocoaError {
            throw CommandFailure.failed("cannot read \(file): \(SystemReason.of(error))")
        }
    }

    /// Renames over nothing, or over an empty directory.
    private static func move(_ draft: String, to target: String) throws {
        guard rename(draft, target) == 0 else {
            throw CommandFailure.failed(
                "cannot make \(target): \(String(cString: strerror(errno)))")
        }
    }

    private static func synchronize(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.synchronize()
        try file.close()
    }

    private static func writing<Result>(
        _ path: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as CocoaError {
            throw CommandFailure.failed("cannot write \(path): \(SystemReason.of(error))")
        }
    }

    static func tell(
        _ manifest: SnapshotManifest, _ place: [String: CanonicalJSON], _ json: Bool
    ) {
        guard json else {
            Output.line("snapshot    \(manifest.id)")
            Output.line("height      \(manifest.height)  \(manifest.blockHash)")
            Output.line("state       \(manifest.leafCount) leaves")
            Output.line("pieces      \(manifest.pieceHashes.count)")
            return
        }
        var answer = place
        answer["snapshot"] = .string(manifest.id.hex)
        answer["height"] = .unsigned(manifest.height.rawValue)
        answer["block"] = .string(manifest.blockHash.hex)
        answer["stateLeaves"] = .unsigned(manifest.leafCount)
        answer["pieces"] = .unsigned(UInt64(manifest.pieceHashes.count))
        Output.json(CanonicalJSON.object(answer))
    }
}
