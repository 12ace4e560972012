import Foundation
import Primitives
import SwiftProtobuf
import Wire

extension Transaction {
    /// The parts of a transaction's canonical bytes, not judged yet.
    struct Parts {
        let body: ProtoTransactionBody
        let bodyBytes: [UInt8]
        /// Nil for one of a wrong length.
        let signatures: [Signature?]
        /// The detached reads, where there are any.
        let reads: ProtoReadColumns?

        /// Those of a trade, read in place: most of what arrives.
        ///
        /// Nil for everything else and for what is not canonical: ``init(decoding:)`` then says
        /// what it is.
        init?(trade bytes: Data) {
            guard bytes.count <= LedgerLimits.transactionBytes else { return nil }
            let parts = bytes.withUnsafeBytes { buffer -> Parts? in
                var reader = MessageReader(buffer)
                guard let encoded = reader.content(1),
                    let body = ProtoTransactionBody(canonicalTrade: encoded)
                else { return nil }
                var signatures: [Signature?] = []
                while let signature = reader.content(2) {
                    guard let signature = Signature(bytes: signature) else { return nil }
                    signatures.append(signature)
                }
                guard reader.isComplete else { return nil }
                return Parts(
                    body: body, bodyBytes: Array(encoded), signatures: signatures, reads: nil)
            }
            guard let parts else { return nil }
            self = parts
        }

        init(decoding bytes: Data) throws(EncodingError) {
            let envelope = try Parts.envelope(bytes)
            self.init(
                body: try ProtoTransactionBody(
                    canonical: envelope.body, limit: LedgerLimits.transactionBytes),
                bodyBytes: Array(envelope.body),
                signatures: envelope.signatures.map { Signature(bytes: $0) },
                reads: envelope.hasReads ? envelope.reads : nil)
        }

        private init(
            body: ProtoTransactionBody, bodyBytes: [UInt8], signatures: [Signature?],
            reads: ProtoReadColumns?
        ) {
            self.body = body
            self.bodyBytes = bodyBytes
            self.signatures = signatures
            self.reads = reads
        }

        /// The envelope of canonical bytes. Without reads its one canonical form is told by its
        /// length and first byte, a body and then signatures of a fixed size: it need not be
        /// encoded again.
        private static func envelope(
            _ bytes: Data
        ) throws(EncodingError) -> ProtoSignedTransaction {
            let limit = LedgerLimits.transactionBytes
            let bodyTag: UInt8 = 0x0a
            if bytes.count <= limit, bytes.first == bodyTag,
                let envelope = try? ProtoSignedTransaction(serializedBytes: bytes),
                !envelope.hasReads, !envelope.body.isEmpty,
                envelope.signatures.allSatisfy({ $0.count == Signature.byteCount }),
                bytes.count
                    == headSize(envelope.body.count, signatures: envelope.signatures.count)
            {
                return envelope
            }
            return try ProtoSignedTransaction(canonical: bytes, limit: limit)
        }

        /// Bytes before the detached reads: one body, and signatures of a fixed size.
        var headSize: Int { Parts.headSize(bodyBytes.count, signatures: signatures.count) }

        private static func headSize(_ bodySize: Int, signatures: Int) -> Int {
            var lengthSize = 1
            var rest = bodySize >> 7
            while rest > 0 {
                lengthSize += 1
                rest >>= 7
            }
            return 1 + lengthSize + bodySize + signatures * (2 + Signature.byteCount)
        }
    }
}
