/// What the columns of a file mean: made from the header, then turns records into rows.
package protocol RowLayout: Sendable {
    associatedtype Row: Sendable

    /// - Throws: ``RowProblem`` for a record that is not taken.
    func row(from record: CSVRecord) throws(RowProblem) -> Row
}

/// A file on its way in: bytes go in as they come, rows and problems come out in the file's order.
///
/// For uploads; ``SheetFile`` does the same for a file on disk.
package struct Sheet<Layout: RowLayout>: Sendable {
    package typealias Item = Result<Layout.Row, RowProblem>

    private var records = CSVRecords()
    private var layout: Layout?
    private let makeLayout: @Sendable (CSVRecord) throws(IntakeError) -> Layout

    /// - Parameter makeLayout: reads the header, the first line that is not blank.
    package init(
        _ makeLayout: @escaping @Sendable (CSVRecord) throws(IntakeError) -> Layout
    ) {
        self.makeLayout = makeLayout
    }

    /// Takes the next bytes.
    ///
    /// - Throws: ``IntakeError`` when the header is not one that the layout knows.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(IntakeError) -> [Item] {
        try items(of: records.feed(bytes))
    }

    /// Tells that there are no more bytes.
    ///
    /// - Throws: ``IntakeError``; ``IntakeError/empty`` when there was no header at all.
    package mutating func finish() throws(IntakeError) -> [Item] {
        let items = try items(of: records.finish())
        guard layout != nil else { throw .empty }
        return items
    }

    private mutating func items(
        of results: [Result<CSVRecord, RowProblem>]
    ) throws(IntakeError) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(results.count)
        for result in results {
            switch result {
            case .success(let record):
                guard layout != nil else {
                    layout = try makeLayout(record)
                    continue
                }
                do throws(RowProblem) {
                    if let row = try layout?.row(from: record) { items.append(.success(row)) }
                } catch {
                    items.append(.failure(error))
                }
            case .failure(let problem):
                guard layout != nil else { throw .brokenHeader(problem) }
                items.append(.failure(problem))
            }
        }
        return items
    }
}

extension Sheet where Layout == DeviceLayout {
    /// A file of devices in the platform's bulk-upload columns.
    package static func devices() -> Sheet {
        Sheet { header throws(IntakeError) in try DeviceLayout(header: header) }
    }
}

extension Sheet where Layout == ReadLayout {
    /// A file of meter reads in one of the three layouts.
    package static func reads(_ options: ReadOptions = ReadOptions()) -> Sheet {
        Sheet { header throws(IntakeError) in try ReadLayout(header: header, options: options) }
    }
}
