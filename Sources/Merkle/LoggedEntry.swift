import Foundation
package import Primitives

/// An entry of the log with its path to the root of a log of some size.
package struct LoggedEntry: Equatable, Sendable {
    package let index: UInt64
    /// What is hashed into the leaf.
    package let bytes: [UInt8]
    /// The lowest sibling first.
    package let inclusion: [Digest]

    package init(index: UInt64, bytes: [UInt8], inclusion: [Digest]) {
        self.index = index
        self.bytes = bytes
        self.inclusion = inclusion
    }

    /// The proof as text (C2SP tlog-proof). The entry itself is in the line of extra data: whoever
    /// has what was submitted knows the first half of it, and the path binds the rest.
    ///
    /// - Parameter checkpoint: of the log of that size, a signed note.
    package func proof(under checkpoint: String) -> String {
        var lines = [
            "c2sp.org/tlog-proof@v1", "extra \(Data(bytes).base64EncodedString())",
            "index \(index)",
        ]
        lines += inclusion.map { Data($0.bytes).base64EncodedString() }
        return lines.joined(separator: "\n") + "\n\n" + checkpoint
    }
}
