package import Primitives

/// A vote, certificate or message whose signatures were checked.
///
/// Only ``Committee`` makes one, and the machine of votes of its own. So nothing unchecked can
/// reach the machine's state, and nothing is checked twice.
package struct Verified<Value: Sendable>: Sendable {
    package let value: Value

    init(_ value: Value) { self.value = value }
}

extension Verified: Equatable where Value: Equatable {}

extension Committee {
    /// Checks a vote; nil when it is another epoch's, nobody's, or not signed.
    package func verify(_ vote: Vote, network: Digest, with verifier: some VoteVerifier)
        -> Verified<Vote>?
    {
        guard vote.epoch == epoch, isPlausible(vote.statement), let key = key(at: vote.signer),
            verifier.accepts(
                vote.signature, by: key, vote.kind.tag, vote.statement.payload(network: network))
        else { return nil }
        return Verified(vote)
    }

    /// Checks a certificate; nil unless it is this epoch's and a quorum signed it. What is cheap to
    /// see is seen before the first signature.
    package func verify(
        _ certificate: Certificate, network: Digest, with verifier: some VoteVerifier
    ) -> Verified<Certificate>? {
        let indices = certificate.signers.indices
        guard certificate.epoch == epoch, isPlausible(certificate.statement),
            indices.count == certificate.signatures.count, key(at: indices.last ?? 0) != nil,
            indices.count >= quorum || deviations.contains(.believesSignerCount)
        else { return nil }
        let payload = certificate.statement.payload(network: network)
        let tag = certificate.kind.tag
        for (index, signature) in zip(indices, certificate.signatures) {
            guard let key = key(at: index), verifier.accepts(signature, by: key, tag, payload)
            else { return nil }
        }
        return Verified(certificate)
    }

    /// Checks all that a message holds; nil when any of it is wrong.
    ///
    /// A hello of another network is refused; one of another epoch keeps its numbers, and loses its
    /// certificates, which this committee cannot judge.
    package func verify(
        _ message: ConsensusMessage, network: Digest, with verifier: some VoteVerifier
    ) -> Verified<ConsensusMessage>? {
        switch message {
        case .proposal(let vote):
            guard vote.kind == .notarize, vote.signer == leader(of: vote.view),
                verify(vote, network: network, with: verifier) != nil
            else { return nil }
        case .vote(let vote):
            guard verify(vote, network: network, with: verifier) != nil else { return nil }
        case .certificate(let certificate):
            guard verify(certificate, network: network, with: verifier) != nil else { return nil }
        case .hello(let hello):
            guard hello.network == network else { return nil }
            guard hello.epoch == epoch else { return Verified(.hello(hello.withoutCertificates)) }
            for certificate in [hello.entry, hello.finalization].compactMap(\.self) {
                guard verify(certificate, network: network, with: verifier) != nil
                else { return nil }
            }
        case .fetch: break
        }
        return Verified(message)
    }

    /// View 0 is never voted on, the last view has no successor, and a parent is earlier.
    private func isPlausible(_ statement: Statement) -> Bool {
        guard statement.view > View(0), statement.view < View(.max) else { return false }
        guard let subject = statement.subject else { return true }
        return subject.parentView < subject.view
    }
}
