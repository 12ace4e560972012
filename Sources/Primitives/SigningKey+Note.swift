/// Signatures over text: those of signed notes (C2SP signed-note) alone are made without a tag.
extension SigningKey {
    /// Signs a note's text, or a text about a note.
    ///
    /// Every other signature covers bytes that begin with zero, so none can pass for one of these.
    ///
    /// - Returns: nil for what is no text: empty, or with a control character other than newline.
    package func sign(note text: String) -> Signature? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else { return nil }
        return sign(bytes)
    }
}

extension PublicKey {
    /// Whether the signature covers a note's text.
    package func verifies(_ signature: Signature, note text: String) -> Bool {
        verifies(signature, over: Array(text.utf8))
    }
}
