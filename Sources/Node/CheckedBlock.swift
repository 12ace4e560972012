package import Ledger
package import Wire

/// A block whose transactions were decoded and whose signatures were checked; it is not executed
/// yet.
package struct CheckedBlock: Sendable {
    package let header: ProtoHeader
    package let transactions: [Transaction]
    package let finalization: ProtoFinalization
}
