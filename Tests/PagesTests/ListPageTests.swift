import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite("Lists and their forms")
struct ListPageTests {
    @Test(
        "Every filter of a list is a labelled field that keeps what was asked for",
        arguments: [
            ("/devices", ["country", "kind", "offTaker", "status", "commissioned", "owner"]),
            ("/accounts", ["kind", "country", "status"]),
            ("/projects", ["country", "vintage", "kind", "owner"]),
            ("/lots", ["status", "vintage", "country", "deviceKind", "offTaker", "owner"]),
            ("/redemptions", ["beneficiary", "location", "vintage", "year", "account"]),
            ("/retirements", ["reason", "vintage", "year", "account"]),
            ("/transactions", ["action", "account"]), ("/devices/D1/reads", ["month"]),
        ])
    func fields(path: String, names: [String]) async throws {
        let body = try await fetch(path, from: MemoryGateway.sample()).body
        let form = try #require(
            try matches("(?s)<form class=\"filter.*?</form>", in: body).first)
        #expect(form.contains("action=\"\(path)\" method=\"get\""))
        for name in names {
            #expect(form.contains("<label for=\"f-\(name)\">"))
            #expect(try matches("id=\"f-\(name)\" name=\"\(name)\"", in: form).count == 1)
        }
        #expect(try matches("<label ", in: form).count == names.count)
        #expect(form.contains("<button type=\"submit\">"))
    }

    @Test(
        "A filter leaves out what is not so, and an empty field nothing",
        arguments: [
            ("/devices?kind=miniGrid", [">D2<"], [">D1<", ">D3<"]),
            ("/devices?status=closed", [">D3<"], [">D1<"]),
            ("/devices?country=ind&commissioned=2020", [">D1<", "value=\"ind\""], []),
            ("/devices?kind=&country=&owner=", [">D1<", ">D2<", ">D3<"], ["Show all"]),
            ("/devices?kind=lantern", ["No devices are like that"], [">D1<", "<table>"]),
            ("/accounts?kind=buyer", [">A3<", "value=\"buyer\" selected>Buyer"], [">A2<"]),
            ("/lots?status=retired&vintage=2021", ["DREC101-2021-101..120"], ["-1..100<"]),
            ("/lots?vintage=2020", ["No lots are like that"], ["DREC101-2021-1"]),
            ("/projects?vintage=2021", [">P101<"], []),
            ("/projects?kind=attested", ["No projects are like that"], [">P101<"]),
            ("/retirements?reason=voluntary", ["#7", "voluntary", "101..120"], []),
            ("/retirements?reason=expired", ["No retirements are like that"], ["#7"]),
            ("/transactions?action=trade", ["#5"], ["#6<"]),
            ("/redemptions?beneficiary=Bank", ["No redemptions are like that"], ["#6<"]),
            (
                "/redemptions?beneficiary=Bank+%22%3Cb%3E%22+of+Tests",
                [
                    "#6", "value=\"Bank &quot;&lt;b&gt;&quot; of Tests\"",
                    "%20of%20Tests&amp;format=csv",
                ],
                []
            ),
            ("/devices/D1/reads?month=2021-11", ["2021-11-22"], []),
            ("/devices/D1/reads?month=2021-10", ["No reads are like that"], ["2021-11-22"]),
        ])
    func filtered(path: String, has: [String], hasNot: [String]) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.status == .ok)
        for text in has { #expect(page.body.contains(text), "\(path): \(text)") }
        for text in hasNot { #expect(!page.body.contains(text), "\(path): \(text)") }
    }

    @Test(
        "A count says how far it was made",
        arguments: [
            (ListCount(number: 1_000, isExact: false), "More than 1000 devices."),
            (ListCount(number: 1_000, isExact: true), "1000 devices."),
            (ListCount(number: 17, isExact: false), "At least 17 devices."),
            (ListCount(number: 1, isExact: true), "1 device."),
            (ListCount(number: 0, isExact: true), "0 devices."),
        ])
    func counts(count: ListCount, text: String) async throws {
        var gateway = try MemoryGateway.sample()
        gateway.toldCount = count
        let first = try await fetch("/devices", from: gateway)
        #expect(first.body.contains("<p class=\"count\">\(text)</p>"))
        let later = try await fetch("/devices?after=1", from: gateway)
        #expect(!later.body.contains("class=\"count\""))
    }

    @Test("A page without items that goes on says so, and a list that ends leads back")
    func ends() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.lotsPause = LotPosition(
            series: MemoryGateway.series, serial: DRECSerial(100))
        let paused = try await fetch("/lots?status=retired", from: gateway)
        #expect(paused.body.contains("The list goes on"))
        #expect(
            paused.body.contains(
                "rel=\"next\" href=\"/lots?status=retired&amp;after=101%2D2021%2D100\""))
        let next = try await fetch("/lots?status=retired&after=101-2021-100", from: gateway)
        #expect(next.body.contains("101..120") && !next.body.contains("rel=\"next\""))
        let end = try await fetch("/lots?status=retired&after=101-2021-250", from: gateway)
        #expect(end.body.contains("The list ends here. <a href=\"/lots?status=retired\">"))
        var nobody = MemoryGateway()
        nobody.accounts = []
        #expect(try await fetch("/accounts", from: nobody).body.contains("no accounts yet"))
    }

    @Test("A wrong filter is named, as text")
    func wrong() async throws {
        let gateway = try MemoryGateway.sample()
        let value = try await fetch("/devices?kind=%3Cscript%3E", from: gateway)
        #expect(value.status == .badRequest)
        #expect(value.body.contains("Kind: “<bdi>&lt;script&gt;</bdi>” is not"))
        let name = try await fetch("/lots?%3Cb%3E=1", from: gateway)
        #expect(name.status == .badRequest)
        #expect(name.body.contains("“<bdi>&lt;b&gt;</bdi>”"))
    }
}
