import Foundation
import GRDB
import Ledger
import Primitives
import Wire

/// Runs of D-RECs by what the devices are that their energy is from.
extension ChainAccess {
    /// The facets of devices that lots are found by.
    private static let facets: [(Facet, @Sendable (ProtoDeviceDetails) -> Int)] = [
        (.deviceKind, { $0.kind.rawValue }), (.deviceOffTaker, { $0.offTaker.rawValue }),
    ]
    /// Runs that are held in memory while a file is indexed.
    private static let runsAtOnce = 10_000

    /// Details of devices by when they took effect, each device looked up once.
    private struct KnownDevices {
        var revisions: [UInt64: [(effective: UInt64, details: ProtoDeviceDetails)]] = [:]
    }

    func recordSources(of block: FinalBlock) throws {
        guard block.transactions.contains(where: { !$0.placements.isEmpty }) else { return }
        var known = KnownDevices()
        var runs = SourceRuns()
        for applied in block.transactions {
            let reads = applied.transaction.reads
            for placement in applied.placements {
                guard reads.indices.contains(Int(placement.readIndex)) else { continue }
                let device = reads[Int(placement.readIndex)].device
                let details = try details(
                    of: device.rawValue, at: placement.start.rawValue, &known, in: block)
                for (facet, value) in ChainAccess.facets {
                    runs.add(
                        facet, value(details), placement.series, offset: placement.offset,
                        length: placement.length)
                }
            }
        }
        try runs.write(to: self)
    }

    /// All placements of the file, in the order of their axes.
    func recordAllSources() throws {
        var known = KnownDevices()
        var runs = SourceRuns()
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT project, vintage, offset, length, device, start FROM placement
                ORDER BY project, vintage, offset
                """)
        while let row = try rows.next() {
            let series = SeriesID(
                project: ProjectID(unsigned(row[0])),
                vintage: UInt32(truncatingIfNeeded: unsigned(row[1])))
            let details = try details(of: unsigned(row[4]), at: unsigned(row[5]), &known)
            for (facet, value) in ChainAccess.facets {
                runs.add(
                    facet, value(details), series, offset: unsigned(row[2]),
                    length: unsigned(row[3]))
            }
            if runs.count >= ChainAccess.runsAtOnce { try runs.write(to: self) }
        }
        try runs.write(to: self)
    }

    /// What a device was at a moment. No later revision begins before the end of a read that was
    /// accepted (L1), so the answer is the same whenever it is asked for.
    private func details(
        of device: UInt64, at time: UInt64, _ known: inout KnownDevices,
        in block: FinalBlock? = nil
    ) throws -> ProtoDeviceDetails {
        if known.revisions[device] == nil {
            known.revisions[device] = try revisions(of: device, in: block)
        }
        let revisions = known.revisions[device] ?? []
        return (revisions.last { $0.effective <= time } ?? revisions.first)?.details ?? .init()
    }

    /// The revisions of a device with those that a block makes.
    private func revisions(
        of device: UInt64, in block: FinalBlock?
    ) throws -> [(effective: UInt64, details: ProtoDeviceDetails)] {
        var found: [UInt64: ProtoDeviceDetails] = [:]
        for leaf in try leaves(
            from: StateKey(.device, device, 0), upTo: StateKey(.device, device, .max),
            limit: .max)
        {
            found[leaf.key.word1] =
                try decode(ProtoDeviceValue.self, leaf.value, leaf.key).details
        }
        let changes = block?.changes ?? []
        var index = changes.partition(from: StateKey(.device, device, 0))
        while index < changes.count, changes[index].key.kind == .device,
            changes[index].key.word0 == device
        {
            let (key, value) = changes[index]
            found[key.word1] = try value.map {
                try decode(ProtoDeviceValue.self, $0, key).details
            }
            index += 1
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension [(key: StateKey, value: Data?)] {
    /// The first one at or after a key; they are ascending.
    fileprivate func partition(from key: StateKey) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
