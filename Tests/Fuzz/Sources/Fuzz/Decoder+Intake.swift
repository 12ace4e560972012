import Intake
import Primitives
import Wire

extension Decoder {
    private static func results(
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

    /// CSV. The first byte is the size of the chunks, which must change nothing.
    static let records = Decoder(name: "records") { bytes in
        guard let size = bytes.first else { return }
        let text = Array(bytes.dropFirst())
        let whole = results(text, by: .max)
        precondition(results(text, by: Int(size) + 1) == whole)
        let records = whole.compactMap { try? $0.get() }
        let written = records.map { record in
            record.fields.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
                .joined(separator: ",") + "\r\n"
        }
        let again = results(Array(written.joined().utf8), by: .max)
        precondition(again.compactMap { try? $0.get().fields } == records.map(\.fields))
    } corpus: {
        (readFiles + [deviceFile]).map { [6] + Array($0.utf8) }
    }

    static let reads = Decoder(name: "reads") { bytes in
        var sheet = Sheet<ReadLayout>.reads()
        guard let items = try? sheet.feed(bytes) + sheet.finish() else { return }
        for case .success(let read) in items {
            precondition(read.start.map { $0 < read.end } ?? true)
            precondition(read.nanoWattHours <= .maximum && read.line > 1)
        }
    } corpus: {
        readFiles.map { Array($0.utf8) }
    }

    static let devices = Decoder(name: "devices") { bytes in
        var sheet = Sheet<DeviceLayout>.devices()
        guard let items = try? sheet.feed(bytes) + sheet.finish() else { return }
        for case .success(let device) in items {
            precondition(CountryCode(device.details.country) != nil)
        }
    } corpus: {
        [Array(deviceFile.utf8)]
    }

    private static let deviceFile = """
        externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,\
        commissioningDate,gridInterconnection,offTaker,deviceDescription,SDGBenefits
        KE-1,-1.15,36.96,KEN,ES100,TC120,240,2021-06-14T00:00:00.000Z,true,Industrial,Rooftop,"7,9"
        KE-2,3.12,35.6,KEN,ES100,TC110,60,2022-03-01,,Off-Grid Community,"A ""Mini"" Grid",
        """
    private static let readFiles = [
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
}
