import Foundation
import Primitives
import SwiftProtobuf
import Synchronization
import Verifier
import Wire

/// Copies the proofs of all that there is into a directory, each of them checked.
///
/// A proof is kept that is of the block that the export began at, or of a later one.
struct ProofExport: Sendable {
    let client: NodeClient
    let directory: ExportDirectory
    /// The genesis document and its hash.
    let genesis: [UInt8]
    let network: Digest
    /// The block that each proof must be of at least.
    let height: UInt64
    let counts = ProofCounts()

    /// How many proofs were written, kept, and not to be had.
    final class ProofCounts: Sendable {
        struct Values {
            var written = 0
            var kept = 0
            var missing = 0
        }

        private let state = Mutex(Values())
        var values: Values { state.withLock { $0 } }
        func add(_ part: any WritableKeyPath<Values, Int> & Sendable) {
            state.withLock { $0[keyPath: part] += 1 }
        }
    }

    /// What is exported of each list.
    private struct List: Sendable {
        let title: String
        let path: String
        /// The paths of what is proved.
        let place: @Sendable (CanonicalJSON) -> String
        /// How far an item brings the progress bar, and how far it goes.
        let step: @Sendable (CanonicalJSON) -> UInt64
        let total: @Sendable (CanonicalJSON) -> UInt64?
    }

    private static let lists = [
        List(
            title: "Accounts", path: "/v1/accounts", place: { "/v1/accounts/\($0.text("id"))" },
            step: { _ in 1 }, total: { $0.number("accounts") }),
        List(
            title: "Devices", path: "/v1/devices", place: { "/v1/devices/\($0.text("id"))" },
            step: { _ in 1 }, total: { $0.number("devices") }),
        List(
            title: "Redemptions", path: "/v1/redemptions",
            place: { "/v1/redemptions/\($0.text("entry"))" },
            step: { $0.number("kilowattHours") ?? 0 },
            total: { $0.number("redeemedKilowattHours") }),
        List(
            title: "D-RECs", path: "/v1/lots", place: { "/v1/drecs/\($0.text("range"))" },
            step: { $0.number("kilowattHours") ?? 0 },
            total: { totals in
                ["active", "redeemed", "retired"].reduce(0) {
                    $0 + (totals.number("\($1)KilowattHours") ?? 0)
                }
            }),
    ]

    func run(isShown: Bool) async throws {
        let totals = try await json("/v1/totals")
        for list in ProofExport.lists {
            var progress = ProgressBar(list.title, isShown: isShown)
            var done: UInt64 = 0
            let first = list.path + "?limit=200"
            var next: String? = first
            while let page = next {
                let answer = try await json(page)
                let items = answer["items"]?.array ?? []
                try await forEachAtOnce(items) { try await copy(list.place($0)) }
                done += items.reduce(0) { $0 + list.step($1) }
                progress.show(done, of: list.total(totals))
                next = answer["next"]?.string.map { "\(first)&cursor=\($0)" }
            }
        }
    }

    private func json(_ path: String) async throws -> CanonicalJSON {
        try NodeClient.json(try await client.awaited(path).bytes, path)
    }

    // MARK: One proof

    private func copy(_ subject: String) async throws {
        let path = subject + "/proof"
        guard try !isKept(path) else { return counts.add(\.kept) }
        let answer = try await client.awaited(path, expecting: [400, 404])
        if answer.status == 200 {
            try check(answer.bytes, path)
            try directory.write(answer.bytes, to: path)
            return counts.add(\.written)
        }
        switch answer.object["code"] as? String {
        case "rangeTooWide": try await copyHalves(of: subject)
        case "notHeld": counts.add(\.missing)
        default: throw client.failure(answer, path)
        }
    }

    /// What is too large for one proof is proved in parts; a single D-REC has no parts.
    private func copyHalves(of subject: String) async throws {
        guard let range = DRECRange(subject.split(separator: "/").last.map(String.init) ?? ""),
            range.count > 1
        else { return counts.add(\.missing) }
        let middle = range.first.rawValue + (range.count - 1) / 2
        for (first, last) in [
            (range.first.rawValue, middle), (middle + 1, range.last.rawValue),
        ] {
            guard
                let half = DRECRange(
                    series: range.series, first: DRECSerial(first), last: DRECSerial(last))
            else { return counts.add(\.missing) }
            try await copy("/v1/drecs/\(half)")
        }
    }

    private func isKept(_ path: String) throws -> Bool {
        guard let bytes = try directory.bytes(path, limit: ProofFile.byteLimit),
            let file = try? ProofFile(parsing: bytes), file.network == network,
            let header = try? ProtoHeader(serializedBytes: file.head.header)
        else { return false }
        return header.height >= height
    }

    private func check(_ bytes: [UInt8], _ path: String) throws {
        let report = ProofCheck.report(on: bytes, genesis: genesis)
        guard report.holds else {
            let failed = report.lines.first { $0.verdict == .fails }
            throw CommandFailure.failed(
                "\(path) does not hold: \(failed?.step.rawValue ?? ""): \(failed?.detail ?? "")")
        }
    }
}
