import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

/// For each refusal something that gets it.
enum RefusalExamples {
    typealias Example = @Sendable (inout LedgerHarness) throws -> Void

    static let all: [RefusalCode: Example] = [
        envelope, lifetime, accounts, keys, devices, reads, certificates, governance,
        authorities,
    ].reduce(into: [:]) { all, group in
        // An example that stands twice would hide one of the two.
        all.merge(group) { _, _ in { _ in preconditionFailure("a code stands twice") } }
    }

    /// Accounts and devices, ten days after D1's registration, with 100 D-RECs of the developer's.
    static func network() throws -> LedgerHarness {
        var ledger = try Inhabited.network()
        try ledger.submit([SampleNetwork.history(1, "2021-12-17", "2021-12-18", 100_000)])
        try ledger.seal(at: Timestamp(ledger.now.rawValue + 10 * 86_400))
        try ledger.finalise()
        return ledger
    }

    static func profile(_ root: Data = hash("profile")) -> Action {
        .commitProfile(.with { $0.root = root })
    }

    /// An envelope of a good transaction, changed.
    private static func changed(
        _ ledger: LedgerHarness, _ action: Action = profile(), reads: [ReadRow] = [],
        _ change: (inout ProtoSignedTransaction) -> Void
    ) throws -> Data {
        var envelope = try ProtoSignedTransaction(
            serializedBytes: ledger.signed(
                ledger.body(action, as: 3), by: ["developer"], reads: reads))
        change(&envelope)
        return envelope.canonicalBytes
    }

    /// A good transaction of a changed body.
    private static func signed(
        _ ledger: LedgerHarness, _ change: (inout ProtoTransactionBody) -> Void
    ) -> Data {
        var body = ledger.body(profile(), as: 3)
        change(&body)
        return ledger.signed(body, by: ["developer"])
    }

    private static let day = [SampleNetwork.history(1, "2021-12-20", "2021-12-21", 1)]

    private static let envelope: [RefusalCode: Example] = [
        .malformed: { try $0.apply(bytes: Data([0x0c])) },
        .notCanonical: {
            try $0.apply(bytes: changed($0) { _ in } + Data([0x98, 0x75, 0x01]))
        },
        .tooLarge: { try $0.apply(bytes: Data(count: LedgerLimits.transactionBytes + 1)) },
        .wrongVersion: { try $0.apply(bytes: Data()) },
        .wrongNetwork: { try $0.apply(bytes: signed($0) { $0.network = hash("other") }) },
        .actionMissing: { try $0.apply(bytes: signed($0) { $0.action = nil }) },
        .channelMissing: { try $0.apply(bytes: signed($0) { $0.channel = .unspecified }) },
        .signersInvalid: {
            try $0.apply(bytes: Transaction.sign($0.body(profile(), as: 3), keys: []))
        },
        .signatureCountWrong: { try $0.apply(bytes: changed($0) { $0.signatures = [] }) },
        .signatureInvalid: { try $0.apply(bytes: changed($0) { $0.signatures[0][5] ^= 1 }) },
        .readsNotBound: {
            try $0.apply(
                bytes: changed($0, .submitReads(.init()), reads: day) {
                    $0.reads.wattHours[0] += 1
                })
        },
        .readsNotExpected: { try $0.apply(.submitReads(.init()), as: 3, by: "developer") },
        .overflow: { try overflow($0) },
        .textInvalid: {
            try $0.apply(
                SampleNetwork.registration("new", .buyer) { $0.legalName = "a\nb" }, as: 1,
                by: "initiative", "new")
        },
        .countInvalid: { try $0.apply(SampleNetwork.devices([]), as: 3, by: "developer") },
    ]

    /// No honest history comes near 2⁶⁴: the state is one in which all devices are counted.
    private static func overflow(_ ledger: LedgerHarness) throws {
        var counters = ProtoCountersValue()
        counters.nextAccount = 7
        counters.nextDevice = .max
        counters.nextProject = 103
        var state = SortedState()
        state.write(ledger.leaves.map { ($0.key, $0.value) })
        state.write([(.counters, counters.canonicalBytes)])
        var execution = BlockExecution(context: ledger.execution.context, over: state)
        let device = SampleNetwork.devices([SampleNetwork.device("last")])
        _ = try execution.apply(
            try Transaction(
                decoding: ledger.signed(ledger.body(device, as: 3), by: ["developer"]),
                network: ledger.network))
    }

    private static let lifetime: [RefusalCode: Example] = [
        .expired: { ledger in
            let now = ledger.now.rawValue
            try ledger.apply(bytes: signed(ledger) { $0.notAfter = now - 1 })
        },
        .expiresTooLate: { ledger in
            let now = ledger.now.rawValue
            try ledger.apply(bytes: signed(ledger) { $0.notAfter = now + 86_401 })
        },
        .nonceUsed: {
            let bytes = signed($0) { _ in }
            try $0.apply(bytes: bytes)
            try $0.apply(bytes: bytes)
        },
        .nonceTooOld: {
            let body = $0.body(profile(), as: 3)
            for nonce in [5_000, 1] as [UInt64] {
                try $0.apply(
                    bytes: Transaction.sign(body, keys: [(key("developer"), Nonce(nonce))]))
            }
        },
        .unknownKey: { try $0.apply(profile(), as: 3, by: "developer", "stranger") },
        .keyRemoved: {
            try $0.apply(
                .changeKeys(
                    .with {
                        $0.add = [SampleNetwork.grant("second")]
                        $0.remove = [publicKey("developer")]
                    }), as: 3, by: "developer", "second")
            try $0.apply(profile(), as: 3, by: "second", "developer")
        },
    ]
}
