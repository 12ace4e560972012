package import Primitives

/// One authority's signed statement. A leader's vote to notarize is its proposal.
package struct Vote: Hashable, Sendable {
    package let statement: Statement
    /// Index in the epoch's committee.
    package let signer: Int
    package let signature: Signature

    package init(statement: Statement, signer: Int, signature: Signature) {
        self.statement = statement
        self.signer = signer
        self.signature = signature
    }

    package var epoch: Epoch { statement.epoch }
    package var view: View { statement.view }
    package var kind: Statement.Kind { statement.kind }
    package var subject: VoteSubject? { statement.subject }
}

/// A statement with the signatures of a quorum: proof of it to anyone who knows the committee.
package struct Certificate: Hashable, Sendable {
    package let statement: Statement
    package let signers: SignerSet
    /// One for each signer, in the order of their indices.
    package let signatures: [Signature]

    package init(statement: Statement, signers: SignerSet, signatures: [Signature]) {
        self.statement = statement
        self.signers = signers
        self.signatures = signatures
    }

    /// Joins votes that all make the same statement, each by another signer.
    init(statement: Statement, votes: [Vote]) {
        let ascending = votes.sorted { $0.signer < $1.signer }
        self.init(
            statement: statement, signers: SignerSet(ascending.map(\.signer)),
            signatures: ascending.map(\.signature))
    }

    package var epoch: Epoch { statement.epoch }
    package var view: View { statement.view }
    package var kind: Statement.Kind { statement.kind }
    package var subject: VoteSubject? { statement.subject }
}
