import Foundation
import Primitives

/// What the machine itself can do.
enum BenchMachine {
    static func seconds(_ duration: Duration) -> Double {
        let exact =
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return (exact * 1e6).rounded() / 1e6
    }

    static func ratio(_ rate: Double, _ base: Double) -> Double {
        (rate / base * 100).rounded() / 100
    }

    /// Checks of signatures over 100 bytes on two threads.
    static func verificationsPerSecond() async throws -> Double {
        guard let key = SigningKey(seed: [UInt8](repeating: 9, count: 32)) else { return 0 }
        let message = [UInt8](repeating: 7, count: 100)
        let signature = key.sign(.transaction, message)
        let began = ContinuousClock.now
        let count = 60_000
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<count / 2 {
                        precondition(key.publicKey.verifies(signature, .transaction, message))
                    }
                }
            }
        }
        return Double(count) / seconds(ContinuousClock.now - began)
    }

    static func syncsPerSecond(in folder: String) throws -> Double {
        let path = folder + "/sync"
        guard FileManager.default.createFile(atPath: path, contents: nil) else { return 0 }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let page = Data(count: 4_096)
        let began = ContinuousClock.now
        for _ in 0..<500 {
            try handle.write(contentsOf: page)
            try handle.synchronize()
        }
        try handle.close()
        return 500 / seconds(ContinuousClock.now - began)
    }

    /// Processor time that this process has used, in seconds, on all cores.
    static func processorSeconds() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The machine's load of the last minute, from `/proc/loadavg`; "unknown" where there is none.
    static func load() -> String {
        let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
        return text.flatMap { $0.split(separator: " ").first.map(String.init) } ?? "unknown"
    }

    /// From `/proc/self/status`; 0 where there is none.
    static func residentMegabytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({
                Int($0)
            })
        else { return 0 }
        return kilobytes / 1_024
    }
}
