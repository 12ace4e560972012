import Foundation
import Intake

/// Files of the repository and of its test inputs, found from this file.
enum TestFiles {
    /// The repository's folder.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let sample = repository.appending(path: "Network/Sample")
    /// Real inputs that lie beside the repository and are not part of the product.
    static let shared = repository.appending(path: "../shared/data")
    static let areSharedPresent = FileManager.default.fileExists(
        atPath: shared.appending(path: "candi.csv").path)
    static let areSamplesPresent = FileManager.default.fileExists(
        atPath: sample.appending(path: "devices.csv").path)

    /// Every item of a file, in small batches so that batching is tested along.
    static func items<Layout: RowLayout>(
        _ file: URL, _ sheet: Sheet<Layout>
    ) throws -> [Sheet<Layout>.Item] {
        var items: [Sheet<Layout>.Item] = []
        try SheetFile.forEachBatch(path: file.path, sheet: sheet, batchSize: 7) { batch, _ in
            items += batch
        }
        return items
    }
}

extension Result {
    var value: Success? { try? get() }
    var problem: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

/// Every item of a text.
func items<Layout: RowLayout>(_ text: String, _ sheet: Sheet<Layout>) throws -> [Sheet<Layout>.Item]
{
    var sheet = sheet
    return try sheet.feed(text.utf8) + sheet.finish()
}
