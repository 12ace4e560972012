#!/usr/bin/env python3
"""Other libraries judge the signature vectors too, wherever their rule is ours.

PyNaCl is libsodium as somebody else built it: it must agree on every vector. cryptography is OpenSSL,
whose rule is the same but for points of small order and encodings of A that are not canonical, which
it lets pass; on all others it must agree.
"""
import pathlib
import re
import unittest

import cryptography.exceptions
import nacl.exceptions
import nacl.signing
from cryptography.hazmat.primitives.asymmetric import ed25519

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "Sources" / "Primitives"
ENTRY = re.compile(
    r'Vector\(\s*name: "(.*?)",\s*publicKey: (.*?),\s*message: (.*?),\s*signature: (.*?),'
    r"\s*isValid: (\w+)\)", re.S)


def vectors():
    """The vectors of the program's self-test: name, key, message, signature, verdict."""
    for path in sorted(SOURCES.glob("SignatureSelfTest+*.swift")):
        for name, *parts, valid in ENTRY.findall(path.read_text(encoding="utf-8")):
            texts = ["".join(re.findall(r'"(\w*)"', part)) for part in parts]
            yield (name, *map(bytes.fromhex, texts), valid == "true")


def accepted_by_nacl(key, message, signature):
    try:
        nacl.signing.VerifyKey(key).verify(message, signature)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


def accepted_by_openssl(key, message, signature):
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except cryptography.exceptions.InvalidSignature:
        return False


class SignatureVectors(unittest.TestCase):
    def test_all_are_read(self):
        self.assertEqual(len(list(vectors())), 93)

    def test_libsodium_agrees(self):
        for name, *parts, valid in vectors():
            self.assertEqual(accepted_by_nacl(*parts), valid, name)

    def test_openssl_agrees_where_its_rule_is_ours(self):
        # Our profile refuses these encodings before the equation; OpenSSL asks the equation alone.
        laxer = ("A of small order", "R of small order")
        judged = 0
        for name, *parts, valid in vectors():
            if name.startswith(laxer):
                continue
            judged += 1
            self.assertEqual(accepted_by_openssl(*parts), valid, name)
        self.assertEqual(judged, 65)

    def test_openssl_shows_that_small_order_vectors_satisfy_the_equation(self):
        # Else the vectors would be refused for another reason than the one that they stand for.
        lax = [
            name for name, *parts, _ in vectors()
            if name.startswith("A of small order") and accepted_by_openssl(*parts)]
        self.assertGreaterEqual(len(lax), 8, lax)


if __name__ == "__main__":
    unittest.main()
