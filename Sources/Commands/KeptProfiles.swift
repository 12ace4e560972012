import Foundation
import Ledger
import Primitives

/// Profiles in a private file beside the key, from before their roots go to the ledger until the
/// node has them.
///
/// A profile's salts exist once: were they lost between finality and the node's answer, nobody
/// could ever tell what the chain's root stands for.
///
/// `{"format": "drec-profiles-1", "network": genesis hash, "until": seconds, "profiles": […]}`
struct KeptProfiles {
    private static let format = "drec-profiles-1"
    private static let suffix = ".profiles-"
    private static let byteLimit = 1_024 * 1_024 * 1_024

    let path: String
    let profiles: [Profile]
    private let network: String
    /// Unix seconds after which no transaction that names them can become final.
    private let until: UInt64

    /// Writes the profiles down.
    ///
    /// - Parameter key: path of the key file that they are kept beside.
    init(_ profiles: [Profile], beside key: String, network: Digest) throws {
        self.profiles = profiles
        self.network = network.hex
        until = SystemClock.milliseconds() / 1_000 + LedgerLimits.validitySeconds
        path = key + KeptProfiles.suffix + (profiles.first?.root.hex.prefix(16) ?? "none")
        let file: CanonicalJSON = [
            "format": .string(KeptProfiles.format), "network": .string(self.network),
            "until": .unsigned(until), "profiles": .array(profiles.map(\.json)),
        ]
        try KeyFile.writePrivately(file.canonicalBytes, to: path)
    }

    /// Reads a file of them; nil for any other file.
    init?(path: String, bytes: [UInt8]) {
        guard let file = try? CanonicalJSON(parsing: bytes, limit: KeptProfiles.byteLimit),
            file["format"]?.string == KeptProfiles.format,
            let network = file["network"]?.string, let until = file.number("until"),
            let items = file["profiles"]?.array
        else { return nil }
        let profiles = items.compactMap { Profile(parsing: $0.canonicalBytes) }
        guard profiles.count == items.count else { return nil }
        self.path = path
        self.network = network
        self.until = until
        self.profiles = profiles
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Gives the node what earlier runs with this key could not, so that it is not lost.
    ///
    /// What the node does not take stays in its file; after ``until`` it never will, because no
    /// root of it is on the chain, or it was erased.
    static func deliver(beside key: String, network: Digest, _ client: NodeClient) async {
        let name = URL(fileURLWithPath: key)
        let folder = name.deletingLastPathComponent().path
        let prefix = name.lastPathComponent + suffix
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasPrefix(prefix) {
            let path = folder + "/" + name
            guard let bytes = try? KeyFile.readFile(path),
                let kept = KeptProfiles(path: path, bytes: bytes), kept.network == network.hex
            else { continue }
            await kept.deliver(client)
        }
    }

    private func deliver(_ client: NodeClient) async {
        var given = 0
        for profile in profiles {
            do {
                try await client.putProfile(profile)
                given += 1
            } catch CommandFailure.refused {
                continue
            } catch {
                return Output.note("\(path): \(error)")
            }
        }
        if given > 0 { Output.note("\(given) profiles of an earlier run given to the node") }
        let isOver = until < SystemClock.milliseconds() / 1_000
        if given == profiles.count || isOver { remove() }
    }
}
