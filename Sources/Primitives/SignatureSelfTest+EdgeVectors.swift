// Made by make-signature-vectors.py beside the tests.

extension SignatureSelfTest {
    /// The second half of the vectors; see the first.
    static let edgeVectors: [Vector] = [
        Vector(
            name: "A not canonical, y = p + 3, sign 0",
            publicKey: "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 3, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 3, sign 1",
            publicKey: "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 3, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 4, sign 0",
            publicKey: "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 4, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 4, sign 1",
            publicKey: "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 4, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 5, sign 0",
            publicKey: "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 5, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 5, sign 1",
            publicKey: "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 5, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 6, sign 0",
            publicKey: "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 6, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 6, sign 1",
            publicKey: "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 6, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 9, sign 0",
            publicKey: "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 9, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 9, sign 1",
            publicKey: "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 9, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 10, sign 0",
            publicKey: "f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 10, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 10, sign 1",
            publicKey: "f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 10, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 14, sign 0",
            publicKey: "fbffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 14, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fbffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 14, sign 1",
            publicKey: "fbffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 14, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fbffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 15, sign 0",
            publicKey: "fcffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 15, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fcffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 15, sign 1",
            publicKey: "fcffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 15, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fcffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 16, sign 0",
            publicKey: "fdffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 16, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fdffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 16, sign 1",
            publicKey: "fdffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 16, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "fdffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 18, sign 0",
            publicKey: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 18, sign 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A not canonical, y = p + 18, sign 1",
            publicKey: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not canonical, y = p + 18, sign 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "A of mixed order, only a cofactored equation accepts",
            publicKey: "c4f26219eeee5eb5499c3214a7eedef4232e7a81f1767728d4187ac35167e475",
            message: "6d69786564206f726465722030",
            signature: "c9ae83a007ba2aa6568f104b5a829ad2942a24e20e9ff3ff5e77c94c9407ac9e"
                + "304d74f4c51688d124e5f6ee8bbe43a719875e191d86d2decbe66f62563edb08",
            isValid: false),
        Vector(
            name: "A of mixed order, both equations accept",
            publicKey: "c4f26219eeee5eb5499c3214a7eedef4232e7a81f1767728d4187ac35167e475",
            message: "6d69786564206f726465722039",
            signature: "29adcabd1289761bf7a04e57b3b81336615be5323bf351109ea4932717908dde"
                + "90e2f747b8bbe69cc9559b3d229715631835a091eda72aaf98e110de6499bc09",
            isValid: true),
        Vector(
            name: "R of mixed order, only a cofactored equation accepts",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "6d697865642052",
            signature: "f336ace0f1f37a5ac8a5c3b6933996571f08acd1557721a189181230cc5234f6"
                + "b8fc425e785cda3316fa46be96bb7b69c05f3d827983694797d6a184a1965a0d",
            isValid: false),
        Vector(
            name: "A and R of mixed order, both equations accept",
            publicKey: "c4f26219eeee5eb5499c3214a7eedef4232e7a81f1767728d4187ac35167e475",
            message: "6d69786564204120616e6420522030",
            signature: "272604eabce8bdd6bb2d3d7057f72b49ed28c33f5805a445cfdaaa78f5550d5f"
                + "341ad04edd517054a72fb0c10689496ecf676186581dd977e376beed6d0ca206",
            isValid: true),
        Vector(
            name: "A not on the curve",
            publicKey: "0200000000000000000000000000000000000000000000000000000000000000",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "R not on the curve",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0200000000000000000000000000000000000000000000000000000000000000"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "an all-zero signature",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0000000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000000000000",
            isValid: false),
        Vector(
            name: "an all-zero key",
            publicKey: "0000000000000000000000000000000000000000000000000000000000000000",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "all-zero key and signature",
            publicKey: "0000000000000000000000000000000000000000000000000000000000000000",
            message: "64726563",
            signature: "0000000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000000000000",
            isValid: false),
        Vector(
            name: "a tag, its own",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "00647265632f7472616e73616374696f6e2f76310064726563",
            signature: "a4d6c5fceef4935cb10669606d2a2e9f0a39296c494d283850db92e0159fdd2b"
                + "042859603f718afe260a59997e98ae2c13202ac56fcc7c67c3d766b4a8b97c02",
            isValid: true),
        Vector(
            name: "a tag, another one",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "00647265632f726561642f76310064726563",
            signature: "a4d6c5fceef4935cb10669606d2a2e9f0a39296c494d283850db92e0159fdd2b"
                + "042859603f718afe260a59997e98ae2c13202ac56fcc7c67c3d766b4a8b97c02",
            isValid: false),
        Vector(
            name: "a tag, none",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "a4d6c5fceef4935cb10669606d2a2e9f0a39296c494d283850db92e0159fdd2b"
                + "042859603f718afe260a59997e98ae2c13202ac56fcc7c67c3d766b4a8b97c02",
            isValid: false),
    ]
}
