import ArgumentParser
import Foundation
import Ledger
import Pages
import Primitives
import Synchronization

/// How a verb ends other than well.
package enum CommandFailure: Error, CustomStringConvertible {
    /// The ledger said no; exit code 1.
    case refused(String)
    /// Something else went wrong; exit code 2.
    case failed(String)

    package var description: String {
        switch self {
        case .refused(let text), .failed(let text): text
        }
    }
}

/// Where verbs write: answers to standard output, everything else to standard error.
///
/// An answer that cannot be written does not stop what a verb is doing: it ends its work, and then
/// fails.
enum Output {
    /// Why answers cannot be written, once one could not.
    private static let fault = Mutex<String?>(nil)

    static func line(_ text: String) { bytes(Array((printable(text) + "\n").utf8)) }

    /// One JSON value on a line of its own.
    static func json(_ value: CanonicalJSON) { bytes(Array((escaped(value) + "\n").utf8)) }

    /// JSON that means the same and is safe on a terminal: what ``printable(_:)`` would make
    /// visible is written as `\u202E`.
    static func escaped(_ value: CanonicalJSON) -> String { escaped(value.canonicalText) }

    /// As ``escaped(_:)``, of a JSON text: such characters stand in its strings alone.
    private static func escaped(_ json: String) -> String {
        replacing(in: json) { scalar in
            String(scalar).utf16.map { "\\u" + hexadecimal(UInt32($0)) }.joined()
        }
    }

    /// Text with control characters, and those that turn the direction or are not seen, made
    /// visible: what a file or the ledger says must not steer the terminal.
    static func printable(_ text: String) -> String {
        replacing(in: text) { "[U+\(hexadecimal($0.value))]" }
    }

    private static func replacing(
        in text: String, by replacement: (Unicode.Scalar) -> String
    ) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isUnsafe(scalar) {
                result += replacement(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        Escaping.isHidden(scalar) && scalar != "\n" && scalar != "\t"
    }

    /// At least four digits, as Unicode's standard and JSON write characters.
    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Without a new line.
    static func text(_ text: String) { bytes(Array(text.utf8)) }

    /// As they are.
    static func bytes(_ bytes: [UInt8]) {
        fault.withLock { fault in
            guard fault == nil else { return }
            do {
                try FileHandle.standardOutput.write(contentsOf: Data(bytes))
            } catch {
                fault = SystemReason.of(error)
            }
        }
    }

    static func note(_ text: String) { error(printable(text) + "\n") }

    /// To standard error as it is; there is nobody to tell that this failed.
    private static func error(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// JSON as a node wrote it.
    static func raw(_ bytes: [UInt8]) {
        text(escaped(String(decoding: bytes, as: UTF8.self)))
        if bytes.last != UInt8(ascii: "\n") { line("") }
    }

    /// A message is one line, whatever was typed and is told in it.
    private static func shortened(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > messageLimit ? line.prefix(messageLimit) + "…" : line
    }

    /// Characters of a message about wrong usage.
    private static let messageLimit = 1_000

    /// Runs a verb and turns what it throws into a message and an exit code.
    static func run(_ body: () async throws -> Void) async throws {
        do {
            try DescriptorLimit.require(DescriptorLimit.verb)
            try await body()
            if let reason = fault.withLock({ $0 }) {
                throw CommandFailure.failed("the answer cannot be written: \(reason)")
            }
        } catch let error as CommandFailure {
            note("drec: \(error)")
            switch error {
            case .refused: throw ExitCode(1)
            case .failed: throw ExitCode(2)
            }
        } catch let refusal as Refusal {
            note("drec: refused, \(refusal)")
            throw ExitCode(1)
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            note("Error: \(shortened(error.message))")
            throw ExitCode.validationFailure
        } catch let error as CocoaError {
            let path = error.filePath.map { "\($0): " } ?? ""
            note("drec: \(path)\(SystemReason.of(error))")
            throw ExitCode(2)
        } catch {
            note("drec: \(error)")
            throw ExitCode(2)
        }
    }

    /// A line of a progress bar.
    static func progress(_ text: String) { error(text) }
}

/// A progress bar on standard error, where that is a terminal.
struct ProgressBar {
    private let title: String
    private let isShown: Bool
    private var lastPercent = -1

    init(_ title: String, isShown: Bool) {
        self.title = title
        self.isShown = isShown && isatty(FileHandle.standardError.fileDescriptor) == 1
    }

    mutating func show(_ done: UInt64, of total: UInt64?) {
        guard isShown, let total, total > 0 else { return }
        let percent = Int(min(done, total) * 100 / total)
        guard percent != lastPercent else { return }
        lastPercent = percent
        let filled = percent * 30 / 100
        let bar =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        Output.progress("\r\(title) [\(bar)] \(percent) %" + (percent == 100 ? "\n" : ""))
    }
}
