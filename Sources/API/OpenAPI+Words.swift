import Ledger

/// What parameters and bodies are, in words.
extension OpenAPI {
    /// Of a query parameter, by its name, or by path and name where it means something of its own.
    static func words(_ name: String, at path: String) -> String? {
        queryWords["\(path) \(name)"] ?? queryWords[name]
    }

    private static let queryWords: [String: String] = [
        "limit": "Items of a page; 50 if it is not given.",
        "cursor": "`next` of the page before, which had the same filters.",
        "format": "`csv` for all of the list, whatever `Accept` says.",
        "account": "Only what this account did.",
        "owner": "Only what this account owns.",
        "country": "A country by its three letters (ISO 3166-1).",
        "location": "The country of use, by its three letters (ISO 3166-1).",
        "beneficiary": "The beneficiary's name as it was written, letter by letter; 200 bytes.",
        "kind": "Only what is of this kind.",
        "status": "Only what has this status now.",
        "series": "One project's D-RECs of one year of generation.",
        "vintage": "The year of generation.",
        "year": "The year (UTC) in which it was done.",
        "commissioned": "The year (UTC) of commissioning.",
        "month": "Reads that start in this month (UTC).",
        "action": "Only transactions with this action.",
        "reason": "Why it was retired.",
        "deviceKind": "Some of the lot's energy is from a device that was of this kind then.",
        "offTaker": "Who takes the energy of the device.",
        "externalIdHash": "The hash that stands for the id that its owner gave it.",
        "after": "The size of an earlier log, which the head's is shown to go on from.",
        "q": "Any id: A17, a DID, D5, P101, DREC101-2021-42, #12, a block's height, a hash.",
        "/v1/blocks before": "Only blocks below this height.",
        "/v1/devices/{id}/reads before": "Reads that start before this second of Unix time.",
        "/v1/lots offTaker": lotOffTaker, "/v1/accounts/{id}/lots offTaker": lotOffTaker,
        "/v1/projects vintage": "Only projects with a series of this year of generation.",
        "/v1/events after": "Events behind this id, or place; `B0` is before all of them.",
        "/v1/events account": "Only what concerns this account.",
        "/v1/events device": "Only what concerns this device.",
        "/v1/events kind": "Kinds of events with commas between.",
    ]

    private static let lotOffTaker =
        "Some of the lot's energy is from a device that had this off-taker then."

    /// Of a body, by its media type: how large it may be.
    static func words(ofBody type: String) -> String {
        let limit =
            type == "application/json" ? MemberRoutes.jsonLimit : LedgerLimits.transactionBytes
        return "At most \(limit / 1_024) KiB."
    }

    static let about = """
        Reads and submissions of a ledger node for D-RECs. Errors are problem documents (RFC \
        9457). `RateLimit-Policy` and `RateLimit` say how many requests an address may still make; \
        beyond that the answer is 429 with `Retry-After`. Parameters that are unknown are refused.
        """
}
