import Ledger
import Wire

/// Query parameters: those of one meaning everywhere, and those whose domain is the list's.
extension OpenAPI {
    static let queryShapes: [String: Shape] = [
        "limit": .form("^([1-9][0-9]?|1[0-9]{2}|200)$", example: "50"),
        "cursor": .text("`next` of the page before, with the same filters."),
        "format": .words(["csv", "json"]),
        "account": .account, "owner": .account, "country": .country, "series": .series,
        "externalIdHash": .hash, "before": .form("^[0-9]{1,19}$", example: "1000"),
        "after": .form("^[0-9]{1,19}$", example: "12"), "q": .text("Any id."),
        "location": .country, "beneficiary": .text("A name, letter by letter."),
        "commissioned": year, "vintage": year, "year": year,
        "month": .form("^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])$", example: "2021-11"),
        "action": .words(FilterWords.actions),
        "reason": FilterWords.shape(ProtoRetirementReason.self),
        "deviceKind": FilterWords.shape(ProtoDeviceKind.self),
        "offTaker": FilterWords.shape(ProtoOffTaker.self),
    ]

    private static let year = Shape.form("^(19[7-9][0-9]|[2-9][0-9]{3})$", example: "2021")

    /// By path and name.
    static let filterShapes: [String: Shape] = [
        "/v1/accounts kind": FilterWords.shape(ProtoAccountKind.self),
        "/v1/accounts status": FilterWords.shape(ProtoAccountStatus.self),
        "/v1/devices kind": FilterWords.shape(ProtoDeviceKind.self),
        "/v1/devices status": FilterWords.shape(ProtoDeviceStatus.self),
        "/v1/accounts/{id}/devices kind": FilterWords.shape(ProtoDeviceKind.self),
        "/v1/accounts/{id}/devices status": FilterWords.shape(ProtoDeviceStatus.self),
        "/v1/projects kind": FilterWords.shape(ProtoProjectKind.self),
        "/v1/lots status": FilterWords.shape(ProtoLotStatus.self),
        "/v1/accounts/{id}/lots status": FilterWords.shape(ProtoLotStatus.self),
    ]
}
