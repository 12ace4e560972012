import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

extension RefusalExamples {
    private typealias Change = @Sendable (inout ProtoDeviceDetails) -> Void

    /// A device that is good but for a change.
    private static func device(_ change: @escaping Change) -> Example {
        {
            try $0.apply(
                SampleNetwork.devices([SampleNetwork.device("new", change)]), as: 3,
                by: "developer")
        }
    }

    private static func update(_ effective: UInt64 = 0, _ change: @escaping Change) -> Example {
        { try $0.apply(updating(effective, change), as: 3, by: "developer") }
    }

    private static func updating(_ effective: UInt64, _ change: Change) -> Action {
        .updateDevice(
            .with {
                $0.device = 1
                $0.effective = effective
                $0.details = SampleNetwork.details(change)
            })
    }

    private static func close(_ device: UInt64) -> Action {
        .closeDevice(.with { $0.device = device })
    }

    static let devices: [RefusalCode: Example] = [
        .deviceUnknown: { try $0.apply(close(99), as: 3, by: "developer") },
        .deviceForeign: { try $0.apply(close(2), as: 3, by: "developer") },
        .deviceClosed: {
            for _ in 0..<2 { try $0.apply(close(1), as: 3, by: "developer") }
        },
        .deviceKindInvalid: device { $0.kind = .unspecified },
        .fuelNotSolar: device { $0.fuelCode = 200 },
        .typeCodeInvalid: device { $0.typeCode = 111 },
        .capacityOutOfRange: device { $0.capacityWatts = 250_001 },
        .commissionedInFuture: device { $0.commissioned = .max },
        .commissioningFixed: update { $0.commissioned += 1 },
        .gridConnectionInvalid: device { $0.grid = .unspecified },
        .positionInvalid: device { $0.latitudeE2 = 9_001 },
        .positionTooExact: device { $0.kind = .solarHomeSystem },
        .externalIDInUse: {
            try $0.apply(
                SampleNetwork.devices([SampleNetwork.device("ONE")]), as: 3, by: "developer")
        },
        .meterInUse: update { $0.meterHash = hash("meter") },
        .effectiveDateInvalid: update(1) { _ in },
        .ownershipFixed: update { $0.country = "IND" },
        .meterKeyInvalid: device { $0.meterKey = Data([1]) },
    ]

    // MARK: Reads

    /// Reads of the developer's, all but the last of which are good.
    private static func submit(_ rows: ReadRow..., deferred: Bool = false) -> Example {
        { ledger in
            for row in rows.dropLast() { try ledger.submit([row]) }
            try ledger.submit([rows[rows.count - 1]], deferred: deferred)
        }
    }

    private static func history(
        _ start: String, _ end: String, _ wattHours: UInt64 = 1
    ) -> ReadRow {
        SampleNetwork.history(1, start, end, wattHours)
    }

    private static func counter(_ at: String, _ value: UInt64) -> ReadRow {
        SampleNetwork.aggregate(1, time(at), value)
    }

    /// When D1 was registered.
    private static let registered = time("2023-06-15T12:00:00Z")

    static let reads: [RefusalCode: Example] = [
        .windowEmpty: submit(history("2021-12-01", "2021-12-01")),
        .windowInFuture: submit(history("2023-06-15", "2023-06-26")),
        .windowTooLong: submit(history("2020-01-01", "2021-01-02")),
        .windowsOverlap: submit(history("2021-12-17T23:59:59Z", "2021-12-19")),
        .alreadyRecorded: submit(history("2021-12-17", "2021-12-18", 100_000)),
        .beforeCommissioning: submit(history("2018-12-31", "2019-01-02")),
        .historyTooOld: submit(history("1970-01-01", "1970-01-02")),
        .notHistory: submit(history("2023-06-16", "2023-06-17")),
        .notDelta: submit(
            SampleNetwork.delta(1, time("2023-06-15"), time("2023-06-16"), 1)),
        .startMissing: submit(SampleNetwork.delta(1, Timestamp(0), time("2023-06-16"), 1)),
        .counterLower: submit(counter("2022-03-01", 1_000), counter("2022-03-02", 999)),
        .counterNotLater: submit(counter("2022-03-01", 1_000), counter("2022-03-01", 1_001)),
        .aboveWindowLimit: submit(history("2022-01-01", "2022-01-01T01:00:00Z", 110_001)),
        .aboveDayLimit: submit(history("2022-05-01", "2022-05-02", 1_500_000)),
        .aboveMonthLimit: submit(history("2022-05-01", "2022-06-01", 25_000_000)),
        .windowStraddlesChange: {
            try $0.apply(
                updating(time("2022-03-10").rawValue) { $0.capacityWatts = 50_000 }, as: 3,
                by: "developer")
            try $0.submit([history("2022-03-09", "2022-03-11")])
        },
        .readKindInvalid: submit(
            ReadRow(
                device: DeviceID(1), start: registered, end: time("2023-06-16"), energy: .zero,
                kind: .unspecified)),
        .meterSignatureInvalid: submit(
            ReadRow(
                device: DeviceID(1), start: time("2022-01-01"), end: time("2022-01-02"),
                energy: .zero, kind: .history, meterSignature: key("meter").sign(.read, []))),
        .deferredWindowOpen: submit(counter("2022-03-01", 1_000), deferred: true),
        .tooManyIntervals: { ledger in
            let month = time("2022-03-01").rawValue
            // Every other second, so that no two windows touch.
            let rows = (0...UInt64(LedgerLimits.intervalsPerDeviceMonth)).map { number in
                ReadRow(
                    device: DeviceID(1), start: Timestamp(month + 2 * number),
                    end: Timestamp(month + 2 * number + 1), energy: .zero, kind: .history)
            }
            let limit = LedgerLimits.readsPerTransaction
            for first in stride(from: 0, to: rows.count - 1, by: limit) {
                try ledger.submit(Array(rows[first..<min(rows.count - 1, first + limit)]))
            }
            try ledger.submit([rows[rows.count - 1]])
        },
    ]
}
