package import Foundation
package import Primitives
import SwiftProtobuf
import Wire

/// Who decides, followed from the genesis document alone: each epoch's last block names the next
/// authorities and is voted final by a quorum of those before.
///
/// Written anew from the format and not taken from the node: two programs that agree are worth more
/// than one that agrees with itself.
package struct AuthorityChain: Sendable {
    /// Whether a key's owner signed `0x00 ‖ tag ‖ 0x00 ‖ payload`.
    package typealias SignatureCheck =
        @Sendable (Signature, PublicKey, HashTag, [UInt8]) -> Bool

    /// The network's Ed25519 profile.
    package static let ed25519: SignatureCheck = { signature, key, tag, payload in
        key.verifies(signature, tag, payload)
    }

    package let network: Digest
    package private(set) var epoch: UInt64 = 0
    private(set) var authorities: [ProtoAuthorityValue]
    private(set) var last: ProvenHeader?
    private let accepts: SignatureCheck

    /// - Parameter accepts: another check than Ed25519 only where a simulation signs otherwise.
    package init(
        _ genesis: FoundingDocument, accepts: @escaping SignatureCheck = AuthorityChain.ed25519
    ) {
        network = genesis.network
        authorities = genesis.authorities
        self.accepts = accepts
    }

    /// Votes that decide among the present authorities: `n − ⌊(n − 1) / 3⌋`.
    package var quorum: Int { authorities.count - (authorities.count - 1) / 3 }

    /// Goes on to the next epoch.
    ///
    /// - Parameters:
    ///   - header: the epoch's last one, a canonical `Header`.
    ///   - certificate: the votes for it, a canonical `Finalization`.
    ///   - next: the authorities that it names, a canonical `AuthoritySetValue`.
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/authorities``; nothing has changed then.
    package mutating func follow(
        header: Data, certificate: Data, next: Data
    ) throws(ProofFailure) {
        let block = try proven(header, certificate, .authorities)
        guard block.header.nextAuthoritiesHash != block.header.authoritiesHash else {
            throw failure("block \(block.height) does not end its epoch")
        }
        let value: ProtoAuthoritySetValue
        do {
            value = try ProtoAuthoritySetValue(canonical: next, limit: AuthorityChain.setBytes)
        } catch {
            throw failure("the next authorities are not written in canonical form")
        }
        guard Digest.tagged(.authorities, Array(next)) == Digest(bytes: block.nextSetHash) else {
            throw failure("block \(block.height) names other authorities")
        }
        guard (1...FoundingDocument.authorityLimit).contains(value.authorities.count) else {
            throw failure("a set of \(value.authorities.count) authorities")
        }
        let (following, overflow) = epoch.addingReportingOverflow(1)
        guard !overflow else { throw failure("there is no epoch after \(epoch)") }
        epoch = following
        authorities = value.authorities
        last = block
    }

    /// A block of the present epoch, voted final by a quorum of its authorities.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/head``.
    package func head(header: Data, certificate: Data) throws(ProofFailure) -> ProvenHeader {
        try proven(header, certificate, .head)
    }

    private static let headerBytes = 1_024
    private static let setBytes = 64 * 1_024
    private static let certificateBytes = 8 * 1_024

    private func failure(
        _ reason: String, _ step: ProofStep = .authorities
    ) -> ProofFailure {
        ProofFailure(step, "epoch \(epoch): \(reason)")
    }

    private func proven(
        _ headerBytes: Data, _ certificateBytes: Data, _ step: ProofStep
    ) throws(ProofFailure) -> ProvenHeader {
        let header: ProtoHeader
        let votes: ProtoFinalization
        do {
            header = try ProtoHeader(canonical: headerBytes, limit: AuthorityChain.headerBytes)
            votes = try ProtoFinalization(
                canonical: certificateBytes, limit: AuthorityChain.certificateBytes)
        } catch {
            throw failure("a header or its votes are not written in canonical form", step)
        }
        guard header.version == 1, Digest(bytes: header.network) == network,
            header.epoch == epoch
        else { throw failure("the header is of another network, epoch or version", step) }
        let hash = Digest.tagged(.header, Array(headerBytes))
        guard Digest(bytes: header.authoritiesHash) == setHash else {
            throw failure("the header names other authorities", step)
        }
        guard let block = ProvenHeader(hash: hash, header: header) else {
            throw failure("the header lacks a root", step)
        }
        if let last, !block.follows(last) {
            throw failure("block \(block.height) does not come after block \(last.height)", step)
        }
        try check(votes, for: hash, step)
        return block
    }

    private var setHash: Digest {
        var value = ProtoAuthoritySetValue()
        value.authorities = authorities
        return Digest.tagged(.authorities, Array(value.canonicalBytes))
    }

    /// A quorum signed `network ‖ epoch ‖ view ‖ parent view ‖ block hash`, each for itself.
    private func check(
        _ votes: ProtoFinalization, for hash: Digest, _ step: ProofStep
    ) throws(ProofFailure) {
        guard votes.epoch == epoch, Digest(bytes: votes.blockHash) == hash else {
            throw failure("the votes are for another block", step)
        }
        var signers: [Int] = []
        for (place, byte) in votes.signers.enumerated() {
            for bit in 0..<8 where byte & 1 << UInt8(bit) != 0 { signers.append(8 * place + bit) }
        }
        guard votes.signers.last != 0, signers.allSatisfy({ $0 < authorities.count }),
            signers.count == votes.signatures.count
        else { throw failure("the votes name signers that there are not", step) }
        guard signers.count >= quorum else {
            throw failure("\(signers.count) votes, and \(quorum) decide", step)
        }
        var payload = network.bytes
        payload.append(bigEndian: votes.epoch)
        payload.append(bigEndian: votes.view)
        payload.append(bigEndian: votes.parentView)
        payload += hash.bytes
        for (index, bytes) in zip(signers, votes.signatures) {
            guard let key = PublicKey(bytes: authorities[index].voteKey),
                let signature = Signature(bytes: bytes),
                accepts(signature, key, .finalize, payload)
            else { throw failure("the vote of \(authorities[index].name) is not signed", step) }
        }
    }
}
