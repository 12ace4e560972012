import Consensus
import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// What all of a simulated network agree on: the founding document, and everybody's keys.
struct World {
    /// A member: an authority of some epoch, or an observer, whose key no set names.
    struct Member {
        let name: String
        let signer: any VoteSigner
        var voteKey: PublicKey { signer.publicKey }
    }

    /// 2023-06-15T12:00:00Z in milliseconds: the wall clock's beginning.
    static let beginning: UInt64 = 1_686_830_400_000

    let genesis: GenesisDocument
    let network: Digest
    /// Founding authorities first, then those that may join.
    let members: [Member]
    let verifier: any VoteVerifier
    /// The state after genesis and its tree, made once.
    let start: GenesisChain

    init(_ scenario: Scenario) throws {
        let count = scenario.members + scenario.newcomers
        let isReal = scenario.usesRealSignatures
        members = (0..<count).map { number in
            let signer: any VoteSigner =
                isReal
                ? World.key("member \(number)") : StandInSigner(publicKey: StandIn.key(number))
            return Member(name: "member \(number)", signer: signer)
        }
        verifier = isReal ? Ed25519VoteVerifier() : StandInVerifier()
        var parameters = GenesisDocument.localParameters
        // Small blocks, so that full ones happen.
        parameters.blockSignatures = scenario.blockSignatures
        genesis = GenesisDocument(
            name: "simulation", founded: Timestamp(1_514_764_800),
            initiative: GenesisDocument.Organisation(
                legalName: "initiative", country: World.country,
                keys: [
                    GenesisDocument.Key(
                        publicKey: World.key("initiative").publicKey, roles: .all)
                ]),
            authorities: members.prefix(scenario.members).map { member in
                GenesisDocument.Authority(
                    name: member.name, operatedBy: nil, voteKey: member.voteKey,
                    tlsKey: World.key("\(member.name) tls").publicKey,
                    logKey: World.key("\(member.name) log").publicKey)
            },
            parameters: parameters, yields: [])
        network = genesis.hash
        start = try GenesisChain(genesis)
    }

    private static var country: CountryCode {
        guard let country = CountryCode("CHE") else { preconditionFailure("CHE is a country") }
        return country
    }

    /// A signing key from a name, the same one in every run.
    static func key(_ name: String) -> SigningKey {
        let seed = Digest.sha256(Array("drec simulation \(name)".utf8)).bytes
        guard let key = SigningKey(seed: seed) else { preconditionFailure("no key from a seed") }
        return key
    }

    /// An epoch's set as a state holds it: log keys change with each epoch, so that no two sets
    /// are the same, for a header tells an epoch's end by another set alone.
    func authorities(_ numbers: [Int], epoch: Int) -> ProtoAuthoritySetValue {
        ProtoAuthoritySetValue.with { set in
            set.authorities = numbers.map { number in
                ProtoAuthorityValue.with {
                    $0.account = AccountID.initiative.rawValue
                    $0.name = members[number].name
                    $0.voteKey = Data(members[number].voteKey.bytes)
                    $0.logKey = Data(
                        Digest.sha256(Array("log \(number) of epoch \(epoch)".utf8)).bytes)
                }
            }
        }
    }
}
