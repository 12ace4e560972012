import Primitives
import SwiftProtobuf
package import Wire

extension ProtoReceipt {
    /// The bytes of `canonicalBytes`, written by hand where an event moves lots: a trade's receipt
    /// is most of what its execution writes.
    package var encoded: [UInt8] {
        var writer = MessageWriter(capacity: 192)
        writer.number(1, logIndex)
        writer.number(2, height)
        writer.number(3, time)
        for event in events {
            guard case .lotsMoved(let moved) = event.event, moved.unknownFields.data.isEmpty,
                event.unknownFields.data.isEmpty
            else {
                writer.message(4, encoded: event.canonicalBytes)
                continue
            }
            writer.message(4) { $0.message(12) { moved.write(to: &$0) } }
        }
        return writer.bytes
    }
}

extension ProtoLotsMoved {
    fileprivate func write(to writer: inout MessageWriter) {
        writer.number(1, enumeration: action.rawValue)
        for lot in consumed { writer.message(2) { lot.write(to: &$0) } }
        for lot in created { writer.message(3) { lot.write(to: &$0) } }
    }
}

extension ProtoLotRecord {
    fileprivate func write(to writer: inout MessageWriter) {
        if hasRange { writer.message(1) { range.write(to: &$0) } }
        writer.number(2, owner)
        writer.number(3, enumeration: status.rawValue)
        writer.number(4, entry)
    }
}

extension ProtoRange {
    fileprivate func write(to writer: inout MessageWriter) {
        writer.number(1, project)
        writer.number(2, UInt64(vintage))
        writer.number(3, first)
        writer.number(4, last)
    }
}
