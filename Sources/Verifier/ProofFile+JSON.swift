import Foundation
import Primitives

extension ProofFile {
    /// The file: canonical JSON (RFC 8785), sealed by the hash of all else that is in it.
    package var bytes: [UInt8] {
        var members = members
        members["sha256"] = .base64(seal(of: members).bytes)
        return CanonicalJSON.object(members).canonicalBytes
    }

    /// Reads a file that is written in exactly this way, to the byte.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/format``.
    package init(parsing bytes: [UInt8]) throws(ProofFailure) {
        let value: CanonicalJSON
        do {
            value = try CanonicalJSON(parsing: bytes, limit: ProofFile.byteLimit)
        } catch {
            throw ProofFailure(.format, error.description)
        }
        let root = try ProofMembers(
            value, "",
            [
                "mediaType", "network", "subject", "transitions", "head", "log", "entries",
                "reads", "state", "sha256",
            ])
        guard try root.string("mediaType") == ProofFile.mediaType else {
            throw ProofFailure(.format, "mediaType: must be \(ProofFile.mediaType)")
        }
        let named = try ProofMembers(try root.value("subject"), "subject", ["kind", "id"])
        guard
            let subject = ProofSubject(kind: try named.string("kind"), id: try named.string("id"))
        else { throw ProofFailure(.format, "subject: no id of its kind") }
        guard let network = Digest(hex: try root.string("network")) else {
            throw ProofFailure(.format, "network: must be 64 hexadecimal digits")
        }
        let log = try ProofMembers(
            try root.value("log"), "log", ["checkpoint", "earlier"])
        self.init(
            network: network, subject: subject,
            transitions: try root.list("transitions", Transition.init),
            head: try VotedHeader(try root.value("head"), "head"),
            checkpoint: try log.optional("checkpoint") { value, path throws(ProofFailure) in
                guard let text = value.string else {
                    throw ProofFailure(.format, "\(path): must be a string or null")
                }
                return text
            },
            earlier: try log.optional("earlier", EarlierLog.init),
            entries: try root.list("entries", Entry.init),
            reads: try root.list("reads", Read.init), state: try root.list("state", Leaf.init))
        _ = try root.digest("sha256")
        // One way to write it: order, blanks, escapes, numbers, letters of hexadecimal digits, and
        // the seal.
        guard self.bytes == bytes else {
            throw ProofFailure(.format, "not in canonical form, or changed since it was sealed")
        }
    }

    private var members: [String: CanonicalJSON] {
        [
            "mediaType": .string(ProofFile.mediaType),
            "network": .string(network.hex),
            "subject": ["kind": .string(subject.kind), "id": .string(subject.id)],
            "transitions": .array(transitions.map(\.json)),
            "head": head.json,
            "log": [
                "checkpoint": checkpoint.map { .string($0) } ?? .null,
                "earlier": earlier?.json ?? .null,
            ],
            "entries": .array(entries.map(\.json)),
            "reads": .array(reads.map(\.json)),
            "state": .array(state.map(\.json)),
        ]
    }

    private func seal(of members: [String: CanonicalJSON]) -> Digest {
        Digest.sha256(CanonicalJSON.object(members).canonicalBytes)
    }
}

extension ProofFile.VotedHeader {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(value, path, ["header", "certificate"])
        self.init(
            header: try members.data("header"), certificate: try members.data("certificate"))
    }

    fileprivate var json: CanonicalJSON {
        ["header": .base64(header), "certificate": .base64(certificate)]
    }
}

extension ProofFile.Transition {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(
            value, path, ["header", "certificate", "nextAuthorities"])
        self.init(
            block: ProofFile.VotedHeader(
                header: try members.data("header"),
                certificate: try members.data("certificate")),
            nextAuthorities: try members.data("nextAuthorities"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "header": .base64(block.header), "certificate": .base64(block.certificate),
            "nextAuthorities": .base64(nextAuthorities),
        ]
    }
}

extension ProofFile.EarlierLog {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(value, path, ["size", "root", "consistency"])
        self.init(
            size: try members.number("size"), root: try members.digest("root"),
            consistency: try members.digests("consistency"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "size": .unsigned(size), "root": .base64(root.bytes),
            "consistency": .base64(consistency),
        ]
    }
}

extension ProofFile.Entry {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(
            value, path, ["index", "body", "signatures", "receipt", "inclusion"])
        let bytes = try members.data("signatures")
        guard bytes.count.isMultiple(of: Signature.byteCount) else {
            throw ProofFailure(.format, "\(path).signatures: not of 64 bytes each")
        }
        let starts = stride(from: bytes.startIndex, to: bytes.endIndex, by: Signature.byteCount)
        self.init(
            index: try members.number("index"), body: try members.data("body"),
            signatures: starts.compactMap {
                Signature(bytes: bytes[$0..<$0 + Signature.byteCount])
            },
            receipt: try members.data("receipt"), inclusion: try members.digests("inclusion"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "index": .unsigned(index), "body": .base64(body),
            "signatures": .base64(signatures.flatMap(\.bytes)), "receipt": .base64(receipt),
            "inclusion": .base64(inclusion),
        ]
    }
}

extension ProofFile.Read {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(
            value, path,
            [
                "entry", "position", "placement", "placementInclusion", "record",
                "recordInclusion",
            ])
        guard let position = UInt32(exactly: try members.number("position")) else {
            throw ProofFailure(.format, "\(path).position: too large")
        }
        self.init(
            entry: try members.number("entry"), position: position,
            placement: try members.data("placement"),
            placementInclusion: try members.digests("placementInclusion"),
            record: try members.data("record"),
            recordInclusion: try members.digests("recordInclusion"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "entry": .unsigned(entry), "position": .unsigned(UInt64(position)),
            "placement": .base64(placement), "placementInclusion": .base64(placementInclusion),
            "record": .base64(record), "recordInclusion": .base64(recordInclusion),
        ]
    }
}

extension ProofFile.Leaf {
    fileprivate init(_ value: CanonicalJSON, _ path: String) throws(ProofFailure) {
        let members = try ProofMembers(value, path, ["key", "value", "bitmap", "siblings"])
        self.init(
            key: try members.data("key"), value: try members.data("value"),
            bitmap: try members.data("bitmap"), siblings: try members.digests("siblings"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "key": .base64(key), "value": .base64(value), "bitmap": .base64(bitmap),
            "siblings": .base64(siblings),
        ]
    }
}

extension CanonicalJSON {
    fileprivate static func base64(_ bytes: some Sequence<UInt8>) -> CanonicalJSON {
        .string(Base64.encode(bytes))
    }

    /// Hashes one after the other.
    fileprivate static func base64(_ digests: [Digest]) -> CanonicalJSON {
        var bytes: [UInt8] = []
        for digest in digests { digest.append(to: &bytes) }
        return .string(Base64.encode(bytes))
    }
}
