import Testing

@Suite struct CodeBlankingTests {
    @Test(
        "comments and strings become spaces, code stays where it was",
        arguments: [
            ("a // b\nc", "a     \nc"), ("a /* b /* c */ d */ e", "a                   e"),
            (#"f("a{b")"#, #"f("   ")"#), (#"f("a\"b")"#, #"f("    ")"#),
            (##"f(#"a"b"#)"##, ##"f(#"   "#)"##), (#"f("a\(g("b"))c")"#, #"f("  (g(" ")) ")"#),
            ("\"\"\"\na \" b\n\"\"\" c", "\"\"\"\n     \n\"\"\" c"), ("#if a", "#if a"),
            ("a / b", "a / b"), ("\"→\"", "\" \""), ("// \"\na", "    \na"),
        ])
    func blanks(text: String, expected: String) {
        #expect(CodeBlanking.blank(text) == expected)
    }
}
