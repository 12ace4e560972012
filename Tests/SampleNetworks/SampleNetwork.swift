package import Foundation
package import Ledger
package import Primitives
import SwiftProtobuf
package import Wire

package typealias Action = ProtoTransactionBody.OneOf_Action

/// A network and the clients that write to it: keys, nonces and transactions, the same ones in
/// every run.
package struct SampleNetwork {
    // Accounts and devices in the order of `settling`.
    package static let initiative: UInt64 = 1
    package static let developer: UInt64 = 2
    package static let buyer: UInt64 = 3

    /// 2023-06-15T12:00:00Z in milliseconds.
    package static let beginning = time("2023-06-15T12:00:00Z").rawValue * 1_000
    package static let voteKey = key("north vote")

    package let genesis: GenesisDocument
    private var nonces: [PublicKey: UInt64] = [:]

    package var network: Digest { genesis.hash }

    /// A network whose authorities the initiative runs, or all but the first a member of its name.
    package init(
        name: String = "test", authorities: [String] = ["north"], areMembers: Bool = false,
        _ change: (inout ProtoParameters) -> Void = { _ in }
    ) {
        var parameters = GenesisDocument.localParameters
        change(&parameters)
        genesis = SampleNetwork.document(
            name: name,
            authorities: authorities.enumerated().map { place, authority in
                (authority, areMembers && place > 0 ? authority : nil)
            }, parameters: parameters)
    }

    /// The founding document of a network.
    ///
    /// - Parameter authorities: their names, and whoever runs them where it is not the initiative.
    package static func document(
        name: String = "test",
        authorities: [(name: String, operatedBy: String?)] = [("north", nil)],
        parameters: ProtoParameters = GenesisDocument.localParameters,
        yields: [GenesisDocument.CountryYield] = []
    ) -> GenesisDocument {
        GenesisDocument(
            name: name, founded: time("2018-01-01"), initiative: organisation("initiative", "CHE"),
            authorities: authorities.map { name, operatedBy in
                GenesisDocument.Authority(
                    name: name, operatedBy: operatedBy.map { organisation($0, "ZAF") },
                    voteKey: key("\(name) vote").publicKey, tlsKey: key("\(name) tls").publicKey,
                    logKey: key("\(name) log").publicKey)
            },
            parameters: parameters, yields: yields)
    }

    private static func organisation(
        _ name: String, _ country: String
    ) -> GenesisDocument.Organisation {
        GenesisDocument.Organisation(
            legalName: name, country: countryCode(country),
            keys: [GenesisDocument.Key(publicKey: key(name).publicKey, roles: .all)])
    }

    /// Signs with the next nonces of the named keys.
    package mutating func signed(
        _ action: Action, as account: UInt64, by names: String..., reads: [ReadRow] = [],
        channel: ProtoChannel = .api
    ) -> Data {
        signed(action, as: account, by: names, reads: reads, channel: channel)
    }

    package mutating func signed(
        _ action: Action, as account: UInt64, by names: [String], reads: [ReadRow] = [],
        channel: ProtoChannel = .api
    ) -> Data {
        var body = ProtoTransactionBody()
        body.network = Data(network.bytes)
        body.account = account
        body.notAfter = SampleNetwork.beginning / 1_000 + 12 * 3_600
        body.channel = channel
        body.action = action
        return Transaction.sign(
            body, reads: reads,
            keys: names.map { name in
                let signer = key(name)
                let nonce = (nonces[signer.publicKey] ?? 0) + 1
                nonces[signer.publicKey] = nonce
                return (signer, Nonce(nonce))
            })
    }

    /// A developer, a buyer, and two devices of the developer's in one project, P101.
    package mutating func settling() -> [Data] {
        [
            signed(
                SampleNetwork.registration("developer", .developer), as: 1, by: "initiative",
                "developer"),
            signed(
                SampleNetwork.registration("buyer", .buyer), as: 1, by: "initiative", "buyer"),
            signed(
                SampleNetwork.devices(named: ["one", "two"]), as: SampleNetwork.developer,
                by: "developer"),
        ]
    }

    /// An account of the initiative's sponsoring, with a key of its name.
    package mutating func account(_ name: String) -> Data {
        signed(
            SampleNetwork.registration(name, .buyer), as: 1, by: "initiative", name)
    }

    package mutating func reads(_ rows: [ReadRow], deferred: Bool = false) -> Data {
        signed(
            .submitReads(.with { $0.deferMint = deferred }), as: SampleNetwork.developer,
            by: "developer", reads: rows)
    }

    package mutating func trade(
        _ ranges: [ProtoRange], from name: String, _ account: UInt64, to: UInt64
    ) -> Data {
        signed(SampleNetwork.trade(ranges, to: to), as: account, by: name)
    }

    package func decoded(_ bytes: Data) throws -> Transaction {
        let transaction = try Transaction(decoding: bytes, network: network)
        try transaction.checkSignatures()
        return transaction
    }
}
