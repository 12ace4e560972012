import Gateway
import Store
package import Verifier

extension NodeGateway {
    package func proof(
        of subject: ProofSubject, goingOnFrom earlier: UInt64?
    ) async throws -> ProofFile? {
        let network = network.hash
        let trees = trees
        let note = shelf.note
        do {
            return try await read { access in
                let tree = try access.stateTree(known: trees.latest)
                trees.latest = tree
                return try access.proofFile(
                    of: subject, network: network, tree: tree, earlier: earlier,
                    checkpoint: note)
            }
        } catch ProofUnavailableError.headNotVoted {
            throw GatewayError.unavailable(ProofUnavailableError.headNotVoted.rawValue)
        }
    }
}
