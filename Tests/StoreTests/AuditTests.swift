import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Comparing a chain with its replay")
struct AuditTests {
    /// A chain of five blocks in `chain.sqlite` and its replay in `copy.sqlite`.
    private func chainAndCopy(
        _ directory: Directory
    ) throws -> (chain: StoredChain, copy: StoredChain) {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        var copy = try StoredChain(path: directory.file("copy"), genesis: network.genesis)
        for height in 1...chain.replica.head.height.rawValue {
            try copy.replay(Height(height), of: chain.store)
        }
        #expect(copy.replica.head == chain.replica.head)
        return (chain, copy)
    }

    @Test("A replay from genesis gives the same rows in every table")
    func replay() throws {
        let directory = try Directory()
        let (chain, copy) = try chainAndCopy(directory)
        #expect(try chain.store.differences(from: directory.file("copy")) == [])
        #expect(try copy.store.differences(from: directory.file()) == [])
        try chain.store.close()
        try copy.store.close()
    }

    @Test("One row changed, lost or added in any table names that table")
    func tampered() throws {
        let table: [(String, String)] = [
            ("state", "UPDATE state SET value = x'00' WHERE key = (SELECT max(key) FROM state)"),
            ("bucket", "UPDATE bucket SET entries = x'00' WHERE place = 1"),
            ("bucket", "DELETE FROM bucket WHERE place = (SELECT max(place) FROM bucket)"),
            ("log_tile", "UPDATE log_tile SET hashes = x'00'"),
            ("entry", "UPDATE entry SET receipt = x'00' WHERE idx = 3"),
            ("entry", "DELETE FROM entry WHERE idx = 3"),
            ("block", "UPDATE block SET finalization = x'00' WHERE height = 3"),
            ("read", "UPDATE read SET wh = wh + 1 WHERE device = 2"),
            ("placement", "UPDATE placement SET length = length + 1 WHERE offset = 0"),
            ("account_entry", "INSERT INTO account_entry VALUES (2, 0 + 1)"),
            ("account_entry", "DELETE FROM account_entry WHERE account = 3"),
            ("lot_owner", "UPDATE lot_owner SET lots = lots + 1"),
            ("lot_status", "DELETE FROM lot_status"),
            ("account_device", "INSERT INTO account_device VALUES (3, 1)"),
            ("device_total", "UPDATE device_total SET reads = 0 WHERE device = 1"),
            ("total", "UPDATE total SET value = value + 1 WHERE name = 'issued'"),
            ("posting", "INSERT INTO posting VALUES (1, 5, 99)"),
            ("source_run", "DELETE FROM source_run"),
            ("tally", "UPDATE tally SET value = value + 1 WHERE topic = 1"),
        ]
        let directory = try Directory()
        let (chain, copy) = try chainAndCopy(directory)
        try chain.store.close()
        try copy.store.close()
        for (number, (name, sql)) in table.enumerated() {
            let path = directory.file("tampered\(number)")
            for suffix in ["", "-wal"]
            where FileManager.default.fileExists(atPath: directory.file() + suffix) {
                try FileManager.default.copyItem(
                    atPath: directory.file() + suffix, toPath: path + suffix)
            }
            let depth = chain.replica.tree.depth
            try tamper(path, sql.replacing("place = 1", with: "place >= \(1 << depth)"))
            let store = try ChainStore(
                path: directory.file("copy"), genesis: chain.genesis, creating: false)
            #expect(try store.differences(from: path) == [name], "\(sql)")
            try store.close()
        }
    }

    @Test("Replacing the read models mends them all and leaves the chain alone")
    func replacing() throws {
        let directory = try Directory()
        let (chain, copy) = try chainAndCopy(directory)
        try chain.store.close()
        try copy.store.close()
        for sql in [
            "DELETE FROM read", "UPDATE placement SET length = 1", "DELETE FROM lot_owner",
            "DELETE FROM account_entry", "INSERT INTO account_device VALUES (9, 9)",
            "UPDATE device_total SET wh = 7", "DELETE FROM total",
        ] { try tamper(directory.file(), sql) }
        let store = try ChainStore(
            path: directory.file(), genesis: chain.genesis, creating: false)
        #expect(
            try store.differences(from: directory.file("copy")) == [
                "read", "placement", "account_entry", "lot_owner", "account_device",
                "device_total", "total",
            ])
        let (before, after) = try store.rebuildReadModels(from: directory.file("copy"))
        #expect(before.count == 7 && after == [])
        #expect(try store.differences(from: directory.file("copy")) == [])
        let again = try store.rebuildReadModels(from: directory.file("copy"))
        #expect(again.before == [] && again.after == [])
        #expect(try store.load().head == chain.replica.head)
        try store.close()
    }

    @Test("Read models are not replaced where chain, log or state differ too")
    func replacingNothing() throws {
        let tampers = [
            ("state", "UPDATE state SET value = x'00' WHERE key = (SELECT max(key) FROM state)"),
            ("entry", "UPDATE entry SET receipt = x'00' WHERE idx = 3"),
            ("block", "UPDATE block SET finalization = x'00' WHERE height = 3"),
            ("log_tile", "UPDATE log_tile SET hashes = x'00'"),
        ]
        for (table, sql) in tampers {
            let directory = try Directory()
            let (chain, copy) = try chainAndCopy(directory)
            try chain.store.close()
            try copy.store.close()
            // The replay's file is the one that is tampered with, so that the chain still opens.
            try tamper(directory.file("copy"), sql)
            try tamper(directory.file(), "DELETE FROM total")
            let store = try ChainStore(
                path: directory.file(), genesis: chain.genesis, creating: false)
            let (before, after) = try store.rebuildReadModels(from: directory.file("copy"))
            #expect(before == [table, "total"] && after == before)
            #expect(try store.differences(from: directory.file("copy")) == [table, "total"])
            try store.close()
        }
    }

    @Test("Comparing with a file that is not there fails and makes no file")
    func nothingThere() throws {
        let directory = try Directory()
        let (chain, copy) = try chainAndCopy(directory)
        try copy.store.close()
        let path = directory.file("nowhere")
        #expect(throws: StoreError.self) { try chain.store.differences(from: path) }
        #expect(throws: StoreError.self) { try chain.store.rebuildReadModels(from: path) }
        #expect(try chain.store.differences(from: directory.file("copy")) == [])
        do {
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        try chain.store.close()
    }

    @Test("A tree that is not deepened yet holds the same entries, and is no difference")
    func otherDepth() throws {
        let directory = try Directory()
        let (chain, copy) = try chainAndCopy(directory)
        var deeper = copy
        let depth = deeper.replica.tree.depth
        try deeper.store.advance { access in
            try deeper.replica.deepenTree(
                bucket: { try access.bucket($0, depth: depth) },
                store: { try access.storeDeepened($0, depth: depth + 1) })
            try access.finishDeepening(to: depth + 1)
        }
        #expect(deeper.replica.tree.root == chain.replica.tree.root)
        let differences = try chain.store.differences(from: directory.file("copy"))
        do {
            #expect(differences == [])
        }
        try chain.store.close()
        try copy.store.close()
    }
}
