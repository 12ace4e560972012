/// Paths of tiles and entry bundles, as in C2SP tlog-tiles.
extension LogTile {
    /// Whether there are fewer than 256 hashes.
    package var isPartial: Bool { width < LogTile.fullWidth }

    /// The path of the tile of hashes, `tile/L/N[.p/W]`.
    package var path: String { "tile/\(level)/\(numberAndWidth)" }

    /// The path of the bundle of entries under a tile of level 0, `tile/entries/N[.p/W]`; nil
    /// above.
    package var entriesPath: String? { level == 0 ? "tile/entries/\(numberAndWidth)" : nil }

    /// Reads the path of a tile of hashes; nil for anything but the one spelling of a possible
    /// tile.
    package init?(path: String) {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let level = Int(parts[1]),
            let tile = LogTile(level: level, numberAndWidth: parts[2]), tile.path == path
        else { return nil }
        self = tile
    }

    /// Reads the path of a bundle of entries, as the tile of level 0 above it; nil for anything but
    /// the one spelling of a possible bundle.
    package init?(entriesPath: String) {
        let parts = entriesPath.split(
            separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3,
            let tile = LogTile(level: 0, numberAndWidth: parts[2]), tile.entriesPath == entriesPath
        else { return nil }
        self = tile
    }

    /// `x001/x234/067` or `x001/x234/067.p/112`.
    private var numberAndWidth: String {
        LogNumber.path(index) + (isPartial ? ".p/\(width)" : "")
    }

    /// Reads number and width leniently; the callers compare the spelling with the canonical one.
    private init?(level: Int, numberAndWidth text: Substring) {
        var groups = text.split(separator: "/", omittingEmptySubsequences: false)
        var width = LogTile.fullWidth
        if groups.count >= 2, groups[groups.count - 2].hasSuffix(".p") {
            guard let partialWidth = Int(groups.removeLast()) else { return nil }
            width = partialWidth
            groups[groups.count - 1].removeLast(2)
        }
        guard let index = LogNumber.number(groups) else { return nil }
        self.init(level: level, index: index, width: width)
    }
}
