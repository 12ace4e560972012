import CQRCode

/// A QR code (ISO/IEC 18004) as an SVG, made by libqrencode.
struct QRCode {
    /// Modules of a side.
    private let size: Int
    /// Row by row; true is dark.
    private let modules: [Bool]
    private let text: String

    /// Nil for a text that no code has room for, or that has a NUL in it.
    ///
    /// Level M: about 15 % of the code may be lost, by a fold or a stain.
    init?(_ text: String) {
        guard !text.utf8.contains(0),
            let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { QRcode_free(code) }
        guard let data = code.pointee.data else { return nil }
        size = Int(code.pointee.width)
        modules = (0..<(size * size)).map { data[$0] & 1 == 1 }
        self.text = text
    }

    /// Dark on light in every colour scheme, with the quiet zone of four modules that readers need.
    var svg: HTML {
        let side = size + 8
        var path = HTML.empty
        for row in 0..<size {
            var column = 0
            while column < size {
                let start = column
                while column < size, modules[row * size + column] { column += 1 }
                if column > start {
                    path += "M\(start + 4) \(row + 4)h\(column - start)v1h-\(column - start)z"
                }
                column += 1
            }
        }
        return """
            <svg class="code" viewBox="0 0 \(side) \(side)" role="img" aria-label="QR code of \
            \(text)"><path class="paper" d="M0 0h\(side)v\(side)h-\(side)z"/>\
            <path class="ink" d="\(path)"/></svg>

            """
    }
}
