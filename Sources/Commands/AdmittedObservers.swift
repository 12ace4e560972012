package import Peering
import Primitives

/// Which observers a node lets connect, as its settings say it.
package enum AdmittedObservers: Equatable, Sendable {
    case anyone
    case nobody
    /// Those whose TLS keys are in this file: one of 64 hexadecimal digits a line. Empty lines and
    /// what follows a `#` say nothing.
    case listed(String)

    /// Reads the file, where there is one.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` naming file and line.
    package func policy() throws -> ObserverPolicy {
        switch self {
        case .anyone: return .anyone
        case .nobody: return .listed([])
        case .listed(let path): return .listed(try AdmittedObservers.keys(in: path, "observers"))
        }
    }

    /// TLS keys that a file lists.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` naming setting, file and line.
    static func keys(in path: String, _ setting: String) throws -> Set<PublicKey> {
        let bytes = try KeyFile.readFile(path, limit: NodeConfiguration.byteLimit)
        var keys: Set<PublicKey> = []
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in zip(1..., lines) {
            let said = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" }
            if said.isEmpty { continue }
            guard let key = PublicKey(hex: said) else {
                throw CommandFailure.failed(
                    "\(setting): \(path), line \(number): a TLS key is 64 hexadecimal digits")
            }
            keys.insert(key)
        }
        return keys
    }
}
