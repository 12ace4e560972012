import Foundation
import Intake
import Primitives
import Testing
import Wire

@Suite("Reads from CSV")
struct ReadLayoutTests {
    private let platform = "deviceExternalId,timezone,type,unit,value,startDate,endDate\n"

    /// `start/end kind nanoWh`, `-` for no start.
    private func told(_ item: Sheet<ReadLayout>.Item) -> String {
        switch item {
        case .success(let read):
            "\(read.externalID) \(read.start.map(\.description) ?? "-")/\(read.end) "
                + "\(read.kind) \(read.nanoWattHours.rawValue)"
        case .failure(let problem): problem.description
        }
    }

    private func error(_ text: String, _ options: ReadOptions = ReadOptions()) -> IntakeError? {
        do {
            _ = try items(text, .reads(options))
            return nil
        } catch {
            return error as? IntakeError
        }
    }

    @Test("One timestamp a row: the window follows the options")
    func stamped() throws {
        let text = " ID ,Timestamp,note,VALUE,unit\nm-1,2021-12-17T05:30:00+05:30,x,1.5,kwh\n"
        var options = ReadOptions()
        #expect(
            try items(text, .reads(options)).map(told)
                == ["m-1 2021-12-17T00:00:00Z/2021-12-18T00:00:00Z history 1500000000000"])
        options.timestampMeans = .end
        options.intervalSeconds = 3_600
        options.kind = .delta
        #expect(
            try items(text, .reads(options)).map(told)
                == ["m-1 2021-12-16T23:00:00Z/2021-12-17T00:00:00Z delta 1500000000000"])
        options.kind = .aggregate
        #expect(
            try items(text, .reads(options)).map(told)
                == ["m-1 -/2021-12-17T00:00:00Z aggregate 1500000000000"])
    }

    @Test(
        "The platform's columns are read",
        arguments: [
            (
                "d,Africa/Lagos,History,Wh,7,2022-01-01,2022-01-02T00:00:00.000Z",
                "d 2021-12-31T23:00:00Z/2022-01-02T00:00:00Z history 7000000000"
            ),
            ("d,,DELTA,MWh,0.5,,2022-01-02", "d -/2022-01-02T00:00:00Z delta 500000000000000"),
            (
                "d,UTC,delta,gwh,1,2022-01-01 10:00,2022-01-01 11:00:59.9",
                "d 2022-01-01T10:00:00Z/2022-01-01T11:00:59Z delta 1000000000000000000"
            ),
            (
                "d,,Aggregate,Wh,9.25,2021-01-01,2022-01-01",
                "d -/2022-01-01T00:00:00Z aggregate 9250000000"
            ),
            ("d,,aggregate,Wh,9,2021-01-01,", "d -/2021-01-01T00:00:00Z aggregate 9000000000"),
            (
                "d,,,Wh,9,2021-01-01,2021-01-02",
                "d 2021-01-01T00:00:00Z/2021-01-02T00:00:00Z history 9000000000"
            ),
        ])
    func platformRows(row: String, expected: String) throws {
        #expect(try items(platform + row, .reads()).map(told) == [expected])
    }

    @Test(
        "A row that says something impossible is refused with its column",
        arguments: [
            ("d,,history,Wh,,2022-01-01,2022-01-02", "value: no value"),
            ("d,,history,Wh,-1,2022-01-01,2022-01-02", "value: negative energy"),
            ("d,,history,Wh,1e3,2022-01-01,2022-01-02", "value: “1e3” is not a decimal number"),
            (
                "d,,history,Wh,\"1,000\",2022-01-01,2022-01-02",
                "value: “1,000” is not a decimal number (write it without thousands separators)"
            ),
            (
                "d,,history,Wh,0.0000000001,2022-01-01,2022-01-02",
                "value: “0.0000000001” has more than 9 decimal places"
            ),
            (
                "d,,history,GWh,18446744074,2022-01-01,2022-01-02",
                "value: “18446744074” is beyond 2⁶⁴ Wh"
            ),
            (
                "d,,history,kVAh,1,2022-01-01,2022-01-02",
                "unit: “kVAh” is none of Wh, kWh, MWh, GWh"
            ),
            ("d,,history,,1,2022-01-01,2022-01-02", "unit: no unit"),
            (
                "d,,weekly,Wh,1,2022-01-01,2022-01-02",
                "type: “weekly” is none of history, delta, aggregate"
            ),
            ("d,,history,Wh,1,,2022-01-02", "startDate: no time"),
            ("d,,delta,Wh,1,2022-01-01,", "endDate: no time"),
            (
                "d,,history,Wh,1,2022-01-02,2022-01-02",
                "endDate: the window ends at 2022-01-02T00:00:00Z, not after 2022-01-02T00:00:00Z"
            ),
            (
                "d,,history,Wh,1,2022-02-29,2022-03-02",
                "startDate: “2022-02-29” is no day of the years 1970 to 9999"
            ),
            (
                "d,,history,Wh,1,01/02/2022,2022-01-02",
                "startDate: “01/02/2022” is not a time as 2021-12-17T00:00:00Z"
            ),
            (
                "d,,history,Wh,1,1970-01-01T00:00:00+01:00,2022-01-02",
                "startDate: a time outside of 1970 to 9999"
            ),
            (
                "d,IST,history,Wh,1,2022-01-01,2022-01-02",
                "timezone: “IST” is not the IANA name of a time zone, as Africa/Lagos"
            ),
            (
                "d,Europe/Berlin,history,Wh,1,2022-03-27T02:30,2022-03-28",
                "startDate: a time that the clocks of Europe/Berlin skip"
            ),
            (
                "d,Europe/Berlin,history,Wh,1,2022-10-30T02:30,2022-10-31",
                "startDate: a time that the clocks of Europe/Berlin show twice: write its offset"
            ),
            (",,history,Wh,1,2022-01-01,2022-01-02", "deviceExternalId: no external id"),
            (
                "é,,history,Wh,1,2022-01-01,2022-01-02",
                "deviceExternalId: “é” is not 1 to 64 letters, digits, _, - or blanks"
            ),
        ])
    func refused(row: String, expected: String) throws {
        let good = "d,,history,Wh,1,2022-01-01,2022-01-02"
        let outcome = try items(platform + row + "\n" + good, .reads()).map(told)
        #expect(
            outcome == [
                "line 2, " + expected,
                "d 2022-01-01T00:00:00Z/2022-01-02T00:00:00Z history 1000000000",
            ])
    }

    @Test("A row with a column too few or too many is refused as a whole")
    func columnCount() throws {
        let text =
            "id,timestamp,value,unit\nd,2022-01-01,1\nd,2022-01-01,1,000,Wh\n"
            + "d,2022-01-01,1,Wh,,\n"
        #expect(
            try items(text, .reads()).map(told) == [
                "line 2: 3 columns where the header has 4",
                "line 3: 5 columns where the header has 4",
                "d 2022-01-01T00:00:00Z/2022-01-02T00:00:00Z history 1000000000",
            ])
    }

    @Test(
        "Windows touch where clocks skip or repeat midnight or an hour",
        arguments: [
            // A day of 23 hours, which begins at 01:00.
            (
                "d,Africa/Cairo,,Wh,1,2023-04-27,2023-04-28",
                "d 2023-04-26T22:00:00Z/2023-04-27T22:00:00Z history 1000000000"
            ),
            (
                "d,Africa/Cairo,,Wh,1,2023-04-28,2023-04-29",
                "d 2023-04-27T22:00:00Z/2023-04-28T21:00:00Z history 1000000000"
            ),
            (
                "d,Africa/Cairo,,Wh,1,2023-04-28T00:00:00,2023-04-28T01:30:00",
                "d 2023-04-27T22:00:00Z/2023-04-27T22:30:00Z history 1000000000"
            ),
            // A day of 25 hours, whose midnight is shown twice.
            (
                "d,America/Havana,,Wh,1,2022-11-05,2022-11-06",
                "d 2022-11-05T04:00:00Z/2022-11-06T04:00:00Z history 1000000000"
            ),
            (
                "d,America/Havana,,Wh,1,2022-11-06,2022-11-07",
                "d 2022-11-06T04:00:00Z/2022-11-07T05:00:00Z history 1000000000"
            ),
            // The hour before a gap ends with the gap's first time.
            (
                "d,Europe/Berlin,,Wh,1,2022-03-27T01:00,2022-03-27T02:00",
                "d 2022-03-27T00:00:00Z/2022-03-27T01:00:00Z history 1000000000"
            ),
            (
                "d,Europe/Berlin,,Wh,1,2022-03-27T02:00,2022-03-27T03:00",
                "endDate: the window ends at 2022-03-27T01:00:00Z, not after 2022-03-27T01:00:00Z"
            ),
            (
                "d,Europe/Berlin,,Wh,1,2022-03-27T02:00:01,2022-03-27T04:00",
                "startDate: a time that the clocks of Europe/Berlin skip"
            ),
            (
                "d,Africa/Cairo,,Wh,1,2023-04-28T00:59:59,2023-04-29",
                "startDate: a time that the clocks of Africa/Cairo skip"
            ),
            (
                "d,America/Havana,,Wh,1,2022-11-06T00:00,2022-11-07",
                "startDate: a time that the clocks of America/Havana show twice: write its offset"
            ),
        ])
    func clockChanges(row: String, expected: String) throws {
        let item = try #require(try items(platform + row + "\n", .reads()).first)
        switch item {
        case .success(let record): #expect(told(.success(record)) == expected)
        case .failure(let problem):
            #expect("\(problem.column ?? ""): \(problem.message)" == expected)
        }
    }

    @Test("Days of a lone timestamp touch where clocks skip midnight")
    func stampedClockChanges() throws {
        var options = ReadOptions()
        options.timeZone = try ReadOptions.timeZone(named: "Africa/Cairo")
        let text = "id,timestamp,value,unit\nd,2023-04-27,1,Wh\nd,2023-04-28T00:00:00,1,Wh\n"
        #expect(
            try items(text, .reads(options)).map(told) == [
                "d 2023-04-26T22:00:00Z/2023-04-27T22:00:00Z history 1000000000",
                "d 2023-04-27T22:00:00Z/2023-04-28T21:00:00Z history 1000000000",
            ])
    }

    @Test("A UTC column is UTC whatever the zone; another takes the zone of the options")
    func windows() throws {
        var options = ReadOptions()
        options.timeZone = try ReadOptions.timeZone(named: "Asia/Kolkata")
        options.deviceExternalID = ExternalID("roof")
        let times = "2022-01-01T00:00,2022-01-01T01:00,2.5"
        #expect(
            try items("start_utc,end_utc,wh\n" + times, .reads(options)).map(told)
                == ["roof 2022-01-01T00:00:00Z/2022-01-01T01:00:00Z history 2500000000"])
        #expect(
            try items("device,start,end,wh\nx," + times, .reads(options)).map(told)
                == ["x 2021-12-31T18:30:00Z/2021-12-31T19:30:00Z history 2500000000"])
    }

    @Test("Days without offset are days of the place, 23 and 25 hours long when clocks change")
    func calendarDays() throws {
        var options = ReadOptions()
        options.timeZone = try ReadOptions.timeZone(named: "Europe/Berlin")
        let text =
            "id,timestamp,value,unit\n"
            + ["2022-03-27", "2022-03-28", "2022-10-30"].map { "d,\($0),1,Wh\n" }.joined()
        let reads = try items(text, .reads(options)).compactMap(\.value)
        let hours = try reads.map { ($0.end.rawValue - (try #require($0.start)).rawValue) / 3_600 }
        #expect(hours == [23, 24, 25])
        #expect(reads[0].end == reads[1].start)
    }

    @Test("A file that cannot be understood is refused as a whole")
    func files() {
        #expect(error("") == .empty)
        #expect(error("\n \n") == .empty)
        #expect(error("id,\"x\n") != nil)
        #expect(error("a,b\n1,2") == .unknownLayout(found: ["a", "b"]))
        #expect(
            error("deviceExternalId,value\n")
                == .missingColumns(
                    ["type", "unit", "startDate", "endDate"],
                    layout: "deviceExternalId,timezone,type,unit,value,startDate,endDate"))
        #expect(
            error("id,timestamp,value\n")
                == .missingColumns(["unit"], layout: "id,timestamp,value,unit"))
        #expect(
            error("device,start,wh\n")
                == .missingColumns(["end"], layout: "device,start,end,wh"))
        #expect(error("id,timestamp,value,unit,Value\n") == .duplicateColumn("value"))
        #expect(error("start,end,wh\n") == .noDevice)
        #expect(error("start,end,wh,start_utc\n") == .duplicateColumn("start"))
        #expect(
            error("start,end,wh\n", ReadOptions(intervalSeconds: 0))?.code
                == "intake.invalid-option")
        #expect(error("start,end,wh\n", ReadOptions(kind: .unspecified))?.disposition == .refuse)
        #expect(throws: IntakeError.self) { try ReadOptions.timeZone(named: "Mars/Olympus") }
    }
}
