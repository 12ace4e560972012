/// The records of the interface.
extension OpenAPI {
    static let schemas: [String: Shape] = [chainSchemas, holdingSchemas, governanceSchemas]
        .reduce(into: [:]) { $0.merge($1) { _, new in new } }

    static let history = Shape.object([
        "afterBlock": .number, "firstEntry": .number, "time": .time,
    ])

    private static let chainSchemas: [String: Shape] = [
        "Problem": .object(
            [
                "type": .text("urn:drec:problem:… or urn:drec:refusal:…"),
                "title": .text("A sentence."), "status": .small,
                "code": .text("A stable name."), "detail": .text("What exactly is wrong."),
                "errors": .list(
                    .object(
                        [
                            "parameter": .text("A part of the address."),
                            "pointer": .text("A part of the body."), "detail": .text(""),
                        ], optional: ["parameter", "pointer"])),
                "refusal": .small, "limit": .number, "excess": .number, "history": history,
            ], optional: ["refusal", "limit", "excess", "history"]),
        "Status": .object([
            "network": .object(["name": .text("The network's name."), "hash": .hash]),
            "height": .number, "headHash": .hash, "headTime": .time, "logSize": .number,
            "logRoot": .hash, "stateRoot": .hash, "epoch": .number, "view": .number,
            "authorities": .list(.text("A name.")), "pendingTransactions": .small,
            "ready": .boolean, "notReadyBecause": .orNull(.text("Why.")),
            "version": .text("Of the program."), "history": .orNull(history),
        ]),
        "Totals": .object([
            "accounts": .number, "devices": .number, "projects": .number, "reads": .number,
            "issuedWattHours": .number, "activeKilowattHours": .number,
            "redeemedKilowattHours": .number, "retiredKilowattHours": .number,
            "transactions": .number, "height": .number, "history": .orNull(history),
        ]),
        "Statistics": .object([
            "accountsByKind": .list(.object(["kind": .word, "count": .number])),
            "devicesByKind": .list(.object(["kind": .word, "count": .number])),
            "devicesByCountry": .list(.object(["country": .country, "count": .number])),
            "months": .list(.ref("StatisticsMonth")),
            "issuedBeforeWattHours": .number,
            "countries": .list(.ref("StatisticsCountry")),
        ]),
        "StatisticsMonth": .object([
            "month": .form("^[0-9]{4,}-[0-9]{2}$", example: "2021-11"),
            "issuedWattHours": .number, "redeemedKilowattHours": .number,
            "retiredKilowattHours": .number,
        ]),
        "StatisticsCountry": .object([
            "country": .country, "issuedWattHours": .number, "activeKilowattHours": .number,
            "redeemedKilowattHours": .number, "retiredKilowattHours": .number,
        ]),
        "Genesis": .open("The founding document, as its file has it."),
        "Block": .object([
            "hash": .hash, "height": .number, "epoch": .number, "view": .number,
            "parentHash": .hash, "time": .time, "proposer": .small, "firstEntry": .number,
            "transactionCount": .number, "logSize": .number, "logRoot": .hash,
            "stateRoot": .hash, "authoritiesHash": .hash, "nextAuthoritiesHash": .hash,
            "parametersHash": .hash,
            "finalization": .object([
                "epoch": .number, "view": .number, "parentView": .number,
                "signers": .list(.small), "signatures": .list(.hex),
            ]),
        ]),
        "FinalTransaction": .object([
            "id": .hash, "status": .words(["final"]), "entry": .number, "block": .number,
            "time": .time, "account": .account, "channel": .word, "notAfter": .time,
            "signers": .list(.object(["publicKey": .hash, "nonce": .number])),
            "readsRoot": .orNull(.hash), "readsCount": .small,
            "action": .orNull(.open("What it asks for: `name`, and that action's fields.")),
            "events": .list(.open("What it caused: `name`, and that event's fields.")),
        ]),
        "PendingTransaction": .object(
            [
                "id": .hash, "status": .words(["pending", "refused", "received"]),
                "problem": .ref("Problem"),
            ], optional: ["problem"]),
        "Found": .object([
            "kind": .text("What it is."), "id": .text("Its id."),
            "path": .text("Its address."),
        ]),
    ]

    private static let holdingSchemas: [String: Shape] = [
        "Account": .object([
            "id": .account, "kind": .word, "legalName": .orNull(.text("Of organisations.")),
            "country": .country, "status": .word, "sponsor": .orNull(.account),
            "registeredByEntry": .orNull(.number), "keys": .list(.hash),
            "delegates": .list(.account), "takeoverKey": .orNull(.hash),
            "profileRoot": .orNull(.hash), "channel": .word,
        ]),
        "Key": .object([
            "publicKey": .hash, "account": .account, "roles": .list(.text("A role.")),
            "validFromEntry": .number, "validUntilEntry": .orNull(.number),
            "highestNonce": .number,
        ]),
        "Delegation": .object([
            "delegate": .account, "roles": .list(.text("A role.")), "validFromEntry": .number,
            "validUntilEntry": .orNull(.number),
        ]),
        "Device": deviceDetails.with([
            "id": .device,
            "did": .form(
                "^did:drec:[0-9a-f]{16}:[0-9]+$", example: "did:drec:0123456789abcdef:5"),
            "owner": .account, "status": .word, "effective": .time, "registered": .time,
            "entry": .number, "externalIdHash": .orNull(.hash), "channel": .word,
            "wattHours": .number, "readCount": .number,
        ]),
        "Month": .object([
            "month": .form("^[0-9]{4,}-[0-9]{2}$", example: "2021-11"), "wattHours": .number,
            "dayWattHours": .list(.number), "dayLimitWattHours": .number,
            "monthLimitWattHours": .number,
        ]),
        "Read": claim.with([
            "device": .device, "start": .time, "end": .time, "wattHours": .number,
            "kind": .word, "entry": .number, "row": .small,
        ]),
        "Project": .object([
            "id": .project, "owner": .account, "country": .country, "kind": .word,
            "entry": .number, "series": .list(.ref("Series")),
        ]),
        "Series": .object([
            "id": .series, "vintage": .small, "owner": .account, "issuedWattHours": .number,
            "openWattHours": .number, "activeKilowattHours": .number,
            "listedKilowattHours": .number, "registryLockedKilowattHours": .number,
            "redeemedKilowattHours": .number, "retiredKilowattHours": .number,
        ]),
        "Lot": lot,
        "Redemption": .object([
            "entry": .number, "transaction": .orNull(.hash), "account": .account,
            "ranges": .list(.range), "kilowattHours": .number,
            "beneficiary": .text("For whom."), "location": .country,
            "purpose": .text("For what."), "periodStart": .time, "periodEnd": .time,
            "time": .time,
        ]),
        "Retirement": .object([
            "entry": .number, "transaction": .orNull(.hash), "account": .account,
            "ranges": .list(.range), "kilowattHours": .number, "reason": .word, "time": .time,
        ]),
        "Holding": holding,
        "Provenance": holding.with([
            "truncated": .list(.text("The name of a list that is only a part.")),
            "statusKilowattHours": .open("D-RECs by status."),
            "owners": .list(
                .object(["account": .account, "range": .range, "status": .word])),
            "sources": .list(
                claim.with([
                    "device": .device, "start": .time, "end": .time, "readWattHours": .number,
                    "shareWattHours": .number, "entry": .number, "row": .small,
                    "placedBy": .number,
                ])),
            "steps": .list(
                .object([
                    "kind": .text("mint, trade, redeem, retire …"), "entry": .number,
                    "transaction": .hash, "block": .number, "time": .time,
                    "account": .account, "from": .orNull(.account), "to": .account,
                    "range": .range, "channel": .word,
                ])),
            "redemptions": .list(.ref("Redemption")),
        ]),
    ]

    private static let lot = Shape.object([
        "range": .range, "kilowattHours": .number, "owner": .account, "status": .word,
        "entry": .number,
    ])

    private static let holding = Shape.object([
        "range": .range, "kilowattHours": .number, "lots": .list(lot.with(["part": .range])),
    ])

    private static let claim = Shape.object([
        "evidenceHash": .hash, "claimId": .hash,
        "methodId": .text("How it was measured; a member of the claim."),
    ])

    private static let deviceDetails = Shape.object([
        "kind": .word, "country": .country,
        "fuelCode": .form("^ES[0-9]+$", example: "ES100"),
        "typeCode": .form("^TC[0-9]+$", example: "TC110"), "capacityWatts": .number,
        "commissioned": .time, "gridConnection": .word, "offTaker": .word, "dataSource": .word,
        "latitudeHundredths": .small, "longitudeHundredths": .small,
        "meterHash": .orNull(.hash), "meterKey": .orNull(.hash), "profileRoot": .orNull(.hash),
    ])
}
