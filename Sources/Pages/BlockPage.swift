import Foundation
import Gateway
import Ledger
import Primitives
import Wire

/// A final block: its header, who signed it, and its transactions.
struct BlockPage: Sendable {
    private static let maximumRows: UInt64 = 200

    let gateway: any LedgerGateway

    func page(_ asked: PageRequest) async throws -> Page {
        let id = try asked.identified("a block’s number or its hash") { identifier -> Asked? in
            switch identifier {
            case .block(let height): Asked.height(height)
            case .digest(let hash): Asked.hash(hash)
            default: nil
            }
        }
        switch id {
        case .hash(let hash):
            guard let record = try await gateway.block(hash: hash) else {
                return Notices.notFound(
                    "Block \(hash)", hint: HTML.history(after: try await gateway.status().base))
            }
            return try await page(of: record, json: "/v1/blocks/\(hash)", .final)
        case .height(let height):
            guard let record = try await gateway.block(height) else {
                let status = try await gateway.status()
                if let base = status.base, height <= base.height, height > Height(0) {
                    return Notices.notHeld("Block \(height)", after: base)
                }
                return height > status.height
                    ? Notices.notYet("Block \(height)", height: status.height)
                    : Notices.notFound("Block \(height)")
            }
            return try await page(of: record, json: "/v1/blocks/\(height)", .numbered)
        }
    }

    /// By what a block was asked for.
    private enum Asked {
        case height(Height)
        case hash(Digest)
    }

    private func page(
        of record: BlockRecord, json: String, _ lifetime: Page.Lifetime
    ) async throws -> Page {
        let height = Height(record.header.height)
        let set = try await authorities(of: record)
        let count = Rows.transactionCount(record)
        var names = AccountNames(gateway)
        let transactions = try await transactions(of: record)
        var table = try await Rows.transactions(
            transactions, "In the order of the log", names: &names)
        if count > BlockPage.maximumRows {
            table += "<p>These are the first \(BlockPage.maximumRows) of \(grouped: count).</p>\n"
        }
        return Page(
            title: "Block \(height)", heading: "Block \(grouped: height.rawValue)",
            body: """
                <p class="lead">Final since \(time(record)), with \
                \(Words.count(count, "transaction", "transactions")).</p>
                \(facts(record, set))
                \(HTML.section("Transactions", table))
                \(neighbours(height))
                """,
            json: json, path: String(json.dropFirst("/v1".count)),
            commands: ["drec show \(height)"], lifetime: lifetime)
    }

    /// Those of its epoch, which never change; nil where they are not known here.
    private func authorities(of record: BlockRecord) async throws -> AuthoritySet? {
        let (after, isLast) = record.header.epoch.addingReportingOverflow(1)
        let found = try await gateway.authoritySets(
            before: isLast ? nil : Epoch(after), limit: 1)
        return found.first.flatMap { $0.set.epoch.rawValue == record.header.epoch ? $0.set : nil }
    }

    private func transactions(of record: BlockRecord) async throws -> [TransactionRecord] {
        let first = record.firstEntry.rawValue
        let count = min(Rows.transactionCount(record), BlockPage.maximumRows)
        var found: [TransactionRecord] = []
        for index in first..<(first + count) {
            if let one = try await gateway.transaction(at: LogIndex(index)) { found.append(one) }
        }
        return found
    }

    private func time(_ record: BlockRecord) -> HTML {
        HTML.time(seconds: record.header.timeMilliseconds / 1_000)
    }

    private func facts(_ record: BlockRecord, _ set: AuthoritySet?) -> HTML {
        let header = record.header
        let signatures = UInt64(record.finalization.signatures.count)
        let signers = Signers.places(in: record.finalization)
        let who: HTML =
            signers.isEmpty ? .empty : ": \(Signers.names(of: signers, in: set))"
        let parent = HTML.code(Array(header.parentHash).hex)
        return HTML.facts([
            ("Hash", HTML.link("/blocks/\(record.hash)", HTML.code(record.hash.hex))),
            (
                "Parent",
                header.height > 1
                    ? HTML.link("/blocks/\(Array(header.parentHash).hex)", parent) : parent
            ),
            ("Time", time(record)),
            ("Proposed by", Signers.names(of: [Int(header.proposer)], in: set)),
            ("Epoch and view", "\(header.epoch), \(header.view)"),
            (
                "Finalized by",
                "\(Words.count(signatures, "authority", "authorities"))\(who)"
            ),
            ("Log size", HTML(Words.grouped(header.logSize))),
            ("Log root", HTML.code(Array(header.logRoot).hex)),
            ("State root", HTML.code(Array(header.stateRoot).hex)),
        ])
    }

    private func neighbours(_ height: Height) -> HTML {
        let before = height.rawValue > 1 ? height.rawValue - 1 : nil
        let previous: HTML =
            before.map { "<a rel=\"prev\" href=\"/blocks/\($0)\">Block before</a> · " } ?? .empty
        let (next, _) = height.rawValue.addingReportingOverflow(1)
        return """
            <p class="next screen">\(previous)<a rel="next" \
            href="/blocks/\(next)">Block after</a></p>

            """
    }
}
