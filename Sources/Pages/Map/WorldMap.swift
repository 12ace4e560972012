/// A map that marks countries, and nothing more precise on purpose.
///
/// Outlines come from Natural Earth's data, which is in the public domain, made coarse by
/// `make-world.py`; a country without an outline is a point. The map is the same bytes for the same
/// countries, and asks nobody for anything.
enum WorldMap {
    /// Countries that are named beside the map.
    static let maximumNames = 30

    /// A country and what is there.
    struct Place {
        /// ISO 3166-1 alpha-3.
        let country: String
        /// Such as `3 devices`; empty where the country says it all.
        let words: String
    }

    /// What `world.txt` knows of a country, in half degrees from 180° W and 84° N.
    private struct Outline {
        let x: Int
        let y: Int
        /// SVG path; empty for a country that is too small.
        let path: String
    }

    /// Nothing where there is no country. Names are in the order of the places.
    static func figure(_ places: [Place]) -> HTML {
        guard !places.isEmpty else { return .empty }
        let known = places.compactMap { place in outlines[place.country] }
        // Rings around many countries would hide them.
        let radius = places.count > 12 ? 4 : 9
        var shapes = HTML.empty
        for outline in known where !outline.path.isEmpty {
            shapes += "<path class=\"here\" d=\"\(outline.path)\"/>\n"
        }
        for outline in known {
            shapes +=
                "<circle class=\"mark\" cx=\"\(outline.x)\" cy=\"\(outline.y)\" r=\"\(radius)\"/>\n"
        }
        return """
            <figure class="map">
            <svg viewBox="0 0 720 280" role="img" aria-labelledby="map-title">
            <title id="map-title">Map of the world, marked: \(names(of: places))</title>
            \(land)\(shapes)</svg>
            <figcaption>\(names(of: places)). Marked by country, never more precisely. Outlines:
            Natural Earth, public domain.</figcaption></figure>

            """
    }

    private static func names(of places: [Place]) -> String {
        var names = places.prefix(maximumNames).map { place in
            let name = CountryNames.name(of: place.country)
            return place.words.isEmpty ? name : "\(name) (\(place.words))"
        }
        if places.count > maximumNames {
            names.append("\(places.count - maximumNames) more countries")
        }
        return Words.list(names)
    }

    private static let land: HTML = {
        var paths = HTML.empty
        for (_, outline) in outlines.sorted(by: { $0.key < $1.key }) where !outline.path.isEmpty {
            // Paths begin with a step from where the one before them began: each is its own.
            paths += "<path d=\"\(outline.path)\"/>"
        }
        return "<g class=\"land\">\(paths)</g>\n"
    }()

    private static let outlines: [String: Outline] = {
        var outlines: [String: Outline] = [:]
        for line in String(decoding: PackageResources.world_txt, as: UTF8.self)
            .split(separator: "\n")
        {
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count >= 3, let x = Int(parts[1]), let y = Int(parts[2]) else { continue }
            outlines[String(parts[0])] = Outline(
                x: x, y: y, path: parts.count > 3 ? String(parts[3]) : "")
        }
        return outlines
    }()
}
