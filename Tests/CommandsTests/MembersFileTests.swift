import Commands
import Pages
import Testing

/// Where other members' pages are, as a file says it.
@Suite("A file of members' addresses")
struct MembersFileTests {
    private let directory: Directory

    init() throws { directory = try Directory() }

    @Test("Addresses by names, of any number up to the limit")
    func taken() throws {
        let empty = try MembersFile.load(try directory.file("members.json", "{}"))
        #expect(empty.isEmpty)
        let two = try MembersFile.load(
            try directory.file(
                "members.json",
                #"{"south": "https://south.example", "Nörd": "http://127.0.0.1:8080"}"#))
        #expect(
            two == [
                "south": WebAddress("https://south.example"),
                "Nörd": WebAddress("http://127.0.0.1:8080"),
            ])
    }

    @Test(
        "What is no object of addresses is told with the file and the names",
        arguments: [
            ("", "members.json"), ("[]", "an object of addresses is expected"),
            ("\"https://a\"", "an object of addresses is expected"), ("{", "members.json"),
            (#"{"a": "https://a", "a": "https://b"}"#, "members.json"),
            (#"{"a": 1}"#, "a: an address such as"), (#"{"a": null}"#, "a: an address such as"),
            (#"{"a": "a:80"}"#, "a: an address such as"),
            (#"{"a": "https://a/b"}"#, "a: an address such as"),
            (#"{"": "https://a"}"#, ": an address such as"),
            (#"{"a": "x", "b": "https://b", "c": "y"}"#, "is expected; c: an address"),
            (#"{"a\u001b": "x"}"#, "a?: an address such as"),
        ])
    func refused(_ row: (text: String, says: String)) throws {
        let path = try directory.file("members.json", row.text)
        let told = failure { _ = try MembersFile.load(path) }
        #expect(told?.contains(row.says) == true, "\(told ?? "nothing")")
    }

    @Test("More members than a page tells are refused")
    func tooMany() throws {
        let members = (0...MembersFile.maximumMembers).map { "\"m\($0)\": \"https://m\($0)\"" }
        let path = try directory.file("members.json", "{\(members.joined(separator: ","))}")
        #expect(failure { _ = try MembersFile.load(path) }?.contains("more than 50") == true)
    }
}
