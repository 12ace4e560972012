import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

struct AccountTests {
    private static let sponsors: [ProtoAccountKind] = [
        .initiative, .authority, .aggregator, .intermediary, .auditor, .registry,
    ]
    private static let approved: [ProtoAccountKind] = [
        .authority, .aggregator, .auditor, .meteringOperator, .gridOperator, .registry,
    ]
    private static let kinds = ProtoAccountKind.allCases.filter {
        $0 != .unspecified && $0 != .initiative
    }

    @Test("each kind is registered by the initiative at once and by an authority where it may")
    func kinds() throws {
        var ledger = try Inhabited.network()
        #expect(AccountTests.kinds.count == 10)
        for kind in AccountTests.kinds {
            for (sponsor, signer) in [(Inhabited.initiative, "initiative"), (2, "authority")] {
                let name = "\(kind) of \(signer)"
                let applied = try ledger.apply(
                    SampleNetwork.registration(name, kind), as: sponsor, by: signer, name)
                let event = try #require(applied.receipt.events.first?.accountRegistered)
                let waits = AccountTests.approved.contains(kind) && sponsor != 1
                #expect(event.status == (waits ? .pending : .active), "\(name)")
                let value = try #require(try ledger.state.account(AccountID(event.account)))
                #expect(
                    value.kind == kind && value.sponsor == sponsor && value.status == event.status)
                #expect(value.registeredAt == applied.index.rawValue + 1)
                if waits {
                    expectRefused(.accountNotActive, "account") {
                        try ledger.apply(
                            .commitProfile(.with { $0.root = hash("x") }), as: event.account,
                            by: name)
                    }
                    try ledger.apply(
                        .approveAccount(.with { $0.account = event.account }), as: 1,
                        by: "initiative")
                }
                try ledger.apply(
                    .commitProfile(.with { $0.root = hash("x") }), as: event.account, by: name)
                // Who may bring in others.
                let guest = "guest of \(name)"
                let refusal = try ledger.refusal(
                    SampleNetwork.registration(guest, .buyer), as: event.account, by: [name, guest])
                let isSponsor = AccountTests.sponsors.contains(kind)
                #expect(refusal?.code == (isSponsor ? nil : .sponsorNotPermitted), "\(name)")
                // Who may own devices.
                let owner = try ledger.refusal(
                    SampleNetwork.devices([SampleNetwork.device("device of \(name)")]),
                    as: event.account, by: [name])
                let owns = [.developer, .aggregator, .onSiteGenerator].contains(kind)
                #expect(owner?.code == (owns ? nil : .accountKindNotPermitted), "\(name)")
            }
        }
        try ledger.seal()
    }

    @Test("a registration that breaks a rule is refused with the field")
    func badRegistrations() throws {
        typealias Change = (inout ProtoRegisterAccount) -> Void
        let outside = Data([0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f])
        let cases: [(String, RefusalCode, String, Change)] = [
            ("no kind", .accountKindInvalid, "kind", { $0.kind = .unspecified }),
            ("a second initiative", .accountKindInvalid, "kind", { $0.kind = .initiative }),
            ("kind 12", .accountKindInvalid, "kind", { $0.kind = .UNRECOGNIZED(12) }),
            (
                "no name", .textInvalid, "legal_name",
                {
                    $0.legalName = ""
                    $0.kind = .aggregator
                }
            ),
            (
                "a long name", .textInvalid, "legal_name",
                {
                    $0.legalName = String(repeating: "é", count: 101)
                }
            ),
            ("a line in a name", .textInvalid, "legal_name", { $0.legalName = "a\nb" }),
            ("a zero in a name", .textInvalid, "legal_name", { $0.legalName = "a\u{0}" }),
            ("a C1 control", .textInvalid, "legal_name", { $0.legalName = "a\u{85}" }),
            ("no country", .countryInvalid, "country", { $0.country = "" }),
            ("two letters", .countryInvalid, "country", { $0.country = "ZA" }),
            ("small letters", .countryInvalid, "country", { $0.country = "zaf" }),
            (
                "a short profile root", .commitmentInvalid, "profile_root",
                {
                    $0.profileRoot = Data([1])
                }
            ),
            ("no keys", .countInvalid, "keys", { $0.keys = [] }),
            (
                "33 keys", .countInvalid, "keys",
                {
                    $0.keys = (0..<33).map { SampleNetwork.grant("key \($0)") }
                }
            ),
            ("no admin", .adminKeyMissing, "keys", { $0.keys[0].roles = 30 }),
            ("no roles", .rolesInvalid, "keys[0].roles", { $0.keys[0].roles = 0 }),
            ("unknown roles", .rolesInvalid, "keys[0].roles", { $0.keys[0].roles = 33 }),
            ("all bits", .rolesInvalid, "keys[0].roles", { $0.keys[0].roles = .max }),
            (
                "a short key", .keyInvalid, "keys[0].public_key",
                {
                    $0.keys[0].publicKey = Data([1])
                }
            ),
            (
                "a key of low order", .keyInvalid, "keys[0].public_key",
                {
                    $0.keys[0].publicKey = outside
                }
            ),
            (
                "a key that does not sign", .newKeyMustSign, "keys[1].public_key",
                {
                    $0.keys.append(SampleNetwork.grant("silent"))
                }
            ),
            (
                "a key twice", .keyInUse, "keys[1].public_key",
                {
                    $0.keys.append(SampleNetwork.grant("new"))
                }
            ),
            (
                "the sponsor's key", .keyInUse, "keys[0].public_key",
                {
                    $0.keys = [SampleNetwork.grant("authority")]
                }
            ),
            (
                "a takeover key of low order", .keyInvalid, "takeover_key",
                {
                    $0.takeoverKey = outside
                }
            ),
            (
                "an unknown delegate", .delegateInvalid, "delegate",
                {
                    $0.delegate = 99
                    $0.delegateRoles = 4
                }
            ),
            (
                "itself as delegate", .delegateInvalid, "delegate",
                {
                    $0.delegate = 7
                    $0.delegateRoles = 4
                }
            ),
            ("a delegate without roles", .delegateInvalid, "delegate_roles", { $0.delegate = 2 }),
            (
                "a delegate with unknown roles", .delegateInvalid, "delegate_roles",
                {
                    $0.delegate = 2
                    $0.delegateRoles = 64
                }
            ),
            ("roles without delegate", .delegateInvalid, "delegate", { $0.delegateRoles = 4 }),
        ]
        var ledger = try Inhabited.network()
        for (name, code, field, change) in cases {
            expectRefused(code, field, name) {
                try ledger.apply(
                    SampleNetwork.registration("new", .developer, change), as: 2, by: "authority",
                    "new")
            }
        }
        expectRefused(.notAuthorised, "signers", "without the sponsor") {
            try ledger.apply(SampleNetwork.registration("new", .developer), as: 2, by: "new")
        }
        expectRefused(.accountUnknown, "account", "of nobody") {
            try ledger.apply(SampleNetwork.registration("new", .developer), as: 99, by: "new")
        }
        for account in [0, 98, UInt64.max] {
            expectRefused(.accountUnknown, "account") {
                try ledger.apply(
                    SampleNetwork.registration("new", .developer), as: account, by: "authority",
                    "new")
            }
        }
        // An individual has no name on the chain, and 32 keys are not too many.
        try ledger.apply(
            SampleNetwork.registration("new", .developer) { $0.legalName = "" }, as: 2,
            by: "authority", "new")
        let names = (0..<32).map { "key \($0)" }
        let many = SampleNetwork.registration("many", .buyer) {
            $0.keys = names.map { SampleNetwork.grant($0) }
        }
        #expect(try ledger.refusal(many, as: 2, by: ["authority"] + names) == nil)
        try ledger.seal()
    }

    @Test("only the initiative approves and suspends, and what is so already is refused")
    func status() throws {
        var ledger = try Inhabited.network()
        func approve(_ account: UInt64) -> Action {
            .approveAccount(.with { $0.account = account })
        }
        func suspend(_ account: UInt64) -> Action {
            .suspendAccount(.with { $0.account = account })
        }
        for (account, name) in [(2, "authority"), (3, "developer"), (4, "aggregator")]
            as [(UInt64, String)]
        {
            expectRefused(.accountKindNotPermitted, "account") {
                try ledger.apply(suspend(5), as: account, by: name)
            }
            expectRefused(.notAuthorised, "signers") {
                try ledger.apply(suspend(5), as: 1, by: name)
            }
        }
        expectRefused(.accountKindNotPermitted) {
            try ledger.apply(suspend(1), as: 1, by: "initiative")
        }
        expectRefused(.accountUnknown, "account") {
            try ledger.apply(suspend(99), as: 1, by: "initiative")
        }
        expectRefused(.alreadySo, "account") {
            try ledger.apply(approve(5), as: 1, by: "initiative")
        }
        try ledger.apply(suspend(3), as: 1, by: "initiative")
        expectRefused(.alreadySo, "account") {
            try ledger.apply(suspend(3), as: 1, by: "initiative")
        }
        let read = [SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1_000)]
        #expect(try ledger.refusal(of: read)?.code == .accountNotActive)
        try ledger.apply(approve(3), as: 1, by: "initiative")
        #expect(try ledger.refusal(of: read) == nil)
        try ledger.seal()
    }
}
