import Foundation
import Primitives

/// The page that checks proof files in the reader's browser.
///
/// It is one document with its style and its script inside, and asks nobody but the node that it
/// came from, so a copy that was saved to disk checks files without any node. It is the same bytes
/// for every network and moment.
enum VerificationPage {
    static let path = "/verify"

    /// The document.
    static let bytes: [UInt8] = {
        var document = Array(head.utf8)
        document += Array("\n<meta http-equiv=\"Content-Security-Policy\" content=\"".utf8)
        document += Array(policy.joined(separator: "; ").utf8)
        document += Array("\">\n<style>".utf8) + style
        document += Array("</style>\n</head>\n".utf8) + PackageResources.verify_html
        document += Array("<script type=\"module\">".utf8) + script
        return document + Array("</script>\n</body>\n</html>\n".utf8)
    }()

    /// Only the style and the script that are in it, by their hashes, and nobody but this node.
    static let contentSecurityPolicy =
        (policy + ["frame-ancestors 'none'"]).joined(separator: "; ")

    private static let policy = [
        "default-src 'none'", "script-src '\(source(script))'", "style-src '\(source(style))'",
        "connect-src 'self'", "img-src data:", "form-action 'self'", "base-uri 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ]

    private static let head = """
        <!DOCTYPE html>
        <html lang="en" dir="ltr">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Verify a proof – D-REC explorer</title>
        <link rel="icon" href="data:,">
        """

    private static let style = Stylesheet.bytes + PackageResources.verify_css

    /// In the order of their imports.
    private static let script = joined([
        PackageResources.bytes_js, PackageResources.strict_json_js, PackageResources.messages_js,
        PackageResources.trees_js, PackageResources.proof_file_js,
        PackageResources.authorities_js, PackageResources.entries_js,
        PackageResources.lineage_js, PackageResources.origins_js, PackageResources.energy_js,
        PackageResources.statement_js, PackageResources.proof_check_js,
        PackageResources.page_parts_js, PackageResources.page_js,
    ])

    /// A source of the policy: the hash of what may run or apply.
    private static func source(_ content: [UInt8]) -> String {
        "sha256-" + Data(Digest.sha256(content).bytes).base64EncodedString()
    }

    /// Modules as one: a module inside of a document can import from nowhere, so what they import
    /// from one another stands before them, under the same name.
    private static func joined(_ modules: [[UInt8]]) -> [UInt8] {
        var script = "\n"
        for module in modules {
            var isImport = false
            for line in String(decoding: module, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            {
                if line.hasPrefix("import ") { isImport = true }
                if !isImport {
                    script += line.hasPrefix("export ") ? line.dropFirst(7) : line
                    script += "\n"
                }
                if line.hasSuffix(";") { isImport = false }
            }
        }
        return Array(script.utf8)
    }
}
