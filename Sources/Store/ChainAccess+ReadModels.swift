import Foundation
import GRDB
import Ledger
import Primitives
import Wire

extension ChainAccess {
    /// Brings the read models forward by one block.
    func updateReadModels(_ block: FinalBlock) throws {
        var totals = TotalChanges()
        for applied in block.transactions {
            try recordReads(of: applied, totals: &totals)
            try recordPlacements(of: applied, totals: &totals)
            let insert = try direct(.insertAccountEntry)
            for account in accounts(of: applied) {
                insert.bind(1, account)
                insert.bind(2, applied.index.rawValue)
                try insert.run()
            }
        }
        try indexLots(of: block)
        try updateLists(block)
        for (key, value) in block.changes {
            switch key.kind {
            case .device: try indexDevice(key, value)
            case .account: try indexProfile(of: key, value)
            case .series: try countSeries(key, value, &totals)
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
            values[name, default: 0] &+= amount
        }
    }

    /// What a series has in each status goes up and down: differences wrap, sums do not.
    private func countSeries(
        _ key: StateKey, _ value: Data?, _ totals: inout TotalChanges
    ) throws {
        let old = try message(ProtoSeriesValue.self, for: key) ?? .init()
        let new = try value.map { try decode(ProtoSeriesValue.self, $0, key) } ?? .init()
        totals.add("active", new.active &- old.active)
        totals.add("redeemed", new.redeemed &- old.redeemed)
        totals.add("retired", new.retired &- old.retired)
    }

    private func recordReads(
        of applied: AppliedTransaction, totals: inout TotalChanges
    ) throws {
        var devices: [DeviceID: (wh: UInt64, reads: UInt64)] = [:]
        let insert = try direct(.insertRead)
        var count: UInt64 = 0
        for (row, window) in applied.windows.enumerated() {
            // A baseline has no window, and so nothing that a query could ask for.
            guard window.start < window.end else { continue }
            insert.bind(1, window.device.rawValue)
            insert.bind(2, window.start.rawValue)
            insert.bind(3, window.end.rawValue)
            insert.bind(4, window.energy.rawValue)
            insert.bind(5, Int64(window.kind.rawValue))
            insert.bind(6, applied.index.rawValue)
            insert.bind(7, Int64(row))
            try insert.run()
            let sum = devices[window.device] ?? (0, 0)
            devices[window.device] = (sum.wh + window.energy.rawValue, sum.reads + 1)
            count += 1
        }
        totals.add("reads", count)
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
        guard !applied.placements.isEmpty else { return }
        let insert = try direct(.insertPlacement)
        var issued: UInt64 = 0
        for placement in applied.placements {
            guard reads.indices.contains(Int(placement.readIndex)) else { continue }
            insert.bind(1, placement.series.project.rawValue)
            insert.bind(2, UInt64(placement.series.vintage))
            insert.bind(3, placement.offset)
            insert.bind(4, placement.length)
            insert.bind(5, reads[Int(placement.readIndex)].device.rawValue)
            insert.bind(6, placement.start.rawValue)
            insert.bind(7, applied.index.rawValue)
            try insert.run()
            issued += placement.length
        }
        totals.add("issued", issued)
    }

    /// The accounts whose history an entry belongs to, each once.
    private func accounts(of applied: AppliedTransaction) -> [UInt64] {
        var accounts = [applied.transaction.body.account]
        func add(_ account: UInt64) {
            // Mostly two or three of them.
            if !accounts.contains(account) { accounts.append(account) }
        }
        for event in applied.receipt.events {
            switch event.event {
            case .accountRegistered(let event): add(event.account)
            case .accountStatusChanged(let event): add(event.account)
            case .delegationChanged(let event): add(event.delegate)
            case .lotsMoved(let event): for lot in event.created { add(lot.owner) }
            default: break
            }
        }
        return accounts
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

    /// The first account that commits to a root keeps it: roots are public, and whoever repeats
    /// another's must not gain the rights of its owner.
    private func index(_ root: Data, of account: UInt64) throws {
        guard !root.isEmpty else { return }
        try run(
            """
            INSERT INTO profile_root SELECT ?1, ?2
            WHERE NOT EXISTS (SELECT 1 FROM profile_root WHERE root = ?1)
            """, [root, Int64(bitPattern: account)])
    }
}
