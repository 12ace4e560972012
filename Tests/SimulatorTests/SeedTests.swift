import Foundation
import Simulator
import Testing

/// Whole networks from seeds: all rules hold in each of them.
@Suite("Seeds") struct SeedTests {
    /// Ten seeds make one case, so that cases are as many as cores can share.
    @Test("nothing breaks and all goes on, whatever breaks around it", arguments: 0..<32)
    func seeds(_ batch: UInt64) throws {
        for seed in 10 * batch + 1...10 * batch + 10 {
            let verdict = try Simulation(Scenario(seed: seed)).run()
            #expect(verdict.isSound, "\(verdict.complaint() ?? "")")
            #expect(verdict.height > 0)
        }
    }

    @Test(
        "every size of a network is sound", arguments: [1, 2, 3, 4, 5, 7, 10, 13],
        [901, 902, 903] as [UInt64])
    func sizes(_ members: Int, _ seed: UInt64) throws {
        let verdict = try Simulation(Scenario(seed: seed, members: members)).run()
        #expect(
            verdict.isSound, "\(verdict.complaint(options: " --members \(members)") ?? "")")
    }

    /// A line of `Seeds.txt`: the options that repeat a run, then what went wrong in it once.
    private static var kept: [String] {
        guard let url = Bundle.module.url(forResource: "Seeds", withExtension: "txt"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test("seeds that failed once fail no more")
    func keptSeeds() throws {
        #expect(!Self.kept.isEmpty)
        for line in Self.kept {
            let words = line.prefix { $0 != "#" }.split(separator: " ")
            let numbers = words.compactMap { UInt64($0) }
            let seed = try #require(numbers.first)
            #expect(numbers.count == words.count && numbers.count <= 2)
            let members = numbers.count > 1 ? Int(numbers[1]) : nil
            let verdict = try Simulation(Scenario(seed: seed, members: members)).run()
            #expect(verdict.isSound, "\(line): \(verdict.complaint() ?? "")")
        }
    }

    @Test("the same seed gives the same run, another seed another", arguments: [3, 17, 42, 56])
    func repeats(_ seed: UInt64) throws {
        let first = try Simulation(Scenario(seed: seed)).run()
        let second = try Simulation(Scenario(seed: seed)).run()
        let other = try Simulation(Scenario(seed: seed + 1_000)).run()
        #expect(first.digest == second.digest && first.eventCount == second.eventCount)
        #expect(first.digest != other.digest)
        #expect(first.eventCount > 100)
    }
}
