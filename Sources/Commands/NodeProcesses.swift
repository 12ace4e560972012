import Foundation
import UnixSignals

/// Runs the nodes of a local network, each as a process of its own, and stops them with itself.
///
/// A node that ends by itself is told of and not started again.
struct NodeProcesses {
    /// What happens to the processes.
    private enum Event: Sendable {
        /// The process of the node with this index ended.
        case ended(Int)
        case signal(UnixSignal)
    }

    let nodes: [LocalNode]
    let logLevel: String

    /// Returns when all processes have ended.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where one ended otherwise than it was told to.
    func run() async throws {
        let (events, report) = AsyncStream.makeStream(of: Event.self)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals { report.yield(.signal(signal)) }
            }
            defer { group.cancelAll() }
            try await serve(events) { report.yield($0) }
        }
    }

    private func serve(
        _ events: AsyncStream<Event>, report: @escaping @Sendable (Event) -> Void
    ) async throws {
        var processes: [Process] = []
        // Whatever ends this, no process is left behind.
        defer { for process in processes where process.isRunning { process.terminate() } }
        for (index, node) in nodes.enumerated() {
            processes.append(try start(node) { report(.ended(index)) })
        }
        Output.line("\(nodes.count) nodes run; stop them with Ctrl-C")
        var signalsSeen = 0
        var running = nodes.count
        var failed: [String] = []
        for await event in events {
            switch event {
            case .signal:
                signalsSeen += 1
                for process in processes where process.isRunning {
                    // Who asks again does not want to wait.
                    if signalsSeen == 1 {
                        process.terminate()
                    } else {
                        kill(process.processIdentifier, SIGKILL)
                    }
                }
            case .ended(let index):
                running -= 1
                let (process, node) = (processes[index], nodes[index])
                if signalsSeen == 0 || process.terminationStatus != 0 {
                    failed.append(node.name)
                    Output.note("\(node.name) ended, \(ending(of: process)); see \(node.log)")
                }
                if running == 0 {
                    guard failed.isEmpty else {
                        throw CommandFailure.failed(
                            "not stopped in good order: \(failed.joined(separator: ", "))")
                    }
                    return
                }
            }
        }
    }

    private func ending(of process: Process) -> String {
        let how = process.terminationReason == .exit ? "exit code" : "signal"
        return "\(how) \(process.terminationStatus)"
    }

    private func start(
        _ node: LocalNode, ended: @escaping @Sendable () -> Void
    ) throws -> Process {
        let addresses = try node.addresses()
        guard let program = Bundle.main.executableURL else {
            throw CommandFailure.failed("this program cannot be found to be started again")
        }
        let process = Process()
        process.executableURL = program
        process.arguments = [
            "node", "run", "--config", node.configuration, "--log-level", logLevel,
        ]
        // Settings of one process do not fit several.
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("DREC_NODE_")
        }
        process.standardInput = FileHandle.nullDevice
        let log = try NodeProcesses.appending(to: node.log)
        process.standardOutput = log
        process.standardError = log
        process.terminationHandler = { _ in ended() }
        do {
            try process.run()
        } catch {
            throw CommandFailure.failed("\(node.name) cannot be started: \(error)")
        }
        try log.close()
        Output.line("\(node.name)  \(addresses.publicURL)/")
        return process
    }

    private static func appending(to path: String) throws -> FileHandle {
        let descriptor = open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure.failed(
                "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
