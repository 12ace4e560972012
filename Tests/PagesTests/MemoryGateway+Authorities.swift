import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

extension MemoryGateway {
    static func vote(_ block: UInt8) -> ProtoVote {
        .with {
            $0.kind = .notarize
            $0.view = 4
            $0.parentView = 3
            $0.signer = 1
            $0.blockHash = Data(repeating: block, count: 32)
            $0.signature = Data(repeating: 0x64, count: 64)
        }
    }

    static func doubleVote() throws -> DoubleVote { try DoubleVote(vote(0x71), vote(0x72)) }

    static func seat(_ name: String, _ account: UInt64) -> ProtoAuthorityValue {
        .with {
            $0.account = account
            $0.name = name
            $0.voteKey = Data(repeating: 0x61, count: 32)
            $0.tlsKey = Data(repeating: 0x62, count: 32)
            $0.logKey = Data(repeating: 0x63, count: 32)
        }
    }

    /// The sample network with four authorities, changes of them, a double vote and parameters.
    static func governed() throws -> MemoryGateway {
        var gateway = try MemoryGateway.sample()
        let members = ["north <b>", "south", "east", "west"].enumerated().map {
            seat($1, UInt64($0) + 1)
        }
        gateway.sets = [
            AuthoritySetRecord(
                set: AuthoritySet(epoch: Epoch(0), value: .with { $0.authorities = members }),
                isPresent: true)
        ]
        let moves: [ProtoSeatChange] = [
            .with { $0.to = seat("fifth", 5) }, .with { $0.seat = "west" },
            .with {
                $0.seat = "east"
                $0.to = seat("new", 6)
            },
            .with {
                $0.seat = "south"
                $0.to = seat("south", 2)
            },
        ]
        let statuses: [ProtoAuthorityChangeStatus] = [.proposed, .approved, .inForce, .lapsed]
        gateway.changes = zip(moves, statuses).enumerated().map { place, pair in
            AuthorityChange(
                number: LogIndex(UInt64(7 - place)),
                value: .with {
                    $0.changes = [pair.0]
                    $0.status = pair.1
                    $0.effective = 1_640_000_000
                    $0.approvals = [1, 2]
                })
        }
        gateway.doubles = [
            DoubleVoteRecord(
                epoch: Epoch(0), seat: 1, authority: members[1],
                value: .with {
                    $0.first = vote(0x71)
                    $0.second = vote(0x72)
                    $0.account = 1
                    $0.entry = 6
                    $0.time = 1_640_000_000
                })
        ]
        var parameters = GenesisDocument.localParameters
        parameters.degradationPpb = 5_000_000
        parameters.dayFactorPpm = 1_500_001
        gateway.parameterRecords = [
            ParametersRecord(
                effective: Timestamp(1_650_000_000), status: .pending, value: parameters),
            ParametersRecord(
                effective: Timestamp(1_630_000_000), status: .inForce, value: parameters),
        ]
        return gateway
    }
}
