import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L2 and L3.
struct ReadTests {
    private let day: UInt64 = 86_400

    @Test("windows of a device never overlap, in whatever way; touching ones are fine")
    func overlaps() throws {
        var ledger = try Inhabited.network()
        try ledger.submit([
            SampleNetwork.history(1, "2021-12-10", "2021-12-12", 10),
            SampleNetwork.history(1, "2021-12-14", "2021-12-16", 10),
            // Over a month's end.
            SampleNetwork.history(1, "2022-01-30", "2022-02-02", 10),
        ])
        try ledger.finalise()
        let cases: [(String, String, String, RefusalCode?)] = [
            ("the same again", "2021-12-10", "2021-12-12", .alreadyRecorded),
            ("inside", "2021-12-10T06:00:00Z", "2021-12-10T07:00:00Z", .windowsOverlap),
            ("around", "2021-12-09", "2021-12-13", .windowsOverlap),
            ("over its start", "2021-12-09", "2021-12-10T00:00:01Z", .windowsOverlap),
            ("over its end", "2021-12-11T23:59:59Z", "2021-12-13", .windowsOverlap),
            ("same start, shorter", "2021-12-10", "2021-12-11", .windowsOverlap),
            ("same start, longer", "2021-12-10", "2021-12-13", .windowsOverlap),
            ("same end", "2021-12-11", "2021-12-12", .windowsOverlap),
            ("over both", "2021-12-11", "2021-12-15", .windowsOverlap),
            ("over all", "2021-12-01", "2022-02-27", .windowsOverlap),
            ("the first month's part", "2022-01-31", "2022-02-01", .windowsOverlap),
            ("the next month's part", "2022-02-01", "2022-02-03", .windowsOverlap),
            ("one second of it", "2022-02-01T23:59:59Z", "2022-02-03", .windowsOverlap),
            ("touching before", "2021-12-09", "2021-12-10", nil),
            ("touching behind", "2021-12-12", "2021-12-13", nil),
            ("filling the gap", "2021-12-13", "2021-12-14", nil),
            ("after the month's end", "2022-02-02", "2022-02-03", nil),
            ("across New Year", "2021-12-31", "2022-01-02", nil),
            ("across a leap day", "2020-02-28", "2020-03-01", nil),
            ("the leap day itself", "2020-02-29", "2020-03-02", .windowsOverlap),
        ]
        for (name, start, end, code) in cases {
            let refusal = try ledger.refusal(of: [SampleNetwork.history(1, start, end, 10)])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
            if code != nil { #expect(refusal?.field == "reads[0].start", "\(name)") }
        }
        let other = try ledger.refusal(of: [
            SampleNetwork.history(1, "2021-12-10", "2021-12-12", 11)
        ])
        #expect(other?.code == .windowsOverlap, "another Wh is an overlap")
        let twice = try ledger.refusal(of: [
            SampleNetwork.history(1, "2021-11-01", "2021-11-02", 1),
            SampleNetwork.history(1, "2021-11-01", "2021-11-02", 1),
        ])
        #expect(twice?.code == .windowsOverlap && twice?.field == "reads[1].start")
        try ledger.seal()
    }

    @Test("a history read starts before registration, within the limits of time")
    func history() throws {
        var parameters = GenesisDocument.localParameters
        parameters.historyLimitSeconds = 3 * 366 * 86_400
        var ledger = try Inhabited.network(parameters: parameters)
        let registered = ledger.now.rawValue
        let earliest = registered - parameters.historyLimitSeconds
        try ledger.seal(at: Timestamp(registered + 10 * day))
        func row(_ start: UInt64, _ end: UInt64, device: UInt64 = 1) -> ReadRow {
            ReadRow(
                device: DeviceID(device), start: Timestamp(start), end: Timestamp(end),
                energy: .zero, kind: .history)
        }
        let cases: [(String, UInt64, UInt64, RefusalCode?)] = [
            ("empty", registered - 5, registered - 5, .windowEmpty),
            ("reversed", registered - 5, registered - 6, .windowEmpty),
            ("empty at 0", 0, 0, .windowEmpty), ("from 1970", 0, day, .historyTooOld),
            ("before the limit", earliest - 1, earliest + day, .historyTooOld),
            ("at the limit", earliest, earliest + day, nil),
            ("at registration", registered, registered + 1, .notHistory),
            ("over registration", registered - 1, registered + 1, nil),
            ("into the future", registered - 9, registered + 10 * day + 1, .windowInFuture),
            ("all time", 0, .max, .windowInFuture), ("reversed all", .max, 0, .windowEmpty),
            ("366 days", registered - 400 * day, registered - 34 * day, nil),
            ("and a second", registered - 800 * day, registered - 434 * day + 1, .windowTooLong),
            ("from the end of time", .max - 1, .max, .windowInFuture),
        ]
        for (name, start, end, code) in cases {
            let refusal = try ledger.refusal(of: [row(start, end)])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
        }
        #expect(
            try ledger.refusal(of: [row(earliest + 2 * day, earliest + 3 * day, device: 9)])?.code
                == .deviceUnknown)
        #expect(
            try ledger.refusal(of: [row(earliest + 2 * day, earliest + 3 * day, device: 2)])?.code
                == .deviceForeign)
        try ledger.seal()
    }

    @Test("no read starts before commissioning, 1970 included")
    func commissioning() throws {
        var parameters = GenesisDocument.localParameters
        parameters.historyLimitSeconds = 3_153_600_000
        var ledger = try Inhabited.network(parameters: parameters)
        for start in ["1970-01-01", "1970-01-02", "2018-12-31", "2018-12-31T23:59:59Z"] {
            let row = SampleNetwork.history(1, start, "2019-01-01T12:00:00Z", 0)
            let refusal = try ledger.refusal(of: [row])
            #expect(
                refusal?.code == .beforeCommissioning || refusal?.code == .windowTooLong)
        }
        #expect(
            try ledger.refusal(of: [SampleNetwork.history(1, "2019-01-01", "2019-01-02", 0)]) == nil
        )
    }

    @Test("a delta starts where the last one ended")
    func delta() throws {
        var ledger = try Inhabited.network()
        let registered = ledger.now.rawValue
        try ledger.seal(at: Timestamp(registered + 10 * day))
        func row(_ start: UInt64, _ end: UInt64) -> ReadRow {
            SampleNetwork.delta(1, Timestamp(start), Timestamp(end), 100)
        }
        let cases: [(String, UInt64, UInt64, RefusalCode?)] = [
            ("no earlier one", 0, registered + 10, .startMissing),
            ("before registration", registered - 1, registered + 10, .notDelta),
            ("the first", registered, registered + 3_600, nil),
            ("the next", 0, registered + 7_200, nil),
            ("the next again", 0, registered + 7_200, .windowEmpty),
            ("backwards", 0, registered + 7_100, .windowEmpty),
            ("after a gap", registered + 20_000, registered + 30_000, nil),
            ("into the gap", registered + 7_200, registered + 8_000, nil),
            ("the next after the last", 0, registered + 31_000, nil),
            ("in the future", 0, registered + 10 * day + 1, .windowInFuture),
            ("the end of time", 0, .max, .windowInFuture),
            ("empty", registered + 40_000, registered + 40_000, .windowEmpty),
        ]
        for (name, start, end, code) in cases {
            let refusal = try ledger.refusal(of: [row(start, end)])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
        }
        let last = try #require(ledger.history.last?.windows.first)
        #expect(last.start.rawValue == registered + 30_000 && last.energy == WattHours(100))
        try ledger.seal()
    }

    @Test("a counter gives the difference to the one before; the first gives nothing")
    func aggregates() throws {
        var ledger = try Inhabited.network()
        func row(_ at: String, _ counter: UInt64) -> ReadRow {
            SampleNetwork.aggregate(1, time(at), counter)
        }
        let cases: [(String, ReadRow, RefusalCode?, UInt64)] = [
            ("the baseline", row("2022-03-01", 1_000_000), nil, 0),
            ("equal", row("2022-03-02", 1_000_000), nil, 0),
            ("higher", row("2022-03-03", 1_200_500), nil, 200_500),
            ("lower", row("2022-03-04", 1_200_499), .counterLower, 0),
            ("zero", row("2022-03-04", 0), .counterLower, 0),
            ("at the same moment", row("2022-03-03", 1_200_501), .counterNotLater, 0),
            ("earlier", row("2022-03-02", 1_200_501), .counterNotLater, 0),
            ("in the future", row("2023-06-16", 1_200_501), .windowInFuture, 0),
            ("all the energy there is", row("2022-03-04", .max), .aboveWindowLimit, 0),
            ("more than 366 days later", row("2023-03-05", 1_300_000), .windowTooLong, 0),
            ("within a month", row("2022-04-01", 1_300_500), nil, 100_000),
        ]
        for (name, read, code, energy) in cases {
            let refusal = try ledger.refusal(of: [read])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
            if code == nil {
                #expect(ledger.history.last?.windows.first?.energy == WattHours(energy), "\(name)")
            }
        }
        let started = ReadRow(
            device: DeviceID(1), start: time("2022-04-01"), end: time("2022-04-02"),
            energy: WattHours(2_000_000), kind: .aggregate)
        #expect(try ledger.refusal(of: [started])?.field == "reads[0].start")
        let before = SampleNetwork.aggregate(2, time("2018-12-31"), 5)
        #expect(
            try ledger.refusal(of: [before], as: 6, by: "client")?.code == .beforeCommissioning)
        // A history read within a counter's window is the same energy twice.
        #expect(
            try ledger.refusal(of: [SampleNetwork.history(1, "2022-03-10", "2022-03-11", 1)])?.code
                == .windowsOverlap)
        try ledger.seal()
    }

    @Test("kinds beyond the three are refused")
    func kinds() throws {
        var ledger = try Inhabited.network()
        for kind in [ProtoReadKind.unspecified, .UNRECOGNIZED(4), .UNRECOGNIZED(-1)] {
            let row = ReadRow(
                device: DeviceID(1), start: time("2022-01-01"), end: time("2022-01-02"),
                energy: .zero, kind: kind)
            let refusal = try ledger.refusal(of: [row])
            #expect(refusal?.code == .readKindInvalid && refusal?.field == "reads[0].kind")
        }
    }

    @Test("a window that straddles a change of capacity is refused, one beside it is not")
    func capacityChange() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            .updateDevice(
                .with {
                    $0.device = 1
                    $0.effective = time("2022-03-10").rawValue
                    $0.details = SampleNetwork.details { $0.capacityWatts = 10_000 }
                }), as: 3, by: "developer")
        let cases: [(String, String, UInt64, RefusalCode?)] = [
            ("2022-03-09", "2022-03-11", 0, .windowStraddlesChange),
            ("2022-03-09", "2022-03-10T00:00:01Z", 0, .windowStraddlesChange),
            ("2022-03-09T12:00:00Z", "2022-03-09T13:00:00Z", 110_000, nil),
            ("2022-03-09T23:00:00Z", "2022-03-10", 1_000, nil),
            ("2022-03-10", "2022-03-10T01:00:00Z", 11_001, .aboveWindowLimit),
            ("2022-03-10", "2022-03-10T01:00:00Z", 11_000, nil),
        ]
        for (start, end, energy, code) in cases {
            let refusal = try ledger.refusal(of: [SampleNetwork.history(1, start, end, energy)])
            #expect(refusal?.code == code, "\(start): \(refusal as Any)")
        }
        try ledger.seal()
    }

    @Test("a meter's signature covers network and read")
    func meterSignature() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices([
                SampleNetwork.device("three") { $0.meterKey = publicKey("meter") }
            ]),
            as: 3, by: "developer")
        func row(_ device: UInt64, by name: String, _ network: Digest, changed: Bool = false)
            -> ReadRow
        {
            let bare = SampleNetwork.history(device, "2022-01-01", "2022-01-02", changed ? 2 : 1)
            var bytes = network.bytes
            SampleNetwork.history(device, "2022-01-01", "2022-01-02", 1).appendSignedPart(
                to: &bytes)
            return ReadRow(
                device: bare.device, start: bare.start, end: bare.end, energy: bare.energy,
                kind: bare.kind, meterSignature: key(name).sign(.read, bytes))
        }
        let bad = [
            row(3, by: "other", ledger.network), row(3, by: "meter", .zero),
            row(3, by: "meter", ledger.network, changed: true), row(1, by: "meter", ledger.network),
        ]
        for read in bad {
            #expect(try ledger.refusal(of: [read])?.field == "reads[0].meter_signature")
        }
        try ledger.submit([row(3, by: "meter", ledger.network)])
    }
}
