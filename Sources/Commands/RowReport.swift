import Primitives

/// Tells what became of each row of a file, as it becomes known: a line for people, or one JSON
/// object a line.
struct RowReport {
    let isJSON: Bool

    func row(_ text: @autoclosure () -> String, _ object: @autoclosure () -> CanonicalJSON) {
        if isJSON { Output.json(object()) } else { Output.line(text()) }
    }
}
