package import Foundation
import GRDB
package import Ledger
import Merkle
package import Primitives
import SwiftProtobuf
import Wire

/// The chain within one transaction of the store: the final state as the rules read it.
package struct ChainAccess: StateReader {
    let db: Database
    let direct: DirectStatements
    /// Is told what blocks change in the state tree; nil where none are written.
    let follower: ProofTree?

    init(_ db: Database, followedBy follower: ProofTree? = nil) {
        self.db = db
        self.follower = follower
        direct = DirectStatements(db)
    }

    // MARK: State

    package func value(for key: StateKey) throws -> Data? {
        let statement = try direct(.stateValue)
        return try key.withBytes { key in
            statement.lend(1, key)
            return try statement.first { $0.data(0) }
        }
    }

    package func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        try leaf(.lastLeaf, lowest, key)
    }

    package func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        try leaf(.firstLeaf, key, highest)
    }

    private func leaf(
        _ sql: DirectSQL, _ low: StateKey, _ high: StateKey
    ) throws -> StateLeaf? {
        let statement = try direct(sql)
        low.withBytes { statement.bind(1, $0) }
        high.withBytes { statement.bind(2, $0) }
        return try statement.first { row in
            guard let key = StateKey(bytes: row.bytes(0)) else {
                throw StoreError.damaged("state key")
            }
            return StateLeaf(key: key, value: row.data(1))
        }
    }

    private func leaf(_ row: Row) throws -> StateLeaf {
        let bytes: Data = row[0]
        guard let key = StateKey(bytes: bytes) else { throw StoreError.damaged("state key") }
        return StateLeaf(key: key, value: row[1])
    }

    /// Leaves of one kind in ascending order.
    package func leaves(
        from low: StateKey, upTo high: StateKey, limit: Int, descending: Bool = false
    ) throws -> [StateLeaf] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, value FROM state WHERE key BETWEEN ?1 AND ?2
                ORDER BY key \(descending ? "DESC" : "ASC") LIMIT ?3
                """)
        statement.setUncheckedArguments([Data(low.bytes), Data(high.bytes), limit])
        return try Row.fetchAll(statement).map { try leaf($0) }
    }

    package func recordedWindow(
        of device: DeviceID, from start: Timestamp
    ) throws -> RecordedWindow? {
        let statement = try direct(.recordedRead)
        statement.bind(1, device.rawValue)
        statement.bind(2, start.rawValue)
        return try statement.first { row in
            RecordedWindow(
                end: Timestamp(row.number(0)), energy: WattHours(row.number(1)),
                entry: LogIndex(row.number(2)))
        }
    }

    // MARK: The state tree

    /// The bytes of a bucket of the state tree; empty when it has no leaf.
    package func bucket(_ index: Int, depth: Int) throws -> [UInt8] {
        let statement = try direct(.bucket)
        statement.bind(1, Int64(1 << depth + index))
        return try statement.first { Array($0.bytes(0)) } ?? []
    }

    func depth() throws -> Int {
        guard let depth = try ChainStore.meta("depth", in: db)?.first.map(Int.init) else {
            throw StoreError.damaged("no depth")
        }
        return depth
    }

    func tree() throws -> StateTree {
        let depth = try depth()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT place, root, length(entries) FROM bucket ORDER BY place")
        var roots: [StateTree.BucketRoot] = []
        while let row = try rows.next() {
            let hash: Data = row[1]
            guard let root = Digest(bytes: hash) else { throw StoreError.damaged("bucket root") }
            let place: Int = row[0]
            let length: Int = row[2]
            roots.append(
                StateTree.BucketRoot(
                    index: place - 1 << depth, root: root,
                    count: length / StateBucket.entrySize))
        }
        return try StateTree(depth: depth, bucketRoots: roots)
    }

    // MARK: The log

    func frontier() throws -> LogFrontier {
        guard let bytes = try ChainStore.meta("frontier", in: db), bytes.count >= 8 else {
            throw StoreError.damaged("no log edge")
        }
        let size = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var edge: [Digest] = []
        var rest = bytes.dropFirst(8)
        while rest.count >= Digest.byteCount {
            guard let hash = Digest(bytes: rest.prefix(Digest.byteCount)) else { break }
            edge.append(hash)
            rest = rest.dropFirst(Digest.byteCount)
        }
        guard let frontier = LogFrontier(size: size, edge: edge) else {
            throw StoreError.damaged("log edge")
        }
        return frontier
    }

    func head(frontier: LogFrontier, stateRoot: Digest) throws -> ChainHead {
        let row = try Row.fetchOne(
            db, sql: "SELECT hash, header FROM block ORDER BY height DESC LIMIT 1")
        guard let row else {
            if let base = try base() {
                return try head(base.hash, base.header, frontier, stateRoot)
            }
            guard let network = try ChainStore.meta("network", in: db),
                let hash = Digest(bytes: network),
                let text = try ChainStore.meta("founded", in: db),
                let founded = UInt64(String(decoding: text, as: UTF8.self))
            else { throw StoreError.damaged("no genesis") }
            return ChainHead(
                height: Height(0), hash: hash, timeMilliseconds: founded * 1_000,
                epoch: Epoch(0), view: View(0), frontier: frontier, stateRoot: stateRoot)
        }
        let hashBytes: Data = row[0]
        let headerBytes: Data = row[1]
        guard let hash = Digest(bytes: hashBytes),
            let header = try? ProtoHeader(serializedBytes: headerBytes)
        else { throw StoreError.damaged("head") }
        return try head(hash, header, frontier, stateRoot)
    }

    private func head(
        _ hash: Digest, _ header: ProtoHeader, _ frontier: LogFrontier, _ stateRoot: Digest
    ) throws -> ChainHead {
        guard header.stateRoot.elementsEqual(stateRoot.bytes),
            header.logRoot.elementsEqual(frontier.root.bytes)
        else { throw StoreError.damaged("roots differ from the head's") }
        return ChainHead(
            height: Height(header.height), hash: hash,
            timeMilliseconds: header.timeMilliseconds, epoch: Epoch(header.epoch),
            view: View(header.view), frontier: frontier, stateRoot: stateRoot)
    }
}

/// SQLite's integers are signed: all of ours are kept as their bit patterns, and only those below
/// 2⁶³ are ever compared in SQL (times, energies of a read, serials).
func unsigned(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

extension Numbered {
    var sql: Int64 { Int64(bitPattern: rawValue) }
}

extension ChainAccess: LogNodeReader {
    /// A node of the log, from the tile that holds it.
    package func node(level: Int, index: UInt64) throws -> Digest {
        let tileLevel = level / 8
        let width = 1 << (level % 8)
        let first = index << UInt64(level % 8)
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM log_tile WHERE level = ? AND idx = ?")
        statement.setUncheckedArguments([tileLevel, Int64(bitPattern: first / 256)])
        guard let tile = try Data.fetchOne(statement) else {
            throw StoreError.damaged("log tile")
        }
        let offset = Int(first % 256)
        guard tile.count >= (offset + width) * Digest.byteCount else {
            throw StoreError.damaged("log tile")
        }
        return try tile.withUnsafeBytes { bytes in
            var hashes: [Digest] = (0..<width).map { position in
                Digest(
                    loading: UnsafeRawBufferPointer(
                        rebasing: bytes[((offset + position) * Digest.byteCount)...]))
            }
            while hashes.count > 1 {
                hashes = stride(from: 0, to: hashes.count, by: 2).map {
                    LogHash.node(hashes[$0], hashes[$0 + 1])
                }
            }
            guard let root = hashes.first else { throw StoreError.damaged("log tile") }
            return root
        }
    }
}
