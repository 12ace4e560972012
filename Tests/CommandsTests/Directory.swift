import Commands
import Foundation
import Testing

/// A directory of its own that goes with the value.
final class Directory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "drec-commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func file(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = "\(self.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @discardableResult
    func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        try file(name, Array(text.utf8), mode: mode)
    }

    func folder(_ name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// What a verb says when it fails; nil where it does not, or not as a verb should.
func failure(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch CommandFailure.failed(let text) {
        return text
    } catch {
        Issue.record("another error: \(error)")
        return nil
    }
}
