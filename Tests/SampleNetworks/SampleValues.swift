package import Foundation
package import Primitives

/// A signing key from a name, the same one in every run.
package func key(_ name: String) -> SigningKey {
    let seed = Digest.sha256(Array("drec test key \(name)".utf8)).bytes
    guard let key = SigningKey(seed: seed) else { preconditionFailure("no key from a seed") }
    return key
}

package func publicKey(_ name: String) -> Data { Data(key(name).publicKey.bytes) }

package func hash(_ text: String) -> Data { Data(Digest.sha256(Array(text.utf8)).bytes) }

package func countryCode(_ text: String) -> CountryCode {
    guard let country = CountryCode(text) else { preconditionFailure("no country: \(text)") }
    return country
}

/// `2021-12-17` or `2021-12-17T08:00:00Z`.
package func time(_ text: String) -> Timestamp {
    let numbers = text.split { !$0.isNumber }.map { UInt64($0) ?? 0 }
    guard numbers.count >= 3,
        let day = CivilDay(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
    else { preconditionFailure("not a date: \(text)") }
    var seconds = day.start.rawValue
    for (number, unit) in zip(numbers.dropFirst(3), [3_600, 60, 1] as [UInt64]) {
        seconds += number * unit
    }
    return Timestamp(seconds)
}
