import Foundation
import NIOCore
import Primitives

/// What the nodes of a local network say of themselves, and whether they agree.
struct NetworkSurvey: Sendable {
    let nodes: [LocalNode]
    /// How long a node may take to answer; one that is stopped never does.
    var patience = TimeAmount.seconds(5)

    /// What one node said.
    private struct Finding: Sendable {
        let name: String
        let url: String
        /// Nil where it did not answer.
        var status: CanonicalJSON?
        /// Why it is not ready, or did not answer.
        var trouble: String?
        /// Its block at the height that is compared.
        var block: CanonicalJSON?
    }

    /// - Throws: ``CommandFailure/failed(_:)`` where a node is not ready or not there,
    ///   ``CommandFailure/refused(_:)`` where nodes differ.
    func tell(json: Bool) async throws {
        let clients = try nodes.map { node in
            NodeClient(
                publicURL: try node.addresses().publicURL, memberURL: "", patience: patience)
        }
        var findings = await all(clients) { index in
            await status(of: nodes[index].name, clients[index])
        }
        // All have the blocks up to here, if they have the same chain.
        let height = findings.compactMap { $0.status?.number("height") }.min() ?? 0
        findings = await all(clients) { [findings] index in
            var finding = findings[index]
            if height > 0, finding.status != nil {
                finding.block = try? await clients[index].json("/v1/blocks/\(height)")
            }
            return finding
        }
        let marks = Set(
            findings.compactMap(\.block).map { block in
                ["hash", "logRoot", "stateRoot"].map { block.text($0) }
            })
        if json {
            report(findings, height, agree: marks.count <= 1)
        } else {
            print(findings)
            if marks.count == 1 {
                Output.line("the same block \(height) and roots on all that answer")
            }
        }
        guard marks.count <= 1 else {
            throw CommandFailure.refused("the nodes have different blocks at height \(height)")
        }
        let troubled = findings.filter { $0.trouble != nil }.map(\.name)
        guard troubled.isEmpty else {
            throw CommandFailure.failed("not ready: \(troubled.joined(separator: ", "))")
        }
    }

    private func all(
        _ clients: [NodeClient], _ ask: @escaping @Sendable (Int) async -> Finding
    ) async -> [Finding] {
        await withTaskGroup(of: (Int, Finding).self) { group in
            for index in clients.indices { group.addTask { (index, await ask(index)) } }
            var found: [(Int, Finding)] = []
            for await finding in group { found.append(finding) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func status(of name: String, _ client: NodeClient) async -> Finding {
        var finding = Finding(name: name, url: client.publicURL)
        do {
            let status = try await client.json("/v1/status")
            finding.status = status
            if status["ready"] != true { finding.trouble = status.text("notReadyBecause") }
        } catch {
            finding.trouble = "\(error)"
        }
        return finding
    }

    private func report(_ findings: [Finding], _ height: UInt64, agree: Bool) {
        let answer: CanonicalJSON = [
            "comparedHeight": .unsigned(height), "agree": .boolean(agree),
            "sameHead": .boolean(
                Set(findings.compactMap { $0.status?.text("headHash") }).count == 1),
            "nodes": .array(
                findings.map { finding in
                    [
                        "name": .string(finding.name), "public": .string(finding.url),
                        "status": finding.status ?? .null,
                        "trouble": finding.trouble.map { .string($0) } ?? .null,
                    ]
                }),
        ]
        Output.json(answer)
    }

    private func print(_ findings: [Finding]) {
        let width = findings.map(\.name.count).max() ?? 0
        for finding in findings {
            let name = finding.name.padding(toLength: width, withPad: " ", startingAt: 0)
            guard let status = finding.status else {
                Output.line("\(name)  \(finding.trouble ?? "")")
                continue
            }
            let marks = ["headHash", "stateRoot"].map { "\(status.text($0).prefix(12))…" }
            Output.line(
                "\(name)  height \(status.text("height"))  block \(marks[0])  state \(marks[1])"
                    + "  \(finding.url)/  \(finding.trouble.map { "not ready: \($0)" } ?? "ready")")
        }
    }
}
