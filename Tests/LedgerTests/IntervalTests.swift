import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L10: one leaf holds the intervals of a device's month.
struct IntervalTests {
    @Test("a device's month takes as many separate intervals as it may, and touching ones beyond")
    func intervals() throws {
        let most = UInt64(LedgerLimits.intervalsPerDeviceMonth)
        var ledger = try Inhabited.network()
        ledger.isAudited = false
        let month = time("2021-03-01").rawValue
        func second(_ number: UInt64, month: UInt64 = month) -> ReadRow {
            ReadRow(
                device: DeviceID(1), start: Timestamp(month + number),
                end: Timestamp(month + number + 1), energy: .zero, kind: .history)
        }
        // Every fourth second.
        for start in stride(from: UInt64(0), to: most, by: 4_500) {
            try ledger.submit((start..<min(most, start + 4_500)).map { second(4 * $0) })
        }
        let cases: [(String, ReadRow, RefusalCode?)] = [
            ("one more at the end", second(4 * most + 2), .tooManyIntervals),
            ("one more in between", second(2), .tooManyIntervals),
            ("one that is there", second(0), .windowsOverlap),
            ("another month", second(0, month: time("2021-04-01").rawValue), nil),
            ("touching before", second(3), nil), ("touching behind", second(1), nil),
        ]
        for (name, row, code) in cases {
            let refusal = try ledger.refusal(of: [row])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
            guard code == .tooManyIntervals else { continue }
            #expect(refusal?.limit == most && refusal?.field == "reads[0].start")
        }
        // A gap that is filled joins two, and so makes room for one.
        let gap = second(2)
        let two = try ledger.refusal(of: [gap, second(10), second(14)])
        #expect(two?.code == .tooManyIntervals && two?.field == "reads[2].start")
        #expect(try ledger.refusal(of: [gap, second(10)]) == nil)
        #expect(try ledger.refusal(of: [second(14)])?.code == .tooManyIntervals)
    }
}
