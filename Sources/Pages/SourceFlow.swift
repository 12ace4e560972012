import Ledger
import Primitives

/// Sources gathered for the diagram: what flows from which device to which log entry.
struct SourceFlow {
    /// A device or an entry, or all those beyond the limit together.
    struct Bar {
        var name: String
        var length: UInt64
        /// Wh from the top.
        var extent: Range<UInt64> = 0..<0
    }

    struct Link {
        /// The device's position.
        let device: Int
        let from: Range<UInt64>
        let to: Range<UInt64>
    }

    private(set) var devices: [Bar] = []
    private(set) var entries: [Bar] = []
    private(set) var links: [Link] = []

    /// - Parameter maximumBars: how many devices and entries are told apart; from there on they are
    ///   one bar, so that a page's size does not grow with the number of its devices.
    init(_ sources: [EnergySource], maximumBars: Int) {
        var deviceIDs: [DeviceID: Int] = [:]
        var entryIDs: [LogIndex: Int] = [:]
        var flows: [[UInt64]] = []
        for source in sources {
            let device = SourceFlow.position(of: source.device, in: &deviceIDs, maximumBars)
            let entry = SourceFlow.position(of: source.placedBy, in: &entryIDs, maximumBars)
            if device == devices.count {
                devices.append(Bar(name: source.device.description, length: 0))
                flows.append([])
            }
            if entry == entries.count {
                entries.append(Bar(name: "entry \(source.placedBy)", length: 0))
            }
            while flows[device].count <= entry { flows[device].append(0) }
            flows[device][entry] += source.share.rawValue
            devices[device].length += source.share.rawValue
            entries[entry].length += source.share.rawValue
        }
        name(&devices, distinct: deviceIDs.count, maximumBars, "devices")
        name(&entries, distinct: entryIDs.count, maximumBars, "entries")
        place(&devices)
        place(&entries)
        link(flows)
    }

    /// The colour of the device at a position.
    static func style(_ device: Int) -> HTML {
        switch device % 6 {
        case 0: "s0"
        case 1: "s1"
        case 2: "s2"
        case 3: "s3"
        case 4: "s4"
        default: "s5"
        }
    }

    private static func position<ID: Hashable>(
        of id: ID, in known: inout [ID: Int], _ limit: Int
    ) -> Int {
        if let position = known[id] { return position }
        let position = min(known.count, limit - 1)
        known[id] = position
        return position
    }

    private func name(_ bars: inout [Bar], distinct: Int, _ limit: Int, _ noun: String) {
        guard distinct > limit else { return }
        bars[limit - 1].name = "\(distinct - limit + 1) more \(noun)"
    }

    private func place(_ bars: inout [Bar]) {
        var end: UInt64 = 0
        for index in bars.indices {
            bars[index].extent = end..<(end + bars[index].length)
            end += bars[index].length
        }
    }

    private mutating func link(_ flows: [[UInt64]]) {
        var filled = entries.map(\.extent.lowerBound)
        for (device, row) in flows.enumerated() {
            var start = devices[device].extent.lowerBound
            for (entry, length) in row.enumerated() where length > 0 {
                links.append(
                    Link(
                        device: device, from: start..<(start + length),
                        to: filled[entry]..<(filled[entry] + length)))
                start += length
                filled[entry] += length
            }
        }
    }
}
