import Verifier

/// What each route is for and answers, by method and path.
extension OpenAPI {
    static let operations: [String: Operation] = [
        chainOperations, ledgerOperations, governanceOperations, memberOperations,
    ].reduce(into: [:]) { $0.merge($1) { _, new in new } }

    private static let entry = Shape.form("^#?[0-9]{1,19}$", example: "1234")
    private static let blockID = Shape.form("^([0-9]{1,19}|[0-9a-f]{64})$", example: "7")

    private static func one(_ summary: String, _ name: String, id: Shape? = nil) -> Operation {
        Operation(summary: summary, id: id, answer: .json(.ref(name)))
    }

    private static func many(_ summary: String, _ name: String, id: Shape? = nil) -> Operation {
        Operation(summary: summary, id: id, answer: .list(of: .ref(name)))
    }

    private static func text(_ summary: String, _ type: String) -> Operation {
        Operation(summary: summary, answer: .bytes(type: type))
    }

    private static func proof(_ summary: String, id: Shape) -> Operation {
        Operation(summary: summary, id: id, answer: .bytes(type: ProofFile.mediaType))
    }

    private static let chainOperations: [String: Operation] = [
        "GET /openapi.json": text("This document.", "application/json"),
        "GET /livez": text("Whether the node lives.", "text/plain"),
        "GET /readyz": text("Whether the node is ready.", "text/plain"),
        "GET /metrics": text("Metrics in Prometheus' text format.", "text/plain"),
        "GET /v1/status": one("The node and its head.", "Status"),
        "GET /v1/totals": one("The network in numbers.", "Totals"),
        "GET /v1/statistics": one("The network by kind, country and month.", "Statistics"),
        "GET /v1/statistics/months": many(
            "What was issued, redeemed and retired by month, latest first.", "StatisticsMonth"),
        "GET /v1/statistics/countries": many(
            "What was issued by country, and what became of it.", "StatisticsCountry"),
        "GET /v1/genesis": one("The founding document.", "Genesis"),
        "GET /v1/blocks": many("Blocks, newest first.", "Block"),
        "GET /v1/blocks/{id}": one("A block without its transactions.", "Block", id: blockID),
        "GET /v1/transactions": many("Transactions, newest first.", "FinalTransaction"),
        "GET /v1/transactions/{id}": Operation(
            summary: "A transaction, also while it waits.", id: .hash,
            answer: .json(.anyOf(["FinalTransaction", "PendingTransaction"]))),
        "GET /v1/transactions/{id}/bytes": Operation(
            summary: "What was submitted.", id: .hash,
            answer: .bytes(type: "application/protobuf")),
        "GET /v1/entries/{id}": one(
            "The transaction at an index of the log.", "FinalTransaction", id: entry),
        "GET /log/checkpoint": text("The log's signed note (C2SP tlog-checkpoint).", "text/plain"),
        "GET /log/tile/**": Operation(
            summary: "A tile of the log or of its entries (C2SP tlog-tiles).",
            id: .form("^(entries|[0-9]+)/", example: "0/000"),
            answer: .bytes(type: "application/octet-stream")),
        "GET /log/entry/**": Operation(
            summary: "An entry's transaction or receipt, or its C2SP tlog-proof.",
            id: .form(
                "^(x[0-9]{3}/)*[0-9]{3}\\.(transaction|receipt|tlog-proof)$",
                example: "000.receipt"),
            answer: .either(["application/protobuf", "text/plain"])),
        "GET /v1/events": Operation(
            summary: "Final blocks and what happened in them, as server-sent events.",
            answer: .bytes(type: "text/event-stream"), further: ["404": .problem],
            headers: ["Last-Event-ID": "The `id` after which to go on; it goes before `after`."]),
        "GET /v1/search": Operation(
            summary: "Where any id is found.", answer: .json(.ref("Found")),
            further: ["404": .problem]),
    ]

    private static let ledgerOperations: [String: Operation] = [
        "GET /v1/accounts": many("Accounts.", "Account"),
        "GET /v1/accounts/{id}": one("An account.", "Account", id: .account),
        "GET /v1/accounts/{id}/devices": many("Its devices.", "Device", id: .account),
        "GET /v1/accounts/{id}/lots": many("Its lots.", "Lot", id: .account),
        "GET /v1/accounts/{id}/delegations": many(
            "Who may act for it, and who might once.", "Delegation", id: .account),
        "GET /v1/accounts/{id}/transactions": many(
            "Its transactions, newest first.", "FinalTransaction", id: .account),
        "GET /v1/keys/{id}": one("Whose key it is.", "Key", id: .hash),
        "GET /v1/devices": many("Devices.", "Device"),
        "GET /v1/devices/{id}": one("A device.", "Device", id: .device),
        "GET /v1/devices/{id}/months": many(
            "Generation by day, latest month first.", "Month", id: .device),
        "GET /v1/devices/{id}/revisions": many(
            "What held of it, holds and will hold.", "Device", id: .device),
        "GET /v1/devices/{id}/reads": many(
            "Accepted reads, newest first.", "Read", id: .device),
        "GET /v1/projects": many("Projects with their series.", "Project"),
        "GET /v1/projects/{id}": one("A project.", "Project", id: .project),
        "GET /v1/drecs/{id}": one("The lots that hold a range now.", "Holding", id: .range),
        "GET /v1/drecs/{id}/provenance": one(
            "Where it came from and went.", "Provenance", id: .range),
        "GET /v1/drecs/{id}/proof": proof("A proof of it that needs no node.", id: .range),
        "GET /v1/accounts/{id}/proof": proof("A proof of it that needs no node.", id: .account),
        "GET /v1/devices/{id}/proof": proof("A proof of it that needs no node.", id: .device),
        "GET /v1/redemptions/{id}/proof": proof("A proof of it that needs no node.", id: entry),
        "GET /v1/lots": many("Lots in the order of the axes.", "Lot"),
        "GET /v1/redemptions": many("Redemptions, newest first.", "Redemption"),
        "GET /v1/redemptions/{id}": one(
            "A public statement of use.", "Redemption", id: entry),
        "GET /v1/retirements": many("Retirements, newest first.", "Retirement"),
    ]

    private static let governanceOperations: [String: Operation] = [
        "GET /v1/parameters": many("The network's parameters, latest first.", "Parameters"),
        "GET /v1/yields": many("Countries' yields.", "Yield"),
        "GET /v1/evidence": many("Deferred reads.", "DeferredEvidence"),
        "GET /v1/evidence/{id}": one("Deferred reads.", "DeferredEvidence", id: entry),
        "GET /v1/authorities": many(
            "Sets of authorities by epoch, the present one first.", "AuthoritySet"),
        "GET /v1/authority-changes": many(
            "Changes of the set, newest first.", "AuthorityChange"),
        "GET /v1/authority-changes/{id}": one(
            "A change of the set.", "AuthorityChange", id: entry),
        "GET /v1/double-votes": many(
            "Double votes on record, latest epoch first.", "DoubleVote"),
        "GET /v1/authority-joins": many(
            "Keys that accounts have shown for seats.", "AuthorityJoins"),
    ]

    private static let memberOperations: [String: Operation] = [
        "GET /v1/operation": one("How the network is, for its operator.", "Operation"),
        "POST /v1/transactions": Operation(
            summary: "Submits a signed transaction.", answer: .json(.ref("PendingTransaction")),
            status: "202", further: ["200": .json(.ref("FinalTransaction"))],
            takes: [
                "application/json": .ref("SignedTransaction"),
                "application/protobuf": .text("SignedTransaction."),
            ],
            headers: ["Prefer": "`wait=N`: up to N seconds, at most 30, until it is final."]),
        "POST /v1/dry-run": Operation(
            summary: "Which reads the rules would refuse.", answer: .json(.ref("RefusedRows")),
            takes: ["application/json": .ref("DryRun")]),
        "PUT /v1/profiles": Operation(
            summary: "Keeps a profile that an account has committed to.", answer: .nothing,
            status: "204", takes: ["application/json": .ref("Profile")]),
        "GET /v1/profiles/{id}": Operation(
            summary: "A profile, for those who may see it.", id: .hash,
            answer: .json(.ref("Profile")),
            further: ["401": .problem, "403": .problem],
            headers: ["Authorization": "`DREC key=…, time=…, signature=…`"]),
        "POST /v1/profiles/{id}/erase": Operation(
            summary: "Erases a profile, by its owner's order.", id: .hash, answer: .nothing,
            status: "204", further: ["403": .problem],
            takes: ["application/json": .ref("EraseOrder")]),
    ]
}
