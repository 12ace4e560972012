import Foundation
import Ledger
import Primitives
import SampleNetworks
import Store
import Testing
import Wire

@Suite("Double votes that a node saw")
struct SeenDoubleVoteTests {
    private static func votes(seat: UInt32, view: UInt64) throws -> DoubleVote {
        let network = SampleNetwork().network
        func vote(_ block: String) -> ProtoVote {
            SampleNetwork.vote(
                .notarize, on: block, view: view, seat: seat, by: "north vote", network: network)
        }
        return try DoubleVote(vote("one"), vote("other"))
    }

    @Test("A liar who never stops leaves the room for others that they need")
    func limits() throws {
        let path = NSTemporaryDirectory() + "drec-seen-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        let store = try ChainStore(path: path, genesis: SampleNetwork().genesis, creating: true)
        let kept = try store.advance { access in
            try (0..<300).filter { view in
                try access.keep(Self.votes(seat: 0, view: UInt64(view) + 5), seenAt: 1)
            }.count
        }
        #expect(kept == ChainAccess.seenOfSeatLimit)
        let (other, again) = try store.advance { access in
            let votes = try Self.votes(seat: 1, view: 9)
            return (
                try access.keep(votes, seenAt: 2), try access.keep(votes, seenAt: 3)
            )
        }
        #expect(other && !again)
        let seen = try store.readNow { try $0.seenDoubleVotes(limit: 100) }
        #expect(seen.count == ChainAccess.seenOfSeatLimit + 1)
        #expect(seen.first?.votes.seat == 1)
        try store.close()
    }
}
