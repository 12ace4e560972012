import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Queries about authorities")
struct AuthorityQueryTests {
    typealias Sample = SampleNetwork

    /// One seat: one change in force, one withdrawn, one that waits for approvals.
    private func chain(_ directory: Directory) throws -> StoredChain {
        var network = Sample()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make([
            network.signed(
                Sample.join("north", keys: "other") { $0.voteKey = publicKey("north vote") },
                as: 1, by: "initiative", "north vote", "other tls", "other log"),
            network.signed(
                Sample.join("east"), as: 1, by: ["initiative"] + Sample.keyNames("east")),
        ])
        let seat = ProtoAuthorityValue.with {
            $0 = Sample.seat("north", of: 1, keys: "other")
            $0.voteKey = publicKey("north vote")
        }
        try chain.make([
            network.signed(
                Sample.propose([Sample.replace("north", by: seat)]), as: 1, by: "initiative"),
            network.signed(Sample.approve(2), as: 1, by: "initiative"),
            network.signed(
                Sample.propose([Sample.add(Sample.seat("east", of: 1))]), as: 1,
                by: "initiative"),
            network.signed(Sample.withdraw(4), as: 1, by: "initiative"),
        ])
        // The second block fixes the boundary, the fourth one ends the epoch.
        try chain.make([network.account("a")])
        try chain.make([network.account("b")])
        try chain.make([
            network.signed(
                Sample.propose([Sample.add(Sample.seat("east", of: 1))]), as: 1,
                by: "initiative")
        ])
        return chain
    }

    @Test("Sets are told by epoch, the present one first")
    func sets() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            let all = try access.authoritySets(before: nil, limit: 9)
            #expect(all.map(\.set.epoch) == [Epoch(1), Epoch(0)])
            #expect(all.map(\.isPresent) == [true, false])
            #expect(all[0].set.voteKey(of: 0) == all[1].set.voteKey(of: 0))
            #expect(all[0].set.members[0].tlsKey == publicKey("other tls"))
            #expect(all[1].set.members[0].tlsKey == publicKey("north tls"))
            #expect(try access.authoritySets(before: nil, limit: 1).count == 1)
            #expect(
                try access.authoritySets(before: Epoch(1), limit: 9).map(\.set.epoch)
                    == [Epoch(0)])
            #expect(try access.authoritySets(before: Epoch(0), limit: 9).isEmpty)
            #expect(try access.authoritySets(before: Epoch(.max), limit: 9).count == 2)
        }
        #expect(try chain.store.load().authorities.epoch == Epoch(1))
        try chain.store.close()
    }

    @Test("Changes are told whether they are over or not, the newest first, in pages")
    func changes() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            let all = try access.authorityChanges(before: nil, limit: 9)
            #expect(all.map(\.number) == [8, 4, 2].map { LogIndex($0) })
            #expect(all.map(\.value.status) == [.proposed, .withdrawn, .inForce])
            for limit in 1...4 {
                var paged: [AuthorityChange] = []
                while paged.count < 9 {
                    let page = try access.authorityChanges(
                        before: paged.last?.number, limit: limit)
                    if page.isEmpty { break }
                    #expect(page.count <= limit)
                    paged += page
                }
                #expect(paged == all)
            }
            #expect(try access.authorityChanges(before: LogIndex(2), limit: 9).isEmpty)
            #expect(try access.authorityChanges(before: LogIndex(0), limit: 9).isEmpty)
            for change in all { #expect(try access.authorityChange(change.number) == change) }
            for number in [0, 3, 9, .max] as [UInt64] {
                #expect(try access.authorityChange(LogIndex(number)) == nil)
            }
        }
        try chain.store.close()
    }

    @Test("Keys are told until a change has used them")
    func joins() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            let all = try access.authorityJoins(after: nil, limit: 9)
            #expect(all.map(\.account) == [.initiative])
            #expect(all.first?.value.joins.map(\.seat.name) == ["east"])
            #expect(try access.authorityJoins(after: .initiative, limit: 9).isEmpty)
            #expect(try access.authorityJoins(after: AccountID(.max), limit: 9).isEmpty)
        }
        try chain.store.close()
    }
}
