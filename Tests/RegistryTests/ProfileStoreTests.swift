import Foundation
import GRDB
import Primitives
import Registry
import Testing

/// A directory of its own that goes with the value.
private final class Directory {
    let path: String
    var file: String { path + "/registry.sqlite" }

    init() throws {
        path = NSTemporaryDirectory() + "drec-registry-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The bytes of every file in it, a journal too.
    func contents() throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            .reduce(into: Data()) { all, name in
                all += try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            }
    }
}

private func root(_ number: Int) -> Digest { Digest.sha256(Array("profile \(number)".utf8)) }

/// A profile of some length whose marker is found wherever a piece of it is left.
private func text(_ number: Int, length: Int) -> Data {
    let marker = "secret-\(number)-"
    return Data(String(repeating: marker, count: max(1, length / marker.count)).utf8)
}

/// Holds the file as another process would.
private func holdExclusively(_ queue: DatabaseQueue) throws {
    try queue.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
}

private func letGo(_ queue: DatabaseQueue) throws {
    try queue.inDatabase { try $0.execute(sql: "ROLLBACK") }
}

extension ProfileStore {
    /// Erases by some order: whether it may, is not for the registry to say.
    fileprivate func erase(root: Digest) async throws { try await erase([someOrder(root)]) }
}

private func someOrder(_ root: Digest, _ byte: UInt8 = 7) -> ProfileStore.Order {
    let words = (0..<2).map { Digest.sha256([byte, $0]).bytes }
    guard let key = PublicKey(bytes: words[0]),
        let signature = Signature(bytes: words[0] + words[1])
    else { preconditionFailure("no order") }
    return ProfileStore.Order(root: root, key: key, signature: signature)
}

@Suite("Off-chain profiles")
struct ProfileStoreTests {
    @Test("A profile is kept under its root, also after the file was closed")
    func storeAndFetch() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        #expect(try await store.profile(root: root(1)) == nil)
        #expect(try await store.store(text(1, length: 50), root: root(1)))
        #expect(try await store.store(text(1, length: 50), root: root(1)))
        #expect(try await store.profile(root: root(1)) == text(1, length: 50))
        #expect(try await store.profile(root: root(2)) == nil)
        try store.close()
        let again = try ProfileStore(path: directory.file)
        #expect(try await again.profile(root: root(1)) == text(1, length: 50))
        try again.close()
    }

    @Test("What was erased is gone and does not come back, not even after a restart")
    func erase() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        #expect(try await store.store(text(1, length: 50), root: root(1)))
        #expect(try await store.store(text(2, length: 50), root: root(2)))
        try await store.erase(root: root(1))
        try await store.erase(root: root(1))
        #expect(try await store.profile(root: root(1)) == nil)
        #expect(try await store.profile(root: root(2)) == text(2, length: 50))
        #expect(try await store.store(text(1, length: 50), root: root(1)) == false)
        try store.close()
        let again = try ProfileStore(path: directory.file)
        #expect(try await again.store(text(1, length: 50), root: root(1)) == false)
        #expect(try await again.profile(root: root(1)) == nil)
        try again.close()
    }

    @Test("While another process holds the file, that is said, and it works afterwards")
    func locked() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        #expect(try await store.store(text(1, length: 50), root: root(1)))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: directory.file, configuration: configuration)
        try holdExclusively(other)
        await #expect(throws: RegistryError.locked) {
            _ = try await store.store(text(2, length: 50), root: root(2))
        }
        await #expect(throws: RegistryError.locked) {
            _ = try await store.profile(root: root(1))
        }
        await #expect(throws: RegistryError.locked) { try await store.erase(root: root(1)) }
        try letGo(other)
        try other.close()
        #expect(try await store.profile(root: root(1)) == text(1, length: 50))
        #expect(try await store.store(text(2, length: 50), root: root(2)))
        try store.close()
        #expect(RegistryError.full.isTemporary && RegistryError.locked.isTemporary)
        #expect(!RegistryError.sqlite(code: 11, message: "").isTemporary)
    }

    @Test("Orders to erase are kept, the first of each root, and told a page at a time")
    func orders() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        let roots = (0..<5).map { root($0) }.sorted()
        #expect(try await store.orders(after: nil, limit: 9).isEmpty)
        #expect(try await store.order(toErase: roots[0]) == nil)
        try await store.erase([])
        try await store.erase(roots.reversed().map { someOrder($0) })
        try await store.erase([someOrder(roots[2], 8), someOrder(roots[2], 9)])
        try store.close()
        let again = try ProfileStore(path: directory.file)
        #expect(try await again.order(toErase: roots[2]) == someOrder(roots[2]))
        let first = try await again.orders(after: nil, limit: 2)
        #expect(first == roots[..<2].map { someOrder($0) })
        let rest = try await again.orders(after: first.last?.root, limit: 9)
        #expect(rest == roots[2...].map { someOrder($0) })
        #expect(try await again.orders(after: roots[4], limit: 9).isEmpty)
        #expect(try await again.unordered(among: roots + [root(9)]) == [root(9)])
        try again.close()
    }

    @Test("An erasure of an older program has no order, until one comes")
    func olderErasure() async throws {
        let directory = try Directory()
        try ProfileStore(path: directory.file).close()
        let older = try DatabaseQueue(path: directory.file)
        try await older.write { db in
            try db.execute(
                sql: "INSERT INTO erased (root) VALUES (?)", arguments: [Data(root(1).bytes)])
        }
        try older.close()
        let store = try ProfileStore(path: directory.file)
        #expect(try await store.store(text(1, length: 50), root: root(1)) == false)
        #expect(try await store.order(toErase: root(1)) == nil)
        #expect(try await store.orders(after: nil, limit: 9).isEmpty)
        #expect(try await store.unordered(among: [root(1)]) == [root(1)])
        try await store.erase([someOrder(root(1))])
        #expect(try await store.order(toErase: root(1)) == someOrder(root(1)))
        try store.close()
    }

    @Test("A profile that is erased before it arrives is never kept")
    func eraseFirst() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        try await store.erase(root: root(1))
        #expect(try await store.store(text(1, length: 50), root: root(1)) == false)
        try store.close()
    }

    @Test("Erased values leave no trace in any file", arguments: [40, 700, 3_000, 200_000])
    func noTrace(length: Int) async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        #expect(try await store.store(text(1, length: length), root: root(1)))
        #expect(try directory.contents().range(of: Data("secret-1-".utf8)) != nil)
        try await store.erase(root: root(1))
        #expect(try directory.contents().range(of: Data("secret-1-".utf8)) == nil)
        try store.close()
        #expect(try directory.contents().range(of: Data("secret-1-".utf8)) == nil)
    }

    @Test("Of many profiles of many sizes, in pages that split and join, none leaves a trace")
    func noTraceAmongMany() async throws {
        let directory = try Directory()
        let store = try ProfileStore(path: directory.file)
        let count = 400
        for number in 0..<count {
            #expect(
                try await store.store(
                    text(number, length: 20 + number * 37 % 2_500), root: root(number)))
        }
        for number in 0..<count where number % 7 != 0 { try await store.erase(root: root(number)) }
        let contents = try directory.contents()
        let left = (0..<count).filter {
            $0 % 7 != 0 && contents.range(of: Data("secret-\($0)-".utf8)) != nil
        }
        do {
            #expect(left.isEmpty, "traces of \(left)")
        }
        for number in stride(from: 0, to: count, by: 7) {
            #expect(
                try await store.profile(root: root(number))
                    == text(number, length: 20 + number * 37 % 2_500))
        }
        try store.close()
    }
}
