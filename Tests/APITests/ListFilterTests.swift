import API
import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite("Filters of lists")
struct ListFilterTests {
    @Test(
        "A filter leaves out what is not so",
        arguments: [
            ("/v1/accounts?kind=onSiteGenerator", 2), ("/v1/accounts?kind=buyer", 0),
            ("/v1/accounts?kind=initiative&country=ZAF&status=active", 1),
            ("/v1/accounts?country=KEN", 0), ("/v1/devices?kind=solarHomeSystem", 2),
            ("/v1/devices?status=closed", 0), ("/v1/devices?country=ZAF&owner=A2", 2),
            ("/v1/devices?owner=A2&kind=lantern", 0), ("/v1/devices?commissioned=1970", 2),
            ("/v1/accounts/A2/devices?status=active", 2),
            ("/v1/accounts/A2/devices?status=closed", 0),
            ("/v1/devices?externalIdHash=\(SampleRecords.digest(0x33))&kind=lantern", 0),
            ("/v1/devices?externalIdHash=\(SampleRecords.digest(0x33))&status=active", 1),
            ("/v1/projects?owner=A2&country=ZAF&vintage=2021&kind=default", 1),
            ("/v1/projects?vintage=2020", 0), ("/v1/lots?status=active", 2),
            ("/v1/lots?vintage=2021", 3), ("/v1/lots?series=101-2021&vintage=2021", 3),
            ("/v1/lots?vintage=2020", 0), ("/v1/accounts/A3/lots?vintage=2021&status=redeemed", 1),
            ("/v1/redemptions?beneficiary=A%20school", 1),
            ("/v1/redemptions?beneficiary=A+school", 1),
            ("/v1/redemptions?beneficiary=A%2Bschool", 0), ("/v1/redemptions?account=A3", 1),
            ("/v1/redemptions?location=KEN", 0), ("/v1/redemptions?vintage=2021&account=A3", 1),
            ("/v1/retirements", 2), ("/v1/retirements?reason=correction", 1),
            ("/v1/retirements?account=A2", 0), ("/v1/transactions?action=trade", 3),
            ("/v1/transactions?action=redeem", 0), ("/v1/transactions?action=trade&account=A2", 1),
            ("/v1/accounts/A2/transactions?action=trade", 1),
            ("/v1/devices/D1/reads?month=2021-08", 3), ("/v1/devices/D1/reads?month=2021-09", 0),
            ("/v1/devices/D1/reads?month=2021-10", 0),
        ])
    func filtered(path: String, count: Int) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 200)
        #expect(try seen.members()["items"]?.array?.count == count)
    }

    @Test(
        "What no item can be is refused, naming the filter",
        arguments: [
            // Another list's filter, or nobody's.
            ("/v1/accounts?owner=A1", "owner"), ("/v1/accounts?Kind=buyer", "Kind"),
            ("/v1/devices?deviceKind=rooftop", "deviceKind"),
            ("/v1/projects?status=active", "status"),
            ("/v1/redemptions?beneficiaries=x", "beneficiaries"),
            ("/v1/retirements?beneficiary=x", "beneficiary"), ("/v1/blocks?account=A1", "account"),
            ("/v1/accounts/A3/lots?owner=A3", "owner"), ("/v1/yields?kind=x", "kind"),
            ("/v1/accounts/A2/transactions?account=A2", "account"),
            ("/v1/devices/D1/months?month=2021-08", "month"), ("/v1/lots?=active", ""),
            // Values outside of their domain.
            ("/v1/accounts?kind=rooftop", "kind"), ("/v1/accounts?kind=Buyer", "kind"),
            ("/v1/accounts?kind=unspecified", "kind"), ("/v1/accounts?kind=5", "kind"),
            ("/v1/accounts?kind=", "kind"), ("/v1/accounts?kind=buyer,registry", "kind"),
            ("/v1/accounts?country=ken", "country"), ("/v1/accounts?country=KE", "country"),
            ("/v1/accounts?country=KENYA", "country"), ("/v1/accounts?status=closed", "status"),
            ("/v1/devices?kind=buyer", "kind"), ("/v1/devices?offTaker=UNRECOGNIZED", "offTaker"),
            ("/v1/devices?status=suspended", "status"),
            ("/v1/devices?commissioned=2021-01", "commissioned"),
            ("/v1/devices?commissioned=1969", "commissioned"),
            ("/v1/devices?commissioned=10000", "commissioned"),
            ("/v1/devices?owner=2", "owner"), ("/v1/projects?vintage=21", "vintage"),
            ("/v1/projects?vintage=-2021", "vintage"), ("/v1/projects?kind=solar", "kind"),
            ("/v1/lots?vintage=%D9%A2%D9%A0%D9%A2%D9%A1", "vintage"),
            ("/v1/lots?deviceKind=none", "deviceKind"), ("/v1/lots?offTaker=%00", "offTaker"),
            ("/v1/redemptions?beneficiary=", "beneficiary"),
            ("/v1/redemptions?beneficiary=\(String(repeating: "b", count: 201))", "beneficiary"),
            ("/v1/redemptions?location=Germany", "location"),
            ("/v1/redemptions?year=99999999999999999999", "year"),
            ("/v1/retirements?reason=spent", "reason"), ("/v1/transactions?action=Trade", "action"),
            ("/v1/transactions?action=91", "action"), ("/v1/devices/D1/reads?month=2021", "month"),
            ("/v1/devices/D1/reads?month=2021-13", "month"),
            ("/v1/devices/D1/reads?month=2021-00", "month"),
            ("/v1/devices/D1/reads?month=2021-8", "month"),
            ("/v1/devices/D1/reads?month=2021-08-01", "month"),
            ("/v1/accounts?format=xml", "format"), ("/v1/accounts?format=CSV", "format"),
            // What can never be both.
            ("/v1/lots?series=101-2021&vintage=2020", "vintage"),
            ("/v1/accounts/A3/lots?vintage=2022&series=101-2021", "vintage"),
            ("/v1/lots?vintage=2021&vintage=2021", "vintage"),
            ("/v1/lots?format=csv&limit=10", "limit"),
        ])
    func refused(path: String, name: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 400, "\(path)")
        #expect(seen.headers[.contentType] == "application/problem+json")
        let error = try seen.members()["errors"]?.array?.first?.object
        #expect(error?["parameter"] == .string(name), "\(path)")
    }

    @Test(
        "A cursor is of one list with its filters, and of no other",
        arguments: [
            ("/v1/accounts", "/v1/accounts?kind=onSiteGenerator"),
            ("/v1/accounts?kind=onSiteGenerator", "/v1/accounts"),
            ("/v1/accounts?kind=onSiteGenerator", "/v1/accounts?kind=buyer"),
            ("/v1/accounts?kind=onSiteGenerator", "/v1/accounts?country=ZAF"),
            ("/v1/lots?status=active", "/v1/lots?status=redeemed"),
            ("/v1/lots?owner=A3", "/v1/accounts/A3/lots"),
            ("/v1/accounts/A3/lots", "/v1/accounts/A2/lots"),
            ("/v1/accounts/A2/devices", "/v1/devices?owner=A2"),
            ("/v1/devices/D1/reads", "/v1/devices/D2/reads"),
            ("/v1/devices/D1/reads?month=2021-08", "/v1/devices/D1/reads"),
            ("/v1/transactions", "/v1/retirements"), ("/v1/retirements", "/v1/redemptions"),
            ("/v1/transactions?account=A3", "/v1/accounts/A3/transactions"),
        ])
    func cursors(of path: String, at other: String) async throws {
        func joined(_ path: String, _ more: String) -> String {
            path + (path.contains("?") ? "&" : "?") + more
        }
        let next = try await ask(joined(path, "limit=1")).members()["next"]?.string
        let cursor = try #require(next)
        #expect(try await ask(joined(path, "cursor=\(cursor)")).status == 200)
        let seen = try await ask(joined(other, "cursor=\(cursor)"))
        #expect(seen.status == 400)
        let error = try seen.members()["errors"]?.array?.first?.object
        #expect(error?["parameter"] == "cursor")
    }

    @Test("A page without items may go on, and its next page is asked for")
    func emptyPages() async throws {
        var gateway = SampleGateway()
        gateway.lotsPause = LotPosition(series: gateway.records.series, serial: DRECSerial(7))
        let first = try await ask("/v1/lots?deviceKind=lantern", gateway: gateway)
        let members = try first.members()
        #expect(members["items"] == .array([]) && members["next"] != .null)
        let link = try #require(try first.header("Link"))
        let next = try await ask(
            String(link.dropFirst().prefix { $0 != ">" }), gateway: gateway)
        #expect(try next.members()["items"]?.array?.count == 1)
        #expect(try next.members()["next"] == .null)
        let csv = try await ask("/v1/lots?deviceKind=lantern&format=csv", gateway: gateway)
        #expect(csv.text.split(separator: "\r\n").count == 2)
    }
}
