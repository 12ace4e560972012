import Foundation
package import Primitives
package import Wire

/// One meter read as it was submitted: row *i* of the columns.
package struct ReadRow: Hashable, Sendable {
    package let device: DeviceID
    /// Seconds; 0 for an aggregate, or where the end of the last delta is meant.
    package let start: Timestamp
    package let end: Timestamp
    /// Energy of the window, or the meter's counter for an aggregate, in Wh.
    package let energy: WattHours
    package let kind: ProtoReadKind
    /// The meter's own signature, 64 bytes, or nil.
    package let meterSignature: Signature?

    package init(
        device: DeviceID, start: Timestamp, end: Timestamp, energy: WattHours,
        kind: ProtoReadKind, meterSignature: Signature? = nil
    ) {
        self.device = device
        self.start = start
        self.end = end
        self.energy = energy
        self.kind = kind
        self.meterSignature = meterSignature
    }

    /// The record that is a leaf under `reads_root`: device, start, end, Wh as 8 bytes each,
    /// big-endian, the kind as one byte, then the meter's signature if there is one.
    package func appendRecord(to buffer: inout [UInt8]) {
        appendSignedPart(to: &buffer)
        if let meterSignature { buffer += meterSignature.bytes }
    }

    /// What the meter signs, after the network's hash: the record without its signature.
    package func appendSignedPart(to buffer: inout [UInt8]) {
        buffer.append(bigEndian: device.rawValue)
        buffer.append(bigEndian: start.rawValue)
        buffer.append(bigEndian: end.rawValue)
        buffer.append(bigEndian: energy.rawValue)
        buffer.append(UInt8(truncatingIfNeeded: kind.rawValue))
    }
}

extension ProtoReadColumns {
    /// The columns of some rows; the signatures' column is empty unless a row has one.
    package init(_ rows: [ReadRow]) {
        self.init()
        device = rows.map(\.device.rawValue)
        start = rows.map(\.start.rawValue)
        end = rows.map(\.end.rawValue)
        wattHours = rows.map(\.energy.rawValue)
        kind = rows.map(\.kind)
        if rows.contains(where: { $0.meterSignature != nil }) {
            meterSignatures = rows.map { .init($0.meterSignature?.bytes ?? []) }
        }
    }

    /// The rows, or nil where columns differ in length or a signature is neither 0 nor 64 bytes.
    package func rows() -> [ReadRow]? {
        let count = device.count
        guard start.count == count, end.count == count, wattHours.count == count,
            kind.count == count,
            // A column without any signature would be a second way to write the same reads.
            meterSignatures.isEmpty
                || meterSignatures.count == count
                    && meterSignatures.contains(where: { !$0.isEmpty })
        else { return nil }
        var rows: [ReadRow] = []
        rows.reserveCapacity(count)
        for index in 0..<count {
            var signature: Signature?
            if !meterSignatures.isEmpty, !meterSignatures[index].isEmpty {
                signature = Signature(bytes: meterSignatures[index])
                guard signature != nil else { return nil }
            }
            rows.append(
                ReadRow(
                    device: DeviceID(device[index]), start: Timestamp(start[index]),
                    end: Timestamp(end[index]), energy: WattHours(wattHours[index]),
                    kind: kind[index], meterSignature: signature))
        }
        return rows
    }
}
