import Primitives
import Testing

struct DeviceDIDTests {
    private static let network = Digest.sha256([1])

    @Test("a DID names the network and the device, and is read as it is written")
    func roundTrip() throws {
        for number in [UInt64(1), 2_045, .max] {
            let did = DeviceDID(DeviceID(number), network: Self.network)
            #expect(did.description == "did:drec:\(Self.network.hex.prefix(16)):\(number)")
            #expect(DeviceDID(did.description) == did)
            #expect(did.isOf(Self.network))
            #expect(!did.isOf(Digest.sha256([2])))
        }
    }

    @Test(
        "anything else is no DID",
        arguments: [
            "", "did:drec:0123456789abcdef", "did:drec:0123456789abcdef:", "D1",
            "did:drec:0123456789abcdef:0", "did:drec:0123456789abcdef:01",
            "did:drec:0123456789abcdef:-1", "did:drec:0123456789abcdef:18446744073709551616",
            "did:drec:0123456789ABCDEF:1", "did:drec:0123456789abcde:1",
            "did:drec:0123456789abcdef0:1", "did:drec:0123456789abcdeg:1",
            "did:web:0123456789abcdef:1", "DID:drec:0123456789abcdef:1",
            "did:drec:0123456789abcdef:1:2", " did:drec:0123456789abcdef:1",
            "did:drec:0123456789abcdef:1#key", "did:drec:0123456789abcdef:1 ",
            "did:drec:٠123456789abcdef:1",
        ])
    func bad(text: String) {
        #expect(DeviceDID(text) == nil)
    }
}
