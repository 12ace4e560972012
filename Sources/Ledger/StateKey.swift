package import Primitives

/// The kinds of leaves in the state tree. Numbers and names are frozen: the number orders leaves in
/// a store, the name is hashed into a leaf's path.
package enum StateKind: UInt8, CaseIterable, Sendable {
    case counters = 1
    case account = 2
    case key = 3
    case delegation = 4
    case device = 5
    case externalID = 6
    case meterSerial = 7
    case deviceMonth = 8
    case baseline = 9
    case project = 10
    case defaultProject = 11
    case assignment = 12
    case series = 13
    case segment = 14
    case lot = 15
    case frozen = 16
    case redemption = 17
    case retirement = 18
    case evidence = 19
    case parameters = 20
    case yield = 21
    case authorities = 22
    case pending = 23
    case authorityChange = 24
    case doubleVote = 25
    // 26 to 63 by later rules: attestations, reservations, listings, balances, registry issuance.

    /// The name in a leaf's path.
    package var name: String {
        switch self {
        case .counters: "counters"
        case .account: "account"
        case .key: "key"
        case .delegation: "delegation"
        case .device: "device"
        case .externalID: "external-id"
        case .meterSerial: "meter-serial"
        case .deviceMonth: "device-month"
        case .baseline: "baseline"
        case .project: "project"
        case .defaultProject: "default-project"
        case .assignment: "assignment"
        case .series: "series"
        case .segment: "segment"
        case .lot: "lot"
        case .frozen: "frozen"
        case .redemption: "redemption"
        case .retirement: "retirement"
        case .evidence: "evidence"
        case .parameters: "parameters"
        case .yield: "yield"
        case .authorities: "authorities"
        case .pending: "pending"
        case .authorityChange: "authority-change"
        case .doubleVote: "double-vote"
        }
    }

    /// Number of 8-byte words in an id of this kind.
    package var wordCount: Int {
        switch self {
        case .counters: 0
        case .account, .baseline, .project, .redemption, .retirement, .evidence, .parameters,
            .authorities, .authorityChange:
            1
        case .delegation, .device, .deviceMonth, .defaultProject, .series, .yield, .assignment,
            .pending, .doubleVote:
            2
        case .segment, .lot, .frozen: 3
        case .key, .externalID, .meterSerial: 4
        }
    }
}

/// The key of a leaf: its kind and up to four words of id, ordered as their bytes are.
package struct StateKey: Hashable, Comparable, Sendable {
    package let kind: StateKind
    package let word0: UInt64
    package let word1: UInt64
    package let word2: UInt64
    package let word3: UInt64

    package init(
        _ kind: StateKind, _ word0: UInt64 = 0, _ word1: UInt64 = 0, _ word2: UInt64 = 0,
        _ word3: UInt64 = 0
    ) {
        self.kind = kind
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Words that the kind does not use are zero in every key of it.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind.rawValue)
        let count = kind.wordCount
        if count > 0 { hasher.combine(word0) }
        if count > 1 { hasher.combine(word1) }
        if count > 2 { hasher.combine(word2) }
        if count > 3 { hasher.combine(word3) }
    }

    package static func < (left: StateKey, right: StateKey) -> Bool {
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }

    /// The words that the kind uses.
    package var words: [UInt64] { Array([word0, word1, word2, word3].prefix(kind.wordCount)) }

    /// The kind's number and the id's words, big-endian: how stores keep and order keys.
    package var bytes: [UInt8] {
        var result: [UInt8] = [kind.rawValue]
        result.reserveCapacity(33)
        appendID(to: &result)
        return result
    }

    /// Lends ``bytes`` without an allocation.
    package func withBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try withUnsafeTemporaryAllocation(byteCount: 33, alignment: 8) { buffer in
            buffer[0] = kind.rawValue
            storeID(into: buffer, at: 1)
            return try body(
                UnsafeRawBufferPointer(rebasing: buffer[..<(1 + 8 * kind.wordCount)]))
        }
    }

    private func storeID(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        let words = (word0, word1, word2, word3)
        withUnsafeBytes(of: words) { source in
            for index in 0..<kind.wordCount {
                let word = source.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                buffer.storeBytes(
                    of: word.bigEndian, toByteOffset: offset + 8 * index, as: UInt64.self)
            }
        }
    }

    /// Nil unless the bytes are exactly what ``bytes`` gives for some key.
    package init?(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard let key = bytes.withUnsafeBytes({ StateKey(bytes: $0) }) else { return nil }
        self = key
    }

    /// The same for bytes in place: a store asks it once for each leaf.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first, let kind = StateKind(rawValue: first),
            bytes.count == 1 + 8 * kind.wordCount
        else { return nil }
        func word(_ index: Int) -> UInt64 {
            guard index < kind.wordCount else { return 0 }
            let word = bytes.loadUnaligned(fromByteOffset: 1 + 8 * index, as: UInt64.self)
            return UInt64(bigEndian: word)
        }
        self.init(kind, word(0), word(1), word(2), word(3))
    }

    /// The leaf's path in the state tree: `SHA-256("drec/state/v1\0" ‖ kind ‖ 0x00 ‖ id)`.
    package var path: Digest {
        let prefix = StateKey.pathPrefixes[Int(kind.rawValue)]
        let count = prefix.count + 8 * kind.wordCount
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer in
            buffer.copyBytes(from: prefix)
            storeID(into: buffer, at: prefix.count)
            return Digest.sha256(UnsafeRawBufferPointer(buffer))
        }
    }

    private func appendID(to buffer: inout [UInt8]) {
        for index in 0..<kind.wordCount {
            let word =
                switch index {
                case 0: word0
                case 1: word1
                case 2: word2
                default: word3
                }
            withUnsafeBytes(of: word.bigEndian) { buffer.append(contentsOf: $0) }
        }
    }

    private static let pathPrefixes: [[UInt8]] = {
        var prefixes = [[UInt8]](repeating: [], count: 256)
        for kind in StateKind.allCases {
            prefixes[Int(kind.rawValue)] = Array("drec/state/v1\0\(kind.name)\0".utf8)
        }
        return prefixes
    }()
}

extension StateKey {
    package static let counters = StateKey(.counters)

    package static func account(_ id: AccountID) -> StateKey { StateKey(.account, id.rawValue) }

    package static func key(_ key: PublicKey) -> StateKey { StateKey(.key, words: key.words) }

    package static func delegation(from: AccountID, to: AccountID) -> StateKey {
        StateKey(.delegation, from.rawValue, to.rawValue)
    }

    /// A device's revision that is in force from a moment on.
    package static func device(_ id: DeviceID, effective: UInt64) -> StateKey {
        StateKey(.device, id.rawValue, effective)
    }

    package static func externalID(_ hash: Digest) -> StateKey {
        StateKey(.externalID, words: hash)
    }

    package static func meterSerial(_ hash: Digest) -> StateKey {
        StateKey(.meterSerial, words: hash)
    }

    package static func deviceMonth(_ id: DeviceID, _ month: CivilMonth) -> StateKey {
        StateKey(.deviceMonth, id.rawValue, UInt64(month.ordinal))
    }

    package static func baseline(_ id: DeviceID) -> StateKey { StateKey(.baseline, id.rawValue) }

    package static func project(_ id: ProjectID) -> StateKey { StateKey(.project, id.rawValue) }

    package static func defaultProject(of owner: AccountID, in country: CountryCode) -> StateKey {
        StateKey(.defaultProject, owner.rawValue, country.word)
    }

    package static func series(_ id: SeriesID) -> StateKey {
        StateKey(.series, id.project.rawValue, UInt64(id.vintage))
    }

    package static func segment(_ id: SeriesID, offset: UInt64) -> StateKey {
        StateKey(.segment, id.project.rawValue, UInt64(id.vintage), offset)
    }

    package static func lot(_ id: SeriesID, first: DRECSerial) -> StateKey {
        StateKey(.lot, id.project.rawValue, UInt64(id.vintage), first.rawValue)
    }

    package static func redemption(_ entry: LogIndex) -> StateKey {
        StateKey(.redemption, entry.rawValue)
    }

    package static func retirement(_ entry: LogIndex) -> StateKey {
        StateKey(.retirement, entry.rawValue)
    }

    package static func evidence(_ entry: LogIndex) -> StateKey {
        StateKey(.evidence, entry.rawValue)
    }

    package static func parameters(effective: UInt64) -> StateKey {
        StateKey(.parameters, effective)
    }

    package static func yield(_ country: CountryCode, effective: UInt64) -> StateKey {
        StateKey(.yield, country.word, effective)
    }

    package static func authorities(_ epoch: Epoch) -> StateKey {
        StateKey(.authorities, epoch.rawValue)
    }

    /// Four words of an id that is 32 bytes long.
    private init(_ kind: StateKind, words: Digest) {
        self.init(kind, words.word0, words.word1, words.word2, words.word3)
    }

    /// The series that a series, segment, lot or frozen key belongs to.
    package var series: SeriesID {
        SeriesID(project: ProjectID(word0), vintage: UInt32(truncatingIfNeeded: word1))
    }
}

extension CountryCode {
    /// The three letters as the low bytes of a word.
    package var word: UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
