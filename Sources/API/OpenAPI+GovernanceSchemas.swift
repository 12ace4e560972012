/// What the network agrees on, who votes, and what operators are told.
extension OpenAPI {
    static let governanceSchemas: [String: Shape] = [
        "Parameters": .object([
            "effective": .time, "status": .words(["past", "inForce", "pending"]),
            "parameters": .object(
                Dictionary(uniqueKeysWithValues: parameterNames.map { ($0, Shape.number) })),
        ]),
        "Yield": .object([
            "country": .country, "effective": .time,
            "status": .words(["past", "inForce", "pending"]),
            "kilowattHoursPerKilowattPeak": .number, "monthFactorsPPM": .list(.number),
            "source": .text("Where it is from."),
        ]),
        "DeferredEvidence": .object([
            "entry": .number, "account": .account, "readsRoot": .hash, "readsCount": .small,
            "mintedByEntry": .orNull(.number),
        ]),
        "AuthoritySet": .object([
            "epoch": .number, "status": .words(["inForce", "past"]), "hash": .hash,
            "quorum": .small, "seatsAtOnce": .small, "authorities": .list(seat),
        ]),
        "AuthorityChange": .object([
            "change": .number, "status": .word, "effective": .time,
            "changes": .list(
                .object(["seat": .orNull(.text("A name.")), "to": .orNull(seat)])),
            "approvals": .list(.account), "boundary": .orNull(.number),
            "epoch": .orNull(.number), "refusal": .orNull(.text("A refusal's name.")),
        ]),
        "AuthorityJoins": .object([
            "account": .account,
            "joins": .list(
                .object([
                    "seat": seat, "height": .number, "blockHash": .hash, "entry": .number,
                    "time": .time,
                ])),
        ]),
        "DoubleVote": .object([
            "epoch": .number, "seat": .number, "view": .number, "authority": .orNull(seat),
            "fault": .orNull(.text("What was signed twice.")), "account": .account,
            "entry": .number, "time": .time, "first": vote, "second": vote,
        ]),
        "Operation": operation,
        "RefusedRows": .object([
            "account": .account, "rows": .small,
            "refused": .list(
                .object(
                    [
                        "row": .small, "code": .text("A refusal's name."),
                        "title": .text("A sentence."), "detail": .text(""),
                        "pointer": .text("The field."), "refusal": .small, "limit": .number,
                        "excess": .number,
                    ], optional: ["limit", "excess"])),
        ]),
        "DryRun": .object([
            "account": .account, "reads": .open("ReadColumns in Protobuf's JSON."),
        ]),
        "SignedTransaction": .open("SignedTransaction in Protobuf's JSON."),
        "Profile": .open("Fields with salts, as the registry keeps them."),
        "EraseOrder": .object(["publicKey": .hash, "signature": .hex]),
    ]

    private static let parameterNames = [
        "minimumDelaySeconds", "historyLimitSeconds", "windowFactorPPM", "dayFactorPPM",
        "monthFactorPPM", "degradationPPB", "scalerPPM",
        "defaultYieldKilowattHoursPerKilowattPeak", "blockSignatures", "blockLeaves",
        "blockLots", "blockReads", "minimumBlockIntervalMilliseconds", "heartbeatMilliseconds",
    ]

    private static let seat = Shape.object([
        "name": .text("A name."), "account": .account, "voteKey": .hash, "tlsKey": .hash,
        "logKey": .hash,
    ])

    private static let vote = Shape.object([
        "kind": .word, "epoch": .number, "view": .number, "seat": .small,
        "parentView": .orNull(.number), "blockHash": .orNull(.hash), "signature": .hex,
    ])

    private static let operation = Shape.object([
        "agreement": .orNull(
            .object([
                "epoch": .number, "view": .number, "leader": .small, "own": .orNull(.small),
                "busy": .boolean, "behind": .boolean, "silentBecause": .orNull(.text("Why.")),
            ])),
        "authorities": .list(
            .object([
                "name": .text("A name."), "self": .boolean, "connected": .boolean,
                "address": .orNull(.text("host:port")),
                "lastVote": .orNull(.object(["epoch": .number, "view": .number])),
                "lastVoteTime": .orNull(.time), "silent": .boolean,
                "lastFailure": .orNull(.text("Why.")),
            ])),
        "lostViews": .list(
            .object([
                "epoch": .number, "view": .number, "leader": .text("A name."),
                "reason": .text("Why."), "time": .time,
            ])),
        "evidence": .list(
            .object([
                "authority": .text("A name."), "seat": .small,
                "fault": .text("What was signed twice."), "epoch": .number, "view": .number,
                "time": .time, "reportedByEntry": .orNull(.number), "votes": .hex,
            ])),
        "finality": .object([
            "count": .small, "medianMicroseconds": .orNull(.small),
            "p99Microseconds": .orNull(.small),
        ]),
        "disk": .object(["chainBytes": .number, "freeBytes": .orNull(.number)]),
        "observers": .small, "clockOffsetMilliseconds": .orNull(.small),
        "webhooks": .list(
            .object([
                "id": .text("16 hexadecimal digits."), "host": .text("Of its address."),
                "place": .orNull(.text("As Last-Event-ID has it.")), "failures": .number,
                "lastFailure": .orNull(.text("Why.")), "lastSuccess": .orNull(.time),
                "givenUpBecause": .orNull(.text("Why nothing is sent any more.")),
            ])),
        "uptimeMilliseconds": .number, "stalledBecause": .orNull(.text("In one line.")),
    ])
}
