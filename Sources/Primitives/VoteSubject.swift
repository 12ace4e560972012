/// What authorities vote on: a block in a view, on a parent's view.
package struct VoteSubject: Hashable, Sendable {
    package let epoch: Epoch
    package let view: View
    package let parentView: View
    package let blockHash: Digest

    package init(epoch: Epoch, view: View, parentView: View, blockHash: Digest) {
        self.epoch = epoch
        self.view = view
        self.parentView = parentView
        self.blockHash = blockHash
    }

    /// The payload below the vote's tag: network ‖ epoch ‖ view ‖ parent view ‖ block hash.
    package func payload(network: Digest) -> [UInt8] {
        var bytes = network.bytes
        bytes.append(bigEndian: epoch.rawValue)
        bytes.append(bigEndian: view.rawValue)
        bytes.append(bigEndian: parentView.rawValue)
        bytes += blockHash.bytes
        return bytes
    }
}
