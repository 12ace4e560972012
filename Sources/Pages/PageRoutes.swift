package import Gateway
import HTTPTypes
package import Hummingbird
import Ledger
import Primitives

/// The pages for people: a read-only explorer under `/`, without third parties, that says
/// everything without a script.
package struct PageRoutes: Sendable {
    private let gateway: any LedgerGateway
    private let isForMembers: Bool
    private let site: PublicSite

    /// - Parameters:
    ///   - isForMembers: adds the page of those who operate the node.
    ///   - site: where readers find this node's pages and those of other members.
    package init(
        gateway: any LedgerGateway, isForMembers: Bool = false, site: PublicSite = PublicSite()
    ) {
        self.gateway = gateway
        self.isForMembers = isForMembers
        self.site = site
    }

    /// Adds every page, the stylesheet, and a page for addresses that lead nowhere.
    ///
    /// Addresses under `/v1` are not this target's: an unknown one is left to the server's error
    /// answer, which is no page.
    package func add(to router: Router<some RequestContext>) {
        router.get("/style.css") { request, _ in PageResponse.stylesheet(for: request) }
        refuseOtherMethods("/style.css", router)
        router.get(RouterPath(VerificationPage.path)) { request, _ in
            PageResponse.verification(for: request)
        }
        refuseOtherMethods(RouterPath(VerificationPage.path), router)
        addThings(to: router)
        addLists(to: router)
        router.get("/search") { request, context in
            try await answer(request, context) { asked in
                try await Search(gateway: gateway).answer(asked)
            }
        }
        refuseOtherMethods("/search", router)
        router.get("/**") { request, context in
            guard request.uri.path != "/v1", !request.uri.path.hasPrefix("/v1/") else {
                throw HTTPError(.notFound)
            }
            return try await answer(request, context) { _ in .page(Notices.noSuchPage) }
        }
    }

    private func addThings(to router: Router<some RequestContext>) {
        if isForMembers {
            page("/operation", router) { _ in try await OperationPage(gateway: gateway).page() }
        }
        page("/", router) { _ in try await HomePage(gateway: gateway).page() }
        page("/network", router) { _ in try await NetworkPage(gateway: gateway).page() }
        page("/drecs/{id}", router) { try await DRECPage(gateway: gateway).page($0) }
        page("/devices/{id}", router) { try await DevicePage(gateway: gateway).page($0) }
        page("/accounts/{id}", router) { try await AccountPage(gateway: gateway).page($0) }
        page("/projects/{id}", router) { try await ProjectPage(gateway: gateway).page($0) }
        page("/blocks/{id}", router) { try await BlockPage(gateway: gateway).page($0) }
        page("/transactions/{id}", router) {
            try await TransactionPage(gateway: gateway).page(id: $0)
        }
        page("/entries/{id}", router) { try await TransactionPage(gateway: gateway).page(at: $0) }
        page("/redemptions/{id}", router) {
            try await RedemptionPage(gateway: gateway, site: site).page($0)
        }
    }

    private func addLists(to router: Router<some RequestContext>) {
        page("/devices", router) { try await ListPages(gateway: gateway).devices($0) }
        page("/accounts", router) { try await ListPages(gateway: gateway).accounts($0) }
        page("/projects", router) { try await ListPages(gateway: gateway).projects($0) }
        page("/lots", router) { try await ListPages(gateway: gateway).lots($0) }
        page("/redemptions", router) { try await ListPages(gateway: gateway).redemptions($0) }
        page("/retirements", router) { try await ListPages(gateway: gateway).retirements($0) }
        page("/devices/{id}/reads", router) { try await ListPages(gateway: gateway).reads($0) }
        page("/transactions", router) { try await ListPages(gateway: gateway).transactions($0) }
        page("/blocks", router) { try await ListPages(gateway: gateway).blocks($0) }
    }

    private func page(
        _ path: RouterPath, _ router: Router<some RequestContext>,
        _ make: @Sendable @escaping (PageRequest) async throws -> Page
    ) {
        router.get(path) { request, context in
            try await answer(request, context) { .page(try await make($0)) }
        }
        refuseOtherMethods(path, router)
    }

    /// Pages are read, and nothing else can be done with them.
    private func refuseOtherMethods(_ path: RouterPath, _ router: Router<some RequestContext>) {
        for method in [HTTPRequest.Method.post, .put, .patch, .delete, .trace, .connect] {
            router.on(path, method: method) { request, context in
                try await answer(request, context) { _ in .page(Notices.onlyReading) }
            }
        }
        router.on(path, method: .options) { _, _ in PageResponse.options }
    }

    /// Answers with a page, also where the address is wrong or the node cannot answer; any other
    /// error is left to the server, which counts it.
    private func answer(
        _ request: Request, _ context: some RequestContext,
        _ make: (PageRequest) async throws -> Answer
    ) async throws -> Response {
        let answer: Answer
        do {
            answer = try await make(PageRequest(request, context))
        } catch let problem as BadParameter {
            answer = .page(Notices.notAnID(problem.text, wanted: problem.wanted))
        } catch let problem as BadFilter {
            answer = .page(Notices.badFilter(problem))
        } catch let problem as UnknownFilter {
            answer = .page(Notices.unknownFilter(problem))
        } catch let error as RangeTooWideError {
            answer = .page(Notices.tooWide(error))
        } catch is GatewayError {
            answer = .page(Notices.unavailable)
        }
        switch answer {
        case .page(let page):
            return PageResponse.make(
                page, network: gateway.network.name, site: site, for: request)
        case .redirect(let path):
            return PageResponse.redirect(to: path)
        }
    }
}

/// What an address leads to.
enum Answer: Sendable {
    case page(Page)
    case redirect(String)
}
