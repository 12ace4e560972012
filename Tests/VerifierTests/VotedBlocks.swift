import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Verifier
import Wire

/// Four authorities and the headers that they vote on, by hand and not by a node.
struct VotedBlocks {
    static let names = ["north", "east", "south", "west"]

    let genesis = SampleNetwork.document(authorities: names.map { ($0, $0 == "north" ? nil : $0) })

    var document: FoundingDocument {
        get throws { try FoundingDocument(parsing: genesis.json.canonicalBytes) }
    }

    /// The set of an epoch, with whoever holds its seats.
    static func set(_ names: [String]) -> ProtoAuthoritySetValue {
        .with { value in
            value.authorities = names.enumerated().map { place, name in
                SampleNetwork.seat(name, of: UInt64(place + 1))
            }
        }
    }

    static func hash(_ set: ProtoAuthoritySetValue) -> Data {
        Data(Digest.tagged(.authorities, Array(set.canonicalBytes)).bytes)
    }

    func header(
        _ height: UInt64, epoch: UInt64 = 0, by set: ProtoAuthoritySetValue,
        next: ProtoAuthoritySetValue? = nil, _ change: (inout ProtoHeader) -> Void = { _ in }
    ) -> ProtoHeader {
        .with {
            $0.version = 1
            $0.network = Data(genesis.hash.bytes)
            $0.epoch = epoch
            $0.height = height
            $0.view = height
            $0.parentHash = SampleNetworks.hash("parent \(height)")
            $0.timeMilliseconds = 1_000_000 + height * 1_000
            $0.logSize = height * 2
            $0.logRoot = SampleNetworks.hash("log \(height)")
            $0.stateRoot = SampleNetworks.hash("state \(height)")
            $0.authoritiesHash = VotedBlocks.hash(set)
            $0.nextAuthoritiesHash = VotedBlocks.hash(next ?? set)
            $0.parametersHash = SampleNetworks.hash("parameters")
            change(&$0)
        }
    }

    /// The votes of some members for a header; each signs with the key of its name.
    func votes(
        _ header: ProtoHeader, by names: [Int: String], tag: HashTag = .finalize,
        _ change: (inout ProtoFinalization) -> Void = { _ in }
    ) -> Data {
        let hash = Digest.tagged(.header, Array(header.canonicalBytes))
        let subject = VoteSubject(
            epoch: Epoch(header.epoch), view: View(header.view), parentView: View(0),
            blockHash: hash)
        let payload = subject.payload(network: genesis.hash)
        var votes = ProtoFinalization(
            subject: subject,
            signatures: names.mapValues { key("\($0) vote").sign(tag, payload) })
        change(&votes)
        return votes.canonicalBytes
    }
}
