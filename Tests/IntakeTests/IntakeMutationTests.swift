import Intake
import Mutations
import Testing
import Wire

/// Thousands of damaged files: each row is a record or a problem, whatever the chunks.
@Suite("Damaged files")
struct IntakeMutationTests {
    private static let devices = """
        externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,\
        commissioningDate,gridInterconnection,offTaker,deviceDescription,SDGBenefits
        KE-1,-1.15,36.96,KEN,ES100,TC120,240,2021-06-14T00:00:00.000Z,true,Industrial,Rooftop,"7,9"
        KE-2,3.12,35.6,KEN,ES100,TC110,60,2022-03-01,,Off-Grid Community,"A ""Mini"" Grid",
        """
    private static let reads = [
        """
        id,timestamp,value,unit
        KE-1,2025-09-01T00:00:00Z,1245.45,kWh
        KE-1,2025-09-02,0.000000001,Wh\r
        KE-1,2025-10-26 02:30:00+02:00,1,GWh

        """,
        """
        deviceExternalId,timezone,type,unit,value,startDate,endDate
        d,Europe/Berlin,history,Wh,1,2022-01-01,2022-01-02
        d,,delta,kWh,1.5,,2022-01-03T00:00:00.5Z
        d,Asia/Kolkata,aggregate,MWh,2,,2022-01-04
        """,
        "device,start_utc,end,wh\nx,2022-01-01T00:00,2022-01-01T01:00,2.5\n",
    ]

    /// Reads bytes in chunks of a size.
    private static func records(
        _ bytes: [UInt8], by size: Int
    ) -> [Result<CSVRecord, RowProblem>] {
        var reader = CSVRecords()
        var results: [Result<CSVRecord, RowProblem>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            results += reader.feed(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return results + reader.finish()
    }

    /// A record as RFC 4180 writes it.
    private static func written(_ record: CSVRecord) -> String {
        record.fields.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
            .joined(separator: ",") + "\r\n"
    }

    @Test(
        "the chunks change nothing, and a record that is written again is read as itself",
        arguments: [1, 2] as [UInt64])
    func records(seed: UInt64) {
        let corpus = (IntakeMutationTests.reads + [IntakeMutationTests.devices]).map {
            Array($0.utf8)
        }
        var mutator = Mutator(seed: seed, corpus: corpus)
        for _ in 0..<600 {
            let bytes = mutator.next()
            let whole = IntakeMutationTests.records(bytes, by: .max)
            #expect(IntakeMutationTests.records(bytes, by: 7) == whole)
            var line = 0
            for result in whole {
                let number = (try? result.get().line) ?? result.problem?.line ?? 0
                #expect(number > line)
                line = number
            }
            let records = whole.compactMap(\.value)
            let again = IntakeMutationTests.records(
                Array(records.map(IntakeMutationTests.written).joined().utf8), by: .max)
            #expect(again.compactMap(\.value).map(\.fields) == records.map(\.fields))
        }
    }

    @Test("a damaged file of reads is refused, or each row is a read or a problem")
    func reads() throws {
        var mutator = Mutator(seed: 3, corpus: IntakeMutationTests.reads.map { Array($0.utf8) })
        var rows = 0
        for _ in 0..<3_000 {
            var sheet = Sheet<ReadLayout>.reads()
            guard let items = try? sheet.feed(mutator.next()) + sheet.finish() else { continue }
            for read in items.compactMap(\.value) {
                rows += 1
                #expect(read.start.map { $0 < read.end } ?? true)
                #expect(read.nanoWattHours <= .maximum && read.line > 1)
            }
        }
        #expect(rows > 1_000)
    }

    @Test("a damaged file of devices is refused, or each row is a device or a problem")
    func devices() throws {
        var mutator = Mutator(seed: 4, corpus: [Array(IntakeMutationTests.devices.utf8)])
        var rows = 0
        for _ in 0..<3_000 {
            var sheet = Sheet<DeviceLayout>.devices()
            guard let items = try? sheet.feed(mutator.next()) + sheet.finish() else { continue }
            for device in items.compactMap(\.value) {
                rows += 1
                #expect(device.details.country.utf8.count == 3)
            }
        }
        #expect(rows > 500)
    }
}
