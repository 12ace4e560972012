import Primitives

/// C2, C12: certificates for those who lack them.
extension ConsensusMachine {
    /// Where this node stands.
    package var hello: Hello {
        let entry = entryCertificate
        return Hello(
            network: network, epoch: epoch, view: current, height: height,
            finalization: finalised.certificate, entry: entry?.kind == .finalize ? nil : entry)
    }

    mutating func greet(_ hello: Hello, from peer: Peer) {
        guard hello.network == network else { return }
        let position = Position(epoch: hello.epoch, view: hello.view)
        if hello.epoch > epoch || (hello.epoch == epoch && hello.height > height) {
            effects.append(.report(.peerIsAhead(peer, position, hello.height)))
        }
        if hello.epoch == epoch {
            for certificate in [hello.finalization, hello.entry].compactMap(\.self) {
                add(certificate, isOurs: false)
            }
            let known = hello.finalization?.view ?? View(0)
            guard hello.view < current || known < finalised.view else { return }
            sendCertificates(to: peer, without: known)
        } else if case .observer = peer {
            // What an observer lacks it asks for, once it knows that there is more.
            if hello.epoch < epoch { effects.append(.send(.hello(self.hello), to: peer)) }
        } else {
            help(peer, saying: .nullify(hello.epoch, hello.view))
        }
    }

    /// Helps an authority whose vote shows that it has not seen what ended the view.
    mutating func help(_ peer: Peer, saying statement: Statement) {
        if case .observer = peer {
            // It is in an epoch that this node does not know yet, and says how far when asked.
            if statement.epoch > epoch { effects.append(.send(.hello(hello), to: peer)) }
            return
        }
        guard case .authority(let index) = peer, isLate(statement),
            aid.take(index, at: now, interval: parameters.peerAidMilliseconds)
        else { return }
        if statement.epoch == epoch {
            let known = statement.view > finalised.view ? finalised.view : View(0)
            sendCertificates(to: peer, without: known)
            return
        }
        // A peer of an earlier epoch is shown its end, one of a later epoch is asked for it.
        if statement.epoch < epoch, statement.epoch.rawValue &+ 1 == epoch.rawValue,
            let epochEntry
        {
            effects.append(.send(.certificate(epochEntry), to: peer))
        }
        effects.append(.send(.hello(hello), to: peer))
    }

    /// Votes that others overtook in the ordinary course of things are not late.
    private func isLate(_ statement: Statement) -> Bool {
        guard statement.epoch == epoch else { return true }
        switch statement.kind {
        case .nullify: return statement.view < current
        case .notarize: return statement.view.rawValue &+ 1 < current.rawValue
        case .finalize:
            return statement.view <= finalised.view
                && lastFinalAt.advanced(byMilliseconds: parameters.peerAidMilliseconds) <= now
        }
    }

    private mutating func sendCertificates(to peer: Peer, without known: View) {
        if known < finalised.view, let certificate = finalised.certificate {
            effects.append(.send(.certificate(certificate), to: peer))
        }
        if let entry = entryCertificate, entry.kind != .finalize {
            effects.append(.send(.certificate(entry), to: peer))
        }
    }

    /// Exactly what was asked for, or a finalization that settles it.
    mutating func answer(_ key: CertificateKey, to peer: Peer) {
        let found: Certificate?
        if key.epoch == epoch {
            let round = rounds.round(key.view)
            if key.view <= finalised.view {
                found = finalised.certificate
            } else if has(.fetchesByViewAlone) {
                found = round?.notarization ?? round?.nullification
            } else {
                found = round?.certificate(key.kind)
            }
        } else {
            found = key.epoch == epochEntry?.epoch ? epochEntry : nil
        }
        if let found { effects.append(.send(.certificate(found), to: peer)) }
    }
}
