import Foundation
import Ledger
import Merkle
import Primitives

/// Sorts the leaves of a whole state by their paths in the tree, in bounded memory.
///
/// Leaves come in the order of their keys, and paths are hashes of them. Few leaves are kept in
/// memory. Many are parted by the first bits of their paths into files, each small enough to be
/// sorted in memory: an honest state spreads evenly, and another one is refused.
struct PathSorter {
    /// Leaves of a state that stay in memory, 4 MiB of them.
    private static let memoryBits = 14
    /// At most 256 files.
    private static let maximumBits = 8
    private static let bufferBytes = 65_536
    private static let entryBytes = 2 * Digest.byteCount

    private let directory: String
    /// Of a path, which tell its file.
    private let bits: Int
    /// More leaves than this in one file are no state's.
    private let bound: Int
    private var buffers: [[UInt8]]
    private var counts: [Int]
    private var files: [FileHandle?]

    /// - Parameters:
    ///   - directory: is made where files are needed, and goes with ``remove()``.
    ///   - leafCount: no more are added.
    ///   - depth: of the tree; no bucket lies in two files.
    init(directory: String, leafCount: UInt64, depth: Int) throws {
        self.directory = directory
        bits = min(PathSorter.maximumBits, max(0, depth - PathSorter.memoryBits))
        bound = 1_000 + 2 * Int(leafCount >> UInt64(bits))
        let count = 1 << bits
        buffers = Array(repeating: [], count: count)
        counts = Array(repeating: 0, count: count)
        files = Array(repeating: nil, count: count)
        remove()
        guard bits > 0 else { return }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    mutating func add(path: Digest, valueHash: Digest) throws {
        let place = Int(path.word0 >> UInt64(64 - bits))
        counts[place] += 1
        guard bits == 0 || counts[place] <= bound else {
            throw SnapshotError.malformed("leaves of no state")
        }
        path.append(to: &buffers[place])
        valueHash.append(to: &buffers[place])
        if bits > 0, buffers[place].count >= PathSorter.bufferBytes { try flush(place) }
    }

    private mutating func flush(_ place: Int) throws {
        let file: FileHandle
        if let open = files[place] {
            file = open
        } else {
            let url = URL(fileURLWithPath: "\(directory)/\(place)")
            try Data().write(to: url)
            file = try FileHandle(forUpdating: url)
            files[place] = file
        }
        try file.write(contentsOf: Data(buffers[place]))
        buffers[place].removeAll(keepingCapacity: true)
    }

    /// Hands out all leaves in the order of their paths, a part at a time.
    mutating func drain(_ body: ([StateChange]) throws -> Void) throws {
        for place in buffers.indices {
            var bytes = Data()
            if let file = files[place] {
                try file.seek(toOffset: 0)
                bytes = try file.readToEnd() ?? Data()
                try file.close()
                files[place] = nil
            }
            bytes += buffers[place]
            buffers[place] = []
            guard !bytes.isEmpty else { continue }
            var leaves = bytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: PathSorter.entryBytes).map { offset in
                    StateChange(
                        key: Digest(loading: UnsafeRawBufferPointer(rebasing: bytes[offset...])),
                        valueHash: Digest(
                            loading: UnsafeRawBufferPointer(
                                rebasing: bytes[(offset + Digest.byteCount)...])))
                }
            }
            leaves.sort { $0.key < $1.key }
            try body(leaves)
        }
    }
}
