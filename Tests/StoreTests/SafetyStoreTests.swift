import Foundation
import GRDB
import Primitives
import SampleNetworks
import Store
import Testing

@Suite("What an authority has signed")
struct SafetyStoreTests {
    private let path = NSTemporaryDirectory() + "drec-safety-\(UUID().uuidString).sqlite"
    private let network = SampleNetwork().network
    private let owner = key("north vote").publicKey

    private func open(
        _ creating: SafetyStore.Memory? = nil, network: Digest? = nil, key: PublicKey? = nil
    ) throws -> SafetyStore {
        try SafetyStore(
            path: path, network: network ?? self.network, key: key ?? owner, creating: creating)
    }

    private func remove() {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    private func place(_ epoch: UInt64, _ view: UInt64) -> SafetyStore.Place {
        SafetyStore.Place(epoch: epoch, view: view)
    }

    private func vote(_ view: UInt64, _ slot: UInt8, _ text: String) -> SafetyStore.Row {
        .vote(place(0, view), slot: slot, bytes: Data(text.utf8))
    }

    private func certificate(_ view: UInt64, epoch: UInt64 = 0) -> SafetyStore.Row {
        .certificate(place(epoch, view), kind: 1, bytes: Data("c\(view)".utf8))
    }

    @Test("Rows come back after the file was closed")
    func roundTrip() throws {
        defer { remove() }
        let rows: Set<SafetyStore.Row> = [
            vote(1, 1, "notarize"), vote(1, 2, "finalize"), vote(2, 1, "next"), certificate(1),
            .certificate(place(1, 9), kind: 3, bytes: Data([7])),
            .block(place(0, 1), hash: Digest.sha256(Data([1])), bytes: Data(count: 100_000)),
        ]
        let store = try open(.complete)
        try store.persist(Array(rows))
        try store.close()
        let again = try open()
        #expect(try Set(again.rows()) == rows)
        #expect(try again.memory() == .complete)
        try again.close()
    }

    @Test(
        "A second vote of one slot is refused, even the same one, and nothing beside it is kept",
        arguments: [(1, "other"), (1, "first"), (2, "finalize")])
    func doubleVote(slot: UInt8, text: String) throws {
        defer { remove() }
        let store = try open(.complete)
        let kept = [vote(5, 1, "first"), vote(5, 2, "nullify")]
        try store.persist(kept)
        let error = #expect(throws: StoreError.self) {
            try store.persist([vote(6, 1, "beside"), vote(5, slot, text)])
        }
        #expect(error?.disposition == .stop)
        #expect(try Set(store.rows()) == Set(kept))
        try store.close()
    }

    @Test("Certificates and blocks that are there already are left as they are")
    func repeated() throws {
        defer { remove() }
        let store = try open(.complete)
        let block = SafetyStore.Row.block(
            place(0, 1), hash: Digest.sha256(Data([1])), bytes: Data([1]))
        try store.persist([certificate(1), block])
        try store.persist([
            .certificate(place(0, 1), kind: 1, bytes: Data([9])),
            .block(place(0, 2), hash: Digest.sha256(Data([1])), bytes: Data([2])),
        ])
        #expect(try Set(store.rows()) == [certificate(1), block])
        try store.close()
    }

    @Test("What is final is let go of, but for the newest certificate")
    func forgetting() throws {
        defer { remove() }
        let store = try open(.complete)
        try store.persist([
            vote(1, 1, "a"), vote(2, 1, "b"), vote(3, 1, "c"), certificate(1), certificate(2),
            .block(place(0, 2), hash: Digest.sha256(Data([2])), bytes: Data([2])),
        ])
        try store.persist([], forgettingThrough: place(0, 2))
        #expect(try Set(store.rows()) == [vote(3, 1, "c"), certificate(2)])
        try store.persist([certificate(1, epoch: 1)], forgettingThrough: place(0, .max))
        #expect(try Set(store.rows()) == [certificate(1, epoch: 1)])
        try store.close()
    }

    @Test("What a file does not know is remembered")
    func memory() throws {
        defer { remove() }
        let states: [SafetyStore.Memory] = [
            .lost, .completeAbove(place(3, 4_000_000_000_000)), .complete,
        ]
        try open(.lost).close()
        for state in states {
            let store = try open()
            try store.setMemory(state)
            try store.close()
            let again = try open()
            #expect(try again.memory() == state)
            try again.close()
        }
    }

    @Test("A file of another network or key, one that is missing or there already, is refused")
    func wrongFile() throws {
        defer { remove() }
        #expect(throws: StoreError.missing(path)) { try open() }
        try open(.complete).close()
        #expect(throws: StoreError.exists(path)) { try open(.complete) }
        #expect(throws: StoreError.otherNetwork) { try open(network: Digest.sha256(Data())) }
        #expect(throws: StoreError.damaged("the votes in \(path) are another key's")) {
            try open(key: key("south vote").publicKey)
        }
        try Data("no database, but long enough to be looked at".utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try open() }
    }

    @Test("A second process finds the file locked")
    func locked() throws {
        defer { remove() }
        let store = try open(.complete)
        #expect(throws: StoreError.locked) { try open() }
        try store.close()
        try open().close()
    }
}
