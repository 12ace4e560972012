// Made by make-signature-vectors.py beside the tests, with plain integer arithmetic; the first ones
// are those of RFC 8032, section 7.1.

extension SignatureSelfTest {
    /// One vector or more for each class of edge cases.
    package static let vectors = plainVectors + edgeVectors

    private static let plainVectors: [Vector] = [
        Vector(
            name: "RFC 8032, 7.1, test 1",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            isValid: true),
        Vector(
            name: "RFC 8032, 7.1, test 2",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            isValid: true),
        Vector(
            name: "RFC 8032, 7.1, test 3",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            isValid: true),
        Vector(
            name: "RFC 8032, 7.1, test SHA(abc)",
            publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
            isValid: true),
        Vector(
            name: "a signature of ours",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: true),
        Vector(
            name: "a flipped bit in R",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7047d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "a flipped bit in S",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c05717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "a flipped bit in the sign of R",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d1254146dd"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "another message",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726543",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "another key",
            publicKey: "6ee7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "c15717ec88cc92a2ae3533dd27549485d796a82960668cdb508565e8ced76805",
            isValid: false),
        Vector(
            name: "S + L",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "ae2b0d49a32fa5fa84d22a80064e739ad796a82960668cdb508565e8ced76815",
            isValid: false),
        Vector(
            name: "S = L",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
            isValid: false),
        Vector(
            name: "S of all ones",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "7147d02ad6af5aaaf047b785de6b4720cfe37f227b6d8cd14edf90d12541465d"
                + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            isValid: false),
        Vector(
            name: "A of small order, encoding 0",
            publicKey: "0000000000000000000000000000000000000000000000000000000000000000",
            message: "736d616c6c206f7264657220412030",
            signature: "f5433a4dda401d4f5896039848e276d8046f055b6db85793f6694a25f158e995"
                + "8ab6134eff6803fd86f222d02ea5fe3c8f44c90c5455dc9e9e833ae1c84b300b",
            isValid: false),
        Vector(
            name: "A of small order, encoding 1",
            publicKey: "0000000000000000000000000000000000000000000000000000000000000080",
            message: "736d616c6c206f7264657220412031",
            signature: "857f8284f70197ffc3105eccc02bd1c535ec51532cabf67a61024a139c746671"
                + "076ab7c777ea300d8ae335819d9c670c54d33c2171cbd08d0f02295cb788df07",
            isValid: false),
        Vector(
            name: "A of small order, encoding 2",
            publicKey: "0100000000000000000000000000000000000000000000000000000000000000",
            message: "736d616c6c206f7264657220412030",
            signature: "f9c76a66ab96686cc6daf86a3851ff39fb35504e9834be3d428aff842db7cfb9"
                + "79acc17d342594f815e988afda91a174184cd4fa0f31df0b6fe09bec5ab5920e",
            isValid: false),
        Vector(
            name: "A of small order, encoding 3",
            publicKey: "0100000000000000000000000000000000000000000000000000000000000080",
            message: "736d616c6c206f7264657220412030",
            signature: "6d621d8b0f1d471811e1edfaa61b6a99f17cf396e585f3a0ad144ba8c5dc54a3"
                + "56debeb20b516af88a2080587839f11000c1332fd1f9a17595fd0f1021e02409",
            isValid: false),
        Vector(
            name: "A of small order, encoding 4",
            publicKey: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            message: "736d616c6c206f7264657220412030",
            signature: "2854b08876e8a1a7107832713585f76c492d289d129a064c7bf2fb6c92026803"
                + "e01e1d6ba75ff48c6298d709797428356ec7fccb4b85eb6ecc4f118423cd4105",
            isValid: false),
        Vector(
            name: "A of small order, encoding 5",
            publicKey: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            message: "736d616c6c206f7264657220412030",
            signature: "6a6e20f26210880e4f1504fde4e40551fea8d3d3be3b9c99fa5905ff449e766b"
                + "1e9f761d92e642bb5ffb5c80562041594becf470c1b12e4ae2a68b536fdeaa0d",
            isValid: false),
        Vector(
            name: "A of small order, encoding 6",
            publicKey: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            message: "736d616c6c206f7264657220412030",
            signature: "91c7456d17a725ffc66f61778aa3f9f4154af01a6af3534cf82757e03248a91d"
                + "bd2af64bf0ed570e90549750f112c58346469e23f1ace64c4fa7dc7c9f219709",
            isValid: false),
        Vector(
            name: "A of small order, encoding 7",
            publicKey: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            message: "736d616c6c206f7264657220412031",
            signature: "b1d345cf2bfe75c9e4a546b7a3e1f520e8bef732e14471fd603bb6b752fad24e"
                + "4d0ce7e11d90d99ed7e24234eb4e96d8940876ee70ff21db01a055dae0c99f00",
            isValid: false),
        Vector(
            name: "A of small order, encoding 8",
            publicKey: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "736d616c6c206f7264657220412030",
            signature: "6817091b364ad9faf592febef4683af425814e39ba1472df9aada6f4a6a15a57"
                + "535785b674e9eb7454c36fc9153db1f681e14ba817ab8949bdb3c613e3bee80d",
            isValid: false),
        Vector(
            name: "A of small order, encoding 9",
            publicKey: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "736d616c6c206f7264657220412030",
            signature: "5c0b0daff75291192b6434162df9f05ae4031df63533f30c5a1893cf27d77fd1"
                + "d691bad5d652bb94069ff9ffca4de277fb8f9e6a0153950eb0e0f5ceadfde504",
            isValid: false),
        Vector(
            name: "A of small order, encoding 10",
            publicKey: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "736d616c6c206f7264657220412031",
            signature: "fdf3c410930944b57e1a1bfaf42a5ae0545b93a20e0c56c9b93d8b974568c4c1"
                + "4d2cc2afba8d85d83002953e179db537c88ed4b72ae7c34012fe5d20d8f64d0f",
            isValid: false),
        Vector(
            name: "A of small order, encoding 11",
            publicKey: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "736d616c6c206f7264657220412030",
            signature: "895b3c978ef47d9fb2674533304491ff1e6786499c9b87078311b914333bacc6"
                + "dad26a3d54d27fcb5e97cf2225c91b0b26796071534b56def1d37293d2d6b206",
            isValid: false),
        Vector(
            name: "A of small order, encoding 12",
            publicKey: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            message: "736d616c6c206f7264657220412030",
            signature: "dc8c38839e57dbac882f5fd782c56057c309825a23cc1b7dd8a2864d82e92188"
                + "4340ce2e18028e7f89e0e0514222bb82a04590964067d8737da3847d07aa9301",
            isValid: false),
        Vector(
            name: "A of small order, encoding 13",
            publicKey: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            message: "736d616c6c206f7264657220412030",
            signature: "3865c123adc9b3096a237c4f4a86c0bd4df0af43c755d5ddfc7254b14682a0c9"
                + "9ff5ecb08a2671b3f8922a380cd90c214cbc89b46432256dea3ca08055bae304",
            isValid: false),
        Vector(
            name: "R of small order, encoding 0",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0000000000000000000000000000000000000000000000000000000000000000"
                + "a95b13b4503a49da13a18b118431622610ab61d86323c5da66ee697d3e3d1f0e",
            isValid: false),
        Vector(
            name: "R of small order, encoding 1",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0000000000000000000000000000000000000000000000000000000000000080"
                + "2e34ed78e08e94c5a617abdce27fca47f6eb2f47590e123783e075050c908404",
            isValid: false),
        Vector(
            name: "R of small order, encoding 2",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0100000000000000000000000000000000000000000000000000000000000000"
                + "b17a2e6b36e1faadc1efb25f27d0bbbfa2b8a15a3deca656b5bf51d9c5f9d207",
            isValid: false),
        Vector(
            name: "R of small order, encoding 3",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "0100000000000000000000000000000000000000000000000000000000000080"
                + "215326b41eac0cb6ef0505e86145607de4d2d1105da65c3cd0373f0013403d04",
            isValid: false),
        Vector(
            name: "R of small order, encoding 4",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
                + "3639990317745e393c8804d6e3894ac550e25dfa181f7b5fa6b7420c9318fb0c",
            isValid: false),
        Vector(
            name: "R of small order, encoding 5",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"
                + "7338cb1b6ba09362d5bd9a3c5f8b8b0026fcc827d84eb84a556f50eaf39feb02",
            isValid: false),
        Vector(
            name: "R of small order, encoding 6",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
                + "ef6b266992044f3b7cf897976b981cec09b9891b009348d66ca886aa7b4de90f",
            isValid: false),
        Vector(
            name: "R of small order, encoding 7",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
                + "dc7b21df613a734f994a539b871f99d460d4c7ab88431285ba79b6507f30cf02",
            isValid: false),
        Vector(
            name: "R of small order, encoding 8",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "489018c8f854f5613975653886930011a365e55726fdd55abc45e8206dab3d0a",
            isValid: false),
        Vector(
            name: "R of small order, encoding 9",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "fc98fe642c8a4aff8121afc393e513d278f8d9e7eb47a8b18a2b6d6b7b75a309",
            isValid: false),
        Vector(
            name: "R of small order, encoding 10",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "791bedd56f03b2930fef1e29b7094d825b1e047344001437575079ab3902a400",
            isValid: false),
        Vector(
            name: "R of small order, encoding 11",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "2134f069b122a0c96f297ecf50c79d59433643668c30fdd8b3266d97b725570c",
            isValid: false),
        Vector(
            name: "R of small order, encoding 12",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
                + "b3b88e91497d2a3d28e010fee53c393728e92fc3731fb057da81c8245316eb00",
            isValid: false),
        Vector(
            name: "R of small order, encoding 13",
            publicKey: "6fe7404409b7779e9a31cd1a6f1a672f1a9fa82be529aab1fb7b334705143a14",
            message: "64726563",
            signature: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                + "a46599e031ec659fcc3b0a7f3166facf282f1fbac96bafa6cbaae0391a44ae07",
            isValid: false),
    ]
}
