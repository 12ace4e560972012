import Primitives
import Verifier

extension ProofReport {
    /// Tells people.
    func tell() {
        for line in lines {
            let mark =
                switch line.verdict {
                case .holds: "holds"
                case .fails: "FAILS"
                case .unchecked: "-"
                case .notAsked: "not asked"
                }
            Output.line(ProofReport.columns(line.step.rawValue, mark, line.detail))
        }
        Output.line("")
        Output.line(ProofReport.columns("Included", isIncluded ? "yes" : "no", ""))
        Output.line(ProofReport.columns("Final", isFinal ? "yes" : "no", ""))
        Output.line(ProofReport.columns("Current", moment ?? "no", ""))
        Output.line(ProofReport.columns("Witnessed", "by \(witnesses)", "the log's entries"))
        Output.line("")
        statement?.tell()
        Output.line(holds ? "The proof holds." : "The proof does not hold.")
        if isInPage {
            Output.line(
                "It is a part of a page. What else the page says was not checked: compare it.")
        }
    }

    /// What the state says is as of a block. Of a device it says what one revision is.
    private var moment: String? {
        current.map { block in
            let moment = "as of block \(block.height), \(block.time)"
            guard let device = statement?.device else { return moment }
            let isAhead = device.effective > block.time ? ", not in force then" : ""
            return "this revision \(moment)\(isAhead); later ones were not looked for"
        }
    }

    private static func columns(_ first: String, _ second: String, _ third: String) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let head = padded(first, 12) + second
        return third.isEmpty ? head : padded(head, 23) + third
    }

    var json: CanonicalJSON {
        [
            "holds": .boolean(holds), "inPage": .boolean(isInPage),
            "steps": .array(
                lines.map {
                    [
                        "step": .string($0.step.rawValue),
                        "verdict": .string($0.verdict.rawValue), "detail": .string($0.detail),
                    ]
                }),
            "levels": [
                "included": .boolean(isIncluded), "final": .boolean(isFinal),
                "current": current.map {
                    [
                        "height": .unsigned($0.height), "time": .string($0.time.description),
                    ]
                } ?? .null,
                "witnessed": .integer(Int64(witnesses)),
            ],
            "statement": statement?.json ?? .null,
        ]
    }
}
