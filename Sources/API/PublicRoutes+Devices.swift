import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

extension PublicRoutes {
    /// Devices, their months and reads.
    func addDevices(to table: inout RouteTable) {
        let list = PublicRoutes.listParameters
        read(
            "/v1/devices", taking: list.union(["owner", "externalIdHash"]), in: &table
        ) { asked in
            let owner = try asked.value("owner", IDText.account, IDText.account(_:))
            guard
                let hash = try asked.value("externalIdHash", IDText.hash, { Digest(hex: $0) })
            else { return try await devices(asked, of: owner) }
            let found = try await gateway.device(externalID: hash)
            let matching = [found].compactMap { $0 }.filter { device in
                owner.map { $0.rawValue == device.value.owner } ?? true
            }
            return try deviceList(matching, asked)
        }
        read("/v1/devices/{id}", in: &table) { asked in
            let record = try await device(asked)
            return Answer(CanonicalJSON(record, network: gateway.network.hash), .head)
        }
        read("/v1/devices/{id}/months", taking: list, in: &table) { asked in
            let id = try await device(asked).id
            let before = try asked.cursor("months") { text in
                UInt64(decimal: text).flatMap { UInt32(exactly: $0) }.map {
                    CivilMonth(ordinal: $0)
                }
            }
            let found = try await gateway.months(
                of: id, before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "months") {
                String($0.month.ordinal)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/devices/{id}/revisions", taking: list, in: &table) { asked in
            let id = try await device(asked).id
            return try await revisions(asked, of: id)
        }
        read("/v1/devices/{id}/reads", taking: list.union(["before"]), in: &table) { asked in
            let id = try await device(asked).id
            let seconds: (String) -> Timestamp? = { text in
                UInt64(decimal: text).map { Timestamp($0) }
            }
            let before =
                try asked.cursor("reads", seconds)
                ?? asked.value("before", "seconds since 1970", seconds)
            let found = try await gateway.reads(
                of: id, before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "reads", after: await base) {
                String($0.window.start.rawValue)
            } json: {
                CanonicalJSON($0, network: gateway.network.hash)
            }
        }
    }

    /// A list of devices in ascending order.
    func devices(_ asked: AskedAddress, of owner: AccountID?) async throws -> Answer {
        let after = try asked.cursor("devices", IDText.device(_:))
        let found = try await gateway.devices(
            of: owner, after: after, limit: asked.limit() + 1)
        return try deviceList(found, asked)
    }

    private func deviceList(_ found: [DeviceRecord], _ asked: AskedAddress) throws -> Answer {
        let network = gateway.network.hash
        return try Answer.list(found, asked, name: "devices") {
            $0.id.description
        } json: {
            CanonicalJSON($0, network: network)
        }
    }

    /// The device that the path names.
    private func device(_ asked: AskedAddress) async throws -> DeviceRecord {
        let id = try asked.identified(IDText.device, IDText.device(_:))
        guard let record = try await gateway.device(id) else {
            throw Problem.unknown("device", id.description)
        }
        return record
    }
}
