import Gateway
import Hummingbird
import Merkle
import Primitives
import Verifier

extension PublicRoutes {
    /// The log in the formats of C2SP tlog-tiles, so that any such tool can mirror and watch it.
    func addLog(to table: inout RouteTable) {
        read("/log/checkpoint", in: &table) { _ in
            guard let note = try await gateway.checkpoint() else { throw Problem.notCosigned }
            return Answer(Array(note.utf8), type: "text/plain; charset=utf-8", .head)
        }
        read("/log/tile/**", in: &table) { asked in
            let path = String(asked.path.dropFirst("/log/".count))
            let bytes: [UInt8]?
            if let tile = LogTile(path: path) {
                bytes = try await gateway.logTile(tile)
            } else if let bundle = LogTile(entriesPath: path) {
                bytes = try await gateway.logEntries(bundle)
            } else {
                throw Problem.notFound
            }
            guard let bytes else { throw await missing("tile", path, at: .anywhere) }
            return Answer(bytes, type: "application/octet-stream", .final)
        }
        read("/log/entry/**", in: &table) { asked in
            let path = String(asked.path.dropFirst("/log/".count))
            guard let place = LogEntryPath(path: path) else { throw Problem.notFound }
            return try await entry(LogIndex(place.index), place.part)
        }
    }

    /// What was submitted, what the rules made of it, or the proof that it is in the log.
    private func entry(_ index: LogIndex, _ part: LogEntryPath.Part) async throws -> Answer {
        let found: Answer? =
            switch part {
            case .transaction:
                try await gateway.transactionBytes(at: index).map {
                    Answer($0, type: "application/protobuf", .final)
                }
            case .receipt:
                try await gateway.receiptBytes(at: index).map {
                    Answer($0, type: "application/protobuf", .final)
                }
            case .proof: try await proof(of: index)
            }
        guard let found else {
            throw await missing("entry", index.description, at: .entry(index))
        }
        return found
    }

    private func proof(of index: LogIndex) async throws -> Answer? {
        guard try await gateway.status().logSize > index.rawValue else { return nil }
        guard let note = try await gateway.checkpoint(), let size = CheckpointNote(note)?.size,
            size > index.rawValue
        else { throw Problem.notCosigned }
        return try await gateway.loggedEntry(index, in: size).map { entry in
            Answer(
                Array(entry.proof(under: note).utf8), type: "text/plain; charset=utf-8", .head)
        }
    }
}

extension Problem {
    /// The log is there, and too few authorities have signed a state of it yet.
    static let notCosigned = Problem(
        status: .serviceUnavailable, code: "notCosigned",
        title: "No quorum of authorities has cosigned the log yet.", headers: [.retryAfter: "2"])
}
