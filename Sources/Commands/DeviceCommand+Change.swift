import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

extension DeviceCommand {
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what holds of a device from a moment on.",
            discussion: """
                What is not named stays as it is. The moment lies after the device's last change \
                and not before the end of an accepted read; the commissioning date is fixed once \
                a read was accepted. Country, owner and meter do not change here.

                Example: drec device update D5 --capacity-kw 30 --effective 2026-07-01 \
                --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID
        @OptionGroup var changes: DeviceChanges
        @Option(
            help: """
                Day or moment in UTC, 2026-07-01 or 2026-07-01T12:00:00Z; now where it is not \
                given.
                """)
        var effective: Moment?

        func run() async throws {
            try await Output.run {
                guard changes.isGiven else {
                    throw ValidationError("name a change, such as --capacity-kw 30")
                }
                let path = "/v1/devices/\(id)/revisions?limit=1"
                let last = try await signing.client.json(path)["items"]?.array?.first
                guard let last, let details = ProtoDeviceDetails(last) else {
                    throw CommandFailure.failed("the node's device is not one of this program's")
                }
                var action = ProtoUpdateDevice()
                action.device = id.rawValue
                action.effective = effective?.timestamp.rawValue ?? 0
                action.details = try changes.applied(to: details)
                let receipt = try await signing.submit(.updateDevice(action))
                let time = receipt.event("deviceChanged")?.text("effective") ?? ""
                signing.report(receipt, "\(id) changes from \(time)")
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a device for good: reads of windows after that are refused.",
            discussion: """
                Example: drec device close D5 --effective 2026-06-30 --key developer.key \
                --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID
        @Option(help: "Day or moment in UTC, not in the future; now where it is not given.")
        var effective: Moment?

        func run() async throws {
            try await Output.run {
                var action = ProtoCloseDevice()
                action.device = id.rawValue
                action.effective = effective?.timestamp.rawValue ?? 0
                let receipt = try await signing.submit(.closeDevice(action))
                let time = receipt.event("deviceChanged")?.text("effective") ?? ""
                signing.report(receipt, "\(id) closed from \(time)")
            }
        }
    }

    struct HandOver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hand-over",
            abstract: "Put a new meter on a device: its counter starts from a new baseline.",
            discussion: """
                Example: drec device hand-over D5 --meter SN-0042 --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID
        @Option(help: "Serial number of the new meter; only its hash goes on the chain.")
        var meter: String?
        @Option(help: "Public key, or its key file, by which the new meter signs reads.")
        var meterKey: PublicKeyArgument?

        func run() async throws {
            try await Output.run {
                guard meter != nil || meterKey != nil else {
                    throw ValidationError("name the new meter: --meter, --meter-key or both")
                }
                var action = ProtoHandOverMeter()
                action.device = id.rawValue
                if let meter {
                    guard let hash = DeviceNaming.hash(ofMeter: meter) else {
                        throw ValidationError("--meter: \(meter) is no serial number")
                    }
                    action.meterHash = Data(hash.bytes)
                }
                if let meterKey {
                    action.meterKey = Data(try meterKey.key("--meter-key").bytes)
                }
                let receipt = try await signing.submit(.handOverMeter(action))
                let time = receipt.event("deviceChanged")?.text("effective") ?? ""
                signing.report(receipt, "\(id) has a new meter from \(time)")
            }
        }
    }
}
