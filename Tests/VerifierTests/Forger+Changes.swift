import Ledger
import Primitives
import SampleNetworks
import Wire

extension Placement {
    func changed(
        offset: UInt64? = nil, length: UInt64? = nil, start: String? = nil
    ) -> Placement {
        let begin = start.map { Timestamp(time($0).rawValue + 9 * 3_600) } ?? self.start
        return Placement(
            series: series, offset: offset ?? self.offset, length: length ?? self.length,
            readIndex: readIndex, start: begin,
            end: Timestamp(begin.rawValue + end.rawValue - self.start.rawValue))
    }
}

extension ReadRow {
    func changed(
        energy: UInt64? = nil, start: String? = nil, kind: ProtoReadKind? = nil
    ) -> ReadRow {
        let begin = start.map { Timestamp(time($0).rawValue + 9 * 3_600) } ?? self.start
        return ReadRow(
            device: device, start: begin,
            end: Timestamp(begin.rawValue + end.rawValue - self.start.rawValue),
            energy: energy.map { WattHours($0) } ?? self.energy, kind: kind ?? self.kind)
    }
}
