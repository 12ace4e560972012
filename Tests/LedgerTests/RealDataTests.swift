import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// The platform's public reads, as published: devices, limits and sums must come out to the Wh.
@Suite(.enabled(if: RealData.isThere, "skipped: no data at \(RealData.folder)"))
struct RealDataTests {
    @Test("candi: 39 reads accepted, 20 refused with their devices, 1 of an unknown meter")
    func candi() throws {
        var file = try RealData.Import("candi", yields: [])
        #expect(file.refusedDevices == ["GIV": .capacityOutOfRange, "GPI": .capacityOutOfRange])
        try file.run()
        #expect(file.accepted.count == 39)
        #expect(file.ofRefusedDevices == 20 && file.ofUnknownMeters == 1)
        #expect(file.refused.isEmpty)
        #expect(try file.issued() == ["ZAF": [13_570, 439], "IND": [9_538, 379]])
    }

    @Test("distributed-energy: all 21 reads accepted")
    func distributedEnergy() throws {
        var file = try RealData.Import("distributed-energy", yields: [])
        #expect(file.refusedDevices.isEmpty)
        try file.run()
        #expect(file.accepted.count == 21)
        #expect(file.ofRefusedDevices == 0 && file.ofUnknownMeters == 0)
        #expect(try file.issued() == ["IND": [7_196, 430]])
    }

    @Test(
        "with a yield of 1000 in India the day's limit refuses what is implausible there",
        arguments: [("candi", 2), ("distributed-energy", 4)])
    func lowerYield(name: String, refused: Int) throws {
        let yield = GenesisDocument.CountryYield(
            country: try #require(CountryCode("IND")), kwhPerKwp: 1_000, source: "a test")
        var file = try RealData.Import(name, yields: [yield])
        try file.run()
        #expect(file.refused.map(\.code) == Array(repeating: .aboveDayLimit, count: refused))
    }

    @Test("a measured inverter passes whole, hour by hour")
    func inverter() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices([
                SampleNetwork.device("inverter") {
                    $0.country = "USA"
                    $0.capacityWatts = 27_600
                    $0.commissioned = time("2018-11-01").rawValue
                }
            ]), as: Inhabited.developer, by: "developer")
        let rows = try RealData.lines("inverter-27kw-hourly.csv").dropFirst().map { line in
            SampleNetwork.history(
                3, String(line[0]), String(line[1]), try #require(UInt64(line[2])))
        }
        #expect(rows.count > 2_000)
        for start in stride(from: 0, to: rows.count, by: 2_500) {
            try ledger.submit(Array(rows[start..<min(rows.count, start + 2_500)]))
        }
        try ledger.seal()
        let total = rows.reduce(0) { $0 + $1.energy.rawValue }
        let series = ledger.leaves.keys.filter { $0.kind == .series && $0.word0 == 103 }
        #expect(series.map(\.word1).sorted() == [2018, 2019])
        let issued = try series.map { try ledger.state.series($0.series)?.issuedWattHours ?? 0 }
        #expect(issued.reduce(0, +) == total)
    }
}

enum RealData {
    static var folder: String {
        // Tests/LedgerTests/RealDataTests.swift, three levels below the project.
        let file = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return file.dropLast(4).joined(separator: "/") + "/shared/data"
    }
    static var isThere: Bool {
        FileManager.default.fileExists(atPath: folder + "/candi.csv")
    }

    static func lines(_ name: String) throws -> [[Substring]] {
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    /// A number of Wh times 1000, so that published fractions are whole.
    static func milliWattHours(_ text: Substring, unit: Substring) throws -> UInt64 {
        let parts = text.split(separator: ".")
        let whole = try #require(UInt64(parts[0]))
        var fraction: UInt64 = 0
        if parts.count == 2 {
            let digits = parts[1] + String(repeating: "0", count: max(0, 3 - parts[1].count))
            #expect(digits.utf8.count == 3)
            fraction = try #require(UInt64(digits))
        }
        return (whole * 1_000 + fraction) * (unit == "kwh" ? 1_000 : 1)
    }

    /// An import of one file: devices first, then reads row by row with fractions carried.
    struct Import {
        private var ledger: LedgerHarness
        private var devices: [Substring: (id: UInt64, country: Substring)] = [:]
        private(set) var refusedDevices: [String: RefusalCode] = [:]
        private(set) var accepted: [ReadRow] = []
        private(set) var refused: [Refusal] = []
        private(set) var ofRefusedDevices = 0
        private(set) var ofUnknownMeters = 0
        private let reads: [[Substring]]

        init(_ name: String, yields: [GenesisDocument.CountryYield]) throws {
            ledger = try Inhabited.network(yields: yields)
            reads = Array(try lines("\(name).csv").dropFirst())
            for line in try lines("\(name)-devices.csv").dropFirst() {
                let registration = SampleNetwork.device(String(line[1])) {
                    $0.country = String(line[6])
                    $0.typeCode = UInt32(line[8].dropFirst(2)) ?? 0
                    $0.capacityWatts = (UInt64(line[9]) ?? 0) * 1_000
                    $0.commissioned = time(String(line[10].prefix(10))).rawValue
                    $0.grid = line[11] == "true" ? .captive : .offGrid
                    $0.offTaker = line[12] == "Commercial" ? .commercial : .industrial
                }
                let refusal = try ledger.refusal(
                    SampleNetwork.devices([registration]), as: Inhabited.developer,
                    by: ["developer"])
                if let refusal {
                    refusedDevices[String(line[1])] = refusal.code
                } else {
                    let first = ledger.history.last?.receipt.events.first?.devicesRegistered.first
                    devices[line[1]] = (try #require(first), line[6])
                }
            }
            try ledger.seal()
        }

        /// Sends each row in the order of the file, which is each device's order in time.
        mutating func run() throws {
            var sums: [UInt64: UInt64] = [:]
            for line in reads {
                guard let device = devices[line[0]] else {
                    if refusedDevices[String(line[0])] == nil { ofUnknownMeters += 1 }
                    if refusedDevices[String(line[0])] != nil { ofRefusedDevices += 1 }
                    continue
                }
                let before = sums[device.id] ?? 0
                let after = before + (try milliWattHours(line[2], unit: line[3]))
                let start = time(String(line[1]))
                let row = ReadRow(
                    device: DeviceID(device.id), start: start,
                    end: Timestamp(start.rawValue + 86_400),
                    energy: WattHours(after / 1_000 - before / 1_000), kind: .history)
                if let refusal = try ledger.refusal(of: [row]) {
                    refused.append(refusal)
                } else {
                    accepted.append(row)
                    sums[device.id] = after
                }
            }
            try ledger.seal()
        }

        /// Whole D-RECs and open Wh by country.
        func issued() throws -> [String: [UInt64]] {
            var result: [String: [UInt64]] = [:]
            for key in ledger.leaves.keys where key.kind == .series {
                let series = try #require(try ledger.state.series(key.series))
                let project = try #require(
                    try ledger.state.message(
                        ProtoProjectValue.self, for: .project(key.series.project)))
                #expect(result[project.country] == nil)
                result[project.country] = [
                    series.active, series.issuedWattHours - 1_000 * series.active,
                ]
            }
            return result
        }
    }
}
