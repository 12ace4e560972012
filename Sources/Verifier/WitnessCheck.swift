import Merkle
import Primitives
import Wire

/// Who else saw the head's log: cosignatures of authorities over its checkpoint, and a log of an
/// earlier day that it goes on from.
struct WitnessCheck {
    let head: ProvenHeader
    let authorities: [ProtoAuthorityValue]
    let origin: String

    /// Types of signatures, as C2SP signed-note numbers them.
    private static let plain: UInt8 = 0x01
    private static let cosignature: UInt8 = 0x04

    private func failure(_ reason: String) -> ProofFailure { ProofFailure(.witnesses, reason) }

    /// How many authorities cosigned the checkpoint, which is of the head's log.
    ///
    /// - Throws: ``ProofFailure``, also for a signature of anybody else: it would be text that
    ///   nothing binds.
    func count(_ note: String?) throws(ProofFailure) -> Int {
        guard let note else { return 0 }
        guard let checkpoint = Checkpoint(note), checkpoint.origin == origin,
            checkpoint.size == head.logSize, checkpoint.root == head.logRoot
        else { throw failure("the checkpoint is not of the head's log") }
        var seen: Set<String> = []
        var cosigners: Set<Int> = []
        for (name, id, signature) in checkpoint.signatures {
            guard seen.insert("\(name) \(id.hex)").inserted,
                let (signer, type) = signer(name, id),
                isSigned(checkpoint.text, by: authorities[signer], type, signature)
            else { throw failure("a line of the checkpoint is not signed by an authority") }
            if type == WitnessCheck.cosignature { cosigners.insert(signer) }
        }
        return cosigners.count
    }

    /// The authority whose log key has the id under the name: the first four bytes of
    /// `SHA-256(name ‖ 0x0a ‖ type ‖ key)`.
    private func signer(_ name: String, _ id: [UInt8]) -> (Int, UInt8)? {
        for type in [WitnessCheck.cosignature, WitnessCheck.plain] {
            for (index, authority) in authorities.enumerated() {
                let hash = Digest.sha256(
                    Array(name.utf8) + [0x0a, type] + Array(authority.logKey))
                if Array(hash.bytes.prefix(4)) == id { return (index, type) }
            }
        }
        return nil
    }

    private func isSigned(
        _ text: String, by authority: ProtoAuthorityValue, _ type: UInt8, _ bytes: [UInt8]
    ) -> Bool {
        guard let key = PublicKey(bytes: authority.logKey) else { return false }
        guard type == WitnessCheck.cosignature else {
            return Signature(bytes: bytes).map { key.verifies($0, over: Array(text.utf8)) }
                ?? false
        }
        guard bytes.count == 8 + Signature.byteCount,
            let signature = Signature(bytes: bytes[8...])
        else { return false }
        let time = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return key.verifies(
            signature, over: Array("cosignature/v1\ntime \(time)\n\(text)".utf8))
    }

    /// The head's log begins with the file's earlier one, and is or begins with what is demanded.
    ///
    /// - Throws: ``ProofFailure``.
    func compare(
        _ earlier: ProofFile.EarlierLog?, with minimum: (size: UInt64, root: Digest)?
    ) throws(ProofFailure) {
        if let earlier {
            guard
                LogProof.verifyConsistency(
                    from: earlier.size, root: earlier.root, to: head.logSize,
                    root: head.logRoot, proof: earlier.consistency)
            else { throw failure("the head's log does not go on from the earlier one") }
        }
        guard let minimum else { return }
        guard minimum.size <= head.logSize else {
            throw failure("the head's log is smaller than the demanded one of \(minimum.size)")
        }
        let isHead = minimum.size == head.logSize && minimum.root == head.logRoot
        let isEarlier = minimum.size == earlier?.size && minimum.root == earlier?.root
        guard isHead || isEarlier else {
            throw failure(
                "the file does not show that its log goes on from the demanded one of "
                    + "\(minimum.size)")
        }
    }
}
