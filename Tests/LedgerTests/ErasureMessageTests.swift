import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

@Suite("Orders to erase between members")
struct ErasureMessageTests {
    private static func order(_ number: Int) -> ProfileErasure {
        let root = Digest.sha256(Array("root \(number)".utf8))
        let signer = key("developer")
        return ProfileErasure(
            root: root, key: signer.publicKey, signature: signer.sign(.profileErasure, root.bytes))
    }

    @Test("Questions, answers and single orders are read back, and none is empty")
    func roundTrips() throws {
        for place in [nil, Digest.sha256([1])] {
            let question = ErasureMessage.question(after: place)
            #expect(try ErasureMessage.place(in: question) == place && !question.isEmpty)
        }
        for (count, isEnd) in [(0, true), (1, true), (1, false), (256, false), (256, true)] {
            let orders = (0..<count).map { Self.order($0) }
            let answer = ErasureMessage.answer(orders, isEnd: isEnd)
            #expect(!answer.isEmpty && answer.count <= ErasureMessage.byteLimit)
            let read = try ErasureMessage.orders(in: answer)
            #expect(read.orders == orders && read.isEnd == isEnd)
        }
        let one = ErasureMessage.order(Self.order(1))
        #expect(try ErasureMessage.order(in: one) == Self.order(1))
    }

    @Test("What is no question, answer or order is refused")
    func refused() throws {
        let order = ErasureMessage.order(Self.order(1))
        let answer = ErasureMessage.answer([Self.order(1)], isEnd: true)
        let question = ErasureMessage.question(after: .zero)
        let tooMany = ErasureMessage.answer((0..<257).map { Self.order($0) }, isEnd: false)
        let endless = ErasureMessage.answer([], isEnd: false)
        let bad =
            [Data(), Data([0]), Data([8, 0]), Data(count: 70_000), Data([0x0a, 1, 7])]
            + (0..<order.count).map { order.prefix($0) }
        for bytes in bad + [answer, question] {
            #expect(throws: ProfileMessageError.malformed) {
                try ErasureMessage.order(in: bytes)
            }
        }
        for bytes in bad + [order, question, tooMany, endless, answer + Data([0x98, 0x75, 1])] {
            #expect(throws: ProfileMessageError.malformed) {
                try ErasureMessage.orders(in: bytes)
            }
        }
        for bytes in bad + [order, answer, question + question, question.dropLast()] {
            #expect(throws: ProfileMessageError.malformed) {
                try ErasureMessage.place(in: bytes)
            }
        }
    }
}
