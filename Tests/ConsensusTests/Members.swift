import Consensus
import Primitives
import Testing

/// Some authorities and what they can sign.
struct Members {
    static let network = Digest.sha256(Array("a network of tests".utf8))
    static let genesis = Digest.sha256(Array("genesis".utf8))

    let committee: Committee

    init(
        _ count: Int, epoch: UInt64 = 0, deviations: Deviations = [], keysFrom first: Int = 0
    ) {
        let keys = (first..<first + count).map(StandIn.key)
        guard let committee = Committee(epoch: Epoch(epoch), keys: keys, deviations: deviations)
        else { preconditionFailure("the tests' committees are well-formed") }
        self.committee = committee
    }

    static func block(_ name: String) -> Digest { Digest.sha256(Array("block \(name)".utf8)) }

    func subject(_ view: UInt64, on parent: UInt64, _ name: String) -> VoteSubject {
        VoteSubject(
            epoch: committee.epoch, view: View(view), parentView: View(parent),
            blockHash: Self.block(name))
    }

    func vote(_ signer: Int, _ statement: Statement) -> Vote {
        Vote(
            statement: statement, signer: signer,
            signature: StandIn.signature(
                committee.keys[signer], statement.kind.tag,
                statement.payload(network: Self.network)))
    }

    func nullify(_ view: UInt64) -> Statement { .nullify(committee.epoch, View(view)) }

    /// The statement signed by the first authorities that make a quorum, or by those named.
    func certificate(_ statement: Statement, by signers: [Int]? = nil) -> Certificate {
        let signers = signers ?? Array(0..<committee.quorum)
        return Certificate(
            statement: statement, signers: SignerSet(signers),
            signatures: signers.sorted().map { vote($0, statement).signature })
    }

    func verified(_ message: ConsensusMessage) throws -> Verified<ConsensusMessage> {
        try #require(
            committee.verify(message, network: Self.network, with: StandInVerifier()))
    }

    /// A machine of one of them at the chain's start.
    func machine(
        _ index: Int, parameters: ConsensusParameters = .quiet, records: [Record] = [],
        floor: ConsensusMachine.FinalPoint? = nil, signsAbove: Position? = nil,
        epochEntry: Certificate? = nil
    ) -> ConsensusMachine {
        ConsensusMachine(
            start: ConsensusMachine.Start(
                network: Self.network, committee: committee,
                floor: floor
                    ?? ConsensusMachine.FinalPoint(
                        view: View(0), blockHash: Self.genesis, certificate: nil),
                height: Height(0), epochEntry: epochEntry),
            parameters: parameters, signer: StandInSigner(publicKey: StandIn.key(index)),
            signsAbove: signsAbove, records: records)
    }
}

extension ConsensusParameters {
    /// The usual times without a heartbeat.
    static var quiet: ConsensusParameters {
        var parameters = ConsensusParameters()
        parameters.heartbeatMilliseconds = 0
        return parameters
    }
}
