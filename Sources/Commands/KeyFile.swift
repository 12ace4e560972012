import CoreFoundation
import Foundation
import Glibc
package import Primitives

/// A signing key in a file that only its owner may read.
package enum KeyFile {
    private static let format = "drec-key-1"
    /// The largest key file that is read, in bytes.
    private static let byteLimit = 4_096
    /// The largest file of any kind that is read whole, in bytes.
    private static let largestFile = 64 * 1_024 * 1_024

    /// A new random key, which is in no file yet.
    static func random() throws -> SigningKey {
        var random = SystemRandomNumberGenerator()
        let seed = (0..<SigningKey.seedByteCount).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        guard let key = SigningKey(seed: seed) else {
            throw CommandFailure.failed("no key could be made")
        }
        return key
    }

    /// Writes a new random key; an existing file is never overwritten.
    package static func create(at path: String) throws -> SigningKey {
        let key = try random()
        try write(key, to: path)
        return key
    }

    /// Writes a key; an existing file is never overwritten.
    static func write(_ key: SigningKey, to path: String) throws {
        let json: CanonicalJSON = [
            "format": .string(format), "publicKey": .string(key.publicKey.hex),
            "seed": .string(key.seed.hex),
        ]
        try writePrivately(json.canonicalBytes + [UInt8(ascii: "\n")], to: path)
    }

    /// Reads a key that nobody but its owner may read.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` naming the file, never its content.
    package static func load(_ path: String) throws -> SigningKey {
        // A pipe would keep the verb waiting for its writer.
        var kind = stat()
        if stat(path, &kind) == 0, kind.st_mode & S_IFMT == S_IFIFO {
            throw CommandFailure.failed("\(path) is not a key file")
        }
        let bytes = try readFile(path, limit: byteLimit)
        let text = bytes.last == UInt8(ascii: "\n") ? Array(bytes.dropLast()) : bytes
        guard let value = try? CanonicalJSON(parsing: text, limit: byteLimit),
            let members = value.object, members.count == 3, members["format"]?.string == format,
            let seedText = members["seed"]?.string, let seed = [UInt8](hex: seedText),
            let key = SigningKey(seed: seed), members["publicKey"]?.string == key.publicKey.hex
        else { throw CommandFailure.failed("\(path) is not a key file") }
        // Of the file itself, where the path is a link to it.
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw CommandFailure.failed(
                "\(path) can be read by others; make it private with: chmod 600 '\(path)'")
        }
        return key
    }

    /// As ``load(_:)``; a failure names the option.
    static func load(_ path: String, option: String) throws -> SigningKey {
        do {
            return try load(path)
        } catch let failure as CommandFailure {
            throw CommandFailure.failed("\(option): \(failure)")
        }
    }

    /// The key of a file, which is made where it is missing.
    static func loadOrCreate(_ path: String, option: String) throws -> SigningKey {
        do {
            return FileManager.default.fileExists(atPath: path)
                ? try load(path) : try create(at: path)
        } catch let failure as CommandFailure {
            throw CommandFailure.failed("\(option): \(failure)")
        }
    }

    /// Creates a file with mode 0600, failing where one exists.
    static func writePrivately(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure.failed(
                "cannot create \(path): \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
    }

    /// Reads a file whole; the limit also bounds what a pipe or a device gives.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where it cannot be read or is larger, in bytes.
    static func readFile(_ path: String, limit: Int = largestFile) throws -> [UInt8] {
        let bytes = try readStart(of: path, count: limit + 1)
        guard bytes.count <= limit else {
            throw CommandFailure.failed("\(path) is larger than \(limit) bytes")
        }
        return bytes
    }

    /// Reads so many bytes of a file, or all where it has fewer.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where it cannot be read.
    static func readStart(of path: String, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            // A pipe gives what it has, not all that was asked for.
            while bytes.count < count,
                let data = try handle.read(upToCount: count - bytes.count), !data.isEmpty
            {
                bytes += data
            }
        } catch {
            throw CommandFailure.failed("cannot read \(path): \(SystemReason.of(error))")
        }
        return bytes
    }
}

extension UInt8 {
    /// 16 random bytes, for the salt of a profile's field.
    static func salt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
