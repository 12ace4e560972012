import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Verifier
import Wire

/// A chain on disk of several authorities, from which proofs are made as a node makes them.
struct ProofChain {
    typealias Sample = SampleNetwork

    static let names = ["north", "east", "south", "west", "middle"]

    var network: SampleNetwork
    let directory: String
    let store: ChainStore
    var replica: ChainReplica

    var genesis: [UInt8] { network.genesis.json.canonicalBytes }

    init(
        authorities: Int = 4, _ change: (inout ProtoParameters) -> Void = { _ in }
    ) throws {
        network = Sample(
            authorities: Array(ProofChain.names.prefix(authorities)), areMembers: true, change)
        directory = NSTemporaryDirectory() + "drec-verifier-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        store = try ChainStore(
            path: directory + "/chain.sqlite", genesis: network.genesis, creating: true,
            durable: false)
        let loaded = try store.load()
        replica = ChainReplica(
            network: network.genesis.hash, head: loaded.head, authorities: loaded.authorities,
            tree: loaded.tree)
    }

    func remove() throws {
        try store.close()
        try FileManager.default.removeItem(atPath: directory)
    }

    /// The vote key of a seat, whoever holds it.
    static func voteKey(_ member: ProtoAuthorityValue) -> SigningKey? {
        names.map { key("\($0) vote") }.first {
            $0.publicKey == PublicKey(bytes: member.voteKey)
        }
    }

    /// Makes a block that the first quorum of the present authorities votes final.
    mutating func make(_ transactions: [Data], now: UInt64 = Sample.beginning) throws {
        let decoded = try transactions.map {
            try Transaction(decoding: $0, network: network.genesis.hash)
        }
        let current = replica
        let block = try store.advance { access -> FinalBlock in
            let depth = current.tree.depth
            let (draft, outcomes) = try current.propose(
                decoded, now: now,
                on: ChainReplica.FinalState(
                    leaves: access, bucket: { try access.bucket($0, depth: depth) }),
                evenIfEmpty: true)
            #expect(outcomes.count == transactions.count)
            let block = try #require(draft)
            let final = block.finalised(by: votes(for: block.subject, of: current.authorities))
            #expect(final.transactions.count == transactions.count)
            try access.write(final)
            return final
        }
        try replica.advance(to: block)
    }

    private func votes(
        for subject: VoteSubject, of set: AuthoritySet
    ) -> ProtoFinalization {
        let payload = subject.payload(network: network.genesis.hash)
        var signatures: [Int: Signature] = [:]
        for index in 0..<set.quorum {
            signatures[index] = ProofChain.voteKey(set.members[index])?.sign(.finalize, payload)
        }
        return ProtoFinalization(subject: subject, signatures: signatures)
    }

    /// The proof of a subject, as a node answers it.
    func proof(of subject: ProofSubject, goingOnFrom earlier: UInt64? = nil) throws -> ProofFile? {
        try store.readNow {
            try $0.proofFile(of: subject, network: network.genesis.hash, earlier: earlier)
        }
    }

    func proof(_ first: UInt64, _ last: UInt64, vintage: UInt32 = 2021) throws -> ProofFile {
        try #require(try proof(of: .drecs(range(first, last, vintage: vintage))))
    }

    func range(_ first: UInt64, _ last: UInt64, vintage: UInt32 = 2021) throws -> DRECRange {
        try #require(DRECRange(Sample.range(first, last, vintage: vintage)))
    }

    func report(
        _ bytes: [UInt8], _ demands: ProofCheck.Demands = .init()
    ) -> ProofReport {
        ProofCheck.report(on: bytes, genesis: genesis, demands: demands)
    }
}

extension ProofChain {
    /// 11 kWh of two devices, 1 000 Wh at a time and not; sold, sold back in part, redeemed in
    /// part, retired in part.
    static func busy(authorities: Int = 4) throws -> ProofChain {
        var chain = try ProofChain(authorities: authorities)
        let operators = UInt64(authorities - 1)
        let (developer, buyer) = (2 + operators, 3 + operators)
        try chain.make([
            chain.network.signed(
                Sample.registration("developer", .developer), as: 1, by: "initiative",
                "developer"),
            chain.network.signed(
                Sample.registration("buyer", .buyer), as: 1, by: "initiative", "buyer"),
            chain.network.signed(
                Sample.devices(named: ["one", "two"]), as: developer, by: "developer"),
        ])
        try chain.make([
            chain.reads(
                [
                    Sample.history(1, "2021-03-01", 400), Sample.history(2, "2021-03-01", 1_350),
                    Sample.history(1, "2021-03-02", 1_250),
                ], as: developer),
            chain.reads([Sample.history(2, "2021-03-02", 7_700)], as: developer),
        ])
        try chain.make([chain.reads([Sample.history(1, "2021-03-03", 300)], as: developer)])
        try chain.make([
            chain.network.trade(
                [Sample.range(2, 8)], from: "developer", developer, to: buyer),
            chain.network.trade([Sample.range(3, 4)], from: "buyer", buyer, to: developer),
        ])
        try chain.make([
            chain.network.signed(
                Sample.redeem([Sample.range(6, 7)]), as: buyer, by: "buyer"),
            chain.network.signed(
                Sample.retire([Sample.range(4, 4)]), as: developer, by: "developer"),
        ])
        return chain
    }

    mutating func reads(
        _ rows: [ReadRow], as account: UInt64, by name: String = "developer",
        deferred: Bool = false
    ) -> Data {
        network.signed(
            .submitReads(.with { $0.deferMint = deferred }), as: account, by: name, reads: rows)
    }
}
