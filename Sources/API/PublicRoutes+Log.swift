import Gateway
import Hummingbird
import Merkle
import Primitives

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
    }
}

extension Problem {
    /// The log is there, and too few authorities have signed a state of it yet.
    static let notCosigned = Problem(
        status: .serviceUnavailable, code: "notCosigned",
        title: "No quorum of authorities has cosigned the log yet.", headers: [.retryAfter: "2"])
}
