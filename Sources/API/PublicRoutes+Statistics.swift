import Gateway
import Ledger
import Primitives

extension PublicRoutes {
    /// The network's numbers, all at once and as lists.
    func addStatistics(to table: inout RouteTable) {
        read("/v1/statistics", in: &table) { _ in
            let statistics = try await gateway.statistics()
            return Answer(CanonicalJSON(statistics), .head)
        }
        list(
            "/v1/statistics/months", of: "StatisticsMonth", isHistory: true, in: &table
        ) { _ in months }
        list("/v1/statistics/countries", of: "StatisticsCountry", in: &table) { _ in countries }
    }

    /// Latest first.
    private var months: ListSource {
        ListSource.oneFurther("statistics-months", at: IDText.ordinal(_:)) { before, limit in
            let found = try await gateway.statistics().months.reversed().filter { row in
                before.map { row.month < $0 } ?? true
            }
            return Array(found.prefix(limit))
        } position: {
            String($0.month.ordinal)
        } json: {
            CanonicalJSON($0)
        }
    }

    /// In the order of their codes.
    private var countries: ListSource {
        ListSource.oneFurther("statistics-countries", at: IDText.country(_:)) { after, limit in
            let found = try await gateway.statistics().countries.filter { row in
                after.map { row.country > $0 } ?? true
            }
            return Array(found.prefix(limit))
        } position: {
            $0.country.description
        } json: {
            CanonicalJSON($0)
        }
    }
}
