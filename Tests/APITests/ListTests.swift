import API
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite struct ListTests {
    @Test(arguments: [
        ("/v1/accounts", 3), ("/v1/blocks", 2), ("/v1/transactions", 3),
        ("/v1/transactions?account=A3", 2), ("/v1/devices", 2), ("/v1/accounts/A2/devices", 2),
        ("/v1/devices/D1/months", 3), ("/v1/devices/D1/reads", 3), ("/v1/lots", 3),
        ("/v1/lots?owner=A3", 2),
        ("/v1/accounts/A3/lots?status=active", 1), ("/v1/projects", 1), ("/v1/redemptions", 1),
        ("/v1/parameters", 3), ("/v1/yields", 3), ("/v1/yields?country=KEN", 2),
        ("/v1/evidence", 2), ("/v1/accounts/A2/delegations", 2), ("/v1/devices/D1/revisions", 2),
        ("/v1/devices?owner=A3&externalIdHash=\(SampleRecords.digest(0x33))", 0),
    ])
    func `following next visits each item once`(path: String, count: Int) async throws {
        var items: [CanonicalJSON] = []
        var next: String? = path + (path.contains("?") ? "&" : "?") + "limit=1"
        while let uri = next, items.count <= count {
            let seen = try await ask(uri)
            #expect(seen.status == 200)
            let members = try seen.members()
            let page = try #require(members["items"]?.array)
            #expect(page.count <= 1)
            items += page
            let link = try seen.header("Link")
            #expect((link == nil) == (members["next"] == .null))
            if let link {
                #expect(link.hasPrefix("<") && link.hasSuffix(">; rel=\"next\""))
                #expect(link.contains(try #require(members["next"]?.string)))
            }
            next = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(items.count == count)
        #expect(Set(items).count == count)
    }

    @Test func `a list without a limit has all the sample's items and no next`() async throws {
        let members = try await ask("/v1/accounts").members()
        #expect(members["items"]?.array?.count == 3)
        #expect(members["next"] == .null)
    }

    @Test func `blocks go on below a height`() async throws {
        let items = try await ask("/v1/blocks?before=2").members()["items"]?.array
        #expect(items?.compactMap { $0.object?["height"] } == [1])
    }

    @Test func `reads go on before a moment, and a cursor goes on from there`() async throws {
        let all = try await ask("/v1/devices/D1/reads").members()["items"]?.array ?? []
        let starts = SampleRecords().reads.map(\.window.start.rawValue).sorted(by: >)
        #expect(starts.count == all.count)
        let before = try await ask("/v1/devices/D1/reads?before=\(starts[0])").members()
        #expect(before["items"]?.array == Array(all.dropFirst()))
        let page = try await ask("/v1/devices/D1/reads?before=\(starts[0])&limit=1")
        let link = try #require(try page.header("Link"))
        let next = try await ask(String(link.dropFirst().prefix { $0 != ">" })).members()
        #expect(next["items"]?.array == Array(all.dropFirst(2)))
        let none = try await ask("/v1/devices/D1/reads?before=0").members()
        #expect(none["items"] == .array([]))
        for bad in ["", "-1", "x", "1.5", "18446744073709551616", "2023-01-01"] {
            #expect(try await ask("/v1/devices/D1/reads?before=\(bad)").status == 400)
        }
    }

    @Test func `a cursor is of one list only`() async throws {
        let next = try await ask("/v1/accounts?limit=1").members()["next"]?.string
        let cursor = try #require(next)
        #expect(try await ask("/v1/accounts?limit=1&cursor=\(cursor)").status == 200)
        #expect(try await ask("/v1/devices?limit=1&cursor=\(cursor)").status == 400)
    }
}
