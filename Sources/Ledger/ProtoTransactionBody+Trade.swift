package import Foundation
package import Wire

extension ProtoTransactionBody {
    /// Reads the canonical body of a trade.
    ///
    /// Nil for every other body and for whatever is not canonical: the general decoder then says
    /// what it is.
    package init?(canonicalTrade bytes: Data) {
        let body = bytes.withUnsafeBytes { ProtoTransactionBody(canonicalTrade: $0) }
        guard let body else { return nil }
        self = body
    }

    /// The same of bytes in place.
    init?(canonicalTrade bytes: UnsafeRawBufferPointer) {
        self.init()
        var reader = MessageReader(bytes)
        version = UInt32(truncatingIfNeeded: reader.number(1, atMost: UInt64(UInt32.max)))
        network = reader.bytes(2)
        account = reader.number(3)
        var signers: [ProtoSigner] = []
        while let signer = reader.message(4, ProtoSigner.init(reading:)) {
            signers.append(signer)
        }
        self.signers = signers
        notAfter = reader.number(5)
        let channel = reader.number(6, atMost: UInt64(Int32.max))
        self.channel = ProtoChannel(rawValue: Int(truncatingIfNeeded: channel)) ?? .unspecified
        readsRoot = reader.bytes(7)
        readsCount = UInt32(truncatingIfNeeded: reader.number(8, atMost: UInt64(UInt32.max)))
        guard let trade = reader.message(91, ProtoTrade.init(reading:)), reader.isComplete
        else { return nil }
        action = .trade(trade)
    }
}

extension ProtoSigner {
    fileprivate init(reading reader: inout MessageReader) {
        self.init()
        publicKey = reader.bytes(1)
        nonce = reader.number(2)
    }
}

extension ProtoTrade {
    fileprivate init(reading reader: inout MessageReader) {
        self.init()
        while let range = reader.message(1, ProtoRange.init(reading:)) { ranges.append(range) }
        to = reader.number(2)
    }
}

extension ProtoRange {
    fileprivate init(reading reader: inout MessageReader) {
        self.init()
        project = reader.number(1)
        vintage = UInt32(truncatingIfNeeded: reader.number(2, atMost: UInt64(UInt32.max)))
        first = reader.number(3)
        last = reader.number(4)
    }
}
