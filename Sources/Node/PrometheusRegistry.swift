package import CoreMetrics
import Synchronization

/// Metrics in memory, written out in Prometheus' text format (0.0.4).
///
/// A label is a name with its dimensions. Names and dimensions come from our own code alone, never
/// from outside, so their number is bounded.
package final class PrometheusRegistry: MetricsFactory {
    private struct Series: Hashable {
        let name: String
        let dimensions: String

        init(_ label: String, _ dimensions: [(String, String)]) {
            name = String(
                label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            self.dimensions =
                dimensions.isEmpty
                ? ""
                : "{" + dimensions.map { "\($0)=\"\(Series.escaped($1))\"" }.joined(separator: ",")
                    + "}"
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
        }
    }

    private struct State {
        var counters: [Series: Double] = [:]
        var gauges: [Series: Double] = [:]
        var sums: [Series: (seconds: Double, count: UInt64)] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Sets a gauge that is read when metrics are asked for.
    package func setGauge(_ name: String, _ value: Double) {
        state.withLock { $0.gauges[Series(name, [])] = value }
    }

    /// The metrics as Prometheus reads them.
    package func text() -> String {
        state.withLock { state in
            var lines: [String] = []
            func write(_ kind: String, _ values: [(Series, String)]) {
                var last = ""
                for (series, value) in values.sorted(by: {
                    ($0.0.name, $0.0.dimensions) < ($1.0.name, $1.0.dimensions)
                }) {
                    if series.name != last { lines.append("# TYPE \(series.name) \(kind)") }
                    last = series.name
                    lines.append("\(series.name)\(series.dimensions) \(value)")
                }
            }
            write("counter", state.counters.map { ($0, String($1)) })
            write("gauge", state.gauges.map { ($0, String($1)) })
            for (series, sum) in state.sums.sorted(by: { $0.key.name < $1.key.name }) {
                lines.append("# TYPE \(series.name)_seconds summary")
                lines.append("\(series.name)_seconds_sum\(series.dimensions) \(sum.seconds)")
                lines.append("\(series.name)_seconds_count\(series.dimensions) \(sum.count)")
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }

    // MARK: MetricsFactory

    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        Handler(registry: self, series: Series(label, dimensions))
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        Handler(registry: self, series: Series(label, dimensions))
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Handler(registry: self, series: Series(label, dimensions))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Handler(registry: self, series: Series(label, dimensions))
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private final class Handler: CounterHandler, RecorderHandler, MeterHandler, TimerHandler {
        private let registry: PrometheusRegistry
        private let series: Series

        init(registry: PrometheusRegistry, series: Series) {
            self.registry = registry
            self.series = series
        }

        func increment(by amount: Int64) {
            registry.state.withLock { $0.counters[series, default: 0] += Double(amount) }
        }

        func reset() {
            registry.state.withLock { $0.counters[series] = 0 }
        }

        func record(_ value: Int64) { set(Double(value)) }
        func record(_ value: Double) { set(value) }
        func set(_ value: Int64) { set(Double(value)) }

        func set(_ value: Double) {
            registry.state.withLock { $0.gauges[series] = value }
        }

        func increment(by amount: Double) {
            registry.state.withLock { $0.gauges[series, default: 0] += amount }
        }

        func decrement(by amount: Double) { increment(by: -amount) }

        func recordNanoseconds(_ duration: Int64) {
            registry.state.withLock { state in
                let before = state.sums[series] ?? (0, 0)
                state.sums[series] = (
                    before.seconds + Double(duration) / 1e9, before.count + 1
                )
            }
        }
    }
}
