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
