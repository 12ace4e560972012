import Foundation
package import Primitives
import SwiftProtobuf
package import Wire

extension SampleNetwork {
    /// A vote of a seat, signed by the key of a name.
    package static func vote(
        _ kind: ProtoVoteKind, on block: String? = nil, epoch: UInt64 = 0, view: UInt64 = 5,
        seat: UInt32, by name: String, network: Digest
    ) -> ProtoVote {
        var vote = ProtoVote()
        vote.kind = kind
        vote.epoch = epoch
        vote.view = view
        vote.signer = seat
        if let block {
            vote.parentView = 4
            vote.blockHash = hash(block)
        }
        let tags: [ProtoVoteKind: HashTag] = [
            .notarize: .notarize, .nullify: .nullify, .finalize: .finalize,
        ]
        var payload = network.bytes
        payload.append(bigEndian: epoch)
        payload.append(bigEndian: view)
        if block != nil {
            payload.append(bigEndian: vote.parentView)
            payload += Array(vote.blockHash)
        }
        vote.signature = Data(key(name).sign(tags[kind] ?? .read, payload).bytes)
        return vote
    }

    package static func report(_ first: ProtoVote, _ second: ProtoVote) -> Action {
        .reportDoubleVote(
            .with {
                $0.first = first
                $0.second = second
            })
    }
}
