import Gateway

/// Asks what a node answers, again after a pause where it has too much to do.
///
/// - Parameter attempts: how often it is asked at most.
/// - Throws: what asking throws; ``GatewayError/busy`` after the last attempt alone.
func whileBusy<Found>(
    pausing pause: Duration, attempts: Int = .max, _ ask: () async throws -> Found
) async throws -> Found {
    var left = attempts
    while true {
        do {
            return try await ask()
        } catch GatewayError.busy where left > 1 {
            left -= 1
            try await Task.sleep(for: pause)
        }
    }
}
