import Foundation
import Ledger
import Primitives
import Testing

@Suite("Pages have their numbers as files")
struct DownloadTests {
    /// A file that is in a page, as its lines.
    private func lines(_ name: String, in body: String) throws -> [[String]] {
        let pattern =
            "href=\"data:text/csv;charset=utf-8;header=present,[^\"]*\" download=\"\(name)\""
        let link = try #require(try matches(pattern, in: body).first, "\(name)")
        let data = try #require(try matches("present,[^\"]*", in: link).first).dropFirst(8)
        #expect(try matches("[^A-Za-z0-9%,.:_-]", in: String(data)).isEmpty)
        let text = try #require(String(data).removingPercentEncoding)
        #expect(text.hasSuffix("\r\n"))
        return text.components(separatedBy: "\r\n").dropLast().map {
            $0.components(separatedBy: ",")
        }
    }

    static let files: [(path: String, file: String, head: String, row: String)] = [
        (
            "/drecs/DREC101-2021-1..250", "DREC101-2021-1..250-steps.csv",
            "kind,time,drecs,from,to,entry,channel", "DREC101-2021-1..100,A2,A3,"
        ),
        (
            "/drecs/DREC101-2021-1..250", "DREC101-2021-1..250-sources.csv",
            "device,shareWattHours,readWattHours,start,end,entry,row", "D1,"
        ),
        (
            "/projects/P101", "P101-series.csv",
            "vintage,issuedWattHours,activeKilowattHours,listedKilowattHours,"
                + "registryLockedKilowattHours,redeemedKilowattHours,retiredKilowattHours,"
                + "openWattHours", "2021,250400,130,0,0,100,20,400"
        ),
        (
            "/redemptions/6", "redemption-6.csv", "drecs,kilowattHours,vintage",
            "DREC101-2021-1..100,100,2021"
        ),
    ]

    @Test("A table's file has its rows, unrounded", arguments: files)
    func rows(_ row: (path: String, file: String, head: String, row: String)) async throws {
        let lines = try lines(row.file, in: await fetch(row.path, from: .sample()).body)
        #expect(lines.first?.joined(separator: ",") == row.head)
        #expect(lines.dropFirst().contains { $0.joined(separator: ",").contains(row.row) })
        for line in lines { #expect(line.count == lines[0].count) }
    }

    @Test(
        "What the interface has as CSV is linked beside it",
        arguments: [
            ("/", "/v1/statistics/months?format=csv"),
            ("/", "/v1/statistics/countries?format=csv"),
            ("/devices/D1", "/v1/devices/D1/months?format=csv"),
            ("/devices/D1", "/v1/devices/D1/revisions?format=csv"),
            ("/network", "/v1/authorities?format=csv"),
            ("/redemptions/6", "/log/entry/006.tlog-proof"),
        ])
    func linked(path: String, target: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.governed())
        #expect(page.body.contains("<a href=\"\(target)\" download"))
    }
}
