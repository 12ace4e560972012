import Foundation
import GRDB
import Ledger
import Primitives
import Wire

/// The read models that a state tells, made leaf by leaf while a snapshot is read.
///
/// Whose lots and devices are whose, the energy of devices, and totals of energy are in the state.
/// Of lists all is, but for what transactions do and the devices that D-RECs are from.
/// Reads, placements, transactions and the number of reads are not: they begin with the first block
/// after the snapshot.
struct SnapshotReadModels {
    private let access: ChainAccess
    private var totals: [String: UInt64] = [:]
    /// The device whose months are being read, and their energy.
    private var device: (id: UInt64, wattHours: UInt64)?

    init(_ access: ChainAccess) { self.access = access }

    /// Leaves come in ascending order.
    mutating func take(_ leaf: StateLeaf) throws {
        switch leaf.key.kind {
        case .account:
            let account = try access.decode(ProtoAccountValue.self, leaf.value, leaf.key)
            try index(account.profileRoot, of: leaf.key.word0)
        case .device:
            let device = try access.decode(ProtoDeviceValue.self, leaf.value, leaf.key)
            try access.run(
                "INSERT OR IGNORE INTO account_device VALUES (?, ?)",
                [Int64(bitPattern: device.owner), Int64(bitPattern: leaf.key.word0)])
            try index(device.details.profileRoot, of: device.owner)
        case .deviceMonth:
            let month = try access.decode(ProtoDeviceMonthValue.self, leaf.value, leaf.key)
            if device?.id != leaf.key.word0 { try writeDevice() }
            let sum = month.dayWattHours.reduce(0, &+)
            device = (leaf.key.word0, (device?.wattHours ?? 0) &+ sum)
        case .series:
            let series = try access.decode(ProtoSeriesValue.self, leaf.value, leaf.key)
            add("issued", series.issuedWattHours)
            add("active", series.active)
            add("redeemed", series.redeemed)
            add("retired", series.retired)
        default: break
        }
    }

    /// Writes what is known when all leaves were there.
    mutating func finish(entries: UInt64) throws {
        try writeDevice()
        try access.indexAllLots()
        add("transactions", entries)
        for name in totals.keys.sorted() {
            try access.run(
                "INSERT INTO total VALUES (?, ?)",
                [name, Int64(bitPattern: totals[name] ?? 0)])
        }
        try access.indexLists()
    }

    private mutating func add(_ name: String, _ amount: UInt64) {
        totals[name, default: 0] &+= amount
    }

    private mutating func writeDevice() throws {
        guard let (id, wattHours) = device else { return }
        try access.run(
            "INSERT INTO device_total VALUES (?, ?, 0)",
            [Int64(bitPattern: id), Int64(bitPattern: wattHours)])
        device = nil
    }

    /// A root that two accounts hold belongs to the first one, and the state does not tell which
    /// that was: it is nobody's here (account 0).
    private func index(_ root: Data, of account: UInt64) throws {
        guard !root.isEmpty else { return }
        let statement = try access.db.cachedStatement(
            sql: "SELECT account FROM profile_root WHERE root = ?")
        let known = try Int64.fetchOne(statement, arguments: [root])
        switch known {
        case nil:
            try access.run(
                "INSERT INTO profile_root VALUES (?, ?)", [root, Int64(bitPattern: account)])
        case Int64(bitPattern: account): break
        default: try access.run("UPDATE profile_root SET account = 0 WHERE root = ?", [root])
        }
    }
}
