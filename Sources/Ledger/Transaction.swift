package import Foundation
import Merkle
package import Primitives
import SwiftProtobuf
package import Wire

/// A transaction that was decoded and found well-formed: everything that can be judged without a
/// state. Signatures are judged by ``checkSignatures()``, because that is the dear part and is done
/// once, off the driver's thread.
///
/// Immutable, and a class only so that it is handed on without copying all of its parts.
package final class Transaction: Sendable {
    /// The bytes that arrived: a canonical `SignedTransaction`.
    package let bytes: Data
    package let body: ProtoTransactionBody
    package let signers: [TransactionSigner]
    package let signatures: [Signature]
    package let reads: [ReadRow]
    /// SHA-256(0x00 ‖ "drec/transaction/v1" ‖ 0x00 ‖ body): signatures are not included.
    package let id: Digest
    /// SHA-256(body ‖ signatures): the first half of the log entry.
    package let submissionHash: Digest
    /// Where the detached reads begin in ``bytes``; its end where there are none. Everything before
    /// is body and signatures, everything behind is one field.
    package let readsOffset: Int
    private let bodyBytes: [UInt8]

    /// Signatures of meters among the reads.
    package var meterSignatureCount: Int { reads.count { $0.meterSignature != nil } }

    /// Decodes and checks the envelope (rule L10, ledger page "Transactions").
    ///
    /// - Throws: a refusal of group 1.
    package init(decoding bytes: Data, network: Digest) throws(Refusal) {
        let parts: Parts
        do {
            if let trade = Parts(trade: bytes) {
                parts = trade
            } else {
                parts = try Parts(decoding: bytes)
            }
        } catch {
            throw Transaction.refusal(for: error)
        }
        let body = parts.body
        guard body.version == 1 else { throw Refusal(.wrongVersion, "version") }
        guard Digest(bytes: body.network) == network else {
            throw Refusal(.wrongNetwork, "network")
        }
        guard body.action != nil else { throw Refusal(.actionMissing, "action") }
        switch body.channel {
        case .unspecified, .UNRECOGNIZED: throw Refusal(.channelMissing, "channel")
        default: break
        }
        self.body = body
        self.bytes = bytes
        signers = try Transaction.signers(of: body)
        signatures = try Transaction.signatures(of: parts, count: signers.count)
        reads = try Transaction.boundReads(parts.reads, body: body)
        bodyBytes = parts.bodyBytes
        readsOffset = parts.reads == nil ? bytes.count : parts.headSize
        id = Digest.tagged(.transaction, bodyBytes)
        var submission = bodyBytes
        submission.reserveCapacity(bodyBytes.count + signatures.count * Signature.byteCount)
        for signature in signatures { submission += signature.bytes }
        submissionHash = Digest.sha256(submission)
    }

    /// Verifies every signature in the network's Ed25519 profile.
    ///
    /// - Throws: ``RefusalCode/signatureInvalid`` with the signer's position.
    package func checkSignatures() throws(Refusal) {
        for (index, signer) in signers.enumerated() {
            guard signer.key.verifies(signatures[index], .transaction, bodyBytes) else {
                throw Refusal(.signatureInvalid, "signatures[\(index)]")
            }
        }
    }

    private static func refusal(for error: EncodingError) -> Refusal {
        switch error {
        case .malformed: Refusal(.malformed)
        case .notCanonical: Refusal(.notCanonical)
        case .tooLarge(let limit):
            Refusal(.tooLarge, "", "At most \(limit) bytes.", limit: UInt64(limit))
        }
    }

    private static func signers(
        of body: ProtoTransactionBody
    ) throws(Refusal) -> [TransactionSigner] {
        guard (1...LedgerLimits.signers).contains(body.signers.count) else {
            throw Refusal(.signersInvalid, "signers")
        }
        var signers: [TransactionSigner] = []
        for (index, signer) in body.signers.enumerated() {
            guard let key = PublicKey(bytes: signer.publicKey),
                !signers.contains(where: { $0.key == key })
            else { throw Refusal(.signersInvalid, "signers[\(index)].public_key") }
            signers.append(TransactionSigner(key: key, nonce: Nonce(signer.nonce)))
        }
        return signers
    }

    private static func signatures(
        of parts: Parts, count: Int
    ) throws(Refusal) -> [Signature] {
        guard parts.signatures.count == count else {
            throw Refusal(.signatureCountWrong, "signatures")
        }
        var signatures: [Signature] = []
        signatures.reserveCapacity(count)
        for (index, signature) in parts.signatures.enumerated() {
            guard let signature else {
                throw Refusal(.signatureCountWrong, "signatures[\(index)]")
            }
            signatures.append(signature)
        }
        return signatures
    }

    /// The detached reads, found to be those that the body's root and count bind.
    private static func boundReads(
        _ columns: ProtoReadColumns?, body: ProtoTransactionBody
    ) throws(Refusal) -> [ReadRow] {
        let takesReads =
            switch body.action {
            case .submitReads, .mint: true
            default: false
            }
        guard (columns != nil) == takesReads, takesReads || body.readsCount == 0,
            takesReads || body.readsRoot.isEmpty
        else { throw Refusal(.readsNotExpected, "reads") }
        guard let columns else { return [] }
        guard (1...LedgerLimits.readsPerTransaction).contains(columns.device.count) else {
            throw Refusal(
                .countInvalid, "reads", "1 to \(LedgerLimits.readsPerTransaction) reads.",
                limit: UInt64(LedgerLimits.readsPerTransaction))
        }
        guard let rows = columns.rows() else {
            throw Refusal(.readsNotBound, "reads", "The columns differ in length.")
        }
        // The record has one byte for the kind: only these three are told apart by it.
        for (index, row) in rows.enumerated() {
            guard [.history, .delta, .aggregate].contains(row.kind) else {
                throw Refusal(.readKindInvalid, "reads[\(index)].kind")
            }
        }
        guard Int(body.readsCount) == rows.count,
            body.readsRoot.elementsEqual(readsRoot(of: rows).bytes)
        else { throw Refusal(.readsNotBound, "reads_root") }
        return rows
    }

    /// RFC 9162 root over the rows' records.
    package static func readsRoot(of rows: [ReadRow]) -> Digest {
        var record: [UInt8] = []
        let leaves = rows.map { row in
            record.removeAll(keepingCapacity: true)
            row.appendRecord(to: &record)
            return LogHash.leaf(record)
        }
        return LogTree.root(of: leaves)
    }
}

/// A key that signs a transaction, and the nonce that it spends on it.
package struct TransactionSigner: Hashable, Sendable {
    package let key: PublicKey
    package let nonce: Nonce

    package init(key: PublicKey, nonce: Nonce) {
        self.key = key
        self.nonce = nonce
    }
}

extension Transaction {
    /// Builds, signs and encodes a transaction, as a client does.
    ///
    /// - Parameters:
    ///   - body: everything but signers, reads root and count, which are filled in here.
    ///   - keys: the signing keys and their nonces, in the order of the signatures.
    package static func sign(
        _ body: ProtoTransactionBody, reads: [ReadRow] = [],
        keys: [(key: SigningKey, nonce: Nonce)]
    ) -> Data {
        var body = body
        body.version = 1
        body.signers = keys.map { pair in
            var signer = ProtoSigner()
            signer.publicKey = Data(pair.key.publicKey.bytes)
            signer.nonce = pair.nonce.rawValue
            return signer
        }
        var envelope = ProtoSignedTransaction()
        if !reads.isEmpty {
            body.readsRoot = Data(readsRoot(of: reads).bytes)
            body.readsCount = UInt32(truncatingIfNeeded: reads.count)
            envelope.reads = ProtoReadColumns(reads)
        }
        envelope.body = body.canonicalBytes
        let signed = Array(envelope.body)
        envelope.signatures = keys.map { Data($0.key.sign(.transaction, signed).bytes) }
        return envelope.canonicalBytes
    }
}
