/// The ports of one node.
package struct NodePorts: Equatable, Sendable {
    package let `public`: Int
    package let member: Int
    package let peer: Int
}

/// Hands out ports of one machine, none of them twice.
struct PortPlan {
    private var taken: Set<Int> = []

    /// The first node has the plan's ports; each other one has the next that are free.
    static func ports(of plan: LocalNetwork.Plan) throws -> [NodePorts] {
        let bases = [plan.publicPort, plan.memberPort] + (plan.hasPeers ? [plan.peer] : [])
        guard Set(bases).count == bases.count else {
            throw CommandFailure.failed("the public, the member and the peer port must differ")
        }
        var ports = PortPlan()
        return try (0..<(plan.authorities + plan.observers)).map { _ in
            NodePorts(
                public: try ports.take(from: plan.publicPort),
                member: try ports.take(from: plan.memberPort),
                peer: plan.hasPeers ? try ports.take(from: plan.peer) : 0)
        }
    }

    private mutating func take(from base: Int) throws -> Int {
        guard let port = (max(1, base)...65_535).first(where: { !taken.contains($0) }) else {
            throw CommandFailure.failed("there are not enough ports from \(base) on")
        }
        taken.insert(port)
        return port
    }
}

extension LocalNetwork.Plan {
    fileprivate var peer: Int { peerPort ?? 7_600 }
}
