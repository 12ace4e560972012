import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// A JSON object in a body that has exactly the members it should have.
struct JSONMembers {
    private let members: [String: CanonicalJSON]

    /// - Throws: ``Problem`` when it is no object, or has other members.
    init(parsing bytes: [UInt8], names: Set<String>) throws {
        let json: CanonicalJSON
        do {
            json = try CanonicalJSON(parsing: bytes, limit: MemberRoutes.jsonLimit)
        } catch {
            throw Problem.badBody("#", "It is not JSON, or it has fractions or doubled names.")
        }
        guard let members = json.object else { throw Problem.badBody("#", "It is no object.") }
        for name in members.keys.sorted() where !names.contains(name) {
            throw Problem.badBody("#/\(name)", "The member is unknown.")
        }
        self.members = members
    }

    /// A member that must be there.
    ///
    /// - Throws: ``Problem`` pointing to the member when `read` does not take it.
    func value<Value>(
        _ name: String, _ wanted: String, _ read: (CanonicalJSON) -> Value?
    ) throws -> Value {
        guard let json = members[name] else {
            throw Problem.badBody("#/\(name)", "The member is missing.")
        }
        guard let value = read(json) else {
            throw Problem.badBody("#/\(name)", "It must be \(wanted).")
        }
        return value
    }
}

/// What is asked of a dry run: `{"account": "A17", "reads": {columns}}`.
struct DryRunOrder {
    let account: AccountID
    let rows: [ReadRow]

    init(parsing bytes: [UInt8]) throws {
        let members = try JSONMembers(parsing: bytes, names: ["account", "reads"])
        account = try members.value("account", IDText.account) { json in
            json.string.flatMap { IDText.account($0) }
        }
        let columns = try members.value("reads", "columns of reads") { json in
            let columns = try? ProtoReadColumns(jsonUTF8Data: Data(json.canonicalBytes))
            return columns.flatMap { $0.hasKindsOf32Bits ? $0 : nil }
        }
        let limit = LedgerLimits.readsPerTransaction
        guard (1...limit).contains(columns.device.count) else {
            throw Refusal(
                .countInvalid, "reads", "1 to \(limit) reads.", limit: UInt64(limit))
        }
        guard let rows = columns.rows() else {
            throw Problem.badBody("#/reads", "The columns differ in length.")
        }
        self.rows = rows
    }
}
