import Foundation
import Intake
import Primitives
import Testing
import Wire

@Suite("Files of rows")
struct SheetFileTests {
    private func shared(_ name: String) -> URL { TestFiles.shared.appending(path: name) }
    private func sample(_ name: String) -> URL { TestFiles.sample.appending(path: name) }

    @Test("Batches keep order and size, and progress reaches the end of the file")
    func batches() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let rows = (0..<10_000).map { "d,2022-01-01,\($0),Wh" }
        let text = "id,timestamp,value,unit\n" + rows.joined(separator: "\n")
        try Data(text.utf8).write(to: file)
        var (sizes, lines): ([Int], [Int]) = ([], [])
        var last: IntakeProgress?
        try SheetFile.forEachBatch(path: file.path, sheet: .reads(), batchSize: 3_000) {
            sizes.append($0.count)
            lines += $0.compactMap { $0.value?.line }
            #expect($1.bytesRead >= last?.bytesRead ?? 0)
            last = $1
        }
        #expect(sizes == [3_000, 3_000, 3_000, 1_000])
        #expect(lines == Array(2...10_001))
        #expect(last?.bytesRead == UInt64(text.utf8.count))
        #expect(last?.bytesTotal == last?.bytesRead)
    }

    @Test(
        "A file that is not there or is a folder is told as unreadable", arguments: ["none", "."])
    func unreadable(name: String) {
        let path = TestFiles.repository.appending(path: name).path
        let error = #expect(throws: IntakeError.self) {
            try SheetFile.forEachBatch(path: path, sheet: .reads(), batchSize: 1) { _, _ in }
        }
        #expect(error?.code == "intake.unreadable")
        #expect(error?.disposition == .retry)
        // In the system's words alone.
        let reason = name == "." ? "Is a directory" : "No such file or directory"
        #expect(error?.description == "\(path) cannot be read: \(reason).")
    }

    @Test(
        "A file of another kind is told by its first bytes",
        arguments: [
            ([0x1F, 0x8B, 8], "compressed"), ([0x50, 0x4B, 3, 4], "CSV"),
            ([0xD0, 0xCF, 0x11, 0xE0], "CSV"), ([0xFF, 0xFE, 0x64, 0], "UTF-8"),
            ([0xFE, 0xFF, 0, 0x64], "UTF-8"),
        ] as [([UInt8], String)])
    func unsuitable(bytes: [UInt8], advice: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let error = #expect(throws: IntakeError.self) {
            try SheetFile.forEachBatch(path: file.path, sheet: .reads(), batchSize: 1) { _, _ in }
        }
        #expect(error?.code == "intake.unsuitable")
        #expect(error?.disposition == .refuse)
        #expect(error?.description.contains(advice) == true)
    }

    @Test(
        "Columns between semicolons or tabs are told as such",
        arguments: [";", "\t"])
    func separators(separator: String) {
        let header = ["device", "start", "end", "wh"].joined(separator: separator)
        let attempts: [() throws -> Int] = [
            { try items(header, .reads()).count }, { try items(header, .devices()).count },
        ]
        for attempt in attempts {
            let error = #expect(throws: IntakeError.self) { try attempt() }
            #expect(error?.code == "intake.wrong-separator")
        }
    }

    @Test("The files of the platform's users are read", .enabled(if: TestFiles.areSharedPresent))
    func sharedReads() throws {
        let candi = try TestFiles.items(shared("candi.csv"), .reads()).compactMap(\.value)
        #expect(candi.count == 60)
        #expect(Set(candi.map(\.externalID)).count == 7)
        let perWattHour = NanoWattHours.perWattHour
        #expect(candi.count { $0.nanoWattHours.rawValue % perWattHour != 0 } == 8)
        let whole = WholeRead.reads(of: candi, carries: [:])
        let exact = candi.reduce(UInt128(0)) { $0 + $1.nanoWattHours.rawValue }
        let open = whole.carries.values.reduce(UInt128(0)) {
            $0 + UInt128($1.remainderNanoWattHours)
        }
        let sum = whole.reads.reduce(UInt128(0)) { $0 + UInt128($1.wattHours.rawValue) }
        #expect(sum * perWattHour + open == exact)

        let distributed = try TestFiles.items(shared("distributed-energy.csv"), .reads())
        #expect(distributed.compactMap(\.value).count == 21)
        #expect(distributed.first?.value?.nanoWattHours.wattHours == WattHours(412_000))

        let options = ReadOptions(deviceExternalID: ExternalID("inverter"))
        let inverter = try TestFiles.items(shared("inverter-27kw-hourly.csv"), .reads(options))
        let lines = try String(contentsOf: shared("inverter-27kw-hourly.csv"), encoding: .utf8)
            .split(whereSeparator: \.isNewline).count
        #expect(inverter.compactMap(\.value).count == lines - 1)
        #expect(inverter.allSatisfy { $0.value.map { $0.start != nil } == true })
    }

    @Test("The platform's device files are read", .enabled(if: TestFiles.areSharedPresent))
    func sharedDevices() throws {
        let candi = try TestFiles.items(shared("candi-devices.csv"), .devices())
            .compactMap(\.value)
        #expect(candi.map(\.externalID.text) == ["GIV", "GPI", "HIT", "SCH", "TR2", "TRB"])
        #expect(candi[0].details.capacityWatts == 319_000)
        let distributed = try TestFiles.items(
            shared("distributed-energy-devices.csv"), .devices()
        ).compactMap(\.value)
        #expect(distributed.map(\.details.kind) == [.miniGrid, .miniGrid, .rooftop])
        let template = try TestFiles.items(
            shared("device-bulk-upload-template.csv"), .devices()
        ).compactMap(\.value)
        #expect(template.map(\.details.kind) == [.microGrid, .miniGrid])
        #expect(template.map(\.details.latitudeE2) == [3_405, 4_071])
    }

    @Test("The product's own samples are read", .enabled(if: TestFiles.areSamplesPresent))
    func samples() throws {
        let devices = try TestFiles.items(sample("devices.csv"), .devices())
        #expect(devices.count == 12)
        #expect(devices.allSatisfy { $0.value != nil })
        let daily = try TestFiles.items(sample("reads-daily.csv"), .reads())
        #expect(daily.compactMap(\.value).count == 676)
        let hourly = try TestFiles.items(sample("reads-hourly.csv"), .reads())
        #expect(hourly.compactMap(\.value).count == 1_008)
        // The other rows of the file are well formed: to refuse them is the ledger's business.
        let refused = try TestFiles.items(sample("reads-refused.csv"), .reads())
        #expect(refused.count == 7)
        #expect(refused.compactMap(\.problem).map(\.line) == [5, 7])
    }
}
