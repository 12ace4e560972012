import Wire

extension ProtoReadColumns {
    /// Whether each kind is a number that Protobuf can hold.
    ///
    /// SwiftProtobuf takes any integer of 64 bits for an enumeration in JSON, counts 32 bits of it
    /// when it measures the message, and writes all of it: beyond the end of the buffer. So this
    /// must be asked before columns that came as JSON are encoded.
    var hasKindsOf32Bits: Bool { kind.allSatisfy { Int32(exactly: $0.rawValue) != nil } }
}
