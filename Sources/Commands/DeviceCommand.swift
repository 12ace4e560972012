import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Register, change and show devices.",
        subcommands: [
            Register.self, Import.self, Update.self, Close.self, HandOver.self,
            ProfileCommand.self, Show.self, List.self, Reads.self, Months.self,
        ])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register one device.",
            discussion: """
                Example: drec device register --external-id ROOF-1 --capacity-kw 24.5 \
                --country KEN --type TC120 --commissioned 2021-03-01 --latitude -1.28 \
                --longitude 36.82 --kind "Rooftop Solar" --off-taker School \
                --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "The owner's own id of the device.") var externalId: String
        @Option(help: "AC nameplate in kW.") var capacityKw: String
        @Option(help: "ISO 3166-1 alpha-3.") var country: String
        @Option(help: "TC110 to TC150.") var type = "TC120"
        @Option(help: "YYYY-MM-DD.") var commissioned: String
        // Degrees may be negative, which must not be read as another option.
        @Option(parsing: .unconditional, help: "Degrees, north positive.") var latitude: String
        @Option(parsing: .unconditional, help: "Degrees, east positive.") var longitude: String
        @Option(help: "What it is, such as Rooftop Solar or Solar Home System.") var kind = ""
        @Option(help: "Who uses the energy.") var offTaker = ""
        @Flag(help: "Connected to the grid.") var grid = false

        func run() async throws {
            try await Output.run {
                let row = try DeviceArguments.row([
                    ("externalId", externalId), ("latitude", latitude),
                    ("longitude", longitude), ("countryCode", country), ("fuelCode", "ES100"),
                    ("deviceTypeCode", type), ("capacity", capacityKw),
                    ("commissioningDate", commissioned),
                    ("gridInterconnection", grid ? "true" : "false"), ("offTaker", offTaker),
                    ("deviceDescription", kind),
                ])
                var importer = DeviceImport(signing: signing, channel: .cli)
                try await ProfileVerbs.deliverEarlier(signing)
                try await importer.register([.success(row)])
                try importer.finish()
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register the devices of a CSV file in the platform's bulk-upload columns.",
            discussion: """
                Each row gets a device number or a reason with its line; a bad row never stops \
                the others. Running the same file again changes nothing.

                Example: drec device import devices.csv --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await Output.run {
                var importer = DeviceImport(signing: signing, channel: .csv)
                var sheet = try SheetFile(
                    path: file, sheet: Sheet<DeviceLayout>.devices(), batchSize: 500)
                try await ProfileVerbs.deliverEarlier(signing)
                while let batch = try sheet.nextBatch() { try await importer.register(batch) }
                try importer.finish()
            }
        }
    }
}
