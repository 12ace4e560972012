import ArgumentParser

/// What the executable runs.
public enum Program {
    /// Reads the command line and runs the verb that it names.
    public static func main() async {
        await DRECCommand.main()
    }
}

/// The root of all verbs.
struct DRECCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drec",
        abstract: "Distributed renewable energy certificates on a shared ledger.",
        discussion: """
            A D-REC is 1 kWh of verified solar generation. Members run nodes; anybody may ask one \
            where a D-REC came from, who owned it and whether it is spent.

            Exit codes: 0 done, 1 refused by the ledger or partly refused, 2 a failure (no \
            connection, unreadable file), 64 wrong usage.

            Example: drec provenance DREC101-2021-42
            """,
        version: "drec \(drecVersion)",
        subcommands: [
            NetworkCommand.self, KeyCommand.self, GenesisCommand.self, NodeCommand.self,
            ParametersCommand.self, YieldCommand.self, PendingCommand.self,
            AuthorityCommand.self, AccountCommand.self, DeviceCommand.self, ReadsCommand.self,
            MintCommand.self, TradeCommand.self,
            RedeemCommand.self, RetireCommand.self, ShowCommand.self, ProvenanceCommand.self,
            VerifyCommand.self, ExportCommand.self,
            LotCommand.self, ProjectCommand.self, RedemptionCommand.self,
            RetirementCommand.self, TransactionCommand.self, BlockCommand.self, BenchCommand.self,
        ])
}

/// The program's version.
let drecVersion = "0.1.0"
