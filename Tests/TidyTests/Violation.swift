import Testing

/// One place where the house is untidy.
struct Violation: Equatable, CustomStringConvertible {
    /// Relative to the repository.
    let path: String
    /// From 1; 0 when the whole file is meant.
    let line: Int
    let message: String

    var description: String { line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)" }

    init(_ path: String, _ line: Int, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    init(_ path: String, _ message: String) { self.init(path, 0, message) }
}

/// Fails the running test once for each violation.
func expectNone(_ violations: [Violation]) {
    for violation in violations {
        Issue.record(Comment(rawValue: violation.description))
    }
}
