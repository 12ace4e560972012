import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

extension PublicRoutes {
    /// Devices, their months and reads.
    func addDevices(to table: inout RouteTable) {
        list(
            "/v1/devices", of: "Device",
            taking: PublicRoutes.deviceFilters.union(["owner", "externalIdHash"]), in: &table
        ) { asked in
            let filter = try asked.deviceFilter()
            let hash = try asked.value("externalIdHash", IDText.hash) { Digest(hex: $0) }
            return devices(filter, externalID: hash)
        }
        read("/v1/devices/{id}", in: &table) { asked in
            let record = try await device(asked)
            return Answer(CanonicalJSON(record, network: gateway.network.hash), .head)
        }
        list("/v1/devices/{id}/months", of: "Month", in: &table) { asked in
            months(of: try await device(asked).id)
        }
        list("/v1/devices/{id}/revisions", of: "Device", in: &table) { asked in
            revisions(of: try await device(asked).id)
        }
        list(
            "/v1/devices/{id}/reads", of: "Read", taking: ["before", "month"], isHistory: true,
            in: &table
        ) { asked in
            let month = try asked.value("month", IDText.month, IDText.month(_:))
            let before = try asked.value("before", "seconds since 1970", IDText.time(_:))
            return reads(of: try await device(asked).id, in: month, before: before)
        }
    }

    /// Filters of what a device is.
    static let deviceFilters: Set = ["country", "kind", "offTaker", "status", "commissioned"]

    /// A list of devices in ascending order.
    ///
    /// - Parameter hash: of an external id, which one device has at most.
    func devices(_ filter: DeviceFilter, externalID hash: Digest? = nil) -> ListSource {
        let network = gateway.network.hash
        return ListSource("devices", at: IDText.device(_:)) { after, limit in
            guard let hash else {
                return try await gateway.devices(filter, after: after, limit: limit)
            }
            let found = try await gateway.device(externalID: hash)
            return ListPage(
                items: [found].compactMap { $0 }.filter {
                    filter.takes($0.value) && $0.id > after ?? DeviceID(0)
                }, next: nil)
        } position: {
            $0.description
        } json: {
            CanonicalJSON($0, network: network)
        }
    }

    private func months(of device: DeviceID) -> ListSource {
        ListSource.oneFurther("months", at: IDText.ordinal(_:)) { before, limit in
            try await gateway.months(of: device, before: before, limit: limit)
        } position: {
            String($0.month.ordinal)
        } json: {
            CanonicalJSON($0)
        }
    }

    private func reads(
        of device: DeviceID, in month: CivilMonth?, before: Timestamp?
    ) -> ListSource {
        let network = gateway.network.hash
        return ListSource.oneFurther("reads", at: IDText.time(_:)) { cursor, limit in
            let before = cursor ?? before
            guard let month else {
                return try await gateway.reads(of: device, before: before, limit: limit)
            }
            return try await gateway.reads(
                of: device, in: month, before: before, limit: limit)
        } position: {
            String($0.window.start.rawValue)
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
