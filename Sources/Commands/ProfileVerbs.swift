import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

/// Off-chain profiles: the chain knows a root, the members keep fields with their salts.
enum ProfileVerbs {
    /// What a profile is about.
    enum Subject: CustomStringConvertible {
        case account(AccountID)
        case device(DeviceID)

        var description: String {
            switch self {
            case .account(let id): "\(id)"
            case .device(let id): "\(id)"
            }
        }

        /// The root that the chain has for it now.
        func root(_ client: NodeClient) async throws -> Digest? {
            let path =
                switch self {
                case .account(let id): "/v1/accounts/\(id)"
                case .device(let id): "/v1/devices/\(id)/revisions?limit=1"
                }
            let answer = try await client.json(path)
            let record = answer["items"]?.array?.first ?? answer
            return Digest(hex: record.text("profileRoot"))
        }
    }

    /// Commits to a profile on the chain, then gives it to the node; nil withdraws the commitment.
    ///
    /// - Parameter file: where the profile with its salts is kept for good.
    static func commit(
        _ profile: Profile?, of subject: Subject, keeping file: String?, _ signing: SigningOptions
    ) async throws {
        try await deliverEarlier(signing)
        if let profile, let file {
            try KeyFile.writePrivately(profile.json.canonicalBytes, to: file)
        }
        var action = ProtoCommitProfile()
        if case .device(let id) = subject { action.device = id.rawValue }
        if let profile { action.root = Data(profile.root.bytes) }
        try await keeping([profile].compactMap { $0 }, signing) { kept in
            let receipt: FinalReceipt
            do {
                receipt = try await signing.submit(.commitProfile(action))
            } catch CommandFailure.refused(let reason) {
                if let file { try? FileManager.default.removeItem(atPath: file) }
                throw CommandFailure.refused(reason)
            }
            if let profile { try await upload(profile, file ?? kept?.path, signing.client) }
            signing.report(
                receipt,
                profile.map { "\(subject) has the profile \($0.root)" }
                    ?? "\(subject) has no profile now")
        }
    }

    /// Keeps profiles in a private file while `body` has their roots put on the chain and gives
    /// them to the node. Where it ends in anything but success or a refusal, the file stays.
    static func keeping(
        _ profiles: [Profile], _ signing: SigningOptions,
        _ body: (KeptProfiles?) async throws -> Void
    ) async throws {
        guard !profiles.isEmpty else { return try await body(nil) }
        _ = (try signing.account(), try signing.signingKey())
        let kept = try KeptProfiles(
            profiles, beside: signing.key, network: try await signing.client.network())
        do {
            try await body(kept)
        } catch CommandFailure.refused(let reason) {
            kept.remove()
            throw CommandFailure.refused(reason)
        }
        kept.remove()
    }

    /// Gives the node the profiles that earlier runs with this key could not.
    static func deliverEarlier(_ signing: SigningOptions) async throws {
        _ = try signing.signingKey()
        await KeptProfiles.deliver(
            beside: signing.key, network: try await signing.client.network(), signing.client)
    }

    /// Gives a profile to the node. Its salts are nowhere else than in the file.
    static func upload(_ profile: Profile, _ file: String?, _ client: NodeClient) async throws {
        do {
            try await client.putProfile(profile)
        } catch let failure as CommandFailure {
            let kept = file.map { ". It is in \($0); upload it with: drec account profile upload" }
            throw CommandFailure.failed(
                "the chain has the profile's root, but the node did not take the profile: "
                    + "\(failure)\(kept ?? "")")
        }
    }

    static func upload(file: String, _ member: MemberOptions) async throws {
        let bytes = try KeyFile.readFile(file)
        let kept = KeptProfiles(path: file, bytes: bytes)
        guard let profiles = kept?.profiles ?? Profile(parsing: bytes).map({ [$0] }) else {
            throw CommandFailure.failed("\(file) is not a profile as --save writes it")
        }
        for profile in profiles {
            try await member.client.putProfile(profile)
            say("uploaded", profile.root, member.node)
        }
        kept?.remove()
    }

    static func show(_ subject: Subject, _ signing: SigningOptions) async throws {
        let key = try signing.signingKey()
        guard let root = try await subject.root(signing.client) else {
            throw CommandFailure.refused("\(subject) has committed to no profile")
        }
        guard let bytes = try await signing.client.profile(root: root, by: key) else {
            throw CommandFailure.refused(
                "this node does not have the profile \(root) of \(subject); it may be erased")
        }
        if signing.node.json { return Output.raw(bytes) }
        guard let profile = Profile(parsing: bytes) else {
            throw CommandFailure.failed("the node's profile \(root) is damaged")
        }
        Output.line("\(subject)  \(root)")
        for field in profile.fields { Output.line("\(field.name): \(field.value)") }
        guard profile.root == root else {
            throw CommandFailure.refused("the node's profile does not match the chain's root")
        }
    }

    static func erase(
        _ subject: Subject, root: Digest?, _ signing: SigningOptions
    ) async throws {
        let key = try signing.signingKey()
        guard let root = try await withDefault(root, subject, signing.client) else {
            throw CommandFailure.refused("\(subject) has committed to no profile")
        }
        try await signing.client.eraseProfile(root: root, by: key)
        say("erased", root, signing.node)
    }

    private static func withDefault(
        _ root: Digest?, _ subject: Subject, _ client: NodeClient
    ) async throws -> Digest? {
        if let root { return root }
        return try await subject.root(client)
    }

    private static func say(_ what: String, _ root: Digest, _ node: NodeOptions) {
        let json: CanonicalJSON = ["root": .string(root.hex), "status": .string(what)]
        if node.json { Output.json(json) } else { Output.line("\(what)  \(root)") }
    }
}

extension Profile {
    /// A profile of `name=value` arguments, each with a new salt; nil for none.
    ///
    /// - Throws: a usage error that names the option.
    init?(arguments: [String], _ option: String) throws {
        guard !arguments.isEmpty else { return nil }
        let fields = try arguments.map { argument in
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("\(option): \(argument) is not name=value")
            }
            return Field(name: String(parts[0]), value: String(parts[1]), salt: UInt8.salt())
        }
        guard Set(fields.map(\.name)).count == fields.count else {
            throw ValidationError("\(option): a name comes twice")
        }
        self.init(fields: fields)
    }
}
