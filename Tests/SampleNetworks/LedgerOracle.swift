package import Foundation
package import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// Audits a whole state from outside: written against the rulebook, not against the rules' code.
package final class LedgerOracle {
    let leaves: [StateKey: Data]
    let history: [AppliedTransaction]
    private var faults: [String] = []

    /// - Parameters:
    ///   - leaves: the whole state.
    ///   - history: every transaction that was applied since genesis, in order.
    package init(leaves: [StateKey: Data], history: [AppliedTransaction]) {
        self.leaves = leaves
        self.history = history
    }

    /// What is wrong; empty for a sound ledger.
    package func audit() -> [String] {
        faults.removeAll()
        auditEncodings()
        auditSeries()
        auditEnergy()
        auditDevices()
        auditKeys()
        auditAuthorities()
        return faults
    }

    func expect(_ isTrue: Bool, _ fault: String = "", line: Int = #line) {
        if !isTrue { faults.append(fault.isEmpty ? "the check in line \(line) failed" : fault) }
    }

    func all<Value: SwiftProtobuf.Message>(
        _ kind: StateKind, _ type: Value.Type, where isMeant: (StateKey) -> Bool = { _ in true }
    ) -> [(key: StateKey, value: Value)] {
        leaves.keys.filter { $0.kind == kind && isMeant($0) }.sorted().compactMap { key in
            guard let bytes = leaves[key], let value = try? Value(serializedBytes: bytes) else {
                faults.append("\(key) is not a \(type)")
                return nil
            }
            expect(value.canonicalBytes == bytes, "\(key) is not canonical")
            return (key, value)
        }
    }

    private func auditEncodings() {
        for (key, bytes) in leaves {
            expect(!bytes.isEmpty, "\(key) is empty")
            expect(StateKey(bytes: key.bytes) == key)
        }
    }

    /// L5, L6: conservation, lots tile the serials, segments tile the axis.
    private func auditSeries() {
        let lots = Dictionary(grouping: all(.lot, ProtoLotValue.self), by: \.key.series)
        let segments = Dictionary(
            grouping: all(.segment, ProtoSegmentValue.self), by: \.key.series)
        let series = all(.series, ProtoSeriesValue.self)
        let known = Set(series.map(\.key.series))
        expect(Set(lots.keys).isSubset(of: known) && Set(segments.keys) == known)
        for (key, value) in series {
            let id = key.series
            var sums: [ProtoLotStatus: UInt64] = [:]
            var next: UInt64 = 1
            for (lotKey, lot) in lots[id] ?? [] {
                expect(lotKey.word2 == next, "\(id): a gap or an overlap before lot \(lotKey)")
                expect(lot.last >= lotKey.word2 && lot.owner > 0)
                expect(leaves[.account(AccountID(lot.owner))] != nil)
                expect(lot.entry < UInt64(history.count))
                sums[lot.status, default: 0] += lot.last - lotKey.word2 + 1
                next = lot.last + 1
            }
            let statuses: [(ProtoLotStatus, UInt64)] = [
                (.active, value.active), (.listed, value.listed),
                (.registryLocked, value.registryLocked), (.redeemed, value.redeemed),
                (.retired, value.retired),
            ]
            for (status, total) in statuses {
                expect(sums[status] ?? 0 == total, "\(id): \(status) is not the sum of its lots")
            }
            let minted = statuses.reduce(0) { $0 + $1.1 }
            let open = value.issuedWattHours - min(value.issuedWattHours, 1_000 * minted)
            expect(open < 1_000, "\(id): a D-REC is missing")
            expect(
                1_000 * minted + open == value.issuedWattHours && next == minted + 1,
                "\(id): energy is not conserved")
            var position: UInt64 = 0
            for (segmentKey, segment) in segments[id] ?? [] {
                expect(segmentKey.word2 == position, "\(id): a gap before \(segmentKey)")
                expect(segment.length > 0 && segment.entry < UInt64(history.count))
                position = segmentKey.word2 + segment.length
            }
            expect(position == value.issuedWattHours, "\(id): segments do not tile the axis")
            expect(leaves[.project(id.project)] != nil && value.owner > 0)
        }
    }

    /// Placements of the receipts make up the axes; accepted energy is placed or deferred.
    private func auditEnergy() {
        var axes: [SeriesID: UInt64] = [:]
        var accepted: UInt64 = 0
        var deferred: [UInt64: UInt64] = [:]
        for applied in history {
            for placement in applied.placements {
                expect(axes[placement.series] ?? 0 == placement.offset)
                expect(placement.length > 0 && placement.start < placement.end)
                axes[placement.series] = placement.offset + placement.length
                let year = CivilDay(placement.start).year
                expect(year == CivilDay(Timestamp(placement.end.rawValue - 1)).year)
                expect(placement.series.vintage == UInt32(year))
            }
            let energy = applied.windows.reduce(0) { $0 + $1.energy.rawValue }
            for event in applied.receipt.events {
                if event.readsAccepted.deferred { deferred[applied.index.rawValue] = energy }
                if event.energyPlaced.evidence > 0 {
                    accepted += deferred.removeValue(forKey: event.energyPlaced.evidence - 1) ?? 0
                }
            }
            if deferred[applied.index.rawValue] == nil { accepted += energy }
        }
        let issued = all(.series, ProtoSeriesValue.self).map { ($0.key.series, $0.value) }
        expect(issued.count == axes.count)
        for (id, value) in issued { expect(axes[id] == value.issuedWattHours) }
        expect(accepted == axes.values.reduce(0, +), "energy appeared or was lost")
    }

    /// L3: accepted windows are disjoint, and the months' leaves say exactly what was accepted.
    private func auditDevices() {
        var days: [UInt64: [UInt64: UInt64]] = [:]
        let windows = Dictionary(
            grouping: history.flatMap(\.windows).filter { $0.start < $0.end }, by: \.device)
        for (device, accepted) in windows {
            let ordered = accepted.sorted { $0.start < $1.start }
            for (one, next) in zip(ordered, ordered.dropFirst()) {
                expect(one.end <= next.start, "\(device): accepted windows overlap")
            }
        }
        var covered: [UInt64: UInt64] = [:]
        for (key, month) in all(.deviceMonth, ProtoDeviceMonthValue.self) {
            let first = CivilMonth(ordinal: UInt32(key.word1))
            var position: UInt64 = 0
            for (index, number) in month.covered.enumerated() {
                if index.isMultiple(of: 2) {
                    expect(index == 0 || number > 0, "touching intervals are joined")
                } else {
                    expect(number > 0)
                    covered[key.word0, default: 0] += UInt64(number)
                }
                position += UInt64(number)
            }
            expect(month.covered.count.isMultiple(of: 2) && !month.covered.isEmpty)
            expect(first.start.rawValue + position <= first.end.rawValue)
            expect(month.dayWattHours.count <= first.dayCount && month.dayWattHours.last != 0)
            for (day, energy) in month.dayWattHours.enumerated() {
                days[key.word0, default: [:]][
                    first.start.rawValue + 86_400 * UInt64(day), default: 0] = energy
            }
        }
        for (device, accepted) in windows {
            let seconds = accepted.reduce(0) { $0 + $1.end.rawValue - $1.start.rawValue }
            let energy = accepted.reduce(0) { $0 + $1.energy.rawValue }
            expect(covered[device.rawValue] ?? 0 == seconds)
            expect((days[device.rawValue] ?? [:]).values.reduce(0, +) == energy)
        }
        expect(Set(covered.keys) == Set(windows.keys.map(\.rawValue)))
        auditMeters()
    }

    /// L1: a meter belongs to one device, and every device with a meter that is not closed has it.
    private func auditMeters() {
        let revisions = Dictionary(
            grouping: all(.device, ProtoDeviceValue.self), by: \.key.word0)
        var holders: [Data: UInt64] = [:]
        for (device, values) in revisions {
            guard let last = values.max(by: { $0.key < $1.key })?.value,
                last.status == .active, !last.details.meterHash.isEmpty
            else { continue }
            expect(holders.updateValue(device, forKey: last.details.meterHash) == nil)
        }
        let references = all(.meterSerial, ProtoReferenceValue.self)
        expect(references.count == holders.count)
        for (key, reference) in references {
            expect(holders[Data(key.bytes.dropFirst())] == reference.number)
        }
    }

    /// An account names exactly its keys in force, and a key belongs to one account.
    private func auditKeys() {
        var inForce: [Data: UInt64] = [:]
        for (key, value) in all(.key, ProtoKeyValue.self) where value.removedAt == 0 {
            inForce[Data(key.bytes.dropFirst())] = value.account
        }
        var named: [Data: UInt64] = [:]
        for (key, account) in all(.account, ProtoAccountValue.self) {
            for bytes in account.keys {
                expect(named.updateValue(key.word0, forKey: bytes) == nil)
            }
        }
        expect(named == inForce)
    }
}
