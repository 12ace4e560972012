import Gateway
import Ledger
import Primitives
import Wire

/// How the node and its network are, for those who operate it.
struct OperationPage: Sendable {
    let gateway: any LedgerGateway

    func page() async throws -> Page {
        let status = try await gateway.status()
        let operation = try await gateway.operation()
        let changes = try await gateway.authorityChanges(before: nil, limit: 50)
            .filter { [.proposed, .approved, .fixed].contains($0.value.status) }
        return Page(
            title: "Operation", heading: "This node and its network",
            body: """
                \(state(status, operation))
                \(HTML.section("Agreement", agreement(status, operation)))
                \(HTML.section("Authorities", authorities(operation)))
                \(pending(changes))
                \(HTML.section("Views that were lost", lostViews(operation)))
                \(evidence(operation))
                \(HTML.section("This node", node(status, operation)))
                """,
            json: "/v1/operation", commands: ["drec node status"])
    }

    /// The one line that matters first.
    private func state(_ status: NodeStatus, _ operation: OperationStatus) -> HTML {
        if let reason = operation.stalledBecause {
            return "<p class=\"lead\">\(HTML.badge("Stalled", .bad)) \(HTML(user: reason))</p>"
        }
        if let reason = status.notReadyBecause {
            return "<p class=\"lead\">\(HTML.badge("Not ready", .bad)) \(HTML(user: reason))</p>"
        }
        if let reason = operation.agreement?.silentBecause {
            let badge = HTML.badge("Signs nothing", .waiting)
            return "<p class=\"lead\">\(badge) \(HTML(user: reason))</p>"
        }
        let badge = HTML.badge("Ready", .good)
        let what: HTML =
            operation.agreement?.isBusy == true
            ? "Transactions are on their way." : "There is nothing to do."
        return "<p class=\"lead\">\(badge) \(what)</p>"
    }

    private func agreement(_ status: NodeStatus, _ operation: OperationStatus) -> HTML {
        guard let agreement = operation.agreement else {
            return "<p>The chain is being loaded.</p>\n"
        }
        let names = operation.authorities.map(\.name)
        let leader = names.indices.contains(agreement.leader) ? names[agreement.leader] : "–"
        let own = agreement.ownIndex.flatMap { names.indices.contains($0) ? names[$0] : nil }
        return HTML.facts([
            ("Height", HTML.link(height: status.height)),
            ("Newest block", HTML.time(seconds: status.headTimeMilliseconds / 1_000)),
            ("Epoch and view", "\(agreement.epoch.rawValue), \(agreement.view.rawValue)"),
            ("Whose turn it is", HTML(user: leader)),
            (
                "This node",
                own.map { HTML(user: $0) } ?? "An observer: it follows and does not vote"
            ),
            (
                "Blocks",
                agreement.isBehind ? "Some are being fetched" : "All that are known are here"
            ),
            ("Waiting transactions", HTML(Words.grouped(UInt64(status.pendingTransactions)))),
            ("From submission to finality", finality(operation.finality)),
        ])
    }

    private func finality(_ finality: OperationStatus.Finality) -> HTML {
        guard let median = finality.medianMilliseconds, let slow = finality.p99Milliseconds else {
            return "Nothing was submitted here yet"
        }
        return """
            half within \(HTML(OperationPage.milliseconds(median))), 99 of 100 within \
            \(HTML(OperationPage.milliseconds(slow))), the latest \(grouped: UInt64(finality.count))
            """
    }

    private func authorities(_ operation: OperationStatus) -> HTML {
        HTML.table(
            "In the order of their turns",
            [
                .text("Authority"), .text("Connection"), .text("Address"), .text("Last vote"),
                .text("Seen"), .text("Turns"),
            ],
            operation.authorities.map { authority in
                [
                    HTML(user: authority.name), connection(authority),
                    authority.address.map { HTML(user: $0) } ?? "–",
                    authority.lastVote.map {
                        "epoch \($0.epoch.rawValue), view \($0.view.rawValue)"
                    }
                        ?? "–",
                    authority.lastVoteMilliseconds.map { HTML.time(seconds: $0 / 1_000) } ?? "–",
                    authority.isSilent ? HTML.badge("Passed over", .bad) : "Taken",
                ]
            })
    }

    private func connection(_ authority: OperationStatus.Authority) -> HTML {
        if authority.isSelf { return "This node" }
        if authority.isConnected { return HTML.badge("Connected", .good) }
        let why: HTML = authority.lastFailure.map { ": \(HTML(user: $0))" } ?? .empty
        return "\(HTML.badge("Away", .bad))\(why)"
    }

    private func pending(_ changes: [AuthorityChange]) -> HTML {
        guard !changes.isEmpty else { return .empty }
        return HTML.section(
            "Changes of authorities that wait",
            HTML.table(
                "The newest first",
                [.text("Proposal"), .text("Takes effect"), .number("Approvals")],
                changes.map { change in
                    [
                        HTML.link(entry: change.number), HTML.time(seconds: change.value.effective),
                        HTML(String(change.value.approvals.count)),
                    ]
                }))
    }

    private func lostViews(_ operation: OperationStatus) -> HTML {
        HTML.table(
            "The newest first",
            [.text("Epoch and view"), .text("Whose turn it was"), .text("Why"), .text("Time")],
            operation.lostViews.map { lost in
                [
                    "\(lost.epoch.rawValue), \(lost.view.rawValue)", HTML(user: lost.leader),
                    HTML(OperationPage.words(for: lost.reason)),
                    HTML.time(seconds: lost.milliseconds / 1_000),
                ]
            })
    }

    private func evidence(_ operation: OperationStatus) -> HTML {
        guard !operation.evidence.isEmpty else { return .empty }
        return HTML.section(
            "Signed twice",
            HTML.table(
                """
                Authorities that this node caught signing two things where they may sign one; a \
                member puts it on record with <code>drec authority evidence submit</code>
                """,
                [
                    .text("Authority"), .text("What"), .text("Epoch and view"), .text("Seen"),
                    .text("On record"),
                ],
                operation.evidence.map { evidence in
                    let votes = evidence.votes
                    return [
                        HTML(user: evidence.authority), HTML(Words.name(votes.fault)),
                        "\(votes.epoch.rawValue), \(votes.view.rawValue)",
                        HTML.time(seconds: evidence.milliseconds / 1_000),
                        evidence.reportedBy.map { HTML.link(entry: $0) } ?? "Not yet",
                    ]
                }))
    }

    private func node(_ status: NodeStatus, _ operation: OperationStatus) -> HTML {
        HTML.facts([
            ("Runs for", HTML(OperationPage.duration(operation.uptimeMilliseconds))),
            ("Observers connected", HTML(String(operation.observerCount))),
            (
                "Other clocks",
                operation.clockOffsetMilliseconds.map { offset in
                    "the last leader’s was \(HTML(String(offset.magnitude))) ms "
                        + (offset < 0 ? "behind, its way here included" : "ahead")
                } ?? .empty
            ),
            ("The chain’s files", HTML(OperationPage.megabytes(operation.disk.chainBytes))),
            (
                "Free on the disk",
                operation.disk.freeBytes.map { HTML(OperationPage.megabytes($0)) } ?? .empty
            ),
            ("Version", HTML(status.version)),
        ])
    }

    // MARK: Words

    private static func words(for reason: String) -> String {
        switch reason {
        case "leaderTimeout": "nothing came from it in time"
        case "certificationTimeout": "its block was not certified in time"
        case "invalidProposal": "its block was not valid"
        case "equivocation": "it proposed two blocks"
        case "certificationFailed": "its block did not execute as it says"
        case "leaderGaveUp": "it gave its view up"
        case "deadLeader": "it was known to be away"
        case "buildFailed": "this node could not make a block"
        default: reason
        }
    }

    private static func milliseconds(_ value: Double) -> String {
        value < 10 ? "\((value * 10).rounded() / 10) ms" : "\(Int(value.rounded())) ms"
    }

    /// Small ones with a decimal, rounded down.
    private static func megabytes(_ bytes: UInt64) -> String {
        guard bytes < 10_000_000 else { return "\(Words.grouped(bytes / 1_000_000)) MB" }
        return "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
    }

    private static func duration(_ milliseconds: UInt64) -> String {
        let minutes = milliseconds / 60_000
        if minutes < 120 { return "\(minutes) min" }
        let hours = minutes / 60
        return hours < 48 ? "\(hours) h" : "\(hours / 24) days"
    }
}
