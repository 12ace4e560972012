import Ledger
import Primitives
import Wire

/// Tables that several pages show.
enum Rows {
    static func transactions(
        _ records: [TransactionRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            rows.append([
                HTML.link(entry: record.index), HTML(Words.name(record.body.action)),
                try await names.link(AccountID(record.body.account)),
                HTML.time(seconds: record.receipt.time), HTML.link(height: record.height),
                HTML.link(transaction: record.id),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Entry"), .text("Action"), .text("Account"), .text("Time"),
                .text("Block"), .text("Transaction"),
            ], rows)
    }

    static func blocks(_ records: [BlockRecord], _ caption: HTML) -> HTML {
        HTML.table(
            caption,
            [.text("Block"), .text("Time"), .number("Transactions"), .text("Hash")],
            records.map { record in
                [
                    HTML.link(height: Height(record.header.height)),
                    HTML.time(seconds: record.header.timeMilliseconds / 1_000),
                    HTML(Words.grouped(transactionCount(record))),
                    "<code>\(String(record.hash.hex.prefix(16)))…</code>",
                ]
            })
    }

    static func transactionCount(_ record: BlockRecord) -> UInt64 {
        let (count, isNegative) = record.header.logSize.subtractingReportingOverflow(
            record.firstEntry.rawValue)
        return isNegative ? 0 : count
    }

    static func devices(
        _ records: [DeviceRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            let details = record.value.details
            rows.append([
                HTML.link(record.id), HTML(Words.name(details.kind)), HTML(details.country),
                HTML(Words.power(details.capacityWatts)),
                HTML(Words.kilowattHours(record.energy.rawValue)),
                try await names.link(AccountID(record.value.owner)),
                Words.badge(record.value.status),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Device"), .text("Kind"), .text("Country"), .number("Capacity"),
                .number("Energy (kWh)"), .text("Owner"), .text("Status"),
            ], rows)
    }

    /// Devices with all that they can be found by.
    static func listed(
        _ records: [DeviceRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            let details = record.value.details
            rows.append([
                HTML.link(record.id), HTML(Words.name(details.kind)), HTML(details.country),
                HTML(Words.name(details.offTaker)), HTML(Words.power(details.capacityWatts)),
                HTML(Words.kilowattHours(record.energy.rawValue)),
                HTML.day(Timestamp(details.commissioned)),
                try await names.link(AccountID(record.value.owner)),
                Words.badge(record.value.status),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Device"), .text("Kind"), .text("Country"), .text("Off-taker"),
                .number("Capacity"), .number("Energy (kWh)"), .text("Commissioned"),
                .text("Owner"), .text("Status"),
            ], rows)
    }

    static func accounts(_ records: [AccountRecord], _ caption: HTML) -> HTML {
        HTML.table(
            caption,
            [.text("Account"), .text("Name"), .text("Kind"), .text("Country"), .text("Status")],
            records.map { record in
                [
                    HTML.link("/accounts/\(record.id)", HTML(record.id.description)),
                    record.value.legalName.isEmpty ? "–" : HTML(user: record.value.legalName),
                    HTML(Words.name(record.value.kind)), HTML(record.value.country),
                    Words.badge(record.value.status),
                ]
            })
    }

    static func retirements(
        _ records: [RetirementRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            let ranges = record.value.ranges
            var links = ranges.prefix(2).map { HTML.link($0) }.joined(by: ", ")
            if ranges.count > 2 { links += HTML(" and \(ranges.count - 2) more") }
            rows.append([
                HTML.link(entry: record.entry), HTML(Words.grouped(record.count)),
                HTML.time(seconds: record.value.time),
                try await names.link(AccountID(record.value.account)),
                HTML(Words.name(record.value.reason)), links,
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Entry"), .number("kWh"), .text("Time"), .text("Retired by"),
                .text("Reason"), .text("D-RECs"),
            ], rows)
    }

    static func reads(_ records: [ReadRecord], _ caption: HTML) -> HTML {
        HTML.table(
            caption,
            [
                .text("From"), .text("Until"), .number("Energy (Wh)"), .text("Kind"),
                .text("Entry"),
            ],
            records.map { read in
                [
                    HTML.time(read.window.start), HTML.time(read.window.end),
                    HTML(Words.grouped(read.window.energy.rawValue)),
                    HTML(Words.name(read.window.kind)),
                    "\(HTML.link(entry: read.entry)), row \(read.row)",
                ]
            })
    }

    static func lots(
        _ records: [LotRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            rows.append([
                HTML.link(record.range), HTML(Words.grouped(record.range.count)),
                Words.badge(record.status), try await names.link(record.owner),
                HTML.link(entry: record.entry),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("D-RECs"), .number("kWh"), .text("Status"), .text("Owner"),
                .text("Made by"),
            ], rows)
    }

    static func redemptions(
        _ records: [RedemptionRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            let value = record.value
            rows.append([
                HTML.link(
                    "/redemptions/\(record.entry.rawValue)", HTML(record.entry.description)),
                HTML(Words.grouped(record.count)), HTML.time(seconds: value.time),
                try await names.link(AccountID(value.account)), HTML(user: value.beneficiary),
                HTML(
                    Words.days(
                        from: Timestamp(value.periodStart), to: Timestamp(value.periodEnd))),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Statement"), .number("kWh"), .text("Time"), .text("Redeemed by"),
                .text("Beneficiary"), .text("For"),
            ], rows)
    }

    /// Project, country and totals of each series.
    static func projects(
        _ records: [ProjectRecord], _ caption: HTML, names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            let issued = record.series.reduce(UInt64(0)) { $0 &+ $1.value.issuedWattHours }
            rows.append([
                HTML.link(record.id), HTML(CountryNames.name(of: record.value.country)),
                HTML(Words.kilowattHours(issued)),
                HTML(record.series.map { String($0.id.vintage) }.joined(separator: ", ")),
                try await names.link(AccountID(record.value.owner)),
            ])
        }
        return HTML.table(
            caption,
            [
                .text("Project"), .text("Country"), .number("Issued (kWh)"), .text("Vintages"),
                .text("Owner"),
            ], rows)
    }
}
