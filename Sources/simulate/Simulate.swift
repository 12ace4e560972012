import ArgumentParser
import Foundation
import Simulator

/// Runs simulated networks from seeds.
@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs whole networks in one thread, one for each seed, and looks for faults.",
        discussion: """
            Example: simulate --seeds 1..5000 --jobs 2

            A seed gives the same run every time. A failed one prints the command that repeats it \
            and the rule that was broken; the exit code is then 1.
            """)

    @Option(help: "One seed.") var seed: UInt64?
    @Option(help: "A range of seeds, as 1..300.") var seeds: SeedRange?
    @Option(help: "Founding authorities, 1 to 50; the seed chooses without it.") var members: Int?
    @Option(help: "How long things break, in virtual milliseconds; the seed chooses without it.")
    var steps: UInt64?
    @Option(
        help: """
            Only these faults, with commas between them: \(Scenario.faultNames
                .joined(separator: ", ")).
            """)
    var faults: String?
    @Option(help: "Runs at the same time.") var jobs = 1
    @Flag(help: "Switch on the bugs of others, one at a time, and say which run shows each.")
    var mutants = false
    @Flag(help: "Print each run's digest.") var verbose = false
    @Flag(help: "Print all that happens.") var trace = false

    func validate() throws {
        guard [seed != nil, seeds != nil, mutants].count(where: \.self) == 1 else {
            throw ValidationError("Give one of --seed, --seeds and --mutants.")
        }
        guard members.map({ (1...50).contains($0) }) ?? true else {
            throw ValidationError("--members is 1 to 50.")
        }
        var scenario = Scenario(calm: 4)
        if let unknown = scenario.restrict(to: faultNames).first {
            throw ValidationError("There is no fault '\(unknown)'.")
        }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs is 1 to 64.") }
    }

    func run() async throws {
        if mutants { return try runMutants() }
        let all = seed.map { $0...$0 } ?? seeds?.range ?? 1...1
        let clock = ContinuousClock()
        let start = clock.now
        let summary = await summary(of: all)
        let seconds = Int((clock.now - start).components.seconds)
        print(
            "\(summary.runs) runs, \(summary.failures) failed, \(summary.events) events, "
                + "\(summary.blocks) blocks, \(seconds) s")
        guard summary.failures == 0 else { throw ExitCode(1) }
    }

    private func runMutants() throws {
        var missed = 0
        for mutant in Mutant.all {
            let found = try mutant.firstFault()
            let violation = found?.violations.first?.description ?? "NOT NOTICED"
            print("\(mutant.name): seed \(found?.seed ?? 0), \(violation)")
            guard let found else {
                missed += 1
                continue
            }
            let sound = try mutant.verdict(seed: found.seed, isMutant: false)
            if let complaint = sound.complaint() { print("  without the bug: \(complaint)") }
        }
        guard missed == 0 else { throw ExitCode(1) }
    }

    private struct Summary {
        var runs = 0
        var failures = 0
        var events: UInt64 = 0
        var blocks: UInt64 = 0
    }

    private func summary(of all: ClosedRange<UInt64>) async -> Summary {
        await withTaskGroup(of: Verdict?.self) { group in
            var summary = Summary()
            var rest = all.makeIterator()
            for _ in 0..<jobs {
                if let next = rest.next() { group.addTask { verdict(of: next) } }
            }
            for await verdict in group {
                summary.runs += 1
                if let verdict {
                    summary.events += verdict.eventCount
                    summary.blocks += verdict.height
                    report(verdict)
                }
                if verdict?.isSound != true { summary.failures += 1 }
                if let next = rest.next() { group.addTask { self.verdict(of: next) } }
            }
            return summary
        }
    }

    private func verdict(of seed: UInt64) -> Verdict? {
        var scenario = Scenario(seed: seed, members: members)
        if let steps { scenario.chaosMilliseconds = steps }
        if faults != nil { _ = scenario.restrict(to: faultNames) }
        do {
            let simulation = try Simulation(scenario)
            if trace { simulation.narrator = { print($0) } }
            return simulation.run()
        } catch {
            print("seed \(seed): \(error)")
            return nil
        }
    }

    private func report(_ verdict: Verdict) {
        if verbose {
            print(
                "seed \(verdict.seed): \(verdict.members) members, height \(verdict.height), "
                    + "\(verdict.eventCount) events, \(verdict.duration) ms, "
                    + "digest \(verdict.digest)")
        }
        if let complaint = verdict.complaint(options: options) { print(complaint) }
        if trace { for violation in verdict.violations { print(violation) } }
    }

    private var faultNames: [String] { faults?.split(separator: ",").map(String.init) ?? [] }

    /// Written at once, so that a long run can be watched.
    private func print(_ line: some CustomStringConvertible) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    private var options: String {
        var options = ""
        if let members { options += " --members \(members)" }
        if let steps { options += " --steps \(steps)" }
        if let faults { options += " --faults \(faults)" }
        return options
    }
}

/// Seeds from one to another, as `1..300`.
struct SeedRange: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: true)
        guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]),
            first <= last
        else { return nil }
        range = first...last
    }
}
