import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives

/// All of a list as CSV (RFC 4180), fetched page by page while the client takes it.
///
/// No more than a page is in memory. A line break stands before each line, and one at the very end:
/// a file that was cut off between two lines does not end with one. Over HTTP/1.1 whatever is cut
/// off misses its last chunk besides.
struct CSVDownload: Sendable {
    /// Items that are in memory at once.
    private static let pageSize = 200
    /// How often a busy node is asked again for a page, and after how long.
    private static let attempts = 50
    private static let pause = Duration.milliseconds(100)
    private static let lineBreak = "\r\n"

    private let source: ListSource
    private let columns: [String]
    private let first: ListSource.Page

    /// - Throws: what the first page throws, so that it has an answer of its own.
    init(_ source: ListSource, of schema: String, _ asked: AskedAddress) async throws {
        self.source = source
        columns = CSVText.columns(of: schema)
        first = try await source.page(nil, limit: CSVDownload.pageSize)
    }

    func response() -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "text/csv; charset=utf-8; header=present"
        fields[.contentDisposition] = "attachment; filename=\"\(source.name).csv\""
        fields[.cacheControl] = Answer.Lifetime.none.rawValue
        return Response(status: .ok, headers: fields, body: ResponseBody { try await write(&$0) })
    }

    private func write(_ writer: inout any ResponseBodyWriter) async throws {
        var page = first
        var text = CSVText.line(columns)
        while true {
            for item in page.items {
                text += CSVDownload.lineBreak + CSVText.line(item, columns)
            }
            if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            text = ""
            guard let next = page.next else { break }
            // The connection ends without the body's end when the node stays busy.
            page = try await whileBusy(
                pausing: CSVDownload.pause, attempts: CSVDownload.attempts
            ) {
                try await source.page(next, limit: CSVDownload.pageSize)
            }
        }
        try await writer.write(ByteBuffer(string: CSVDownload.lineBreak))
        try await writer.finish(nil)
    }
}
