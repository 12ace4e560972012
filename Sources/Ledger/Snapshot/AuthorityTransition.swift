import Primitives
package import Wire

/// How one epoch's authorities handed over to the next ones: the epoch's last block, which names
/// them.
package struct AuthorityTransition: Sendable {
    package let block: FinalHeader
    /// Of the next epoch.
    package let next: AuthoritySet

    /// Nil unless the block ends its epoch with exactly these authorities.
    package init?(block: FinalHeader, next value: ProtoAuthoritySetValue) {
        let (epoch, overflow) = block.header.epoch.addingReportingOverflow(1)
        guard !overflow, block.endsEpoch,
            (1...GenesisDocument.authorityLimit).contains(value.authorities.count)
        else { return nil }
        let next = AuthoritySet(epoch: .init(epoch), value: value)
        guard block.header.nextAuthoritiesHash.elementsEqual(next.hash.bytes) else { return nil }
        self.block = block
        self.next = next
    }
}
