import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Keys, delegation, takeover, and an aggregator's acting for others.
struct KeyTests {
    private func change(
        add: [ProtoKeyGrant] = [], remove: [String] = []
    ) -> Action {
        .changeKeys(
            .with {
                $0.add = add
                $0.remove = remove.map { publicKey($0) }
            })
    }

    private var profile: Action { .commitProfile(.with { $0.root = hash("p") }) }
    private let read = [SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1_000)]

    @Test("keys are added by their own signature, removed, and never used again")
    func rotation() throws {
        var ledger = try Inhabited.network()
        let added = try ledger.apply(
            change(add: [SampleNetwork.grant("second")], remove: ["developer"]), as: 3,
            by: "developer", "second")
        try ledger.seal()
        let old = try #require(
            try ledger.state.message(ProtoKeyValue.self, for: .key(key("developer").publicKey)))
        #expect(old.removedAt == added.index.rawValue + 1 && old.account == 3)
        #expect(old.addedAt < old.removedAt && old.highestNonce > 0 && !old.window.isEmpty)
        let new = try #require(
            try ledger.state.message(ProtoKeyValue.self, for: .key(key("second").publicKey)))
        #expect(new.addedAt == added.index.rawValue + 1 && new.removedAt == 0)
        expectRefused(.notAuthorised, "signers") {
            try ledger.apply(profile, as: 3, by: "developer")
        }
        expectRefused(.keyRemoved, "signers[1].public_key") {
            try ledger.apply(profile, as: 3, by: "second", "developer")
        }
        expectRefused(.keyInUse, "add[0].public_key") {
            try ledger.apply(
                change(add: [SampleNetwork.grant("developer")]), as: 3, by: "second", "developer")
        }
        expectRefused(.keyInUse, "keys[0].public_key", "by another account") {
            try ledger.apply(
                SampleNetwork.registration("developer", .buyer), as: 2, by: "authority", "developer"
            )
        }
        try ledger.apply(profile, as: 3, by: "second")
    }

    @Test("a change of keys that breaks a rule is refused")
    func badChanges() throws {
        var ledger = try Inhabited.network()
        let many = (0..<32).map { "many \($0)" }
        let cases: [(String, RefusalCode, String, Action, [String])] = [
            ("nothing", .countInvalid, "add", change(), ["developer"]),
            (
                "33 changes", .countInvalid, "add",
                change(add: many.map { SampleNetwork.grant($0) }, remove: ["developer"]),
                ["developer"] + many
            ),
            (
                "33 keys", .tooManyKeys, "add[31]",
                change(add: many.map { SampleNetwork.grant($0) }),
                ["developer"] + many
            ),
            (
                "the last admin", .adminKeyMissing, "keys", change(remove: ["developer"]),
                ["developer"]
            ),
            (
                "no admin left", .adminKeyMissing, "keys",
                change(add: [SampleNetwork.grant("second", .trading)], remove: ["developer"]),
                ["developer", "second"]
            ),
            ("a foreign key", .unknownKey, "remove[0]", change(remove: ["buyer"]), ["developer"]),
            ("an unknown key", .unknownKey, "remove[0]", change(remove: ["nobody"]), ["developer"]),
            (
                "one key twice", .unknownKey, "remove[1]",
                change(remove: ["developer", "developer"]), ["developer"]
            ),
            (
                "removed and added", .keyInUse, "add[0].public_key",
                change(add: [SampleNetwork.grant("developer")], remove: ["developer"]),
                ["developer"]
            ),
            (
                "a silent key", .newKeyMustSign, "add[0].public_key",
                change(add: [SampleNetwork.grant("second")]), ["developer"]
            ),
            (
                "only the new key", .notAuthorised, "signers",
                change(add: [SampleNetwork.grant("second")]), ["second"]
            ),
            (
                "another account's admin", .notAuthorised, "signers",
                change(add: [SampleNetwork.grant("second")]), ["buyer", "second"]
            ),
            (
                "the initiative", .notAuthorised, "signers",
                change(add: [SampleNetwork.grant("second")]), ["initiative", "second"]
            ),
        ]
        for (name, code, field, action, signers) in cases {
            let refusal = try ledger.refusal(action, as: 3, by: signers)
            #expect(refusal?.code == code && refusal?.field == field, "\(name): \(refusal as Any)")
        }
    }

    @Test("a key acts in its roles only")
    func roles() throws {
        var ledger = try Inhabited.network()
        let roles: [(String, KeyRoles)] = [
            ("admin", .admin), ("devices", .devices), ("metering", .metering),
            ("trading", .trading), ("attesting", .attesting),
        ]
        for (name, role) in roles {
            try ledger.apply(
                change(add: [SampleNetwork.grant(name, role)]), as: 3, by: "developer", name)
        }
        try ledger.submit([SampleNetwork.history(1, "2021-12-16", "2021-12-17", 50_000)])
        let actions: [(String, Action, [ReadRow])] = [
            ("admin", profile, []), ("admin", change(add: [SampleNetwork.grant("x")]), []),
            ("devices", SampleNetwork.devices([SampleNetwork.device("three")]), []),
            (
                "devices",
                .commitProfile(
                    .with {
                        $0.device = 1
                        $0.root = hash("p")
                    }), []
            ),
            ("metering", .submitReads(.init()), read),
            ("trading", SampleNetwork.trade([SampleNetwork.range(1, 1)], to: 5), []),
            ("trading", SampleNetwork.redeem([SampleNetwork.range(2, 2)]), []),
            ("trading", SampleNetwork.retire([SampleNetwork.range(3, 3)]), []),
            ("devices", .closeDevice(.with { $0.device = 1 }), []),
        ]
        for (index, (holder, action, reads)) in actions.enumerated() {
            for (name, _) in roles where name != holder {
                let refusal = try ledger.refusal(
                    action, as: 3, by: index == 1 ? [name, "x"] : [name], reads: reads)
                #expect(refusal?.code == .notAuthorised, "\(index) by \(name)")
            }
            let signers = index == 1 ? [holder, "x"] : [holder]
            #expect(try ledger.refusal(action, as: 3, by: signers, reads: reads) == nil, "\(index)")
        }
        try ledger.seal()
    }

    @Test("an aggregator acts for its developer within the delegated roles and not beyond")
    func aggregator() throws {
        var ledger = try Inhabited.network()
        let read = [SampleNetwork.history(2, "2021-12-17", "2021-12-18", 100_000)]
        try ledger.submit(read, as: Inhabited.client, by: "aggregator")
        let series = SeriesID(project: ProjectID(102), vintage: 2021)
        #expect(try ledger.state.series(series)?.owner == Inhabited.client)
        let beyond: [Action] = [
            profile, change(remove: ["client"]),
            .changeDelegation(
                .with {
                    $0.delegate = 4
                    $0.roles = 31
                }),
            SampleNetwork.trade([SampleNetwork.range(1, 2, project: 102)], to: 4),
            SampleNetwork.redeem([SampleNetwork.range(1, 2, project: 102)]),
            SampleNetwork.retire([SampleNetwork.range(1, 2, project: 102)]),
            .takeOver(.with { $0.keys = [SampleNetwork.grant("aggregator")] }),
        ]
        for action in beyond {
            let refusal = try ledger.refusal(action, as: 6, by: ["aggregator"])
            #expect([.notAuthorised, .takeoverKeyMissing].contains(refusal?.code))
        }
        // It does not act for a developer that did not ask for it, nor the client for it.
        #expect(
            try ledger.refusal(
                of: [SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1)], by: "aggregator")?
                .code == .notAuthorised)
        let back = try ledger.refusal(
            SampleNetwork.devices([SampleNetwork.device("x")]), as: 4, by: ["client"])
        #expect(back?.code == .notAuthorised)
        // A suspended delegate acts no more.
        try ledger.apply(.suspendAccount(.with { $0.account = 4 }), as: 1, by: "initiative")
        let more = [SampleNetwork.history(2, "2021-12-18", "2021-12-19", 100_000)]
        #expect(try ledger.refusal(of: more, as: 6, by: "aggregator")?.code == .notAuthorised)
        try ledger.apply(.approveAccount(.with { $0.account = 4 }), as: 1, by: "initiative")
        try ledger.submit(more, as: 6, by: "aggregator")
        try ledger.seal()
    }

    @Test("the owner changes and ends a delegation; a removed key of the delegate acts no more")
    func delegation() throws {
        var ledger = try Inhabited.network()
        func delegate(_ account: UInt64, _ roles: UInt32) -> Action {
            .changeDelegation(
                .with {
                    $0.delegate = account
                    $0.roles = roles
                })
        }
        let bad: [(UInt64, UInt32)] = [
            (3, 4), (99, 4), (0, 4), (5, 64), (5, 0), (99, 0), (.max, 1),
        ]
        for (account, roles) in bad {
            #expect(
                try ledger.refusal(delegate(account, roles), as: 3, by: ["developer"])?.code
                    == .delegateInvalid)
        }
        try ledger.apply(delegate(5, 4), as: 3, by: "developer")
        try ledger.submit(read, by: "buyer")
        try ledger.apply(delegate(5, 8), as: 3, by: "developer")
        let more = [SampleNetwork.history(1, "2021-12-18", "2021-12-19", 1)]
        #expect(try ledger.refusal(of: more, by: "buyer")?.code == .notAuthorised)
        try ledger.apply(
            SampleNetwork.trade([SampleNetwork.range(1, 1)], to: 5), as: 3, by: "buyer")
        try ledger.apply(delegate(5, 0), as: 3, by: "developer")
        #expect(try ledger.refusal(of: more, by: "buyer")?.code == .notAuthorised)
        #expect(
            try ledger.refusal(delegate(5, 0), as: 3, by: ["developer"])?.code == .delegateInvalid)
        // Sixteen delegates, not more.
        for number in 0..<17 {
            let name = "delegate \(number)"
            try ledger.apply(SampleNetwork.registration(name, .buyer), as: 2, by: "authority", name)
            let refusal = try ledger.refusal(
                delegate(UInt64(7 + number), 4), as: 3, by: ["developer"])
            #expect(refusal?.code == (number < 16 ? nil : .tooManyKeys))
        }
        try ledger.seal()
    }

    @Test("a takeover ends every delegation and key, once, by the takeover key")
    func takeover() throws {
        var ledger = try Inhabited.network()
        func takeOver(_ keys: [String], next: String = "") -> Action {
            .takeOver(
                .with {
                    $0.keys = keys.map { SampleNetwork.grant($0) }
                    $0.takeoverKey = next.isEmpty ? Data() : publicKey(next)
                })
        }
        let cases: [(String, RefusalCode, UInt64, Action, [String])] = [
            ("no takeover key", .takeoverKeyMissing, 3, takeOver(["new"]), ["developer", "new"]),
            ("not signed", .takeoverKeyMissing, 6, takeOver(["new"]), ["client", "new"]),
            ("no keys", .countInvalid, 6, takeOver([]), ["client takeover"]),
            ("a silent key", .newKeyMustSign, 6, takeOver(["new"]), ["client takeover"]),
            (
                "the same takeover key", .keyInUse, 6, takeOver(["new"], next: "client takeover"),
                ["client takeover", "new"]
            ),
            ("an old key", .keyInUse, 6, takeOver(["client"]), ["client takeover", "client"]),
            (
                "no admin", .adminKeyMissing, 6,
                .takeOver(.with { $0.keys = [SampleNetwork.grant("new", .trading)] }),
                ["client takeover", "new"]
            ),
            (
                "another account", .takeoverKeyMissing, 5, takeOver(["new"]),
                ["client takeover", "new"]
            ),
            ("no account", .accountUnknown, 99, takeOver(["new"]), ["client takeover", "new"]),
        ]
        for (name, code, account, action, signers) in cases {
            let refusal = try ledger.refusal(action, as: account, by: signers)
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
        }
        let bytes = ledger.signed(
            ledger.body(takeOver(["new"], next: "client takeover 2"), as: 6),
            by: ["client takeover", "new"])
        try ledger.apply(bytes: bytes)
        let value = try #require(try ledger.state.account(AccountID(6)))
        #expect(value.keys == [publicKey("new")] && value.delegates.isEmpty)
        #expect(value.takeoverKey == publicKey("client takeover 2"))
        #expect(throws: Refusal.self) { try ledger.apply(bytes: bytes) }
        for name in ["client", "aggregator"] {
            let refusal = try ledger.refusal(
                SampleNetwork.devices([SampleNetwork.device("x")]), as: 6, by: [name])
            #expect(refusal?.code == .notAuthorised)
        }
        #expect(try ledger.refusal(profile, as: 6, by: ["new"]) == nil)
        #expect(
            try ledger.refusal(profile, as: 6, by: ["new", "client takeover 2"])?.code
                == .unknownKey)
        // Back to the first takeover key, and the first takeover again: its keys are spent.
        try ledger.apply(
            takeOver(["newer"], next: "client takeover"), as: 6, by: "client takeover 2", "newer")
        #expect(throws: Refusal.self) { try ledger.apply(bytes: bytes) }
        try ledger.seal()
    }

    @Test("a profile's commitment is 32 bytes or none")
    func profiles() throws {
        var ledger = try Inhabited.network()
        for count in [1, 31, 33, 64] {
            expectRefused(.commitmentInvalid, "root") {
                try ledger.apply(
                    .commitProfile(.with { $0.root = Data(repeating: 1, count: count) }), as: 3,
                    by: "developer")
            }
        }
        func device(_ id: UInt64) -> Action {
            .commitProfile(
                .with {
                    $0.device = id
                    $0.root = hash("device")
                })
        }
        #expect(try ledger.refusal(device(9), as: 3, by: ["developer"])?.code == .deviceUnknown)
        #expect(try ledger.refusal(device(2), as: 3, by: ["developer"])?.code == .deviceForeign)
        try ledger.apply(device(1), as: 3, by: "developer")
        #expect(
            try ledger.state.lastRevision(of: DeviceID(1))?.value.details.profileRoot
                == hash("device"))
        try ledger.apply(profile, as: 3, by: "developer")
        try ledger.apply(.commitProfile(.init()), as: 3, by: "developer")
        #expect(try ledger.state.account(AccountID(3))?.profileRoot == Data())
        try ledger.seal()
    }
}
