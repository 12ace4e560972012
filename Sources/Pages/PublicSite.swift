/// Where this node's pages and those of other members are found by readers.
package struct PublicSite: Equatable, Sendable {
    /// This node's address; nil for the one by which it was asked, over plain HTTP.
    package var address: WebAddress?
    /// Other members' addresses by their names.
    package var members: [String: WebAddress]

    package init(address: WebAddress? = nil, members: [String: WebAddress] = [:]) {
        self.address = address
        self.members = members
    }

    /// The address by which a reader comes back.
    ///
    /// - Parameter host: what he asked, which may be anything that he cares to write.
    func address(askedAt host: String?) -> WebAddress? {
        address ?? host.flatMap { WebAddress("http://" + $0) }
    }

    /// Members by name, without this node itself.
    func others(than own: WebAddress?) -> [(name: String, address: WebAddress)] {
        members.filter { $0.value != own }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
