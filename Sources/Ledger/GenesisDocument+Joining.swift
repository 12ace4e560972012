package import Primitives
package import Wire

extension GenesisDocument {
    /// Puts a document together from the members' requests.
    ///
    /// The initiative's authority is the first; the others follow by the UTF-8 bytes of their
    /// names. So the same requests give the same document, in whatever order they come, and so the
    /// same accounts and the same turns.
    ///
    /// - Throws: ``JoinRequestError`` where a request is wrong in itself, where two have a name or
    ///   a key in common, ask for different networks, or where not exactly one is the
    ///   initiative's; ``GenesisError`` where the rest of the document is wrong.
    package init(
        composing requests: [JoinRequest], founded: Timestamp, parameters: ProtoParameters,
        yields: [CountryYield]
    ) throws {
        for request in requests { if let violation = request.violation { throw violation } }
        let initiatives = requests.filter(\.isInitiative)
        guard initiatives.count == 1, let initiative = initiatives.first else {
            let names = initiatives.map(\.name).joined(separator: ", ")
            throw JoinRequestError(
                "initiative",
                "one member must be the initiative; \(names.isEmpty ? "none" : names) asks for it")
        }
        var holders: [PublicKey: String] = [:]
        var names: Set<String> = []
        for request in requests {
            guard request.network == initiative.network else {
                throw JoinRequestError(
                    "network",
                    "\(request.name) asks for \(request.network), "
                        + "\(initiative.name) for \(initiative.network)")
            }
            guard names.insert(request.name).inserted else {
                throw JoinRequestError("name", "two members ask for the name \(request.name)")
            }
            for (kind, key) in request.keys {
                if let holder = holders.updateValue(request.name, forKey: key) {
                    throw JoinRequestError(
                        "keys.\(kind)", "\(holder) and \(request.name) ask with the same key")
                }
            }
        }
        let others = requests.filter { !$0.isInitiative }.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        self.init(
            name: initiative.network, founded: founded, initiative: initiative.organisation,
            authorities: ([initiative] + others).map(\.authority), parameters: parameters,
            yields: yields)
        if let violation { throw violation }
    }

    /// Where the document is not what a member asked for, or nil: its network, its authority with
    /// all keys, and its account.
    package func deviation(from request: JoinRequest) -> GenesisError? {
        guard name == request.network else {
            return GenesisError("name", "\(request.name) asked for the network \(request.network)")
        }
        guard let index = authorities.firstIndex(where: { $0.name == request.name }) else {
            return GenesisError("authorities", "none is named \(request.name)")
        }
        let authority = authorities[index]
        let place = "authorities[\(index)]"
        let asked = request.authority
        for (name, found, wanted) in [
            ("voteKey", authority.voteKey, asked.voteKey),
            ("tlsKey", authority.tlsKey, asked.tlsKey),
            ("logKey", authority.logKey, asked.logKey),
        ] where found != wanted {
            return GenesisError("\(place).\(name)", "is not the one that \(request.name) asked for")
        }
        guard authority.operatedBy == asked.operatedBy else {
            return GenesisError(
                "\(place).operatedBy", "is not the account that \(request.name) asked for")
        }
        if request.isInitiative, initiative != request.organisation {
            return GenesisError("initiative", "is not the account that \(request.name) asked for")
        }
        return nil
    }

    /// The account of each authority, in the document's order: A1 for the initiative, the others
    /// from A2 on.
    package var authorityAccounts: [AccountID] {
        var next = AccountID.initiative.rawValue
        return authorities.map { authority in
            guard authority.operatedBy != nil else { return .initiative }
            next += 1
            return AccountID(next)
        }
    }
}
