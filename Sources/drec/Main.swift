import Commands

/// The program: everything is in `Commands`.
@main
enum Main {
    static func main() async {
        await Program.main()
    }
}
