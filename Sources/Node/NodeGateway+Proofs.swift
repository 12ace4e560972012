import Gateway
import Store
package import Verifier

extension NodeGateway {
    package func proof(
        of subject: ProofSubject, goingOnFrom earlier: UInt64?
    ) async throws -> ProofFile? {
        let network = network.hash
        let trees = store.proofTree
        let note = shelf.note
        do {
            while true {
                do {
                    return try await read { access in
                        try access.proofFile(
                            of: subject, network: network, trees: trees, earlier: earlier,
                            checkpoint: note)
                    }
                } catch is ProofTreeLeftBehind {
                    // Another proof was made of a later block meanwhile: so is this one.
                    try Task.checkCancellation()
                }
            }
        } catch ProofUnavailableError.headNotVoted {
            throw GatewayError.unavailable(ProofUnavailableError.headNotVoted.rawValue)
        }
    }
}
