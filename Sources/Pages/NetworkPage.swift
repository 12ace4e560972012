import Foundation
import Gateway
import Ledger
import Primitives
import Wire

/// The network itself: who votes in it, with which keys, who will, who signed twice, and by which
/// parameters.
struct NetworkPage: Sendable {
    /// Rows of a list that is shown; the JSON has all of them.
    private static let shown = 50
    /// Newest blocks in which the last signature of an authority is looked for.
    private static let blocks = 20

    let gateway: any LedgerGateway

    func page() async throws -> Page {
        let status = try await gateway.status()
        let sets = try await gateway.authoritySets(before: nil, limit: 1)
        let changes = try await gateway.authorityChanges(before: nil, limit: NetworkPage.shown)
        let doubles = try await gateway.doubleVotes(before: nil, limit: NetworkPage.shown)
        let parameters = try await gateway.parameters(before: nil, limit: NetworkPage.shown)
        let blocks = try await gateway.blocks(before: nil, limit: NetworkPage.blocks)
        let isCosigned = try await gateway.checkpoint() != nil
        var names = AccountNames(gateway)
        let present = try await authorities(sets.first?.set, blocks, &names)
        return Page(
            title: "Network", heading: "Who keeps this ledger",
            body: """
                \(lead(sets.first?.set, doubles))
                \(HTML.section("Authorities", present))
                \(HTML.section("Changes of authorities", changesTable(changes, sets.first?.set)))
                \(HTML.section("Signed twice", try await doubleVotes(doubles, &names)))
                \(HTML.section("Ledger", ledger(status, isCosigned)))
                \(HTML.section("Parameters", parametersFacts(parameters)))
                """,
            json: "/v1/authorities", path: "/network",
            commands: ["drec authority show", "drec parameters show"])
    }

    private func lead(_ set: AuthoritySet?, _ doubles: [DoubleVoteRecord]) -> HTML {
        guard let set else { return .empty }
        let count = UInt64(set.members.count)
        let alarm: HTML =
            doubles.contains { $0.epoch == set.epoch }
            ? " \(HTML.badge("An authority signed twice", .bad))" : .empty
        let quorum: HTML =
            count == 1
            ? "One authority decides alone."
            : "\(grouped: count) authorities take turns; a block is final when "
                + "\(grouped: UInt64(set.quorum)) of them have signed it."
        return "<p class=\"lead\">\(quorum)\(alarm)</p>"
    }

    private func authorities(
        _ set: AuthoritySet?, _ blocks: [BlockRecord], _ names: inout AccountNames
    ) async throws -> HTML {
        guard let set else { return "<p>None are known here.</p>\n" }
        let signed = NetworkPage.lastSigned(in: blocks, by: set)
        var rows: [[HTML]] = []
        var keys = HTML.empty
        for (place, member) in set.members.enumerated() {
            rows.append([
                HTML(user: member.name), try await names.link(AccountID(member.account)),
                signed[place].map { HTML.link(height: $0) } ?? "–",
                short(member.voteKey), short(member.tlsKey), short(member.logKey),
            ])
            keys += """
                <h3>\(HTML(user: member.name))</h3>
                \(HTML.facts([
                    ("Vote key", HTML.code(Array(member.voteKey).hex)),
                    ("TLS key", HTML.code(Array(member.tlsKey).hex)),
                    ("Log key", HTML.code(Array(member.logKey).hex)),
                ]))
                """
        }
        let table = HTML.table(
            "In the order of their turns, epoch \(set.epoch.rawValue)",
            [
                .text("Authority"), .text("Account"), .text("Last signed"), .text("Vote key"),
                .text("TLS key"), .text("Log key"),
            ], rows)
        return """
            \(table)<p class="note">Last signed: the newest of the last \(NetworkPage.blocks) \
            blocks that is final by its signature, among others. A quorum is enough: who was \
            later than it is not among them.</p>
            <details><summary>The keys in full</summary>
            \(keys)</details>
            <p class="screen"><a href="/v1/authorities?format=csv" download>All epochs’ \
            authorities as CSV</a></p>

            """
    }

    /// The newest block that has the signature of each authority, by its place in the set.
    private static func lastSigned(
        in blocks: [BlockRecord], by set: AuthoritySet
    ) -> [Int: Height] {
        var found: [Int: Height] = [:]
        for block in blocks where block.header.epoch == set.epoch.rawValue {
            for place in Signers.places(in: block.finalization) where found[place] == nil {
                found[place] = Height(block.header.height)
            }
        }
        return found
    }

    private func short(_ key: Data) -> HTML {
        key.isEmpty ? "–" : HTML.code(String(Array(key).hex.prefix(16)) + "…")
    }

    private func changesTable(_ changes: [AuthorityChange], _ set: AuthoritySet?) -> HTML {
        HTML.table(
            "Proposed, the newest first",
            [
                .text("Proposal"), .text("Seats"), .text("Status"), .text("Not before"),
                .number("Approvals"),
            ],
            changes.map { change in
                let value = change.value
                let isOpen = [.proposed, .approved, .fixed].contains(value.status)
                let count = UInt64(set?.seatCount(of: value.approvals) ?? 0)
                return [
                    HTML.link(entry: change.number),
                    value.changes.map { seat($0) }.joined(by: "<br>\n"),
                    HTML.badge(
                        Words.name(value.status),
                        isOpen ? .waiting : value.status == .inForce ? .good : .spent),
                    HTML.time(seconds: value.effective),
                    isOpen
                        ? "\(grouped: count) of \(grouped: UInt64(set?.quorum ?? 0))"
                        : HTML(String(value.approvals.count)),
                ]
            })
    }

    private func seat(_ change: ProtoSeatChange) -> HTML {
        guard change.hasTo else { return "\(HTML(user: change.seat)) leaves" }
        if change.seat.isEmpty { return "\(HTML(user: change.to.name)) joins" }
        return change.seat == change.to.name
            ? "Other keys for \(HTML(user: change.seat))"
            : "\(HTML(user: change.to.name)) for \(HTML(user: change.seat))"
    }

    private func doubleVotes(
        _ records: [DoubleVoteRecord], _ names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for record in records {
            rows.append([
                record.authority.map { HTML(user: $0.name) } ?? "Seat \(record.seat)",
                record.fault.map { HTML(Words.name($0)) } ?? "–",
                "\(grouped: record.epoch.rawValue), \(grouped: record.value.first.view)",
                try await names.link(AccountID(record.value.account)),
                HTML.link(entry: LogIndex(record.value.entry)),
                HTML.time(seconds: record.value.time),
            ])
        }
        return HTML.table(
            "Authorities that signed two things where they may sign one, as members proved it",
            [
                .text("Authority"), .text("What"), .text("Epoch and view"), .text("Reported by"),
                .text("On record"), .text("Time"),
            ], rows)
    }

    private func ledger(_ status: NodeStatus, _ isCosigned: Bool) -> HTML {
        HTML.facts([
            ("Network", HTML(user: gateway.network.name)),
            (
                "Founding document",
                """
                \(HTML.code(gateway.network.hash.hex)) \
                <a href="/v1/genesis">as JSON</a>
                """
            ),
            ("Newest block", HTML.link(height: status.height)),
            ("Entries in the log", HTML(Words.grouped(status.logSize))),
            ("Root of the log", HTML.code(status.logRoot.hex)),
            (
                "Cosigned by the authorities",
                isCosigned
                    ? "<a href=\"/log/checkpoint\">The newest checkpoint, as a signed note</a>"
                    : "Not yet"
            ),
            ("Root of the state", HTML.code(status.stateRoot.hex)),
        ])
    }

    private func parametersFacts(_ records: [ParametersRecord]) -> HTML {
        guard let record = records.first(where: { $0.status == .inForce }) else {
            return "<p>None are known here.</p>\n"
        }
        let value = record.value
        let pending = records.filter { $0.status == .pending }.map { HTML.time($0.effective) }
        return HTML.facts([
            (
                "In force since",
                record.effective.rawValue == 0 ? "The founding" : HTML.time(record.effective)
            ),
            ("Others from", pending.joined(by: ", ")),
            ("Least delay of a change", HTML(seconds(value.minimumDelaySeconds))),
            ("History before registration", HTML(seconds(value.historyLimitSeconds))),
            ("Ceiling of a window, of the nameplate", HTML(percent(value.windowFactorPpm))),
            ("Ceiling of a day", HTML(percent(value.dayFactorPpm))),
            ("Ceiling of a month", HTML(percent(value.monthFactorPpm))),
            ("Degradation a year", HTML(percent(value.degradationPpb, decimals: 7))),
            ("Scaler β", HTML(percent(value.scalerPpm))),
            (
                "Yield where a country has none of its own",
                "\(grouped: value.defaultYieldKwhPerKwp) kWh for each kWp a year"
            ),
            ("Signatures in a block", HTML(Words.grouped(value.blockSignatures))),
            ("Leaves in a block", HTML(Words.grouped(value.blockLeaves))),
            ("Lots in a block", HTML(Words.grouped(value.blockLots))),
            ("Reads in a block", HTML(Words.grouped(value.blockReads))),
            (
                "Between two blocks at least",
                "\(grouped: value.minimumBlockIntervalMilliseconds) ms"
            ),
            (
                "A block without work",
                value.heartbeatMilliseconds == 0
                    ? "Never" : "After \(HTML(milliseconds(value.heartbeatMilliseconds)))"
            ),
        ])
    }

    /// Exact: the largest of days, hours and seconds that it is a multiple of.
    private func seconds(_ count: UInt64) -> String {
        if count > 0, count.isMultiple(of: 86_400) {
            return Words.count(count / 86_400, "day", "days")
        }
        if count > 0, count.isMultiple(of: 3_600) {
            return Words.count(count / 3_600, "hour", "hours")
        }
        return Words.count(count, "second", "seconds")
    }

    private func milliseconds(_ count: UInt64) -> String {
        count.isMultiple(of: 1_000) ? seconds(count / 1_000) : "\(Words.grouped(count))\u{A0}ms"
    }

    /// Exact: parts per million as a percentage with up to four decimals; other parts have others.
    private func percent(_ parts: UInt64, decimals: Int = 4) -> String {
        let one = (0..<decimals).reduce(UInt64(1)) { power, _ in power * 10 }
        let rest = String(parts % one)
        var fraction = String(repeating: "0", count: decimals - rest.count) + rest
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return Words.grouped(parts / one) + (fraction.isEmpty ? "" : "." + fraction) + "\u{A0}%"
    }
}
