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
            // With stand-ins too the keys are real: to show them, a transaction is signed by them.
            let key = World.key("member \(number)")
            let signer: any VoteSigner =
                isReal ? key : StandInSigner(publicKey: key.publicKey)
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
                    World.accountKey("initiative"), World.accountKey(World.governor),
                ]),
            authorities: members.prefix(scenario.members).enumerated().map { number, member in
                GenesisDocument.Authority(
                    name: member.name,
                    operatedBy: scenario.membersHaveAccounts && number > 0
                        ? World.organisation(member.name) : nil,
                    voteKey: member.voteKey,
                    tlsKey: World.key("\(member.name) tls").publicKey,
                    logKey: World.key("\(member.name) log").publicKey)
            },
            parameters: parameters, yields: [])
        network = genesis.hash
        start = try GenesisChain(genesis)
    }

    /// The initiative's key for changes of the authorities; its other one is the clients'.
    static let governor = "initiative governor"

    private static func accountKey(_ name: String) -> GenesisDocument.Key {
        GenesisDocument.Key(publicKey: key(name).publicKey, roles: .all)
    }

    private static func organisation(_ name: String) -> GenesisDocument.Organisation {
        GenesisDocument.Organisation(
            legalName: name, country: country, keys: [accountKey("\(name) account")])
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
