import API
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import NIOCore
import Primitives
import Testing
import Wire

@Suite struct ActionTests {
    static let actions: [ProtoTransactionBody.OneOf_Action] = [
        .setParameters(.init()), .setYield(.init()), .approveAccount(.init()),
        .suspendAccount(.init()), .cancelPending(.init()), .proposeAuthorityChange(.init()),
        .approveAuthorityChange(.init()), .withdrawAuthorityChange(.init()),
        .joinAuthorities(.init()), .reportDoubleVote(.init()), .registerAccount(.init()),
        .changeKeys(.init()), .changeDelegation(.init()), .takeOver(.init()),
        .commitProfile(.init()), .registerDevices(.init()), .updateDevice(.init()),
        .closeDevice(.init()), .handOverMeter(.init()), .submitReads(.init()), .mint(.init()),
        .trade(.init()), .redeem(.init()), .retire(.init()),
    ]
    static let events: [ProtoEvent.OneOf_Event] = [
        .accountRegistered(.init()), .accountStatusChanged(.init()), .keyChanged(.init()),
        .delegationChanged(.init()), .profileCommitted(.init()), .devicesRegistered(.init()),
        .projectCreated(.init()), .deviceChanged(.init()), .governanceChanged(.init()),
        .readsAccepted(.init()), .energyPlaced(.init()), .lotsMoved(.init()),
        .authorityChangeMoved(.init()), .authorityJoined(.init()), .doubleVoteReported(.init()),
    ]

    @Test(arguments: actions)
    func `every action is told by its case's name`(
        action: ProtoTransactionBody.OneOf_Action
    ) async throws {
        var gateway = SampleGateway()
        gateway.change = { $0.action = action }
        let told = try await ask("/v1/entries/0", gateway: gateway).members()["action"]
        let name = String(describing: action).prefix { $0 != "(" }
        #expect(told?.object?["name"] == .string(String(name)))
    }

    @Test func `every event is told by its case's name`() async throws {
        var gateway = SampleGateway()
        gateway.events = ActionTests.events.map { event in
            var message = ProtoEvent()
            message.event = event
            return message
        }
        let told = try await ask("/v1/entries/0", gateway: gateway).members()["events"]
        let names = ActionTests.events.map { event in
            CanonicalJSON.string(String(String(describing: event).prefix { $0 != "(" }))
        }
        #expect(told?.array?.compactMap { $0.object?["name"] } == names)
    }

    @Test func `a registration is told with kinds, roles and devices in words`() async throws {
        var grant = ProtoKeyGrant()
        grant.publicKey = Data(repeating: 0x44, count: 32)
        grant.roles = 31
        var registration = ProtoRegisterAccount()
        registration.kind = .onSiteGenerator
        registration.country = "ZAF"
        registration.keys = [grant]
        registration.delegate = 2
        registration.delegateRoles = 4
        var gateway = SampleGateway()
        gateway.change = { [registration] in $0.action = .registerAccount(registration) }
        let roles: CanonicalJSON = ["admin", "devices", "metering", "trading", "attesting"]
        let key: CanonicalJSON = [
            "publicKey": .string(SampleRecords.digest(0x44).hex), "roles": roles,
        ]
        let expected: CanonicalJSON = [
            "name": "registerAccount", "kind": "onSiteGenerator", "legalName": .null,
            "country": "ZAF", "keys": [key], "delegate": "A2", "delegateRoles": ["metering"],
            "takeoverKey": .null, "profileRoot": .null,
        ]
        #expect(try await ask("/v1/entries/0", gateway: gateway).members()["action"] == expected)
    }

    @Test func `a real connection gets the same answers`() async throws {
        let router = makeRouter(
            for: .members, gateway: SampleGateway(), metrics: { "" }, report: { _ in })
        try await Application(router: router).test(.live) { client in
            let tag = try await client.execute(uri: "/v1/accounts", method: .get) { response in
                #expect(response.status == .ok)
                return try #require(response.headers[.eTag])
            }
            let conditions: HTTPFields = [.ifNoneMatch: tag]
            try await client.execute(
                uri: "/v1/accounts", method: .get, headers: conditions
            ) { response in
                #expect(response.status == .notModified)
                #expect(response.headers[.contentLength] == nil)
            }
            try await client.execute(uri: "/v1/accounts", method: .head) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.eTag] == tag)
                #expect(response.body.readableBytes == 0)
            }
            try await client.execute(
                uri: "/v1/profiles", method: .put, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: "{}")
            ) { response in
                #expect(response.status == .noContent)
            }
        }
    }
}
