/// The paths between nodes: what is lost, doubled, delayed, held up or cut.
struct SimulatedLinks {
    /// The weather of all paths.
    struct Weather: Sendable {
        /// Of messages, in percent.
        var loss: UInt64 = 0
        var duplication: UInt64 = 0
        /// What every message takes, in milliseconds.
        var distance: UInt64 = 0
        /// Longest way of a message beyond that, in milliseconds.
        var delay: UInt64 = 20
        /// Messages of one path may overtake each other.
        var reorders = true
    }

    private struct Path {
        /// Hazards that cut it.
        var cuts = 0
        /// Nothing arrives before that moment.
        var cloggedUntil: UInt64 = 0
        var lastArrival: UInt64 = 0
    }

    private let count: Int
    private var paths: [Path]
    var weather: Weather

    init(nodes: Int, weather: Weather) {
        count = nodes
        paths = Array(repeating: Path(), count: nodes * nodes)
        self.weather = weather
    }

    func isCut(from: Int, to: Int) -> Bool { paths[from * count + to].cuts > 0 }

    mutating func cut(from: Int, to: Int) { paths[from * count + to].cuts += 1 }

    mutating func mend(from: Int, to: Int) {
        paths[from * count + to].cuts = max(0, paths[from * count + to].cuts - 1)
    }

    mutating func clog(from: Int, to: Int, until end: UInt64) {
        paths[from * count + to].cloggedUntil = end
    }

    mutating func mendAll(weather: Weather) {
        for index in paths.indices {
            paths[index].cuts = 0
            paths[index].cloggedUntil = 0
        }
        self.weather = weather
    }

    /// When the copies of a message arrive; empty when it is lost.
    mutating func arrivals(
        from: Int, to: Int, at now: UInt64, _ numbers: inout SeededNumbers
    ) -> [UInt64] {
        let index = from * count + to
        guard paths[index].cuts == 0 else { return [] }
        let copies = numbers.chance(percent: weather.duplication) ? 2 : 1
        var arrivals: [UInt64] = []
        for _ in 0..<copies where !numbers.chance(percent: weather.loss) {
            var time = now + 1 + weather.distance + numbers.below(weather.delay)
            time = max(time, paths[index].cloggedUntil)
            if !weather.reorders { time = max(time, paths[index].lastArrival) }
            paths[index].lastArrival = max(paths[index].lastArrival, time)
            arrivals.append(time)
        }
        return arrivals
    }
}
