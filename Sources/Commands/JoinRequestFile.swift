import Foundation
package import Ledger
package import Primitives

/// Join requests on disk.
package enum JoinRequestFile {
    /// Reads a request and checks its signatures.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` naming the file.
    package static func load(_ path: String) throws -> JoinRequest {
        do {
            return try JoinRequest(
                parsing: try KeyFile.readFile(path, limit: JoinRequest.byteLimit))
        } catch let error as JoinRequestError {
            throw CommandFailure.failed("\(path): \(error)")
        }
    }

    /// Makes a member's keys and its request in a new directory: `keys/account.key`,
    /// `keys/vote.key`, `keys/tls.key`, `keys/log.key`, which stay there, and `join.json`, which
    /// is for the initiative.
    ///
    /// Nothing is left behind where the request is wrong.
    package static func create(
        in directory: String, network: String, name: String, isInitiative: Bool,
        legalName: String, country: CountryCode, address: String
    ) throws -> JoinRequest {
        guard !FileManager.default.fileExists(atPath: directory) else {
            throw CommandFailure.failed("\(directory) exists already")
        }
        let keys = JoinRequest.Keys(
            account: try KeyFile.random(), vote: try KeyFile.random(),
            tls: try KeyFile.random(), log: try KeyFile.random())
        let request = JoinRequest(
            network: network, name: name, isInitiative: isInitiative, legalName: legalName,
            country: country, address: address, keys: keys)
        if let violation = request.violation { throw CommandFailure.failed("\(violation)") }
        try FileManager.default.createDirectory(
            atPath: directory + "/keys", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        for (name, key) in [
            ("account", keys.account), ("vote", keys.vote), ("tls", keys.tls), ("log", keys.log),
        ] {
            try KeyFile.write(key, to: "\(directory)/keys/\(name).key")
        }
        try Data(request.json.canonicalBytes + [UInt8(ascii: "\n")])
            .write(to: URL(fileURLWithPath: directory + "/join.json"))
        return request
    }
}
