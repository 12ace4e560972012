import Merkle
import Primitives
import Wire

/// Who else saw the head's log: cosignatures of authorities over its checkpoint, and a log of an
/// earlier day that it goes on from.
struct WitnessCheck {
    let head: ProvenHeader
    let authorities: [ProtoAuthorityValue]
    let origin: String

    private func failure(_ reason: String) -> ProofFailure { ProofFailure(.witnesses, reason) }

    /// How many authorities cosigned the checkpoint, which is of the head's log or of the earlier
    /// one; 0 where that lacks an entry of the file.
    ///
    /// - Throws: ``ProofFailure``, also for a signature of anybody else: it would be text that
    ///   nothing binds.
    func count(_ file: ProofFile) throws(ProofFailure) -> Int {
        guard let note = file.checkpoint else { return 0 }
        guard let checkpoint = CheckpointNote(note), checkpoint.origin.isSpelled(origin),
            checkpoint.size == head.logSize && checkpoint.root == head.logRoot
                || checkpoint.size == file.earlier?.size && checkpoint.root == file.earlier?.root
        else { throw failure("the checkpoint is of another log") }
        var seen: Set<String> = []
        var cosigners: Set<Int> = []
        for (name, id, signature) in checkpoint.signatures {
            guard seen.insert("\(name) \(id.hex)").inserted,
                let (signer, type) = CheckpointNote.signer(
                    name, id, among: authorities, of: origin),
                isSigned(checkpoint.text, by: authorities[signer], type, signature)
            else { throw failure("a line of the checkpoint is not signed by an authority") }
            if type == CheckpointNote.cosignature { cosigners.insert(signer) }
        }
        return file.entries.allSatisfy { $0.index < checkpoint.size } ? cosigners.count : 0
    }

    private func isSigned(
        _ text: String, by authority: ProtoAuthorityValue, _ type: UInt8, _ bytes: [UInt8]
    ) -> Bool {
        guard let key = PublicKey(bytes: authority.logKey) else { return false }
        guard type == CheckpointNote.cosignature else {
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
