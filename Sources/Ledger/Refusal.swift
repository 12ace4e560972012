/// Why the rules refuse a transaction, or one row of it.
///
/// A refusal is an answer, not a failure: the submitter gets it and the state is as before.
package struct Refusal: Error, Equatable, Sendable {
    package let code: RefusalCode
    /// What is wrong, as a path into the transaction: `reads[12].watt_hours`. Empty for the whole.
    package let field: String
    /// The particulars, in English; never empty where numbers say more than the code's sentence.
    package let detail: String
    /// The limit that was broken and by how much, in the field's unit.
    package let limit: UInt64?
    package let excess: UInt64?

    package init(
        _ code: RefusalCode, _ field: String = "", _ detail: String = "", limit: UInt64? = nil,
        excess: UInt64? = nil
    ) {
        self.code = code
        self.field = field
        self.detail = detail
        self.limit = limit
        self.excess = excess
    }

    /// The same refusal, its field below another one.
    package func within(_ path: String) -> Refusal {
        Refusal(
            code, field.isEmpty ? path : "\(path).\(field)", detail, limit: limit, excess: excess)
    }
}

extension Refusal: CustomStringConvertible {
    /// `403 windowsOverlap: The window overlaps …`
    package var description: String {
        let head = "\(code.rawValue) \(code.name): \(code.sentence)"
        let place = field.isEmpty ? "" : " (\(field))"
        return head + place + (detail.isEmpty ? "" : " " + detail)
    }
}
