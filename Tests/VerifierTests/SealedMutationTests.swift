import Foundation
import Mutations
import Primitives
import SampleNetworks
import Testing
import Verifier

/// Damaged parts of files that were sealed anew, so that what is behind the seal has to find them.
@Suite("Damaged proof files with a good seal")
struct SealedMutationTests {
    /// Numbers and texts of a file in their order, those within one another included.
    private func leaves(of value: CanonicalJSON) -> [CanonicalJSON] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { leaves(of: $0.value) }
        case .array(let items): items.flatMap { leaves(of: $0) }
        default: [value]
        }
    }

    /// The value with its leaf at a place replaced.
    private func replacing(
        _ place: inout Int, in value: CanonicalJSON, with leaf: CanonicalJSON
    ) -> CanonicalJSON {
        switch value {
        case .object(let members):
            var result: [String: CanonicalJSON] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                result[name] = replacing(&place, in: member, with: leaf)
            }
            return .object(result)
        case .array(let items):
            return .array(items.map { replacing(&place, in: $0, with: leaf) })
        default:
            place -= 1
            return place == -1 ? leaf : value
        }
    }

    private func sealed(_ members: [String: CanonicalJSON]) -> [UInt8] {
        var members = members
        let seal = Digest.sha256(CanonicalJSON.object(members).canonicalBytes)
        members["sha256"] = .string(Data(seal.bytes).base64EncodedString())
        return CanonicalJSON.object(members).canonicalBytes
    }

    @Test(
        "They are refused, or are the very proof of another subject",
        arguments: [1, 2, 3, 4] as [UInt64])
    func parts(seed: UInt64) throws {
        let chain = try ProofChain.busy()
        let subjects: [ProofSubject] = [
            .drecs(try chain.range(1, 11)), .redemption(LogIndex(8)), .account(AccountID(6)),
        ]
        let files = try subjects.map { try #require(try chain.proof(of: $0)).bytes }
        let values = try files.map {
            try CanonicalJSON(parsing: $0, limit: ProofFile.byteLimit)
        }
        let parts = values.flatMap { leaves(of: $0) }.compactMap(\.string)
        var mutator = Mutator(
            seed: seed,
            corpus: parts.map { Data(base64Encoded: $0).map { Array($0) } ?? Array($0.utf8) })
        var random = SmallRandom(seed: seed)
        var parsed = 0
        for _ in 0..<400 {
            let number = Int(random.below(UInt64(files.count)))
            guard var members = values[number].object else { continue }
            members["sha256"] = nil
            let count = leaves(of: .object(members)).count
            var place = Int(random.below(UInt64(count)))
            let bytes = mutator.next()
            let leaf: CanonicalJSON =
                switch random.below(8) {
                case 0: .unsigned(random.next() >> random.below(64))
                case 1: .string(String(decoding: bytes, as: UTF8.self))
                case 2: .null
                default: .string(Data(bytes).base64EncodedString())
                }
            let changed = replacing(&place, in: .object(members), with: leaf)
            let file = sealed(try #require(changed.object))
            guard file != files[number] else { continue }
            let report = chain.report(file)
            #expect(report.lines.count == ProofStep.allCases.count)
            guard let read = try? ProofFile(parsing: file) else {
                #expect(!report.holds)
                continue
            }
            parsed += 1
            #expect(read.bytes == file)
            if report.holds {
                #expect(try chain.proof(of: read.subject) == read)
            }
            // What is trusted may be damaged too.
            #expect(!ProofCheck.report(on: files[number], genesis: file).holds)
        }
        #expect(parsed > 100)
        try chain.remove()
    }
}
