import Gateway
import Ledger
import Primitives
import Wire

/// Lists of everything with their filters, a page at a time.
struct ListPages: Sendable {
    static let size = 50
    /// How far items are counted: a list says what it knows, and looks no further.
    static let countLimit = 1_000

    let gateway: any LedgerGateway

    func devices(_ asked: PageRequest) async throws -> Page {
        var list = ListView(asked, "/devices", "Devices", one: "device", many: "devices")
        list.verb = "drec device list"
        var filter = DeviceFilter()
        filter.country = try list.country("country", "Country")
        filter.kind = try list.choice("kind", "Kind", ProtoDeviceKind.self) { Words.name($0) }
        filter.offTaker = try list.choice("offTaker", "Off-taker", ProtoOffTaker.self) {
            Words.name($0)
        }
        filter.status = try list.choice("status", "Status", ProtoDeviceStatus.self) {
            Words.name($0)
        }
        filter.commissioned = try list.year("commissioned", "Commissioned in")
        filter.owner = try list.account("owner", "Owner")
        let after = try list.number("after").map { DeviceID($0) }
        let found = try await gateway.devices(filter, after: after, limit: ListPages.size)
        var names = AccountNames(gateway)
        return list.page(
            try await Rows.listed(found.items, "Ascending by number", names: &names),
            found, count: try await count(.devices(filter), list), next: ("after", \.rawValue))
    }

    func accounts(_ asked: PageRequest) async throws -> Page {
        var list = ListView(asked, "/accounts", "Accounts", one: "account", many: "accounts")
        list.verb = "drec account list"
        var filter = AccountFilter()
        filter.kind = try list.choice("kind", "Kind", ProtoAccountKind.self) { Words.name($0) }
        filter.country = try list.country("country", "Country")
        filter.status = try list.choice("status", "Status", ProtoAccountStatus.self) {
            Words.name($0)
        }
        let after = try list.number("after").map { AccountID($0) }
        let found = try await gateway.accounts(filter, after: after, limit: ListPages.size)
        return list.page(
            Rows.accounts(found.items, "Ascending by number"), found,
            count: try await count(.accounts(filter), list), next: ("after", \.rawValue))
    }

    func projects(_ asked: PageRequest) async throws -> Page {
        var list = ListView(asked, "/projects", "Projects", one: "project", many: "projects")
        list.verb = "drec project list"
        var filter = ProjectFilter()
        filter.country = try list.country("country", "Country")
        filter.vintage = try list.year("vintage", "Vintage")
        filter.kind = try list.choice("kind", "Kind", ProtoProjectKind.self) { Words.name($0) }
        filter.owner = try list.account("owner", "Owner")
        let after = try list.number("after").map { ProjectID($0) }
        let found = try await gateway.projects(filter, after: after, limit: ListPages.size)
        var names = AccountNames(gateway)
        return list.page(
            try await Rows.projects(found.items, "Ascending by number", names: &names), found,
            count: try await count(.projects(filter), list), next: ("after", \.rawValue))
    }

    func lots(_ asked: PageRequest) async throws -> Page {
        var list = ListView(asked, "/lots", "D-RECs", one: "lot", many: "lots")
        list.verb = "drec lot list"
        var filter = LotFilter()
        filter.status = try list.choice("status", "Status", ProtoLotStatus.self) {
            Words.name($0)
        }
        filter.vintage = try list.year("vintage", "Vintage")
        filter.country = try list.country("country", "Country")
        filter.deviceKind = try list.choice(
            "deviceKind", "Kind of device", ProtoDeviceKind.self
        ) { Words.name($0) }
        filter.offTaker = try list.choice("offTaker", "Off-taker", ProtoOffTaker.self) {
            Words.name($0)
        }
        filter.owner = try list.account("owner", "Owner")
        let after = try list.position("after", "a place in the list") { LotPosition($0) }
        let found = try await gateway.lots(filter, after: after, limit: ListPages.size)
        var names = AccountNames(gateway)
        list.note = """
            A lot is a run of D-RECs with one owner and one status. Kind and off-taker find those \
            of which some energy is from such a device.
            """
        return list.page(
            try await Rows.lots(found.items, "In the order of their serials", names: &names),
            found, count: try await count(.lots(filter), list), next: ("after", \.description))
    }

    func redemptions(_ asked: PageRequest) async throws -> Page {
        var list = ListView(
            asked, "/redemptions", "Redemptions", one: "redemption", many: "redemptions")
        list.verb = "drec redemption list"
        var filter = RedemptionFilter()
        filter.beneficiary = try list.text("beneficiary", "Beneficiary, exact name")
        filter.location = try list.country("location", "Used in")
        filter.vintage = try list.year("vintage", "Vintage")
        filter.year = try list.year("year", "Redeemed in")
        filter.account = try list.account("account", "Redeemed by")
        let before = try list.number("before").map { LogIndex($0) }
        let found = try await gateway.redemptions(filter, before: before, limit: ListPages.size)
        var names = AccountNames(gateway)
        return list.page(
            try await Rows.redemptions(found.items, "The newest first", names: &names), found,
            count: try await count(.redemptions(filter), list), next: ("before", \.rawValue))
    }

    func retirements(_ asked: PageRequest) async throws -> Page {
        var list = ListView(
            asked, "/retirements", "Retirements", one: "retirement", many: "retirements")
        list.verb = "drec retirement list"
        var filter = RetirementFilter()
        filter.reason = try list.choice("reason", "Reason", ProtoRetirementReason.self) {
            Words.name($0)
        }
        filter.vintage = try list.year("vintage", "Vintage")
        filter.year = try list.year("year", "Retired in")
        filter.account = try list.account("account", "Retired by")
        let before = try list.number("before").map { LogIndex($0) }
        let found = try await gateway.retirements(filter, before: before, limit: ListPages.size)
        var names = AccountNames(gateway)
        return list.page(
            try await Rows.retirements(found.items, "The newest first", names: &names), found,
            count: try await count(.retirements(filter), list), next: ("before", \.rawValue))
    }

    func transactions(_ asked: PageRequest) async throws -> Page {
        var list = ListView(
            asked, "/transactions", "Transactions", one: "transaction", many: "transactions")
        list.verb = "drec transaction list"
        var filter = TransactionFilter()
        filter.action = try list.choice(
            "action", "Action", ActionName.allCases.map { ("\($0)", $0) }
        ) { Words.name($0) }
        filter.account = try list.account("account", "Account")
        let before = try list.number("before").map { LogIndex($0) }
        let found = try await gateway.transactions(
            filter, before: before, limit: ListPages.size)
        var names = AccountNames(gateway)
        list.end = try await end(found.next == nil)
        return list.page(
            try await Rows.transactions(found.items, "The newest first", names: &names), found,
            count: try await count(.transactions(filter), list), next: ("before", \.rawValue))
    }

    func blocks(_ asked: PageRequest) async throws -> Page {
        var list = ListView(asked, "/blocks", "Blocks", one: "block", many: "blocks")
        list.verb = "drec block list"
        let before = try list.number("before").map { Height($0) }
        let records = try await gateway.blocks(before: before, limit: ListPages.size + 1)
        let found = ListPage(records, limit: ListPages.size) { Height($0.header.height) }
        list.end = try await end(found.next == nil)
        return list.page(
            Rows.blocks(found.items, "The newest first"), found, count: nil,
            next: ("before", \.rawValue))
    }

    /// Reads of a device.
    func reads(_ asked: PageRequest) async throws -> Page {
        let id = try asked.identified("a device’s id, such as D5") {
            if case .device(let id) = $0 { id } else { nil }
        }
        guard try await gateway.device(id) != nil else {
            return Notices.notFound("Device \(id)")
        }
        var list = ListView(
            asked, "/devices/\(id)/reads", "Reads of \(id)", one: "read", many: "reads")
        list.heading = "Reads of \(HTML.link(id))"
        list.verb = "drec device reads \(id)"
        let month = try list.month("month", "Month (UTC)")
        let before = try list.number("before").map { Timestamp($0) }
        let limit = ListPages.size + 1
        let records =
            if let month {
                try await gateway.reads(of: id, in: month, before: before, limit: limit)
            } else { try await gateway.reads(of: id, before: before, limit: limit) }
        let found = ListPage(records, limit: ListPages.size) { $0.window.start }
        list.end = try await end(found.next == nil)
        return list.page(
            Rows.reads(found.items, "Accepted reads, the newest first"), found, count: nil,
            next: ("before", \.rawValue))
    }

    /// Counted for the first page alone.
    private func count(_ filter: ListFilter, _ list: ListView) async throws -> ListCount? {
        guard !list.isLater else { return nil }
        return try await gateway.count(filter, upTo: ListPages.countLimit)
    }

    /// What the end of a list of history says on a node that does not hold all of it.
    private func end(_ isLast: Bool) async throws -> HTML {
        isLast ? HTML.history(after: try await gateway.status().base) : .empty
    }
}
