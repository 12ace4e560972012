import Foundation
import Gateway
import Ledger
import Merkle
import Primitives
import Wire

/// A transaction: who asked for what, and what the rules made of it.
struct TransactionPage: Sendable {
    let gateway: any LedgerGateway

    /// By its id.
    func page(id asked: PageRequest) async throws -> Page {
        let id = try asked.identified("a transaction’s id, 64 hexadecimal digits") {
            if case .digest(let id) = $0 { id } else { nil }
        }
        if let record = try await gateway.transaction(id) { return try await page(of: record) }
        if await gateway.isPending(id) { return Notices.pending(id) }
        if let refusal = await gateway.refusal(of: id) { return Notices.refused(id, refusal) }
        let base = try await gateway.status().base
        return Notices.notFound(
            "Transaction \(id)", hint: TransactionPage.hint + HTML.history(after: base))
    }

    /// By its place in the log.
    func page(at asked: PageRequest) async throws -> Page {
        let index = try asked.identified("an entry’s number") { identifier -> LogIndex? in
            switch identifier {
            case .logEntry(let index): index
            case .block(let number): LogIndex(number.rawValue)
            default: nil
            }
        }
        if let record = try await gateway.transaction(at: index) {
            return try await page(of: record, isEntry: true)
        }
        let status = try await gateway.status()
        if let base = status.base, index.rawValue < base.header.logSize {
            return Notices.notHeld("Entry \(index)", after: base)
        }
        return index.rawValue >= status.logSize
            ? Notices.notYet("Entry \(index)", height: status.height)
            : Notices.notFound("Entry \(index)")
    }

    private static let hint: HTML = """
        <p>If it was sent just now, it may not have reached this node, or the rules refused it.
        Sending the same bytes again is safe.</p>

        """

    private func page(of record: TransactionRecord, isEntry: Bool = false) async throws -> Page {
        var names = AccountNames(gateway)
        let account = try await names.link(AccountID(record.body.account))
        let action = Words.name(record.body.action)
        let asked = try await ActionDetails(names: names).facts(record.body.action)
        let effects = try await EventSentences(names: names).list(record.receipt.events)
        let index = record.index
        let title = isEntry ? "Entry \(index)" : "Transaction \(record.id.hex.prefix(16))…"
        let statement: HTML =
            if case .redeem = record.body.action {
                "<p><a href=\"/redemptions/\(index.rawValue)\">Redemption statement</a></p>\n"
            } else { .empty }
        return Page(
            title: "\(title), \(action)", heading: "\(action) \(HTML.badge("Final", .good))",
            body: """
                <p class="lead">\(account), \(HTML.time(seconds: record.receipt.time)), entry \
                \(index.description) of the log.</p>
                \(statement)\(facts(record, account: account))
                \(HTML.section("What was asked for", asked))
                \(HTML.section("What it changed", effects))
                """,
            json: isEntry ? "/v1/entries/\(index.rawValue)" : "/v1/transactions/\(record.id)",
            path: isEntry ? "/entries/\(index.rawValue)" : "/transactions/\(record.id)",
            commands: [isEntry ? "drec show '\(index)'" : "drec show \(record.id)"],
            lifetime: isEntry ? .numbered : .final)
    }

    /// What clients of transparency logs take, and what the entry is made of.
    private func logProof(of index: LogIndex) -> HTML {
        let parts: [(LogEntryPath.Part, HTML)] = [
            (.proof, "tlog-proof"), (.transaction, "transaction"), (.receipt, "receipt"),
        ]
        return parts.map { part, name -> HTML in
            let path = LogEntryPath(index: index.rawValue, part: part).path
            return """
                <a href="/log/\(path)" download="entry-\(index.rawValue).\(part.rawValue)">\
                \(name)</a>
                """
        }.joined(by: ", ")
    }

    private func facts(_ record: TransactionRecord, account: HTML) -> HTML {
        let body = record.body
        let signers = body.signers.map { signer -> HTML in
            "\(HTML.code(Array(signer.publicKey).hex)), nonce \(signer.nonce)"
        }
        return HTML.facts([
            ("Id", HTML.link("/transactions/\(record.id)", HTML.code(record.id.hex))),
            ("Entry", HTML.link(entry: record.index)),
            ("Block", HTML.link(height: record.height)),
            ("In the log", logProof(of: record.index)),
            ("Acted for", account),
            ("Signed by", signers.joined(by: "<br>\n")),
            ("Captured by", HTML(Words.name(body.channel))),
            ("Valid until", HTML.time(seconds: body.notAfter)),
            (
                "Reads",
                body.readsCount == 0
                    ? .empty
                    : """
                    \(grouped: UInt64(body.readsCount)), bound by the root \
                    \(HTML.code(Array(body.readsRoot).hex))
                    """
            ),
        ])
    }
}
