import Foundation
import Ledger
import Primitives
import SwiftProtobuf
package import Wire

extension SampleNetwork {
    /// A seat with the keys of a name, by default of its own.
    package static func seat(
        _ name: String, of account: UInt64, keys: String? = nil
    ) -> ProtoAuthorityValue {
        .with {
            $0.account = account
            $0.name = name
            $0.voteKey = publicKey("\(keys ?? name) vote")
            $0.tlsKey = publicKey("\(keys ?? name) tls")
            $0.logKey = publicKey("\(keys ?? name) log")
        }
    }

    /// The keys that sign beside the account's where a seat's keys are shown.
    package static func keyNames(_ name: String) -> [String] {
        ["\(name) vote", "\(name) tls", "\(name) log"]
    }

    package static func join(
        _ name: String, keys: String? = nil, height: UInt64 = 0,
        _ change: (inout ProtoJoinAuthorities) -> Void = { _ in }
    ) -> Action {
        .joinAuthorities(
            .with {
                let seat = seat(name, of: 0, keys: keys)
                $0.name = name
                $0.voteKey = seat.voteKey
                $0.tlsKey = seat.tlsKey
                $0.logKey = seat.logKey
                $0.height = height
                $0.blockHash = hash("block \(height)")
                change(&$0)
            })
    }

    package static func add(_ seat: ProtoAuthorityValue) -> ProtoSeatChange {
        .with { $0.to = seat }
    }

    package static func remove(_ name: String) -> ProtoSeatChange { .with { $0.seat = name } }

    package static func replace(
        _ name: String, by seat: ProtoAuthorityValue
    ) -> ProtoSeatChange {
        .with {
            $0.seat = name
            $0.to = seat
        }
    }

    package static func propose(
        _ changes: [ProtoSeatChange], effective: UInt64 = 0
    ) -> Action {
        .proposeAuthorityChange(
            .with {
                $0.changes = changes
                $0.effective = effective
            })
    }

    package static func approve(_ number: UInt64) -> Action {
        .approveAuthorityChange(.with { $0.change = number })
    }

    package static func withdraw(_ number: UInt64) -> Action {
        .withdrawAuthorityChange(.with { $0.change = number })
    }
}
