import Foundation
import GRDB
import Ledger
import Primitives
import Wire

extension ChainAccess {
    /// Brings the read models forward by one block. The state is still the one before it.
    func updateReadModels(_ block: FinalBlock) throws {
        var totals = TotalChanges()
        for applied in block.transactions {
            try recordReads(of: applied, totals: &totals)
            try recordPlacements(of: applied, totals: &totals)
            for account in accounts(of: applied) {
                try run(
                    "INSERT OR IGNORE INTO account_entry VALUES (?, ?)",
                    [Int64(bitPattern: account), applied.index.sql])
            }
        }
        for (key, value) in block.changes {
            switch key.kind {
            case .lot: try reindexLot(key, value)
            case .device: try indexDevice(key, value)
            case .account: try indexProfile(of: key, value)
            default: break
            }
        }
        totals.add("transactions", UInt64(block.transactions.count))
        for name in totals.values.keys.sorted() {
            try run(
                """
                INSERT INTO total VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
                """, [name, Int64(bitPattern: totals.values[name] ?? 0)])
        }
    }

    private struct TotalChanges {
        var values: [String: UInt64] = [:]

        mutating func add(_ name: String, _ amount: UInt64) {
            values[name, default: 0] += amount
        }
    }

    private func recordReads(
        of applied: AppliedTransaction, totals: inout TotalChanges
    ) throws {
        var devices: [DeviceID: (wh: UInt64, reads: UInt64)] = [:]
        for (row, window) in applied.windows.enumerated() {
            // A baseline has no window, and so nothing that a query could ask for.
            guard window.start < window.end else { continue }
            try run(
                "INSERT INTO read VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    window.device.sql, window.start.sql, window.end.sql, window.energy.sql,
                    window.kind.rawValue, applied.index.sql, row,
                ])
            devices[window.device, default: (0, 0)].wh += window.energy.rawValue
            devices[window.device, default: (0, 0)].reads += 1
            totals.add("reads", 1)
        }
        for device in devices.keys.sorted() {
            guard let sum = devices[device] else { continue }
            try run(
                """
                INSERT INTO device_total VALUES (?1, ?2, ?3) ON CONFLICT (device) DO UPDATE
                SET wh = wh + excluded.wh, reads = reads + excluded.reads
                """,
                [device.sql, Int64(bitPattern: sum.wh), Int64(bitPattern: sum.reads)])
        }
    }

    private func recordPlacements(
        of applied: AppliedTransaction, totals: inout TotalChanges
    ) throws {
        let reads = applied.transaction.reads
        for placement in applied.placements {
            guard reads.indices.contains(Int(placement.readIndex)) else { continue }
            try run(
                "INSERT INTO placement VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    placement.series.project.sql, Int64(placement.series.vintage),
                    Int64(bitPattern: placement.offset), Int64(bitPattern: placement.length),
                    reads[Int(placement.readIndex)].device.sql, placement.start.sql,
                    applied.index.sql,
                ])
            totals.add("issued", placement.length)
        }
    }

    /// The accounts whose history an entry belongs to.
    private func accounts(of applied: AppliedTransaction) -> [UInt64] {
        var accounts: Set<UInt64> = [applied.transaction.body.account]
        for event in applied.receipt.events {
            switch event.event {
            case .accountRegistered(let event): accounts.insert(event.account)
            case .accountStatusChanged(let event): accounts.insert(event.account)
            case .delegationChanged(let event): accounts.insert(event.delegate)
            case .lotsMoved(let event): accounts.formUnion(event.created.map(\.owner))
            default: break
            }
        }
        return accounts.sorted()
    }

    private func reindexLot(_ key: StateKey, _ value: Data?) throws {
        let place: [Int64] = [
            Int64(bitPattern: key.word0), Int64(bitPattern: key.word1),
            Int64(bitPattern: key.word2),
        ]
        if let old = try message(ProtoLotValue.self, for: key) {
            try run(
                """
                DELETE FROM lot_owner WHERE owner = ? AND status = ? AND project = ?
                AND vintage = ? AND first = ?
                """,
                [
                    Int64(bitPattern: old.owner), old.status.rawValue, place[0], place[1],
                    place[2],
                ])
        }
        guard let value else { return }
        let new = try decode(ProtoLotValue.self, value, key)
        try run(
            "INSERT OR REPLACE INTO lot_owner VALUES (?, ?, ?, ?, ?)",
            [Int64(bitPattern: new.owner), new.status.rawValue, place[0], place[1], place[2]])
    }

    private func indexDevice(_ key: StateKey, _ value: Data?) throws {
        guard let value else { return }
        let device = try decode(ProtoDeviceValue.self, value, key)
        try run(
            "INSERT OR IGNORE INTO account_device VALUES (?, ?)",
            [Int64(bitPattern: device.owner), Int64(bitPattern: key.word0)])
        try index(device.details.profileRoot, of: device.owner)
    }

    private func indexProfile(of key: StateKey, _ value: Data?) throws {
        guard let value else { return }
        let account = try decode(ProtoAccountValue.self, value, key)
        try index(account.profileRoot, of: key.word0)
    }

    private func index(_ root: Data, of account: UInt64) throws {
        guard !root.isEmpty else { return }
        try run(
            "INSERT OR IGNORE INTO profile_root VALUES (?, ?)",
            [root, Int64(bitPattern: account)])
    }
}
