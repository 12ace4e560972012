import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// A follower at height 1 and the leader's valid block 2, to be spoiled.
private struct Spoiled {
    var follower: MemoryChain
    let block: FinalBlock
    let header: ProtoHeader
    let transactions: [Transaction]
    let network: SampleNetwork

    init() throws {
        var network = SampleNetwork()
        var leader = try MemoryChain(network.genesis)
        follower = try MemoryChain(network.genesis)
        let first = try #require(
            try leader.make(try network.settling().map { try network.decoded($0) }))
        try follower.take(first.bytes, first.finalization)
        let bytes = [
            network.reads([SampleNetwork.history(1, "2021-03-01", 12_345)]),
            network.account("third"), network.account("fourth"),
        ]
        block = try #require(try leader.make(try bytes.map { try network.decoded($0) }))
        (header, transactions) = try follower.replica.decode(block.bytes)
        self.network = network
    }

    /// The error that executing gives, or nil.
    func error(
        _ header: ProtoHeader? = nil, _ transactions: [Transaction]? = nil,
        _ finalization: ProtoFinalization? = nil
    ) throws -> ReplicaError? {
        do {
            _ = try follower.replica.execute(
                header: header ?? self.header, transactions: transactions ?? self.transactions,
                finalization: finalization ?? block.finalization, on: follower.state)
            return nil
        } catch let error as ReplicaError {
            return error
        }
    }

    var subject: VoteSubject {
        VoteSubject(
            epoch: Epoch(0), view: View(header.view), parentView: follower.replica.head.view,
            blockHash: block.hash)
    }

    /// The authority's own vote for whatever the header is now.
    func vote(for header: ProtoHeader) -> ProtoFinalization {
        follower.finalization(
            of: VoteSubject(
                epoch: Epoch(header.epoch), view: View(header.view),
                parentView: follower.replica.head.view,
                blockHash: Digest.tagged(.header, Array(header.canonicalBytes))))
    }
}

@Suite("Blocks that are refused")
struct RefusedBlockTests {
    @Test("A header with one field changed is refused, whoever signed it")
    func changedHeaders() throws {
        let spoiled = try Spoiled()
        #expect(try spoiled.error() == nil)
        let other = Data(repeating: 7, count: 32)
        let table: [(String, ReplicaError, (inout ProtoHeader) -> Void)] = [
            ("version", .differs("header"), { $0.version = 2 }),
            ("network", .differs("header"), { $0.network = other }),
            ("epoch", .differs("header"), { $0.epoch = 1 }),
            ("height", .differs("parent_hash"), { $0.height += 1 }),
            ("lower height", .differs("parent_hash"), { $0.height -= 1 }),
            ("no view", .differs("proposer"), { $0.view = 0 }),
            ("the parent's view", .differs("proposer"), { $0.view = 1 }),
            ("parent", .differs("parent_hash"), { $0.parentHash = other }),
            ("short parent", .differs("parent_hash"), { $0.parentHash.removeLast() }),
            ("no time", .differs("time_milliseconds"), { $0.timeMilliseconds = 0 }),
            (
                "the parent's time", .differs("time_milliseconds"),
                { $0.timeMilliseconds = SampleNetwork.beginning }
            ),
            ("a later second", .differs("log_root"), { $0.timeMilliseconds += 1_000 }),
            ("proposer", .differs("proposer"), { $0.proposer = 1 }),
            ("largest proposer", .differs("proposer"), { $0.proposer = .max }),
            ("log size", .differs("log_size"), { $0.logSize += 1 }),
            ("log root", .differs("log_root"), { $0.logRoot = other }),
            ("no log root", .differs("log_root"), { $0.logRoot = Data() }),
            ("state root", .differs("state_root"), { $0.stateRoot = other }),
            ("authorities", .differs("authorities_hash"), { $0.authoritiesHash = other }),
            ("next authorities", .differs("header"), { $0.nextAuthoritiesHash = other }),
            ("parameters", .differs("parameters_hash"), { $0.parametersHash = other }),
        ]
        for (name, expected, change) in table {
            var header = spoiled.header
            change(&header)
            #expect(try spoiled.error(header) == expected, "\(name)")
            #expect(
                try spoiled.error(header, nil, spoiled.vote(for: header)) == expected,
                "\(name), signed")
        }
    }

    @Test("What a leader may choose, view and milliseconds, is bound by the votes")
    func chosenFields() throws {
        let spoiled = try Spoiled()
        for change in [{ $0.view += 1 }, { $0.timeMilliseconds += 1 }]
            as [(inout ProtoHeader) -> Void]
        {
            var header = spoiled.header
            change(&header)
            #expect(try spoiled.error(header) == .notFinal)
            #expect(try spoiled.error(header, nil, spoiled.vote(for: header)) == nil)
        }
    }

    @Test("Transactions left out, reordered, doubled or added are refused")
    func changedTransactions() throws {
        var spoiled = try Spoiled()
        let all = spoiled.transactions
        #expect(try spoiled.error(nil, []) == .differs("log_root"))
        #expect(try spoiled.error(nil, Array(all.dropLast())) == .differs("log_root"))
        #expect(try spoiled.error(nil, Array(all.dropFirst())) == .differs("log_root"))
        #expect(try spoiled.error(nil, [all[0], all[2], all[1]]) == .differs("log_root"))
        let doubled = try spoiled.error(nil, all + [all[1]])
        guard case .invalidTransaction(3, let refusal)? = doubled else {
            Issue.record("doubled: \(String(describing: doubled))")
            return
        }
        #expect(refusal.code == .keyInUse || refusal.code == .nonceUsed)
        var network = spoiled.network
        let extra = try network.decoded(network.account("fifth"))
        #expect(try spoiled.error(nil, all + [extra]) == .differs("log_root"))
        // Refused or not, the replica is where it was.
        try spoiled.follower.take(spoiled.block.bytes, spoiled.block.finalization)
        #expect(spoiled.follower.replica.head.hash == spoiled.block.hash)
    }
}

@Suite("Blocks that nobody made final")
struct NotFinalTests {
    @Test("A finalization without the authority's vote for this very block is refused")
    func wrongFinalizations() throws {
        let spoiled = try Spoiled()
        let subject = spoiled.subject
        let good = spoiled.follower.finalization(of: subject)
        #expect(good == spoiled.block.finalization)
        func vote(_ hash: Digest, epoch: UInt64 = 0) -> ProtoFinalization {
            spoiled.follower.finalization(
                of: VoteSubject(
                    epoch: Epoch(epoch), view: subject.view, parentView: subject.parentView,
                    blockHash: hash))
        }
        func changed(_ change: (inout ProtoFinalization) -> Void) -> ProtoFinalization {
            var finalization = good
            change(&finalization)
            return finalization
        }
        let table: [(String, ProtoFinalization)] = [
            ("empty", ProtoFinalization()),
            ("nobody's", ProtoFinalization(subject: subject, signatures: [:])),
            ("another key's", spoiled.follower.finalization(of: subject, by: [0: "stranger"])),
            ("another block's", vote(.zero)),
            ("another block's, renamed", vote(.zero).with { $0.blockHash = good.blockHash }),
            ("another epoch's", vote(subject.blockHash, epoch: 1)),
            ("epoch changed", changed { $0.epoch = 1 }),
            ("view changed", changed { $0.view += 1 }),
            ("parent's view changed", changed { $0.parentView += 1 }),
            ("no signers", changed { $0.signers = Data() }),
            ("nobody in the bitmap", changed { $0.signers = Data([0]) }),
            ("a bitmap with a zero at its end", changed { $0.signers = Data([1, 0]) }),
            ("another signer", changed { $0.signers = Data([2]) }),
            ("a signer more", changed { $0.signers = Data([3]) }),
            ("a far signer more", changed { $0.signers = Data([1, 1]) }),
            ("no signature", changed { $0.signatures = [] }),
            ("a signature twice", changed { $0.signatures += $0.signatures }),
            (
                "an outsider's vote too",
                spoiled.follower.finalization(of: subject, by: [0: "north vote", 1: "stranger"])
            ),
            ("a short signature", changed { $0.signatures[0].removeLast() }),
            ("a long signature", changed { $0.signatures[0].append(0) }),
            ("a spoiled signature", changed { $0.signatures[0][40] ^= 1 }),
            ("another kind of vote", notarized(spoiled, subject)),
        ]
        for (name, finalization) in table {
            #expect(try spoiled.error(nil, nil, finalization) == .notFinal, "\(name)")
        }
    }

    private func notarized(_ spoiled: Spoiled, _ subject: VoteSubject) -> ProtoFinalization {
        ProtoFinalization(
            subject: subject,
            signatures: [
                0: SampleNetwork.voteKey.sign(
                    .notarize, subject.payload(network: spoiled.network.network))
            ])
    }

    @Test("A vote for the block's hash in other views than the block's own is refused")
    func otherViews() throws {
        let spoiled = try Spoiled()
        let subject = spoiled.subject
        for (view, parentView) in [(9, 1), (2, 9), (2, 0), (0, 0)] as [(UInt64, UInt64)] {
            let finalization = spoiled.follower.finalization(
                of: VoteSubject(
                    epoch: subject.epoch, view: View(view), parentView: View(parentView),
                    blockHash: subject.blockHash))
            let error = try spoiled.error(nil, nil, finalization)
            do {
                #expect(error == .notFinal, "view \(view) on \(parentView)")
            }
        }
    }

    @Test("Two of three authorities are no quorum, three are, and the leader's turn counts")
    func quorumOfMany() throws {
        let network = SampleNetwork(authorities: ["north", "east", "south"])
        let chain = try MemoryChain(network.genesis)
        #expect(chain.replica.authorities.quorum == 3)
        let (draft, _) = try chain.replica.propose(
            [], now: SampleNetwork.beginning, on: chain.state, evenIfEmpty: true)
        let block = try #require(draft)
        #expect(block.header.proposer == 1)
        let names = [0: "north vote", 1: "east vote", 2: "south vote"]
        func isFinal(_ names: [Int: String]) -> Bool {
            chain.finalization(of: block.subject, by: names)
                .isValid(for: block.hash, by: chain.replica.authorities, network: network.network)
        }
        #expect(isFinal(names))
        #expect(!isFinal(names.filter { $0.key != 1 }))
        #expect(!isFinal([0: "east vote", 1: "north vote", 2: "south vote"]))
        #expect(!isFinal([0: "north vote", 1: "north vote", 2: "north vote"]))
        var header = block.header
        header.proposer = 0
        #expect(throws: ReplicaError.differs("proposer")) {
            _ = try chain.replica.execute(
                header: header, transactions: [],
                finalization: chain.finalization(of: block.subject, by: names), on: chain.state)
        }
    }
}

extension ProtoFinalization {
    fileprivate func with(_ change: (inout ProtoFinalization) -> Void) -> ProtoFinalization {
        var copy = self
        change(&copy)
        return copy
    }
}

@Suite("Bytes that are no block")
struct MalformedBlockTests {
    @Test("Truncated, prolonged and shuffled bytes are malformed")
    func malformed() throws {
        let spoiled = try Spoiled()
        let good = spoiled.block.bytes
        let replica = spoiled.follower.replica
        for length in stride(from: 0, to: good.count, by: 13) {
            #expect(throws: ReplicaError.self, "\(length) bytes") {
                // A block whose last transactions are cut off cleanly is another block.
                let (header, transactions) = try replica.decode(good.prefix(length))
                if let error = try spoiled.error(header, transactions) { throw error }
            }
        }
        var headless = ProtoBlock()
        headless.transactions = spoiled.block.transactions.map(\.transaction.bytes)
        var large = ProtoBlock()
        large.header = spoiled.block.headerBytes
        large.transactions = [Data(count: LedgerLimits.blockBytes)]
        var fat = ProtoBlock()
        fat.header = Data(count: LedgerLimits.headerBytes + 1)
        let table: [(String, Data)] = [
            ("nothing", Data()), ("zeros", Data(count: 64)), ("text", Data("block".utf8)),
            ("an unknown field", good + [0x1a, 0x01, 0x00]), ("a zero behind", good + [0]),
            ("no header", headless.canonicalBytes), ("too large", large.canonicalBytes),
            ("a large header", fat.canonicalBytes),
            ("the header alone", spoiled.block.headerBytes),
        ]
        for (name, bytes) in table {
            #expect(throws: ReplicaError.self, "\(name)") {
                let (header, transactions) = try replica.decode(bytes)
                if let error = try spoiled.error(header, transactions) { throw error }
            }
        }
    }

    @Test("A transaction of another network, or none at all, names its place")
    func foreignTransaction() throws {
        let spoiled = try Spoiled()
        var foreign = SampleNetwork(name: "other")
        for (bytes, code) in [
            (foreign.account("a"), RefusalCode.wrongNetwork), (Data([1, 2, 3]), .malformed),
        ] {
            var block = ProtoBlock()
            block.header = spoiled.block.headerBytes
            block.transactions = [spoiled.block.transactions[0].transaction.bytes, bytes]
            do {
                _ = try spoiled.follower.replica.decode(block.canonicalBytes)
                Issue.record("decoded")
            } catch ReplicaError.invalidTransaction(let index, let refusal) {
                #expect(index == 1 && refusal.code == code)
            }
        }
    }

    @Test("A state without parameters is damaged, not trapped on")
    func noParameters() throws {
        let network = SampleNetwork()
        let chain = try MemoryChain(network.genesis)
        #expect(throws: ReplicaError.stateWithoutParameters) {
            _ = try chain.replica.propose(
                [], now: SampleNetwork.beginning,
                on: ChainReplica.FinalState(leaves: EmptyState(), bucket: { _ in [] }))
        }
    }
}
