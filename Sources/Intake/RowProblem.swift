/// Why one row of a file was not taken; the other rows go on.
package struct RowProblem: Error, Hashable, Sendable {
    /// Line in the file on which the row begins, from 1.
    package let line: Int
    /// The column at fault in the file's own spelling; nil when the whole row is.
    package let column: String?
    /// A clause for people, without a full stop: `negative energy`.
    package let message: String

    package init(line: Int, column: String? = nil, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }
}

extension RowProblem: CustomStringConvertible {
    /// `line 7, value: negative energy`
    package var description: String {
        "line \(line)\(column.map { ", \($0)" } ?? ""): \(message)"
    }
}

/// Why a text is not the value that its column wants; the row adds line and column.
struct ValueProblem: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }

    /// Cells are quoted in messages only so far: they come from outside.
    static func shown(_ text: some StringProtocol) -> String {
        text.count <= 40 ? "“\(text)”" : "“\(text.prefix(40))…”"
    }
}
