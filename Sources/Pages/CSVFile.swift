/// A table of a page as CSV (RFC 4180) within the page: it has the numbers that are shown, a saved
/// page still has it, and no node is asked again.
struct CSVFile {
    let name: String
    let columns: [String]
    /// Numbers, ids, times and names of this software's own: nothing that people wrote, which a
    /// spreadsheet could take for a formula.
    let rows: [[String]]

    /// A link that saves the file.
    func link(_ text: HTML) -> HTML {
        "<a href=\"\(address)\" download=\"\(name).csv\">\(text)</a>"
    }

    /// The link as a line of its own, on the screen only.
    func line(_ text: HTML) -> HTML { "<p class=\"screen\">\(link(text))</p>\n" }

    private var address: String {
        let lines = ([columns] + rows).map { $0.joined(separator: ",") + "\r\n" }
        return "data:text/csv;charset=utf-8;header=present," + CSVFile.escaped(lines.joined())
    }

    /// Percent-encoded but for what may stand in a `data:` address and in an attribute as it is.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ","), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
