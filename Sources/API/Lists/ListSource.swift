import Ledger
import Primitives

/// A list as its route sees it, page by page: where it goes on is text, an item is JSON.
struct ListSource: Sendable {
    struct Page: Sendable {
        let items: [CanonicalJSON]
        /// Behind what the list goes on; nil at its end. A page without items may go on.
        let next: String?
    }

    /// What its cursors are of.
    let name: String
    private let fetch: @Sendable (String?, Int) async throws -> Page

    /// - Parameters:
    ///   - read: a position of ``position``, nil for any other text.
    ///   - fetch: the page behind a position.
    init<Item: Sendable, Position: Sendable>(
        _ name: String, at read: @escaping @Sendable (String) -> Position?,
        _ fetch: @escaping @Sendable (Position?, Int) async throws -> ListPage<Item, Position>,
        position: @escaping @Sendable (Position) -> String,
        json: @escaping @Sendable (Item) -> CanonicalJSON
    ) {
        self.init(name) { text, limit in
            let page = try await fetch(try ListSource.after(text, read), limit)
            return Page(items: page.items.map(json), next: page.next.map(position))
        }
    }

    /// A list that is asked for one item more than a page has, which tells whether there is a next
    /// page.
    static func oneFurther<Item: Sendable, Position: Sendable>(
        _ name: String, at read: @escaping @Sendable (String) -> Position?,
        _ fetch: @escaping @Sendable (Position?, Int) async throws -> [Item],
        position: @escaping @Sendable (Item) -> String,
        json: @escaping @Sendable (Item) -> CanonicalJSON
    ) -> ListSource {
        ListSource(name) { text, limit in
            let found = try await fetch(try after(text, read), limit + 1)
            let page = ListPage(found, limit: limit, position: position)
            return Page(items: page.items.map(json), next: page.next)
        }
    }

    private init(
        _ name: String, fetch: @escaping @Sendable (String?, Int) async throws -> Page
    ) {
        self.name = name
        self.fetch = fetch
    }

    private static func after<Position>(
        _ text: String?, _ read: (String) -> Position?
    ) throws -> Position? {
        try text.map { text in
            guard let position = read(text) else {
                throw Problem.badParameter("cursor", wanted: AskedAddress.cursorText)
            }
            return position
        }
    }

    /// - Throws: ``Problem`` for a position that is none of this list; what fetching throws.
    func page(_ position: String?, limit: Int) async throws -> Page {
        try await fetch(position, limit)
    }
}
