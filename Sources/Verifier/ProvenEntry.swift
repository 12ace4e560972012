import Foundation
import Merkle
import Primitives
import SwiftProtobuf
import Wire

/// An entry that is in the head's log.
struct ProvenEntry {
    let index: UInt64
    let body: ProtoTransactionBody
    let bodyBytes: [UInt8]
    let signatures: [Signature]
    let receipt: ProtoReceipt

    private static let byteLimit = 1_024 * 1_024
    private static let signerLimit = 64

    /// The file's entries, each of them in the log of the head.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/log``.
    static func all(
        of file: ProofFile, under head: ProvenHeader
    ) throws(ProofFailure) -> [ProvenEntry] {
        var entries: [ProvenEntry] = []
        for part in file.entries {
            if let last = entries.last, last.index >= part.index {
                throw ProofFailure(.log, "entry #\(part.index) does not ascend")
            }
            let entry = try ProvenEntry(part, under: head)
            if let last = entries.last, last.receipt.height > entry.receipt.height {
                throw ProofFailure(.log, "entry #\(part.index) is of an earlier block")
            }
            entries.append(entry)
        }
        return entries
    }

    private init(_ part: ProofFile.Entry, under head: ProvenHeader) throws(ProofFailure) {
        do {
            body = try ProtoTransactionBody(canonical: part.body, limit: ProvenEntry.byteLimit)
            receipt = try ProtoReceipt(canonical: part.receipt, limit: ProvenEntry.byteLimit)
        } catch {
            throw ProofFailure(.log, "entry #\(part.index) is not written in canonical form")
        }
        index = part.index
        bodyBytes = Array(part.body)
        signatures = part.signatures
        var submission = bodyBytes
        for signature in signatures { submission += signature.bytes }
        let leaf = LogHash.leaf(
            Digest.sha256(submission).bytes + Digest.sha256(Array(part.receipt)).bytes)
        guard
            LogProof.verifyInclusion(
                of: leaf, at: index, size: head.logSize, proof: part.inclusion,
                root: head.logRoot)
        else { throw ProofFailure(.log, "entry #\(index) is not in the head's log") }
        guard receipt.logIndex == index, receipt.height >= 1, receipt.height <= head.height,
            receipt.time <= head.time.rawValue
        else { throw ProofFailure(.log, "entry #\(index) has the receipt of another one") }
    }

    /// The signatures are those of exactly the signers that the body names, over the body, for this
    /// network.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/signatures``.
    func checkSignatures(network: Digest) throws(ProofFailure) {
        guard body.version == 1, Digest(bytes: body.network) == network else {
            throw ProofFailure(.signatures, "entry #\(index) is of another network or version")
        }
        let keys = body.signers.compactMap { PublicKey(bytes: $0.publicKey) }
        guard (1...ProvenEntry.signerLimit).contains(keys.count), Set(keys).count == keys.count,
            keys.count == body.signers.count, keys.count == signatures.count
        else { throw ProofFailure(.signatures, "entry #\(index) has other signers than named") }
        for (key, signature) in zip(keys, signatures) {
            guard key.verifies(signature, .transaction, bodyBytes) else {
                throw ProofFailure(.signatures, "entry #\(index) is not signed by \(key)")
            }
        }
    }

    /// The one event of a kind, nil where there is none or more.
    func only<Event>(_ event: (ProtoEvent.OneOf_Event) -> Event?) -> Event? {
        let found = receipt.events.compactMap { $0.event.flatMap(event) }
        return found.count == 1 ? found[0] : nil
    }

    var placed: ProtoEnergyPlaced? {
        only { if case .energyPlaced(let event) = $0 { event } else { nil } }
    }

    var accepted: ProtoReadsAccepted? {
        only { if case .readsAccepted(let event) = $0 { event } else { nil } }
    }

    var moved: ProtoLotsMoved? {
        only { if case .lotsMoved(let event) = $0 { event } else { nil } }
    }
}
