import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

typealias Action = ProtoTransactionBody.OneOf_Action

/// A network of one authority, and the clients that write to it: keys, nonces and transactions.
struct SampleNetwork {
    // Accounts and devices in the order of `settling`.
    static let initiative: UInt64 = 1
    static let developer: UInt64 = 2
    static let buyer: UInt64 = 3

    /// 2023-06-15T12:00:00Z in milliseconds.
    static let beginning = time("2023-06-15T12:00:00Z").rawValue * 1_000

    let genesis: GenesisDocument
    private var nonces: [PublicKey: UInt64] = [:]

    var network: Digest { genesis.hash }
    static let voteKey = key("north vote")

    init(
        name: String = "test", authorities: [String] = ["north"],
        _ change: (inout ProtoParameters) -> Void = { _ in }
    ) throws {
        var parameters = GenesisDocument.localParameters
        change(&parameters)
        genesis = GenesisDocument(
            name: name, founded: time("2018-01-01"),
            initiative: GenesisDocument.Organisation(
                legalName: "initiative", country: try #require(CountryCode("CHE")),
                keys: [GenesisDocument.Key(publicKey: key("initiative").publicKey, roles: .all)]),
            authorities: authorities.map {
                GenesisDocument.Authority(
                    name: $0, operatedBy: nil, voteKey: key("\($0) vote").publicKey,
                    tlsKey: key("\($0) tls").publicKey, logKey: key("\($0) log").publicKey)
            },
            parameters: parameters, yields: [])
    }

    /// Signs with the next nonces of the named keys.
    mutating func signed(
        _ action: Action, as account: UInt64, by names: String..., reads: [ReadRow] = [],
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
    mutating func settling() -> [Data] {
        [
            signed(
                SampleNetwork.registration("developer", .developer), as: 1, by: "initiative",
                "developer"),
            signed(
                SampleNetwork.registration("buyer", .buyer), as: 1, by: "initiative", "buyer"),
            signed(
                SampleNetwork.devices(["one", "two"]), as: SampleNetwork.developer,
                by: "developer"),
        ]
    }

    /// An account of the initiative's sponsoring, with a key of its name.
    mutating func account(_ name: String) -> Data {
        signed(
            SampleNetwork.registration(name, .buyer), as: 1, by: "initiative", name)
    }

    mutating func reads(_ rows: [ReadRow], deferred: Bool = false) -> Data {
        signed(
            .submitReads(.with { $0.deferMint = deferred }), as: SampleNetwork.developer,
            by: "developer", reads: rows)
    }

    mutating func trade(
        _ ranges: [ProtoRange], from name: String, _ account: UInt64, to: UInt64
    ) -> Data {
        signed(
            .trade(
                .with {
                    $0.ranges = ranges
                    $0.to = to
                }), as: account, by: name)
    }

    func decoded(_ bytes: Data) throws -> Transaction {
        let transaction = try Transaction(decoding: bytes, network: network)
        try transaction.checkSignatures()
        return transaction
    }
}
