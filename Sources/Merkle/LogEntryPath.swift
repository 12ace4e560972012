/// Where what belongs to an entry is, beside the log's tiles: `entry/x001/234.receipt`.
package struct LogEntryPath: Hashable, Sendable {
    /// What there is of an entry; the name is the path's extension.
    package enum Part: String, CaseIterable, Sendable {
        /// What was submitted, with its reads.
        case transaction
        /// What the rules made of it.
        case receipt
        /// The path to a cosigned root (C2SP tlog-proof).
        case proof = "tlog-proof"
    }

    package let index: UInt64
    package let part: Part

    package init(index: UInt64, part: Part) {
        self.index = index
        self.part = part
    }

    package var path: String { "entry/\(LogNumber.path(index)).\(part.rawValue)" }

    /// Nil for anything but the one spelling.
    package init?(path: String) {
        var groups = path.split(separator: "/", omittingEmptySubsequences: false)
        guard groups.count >= 2, groups.removeFirst() == "entry" else { return nil }
        let last = groups.removeLast().split(separator: ".", omittingEmptySubsequences: false)
        guard last.count == 2, let part = Part(rawValue: String(last[1])),
            let index = LogNumber.number(groups + [last[0]])
        else { return nil }
        self.init(index: index, part: part)
        guard self.path == path else { return nil }
    }
}
