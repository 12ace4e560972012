#!/usr/bin/env python3
"""Ed25519 signatures of every class that libraries disagree on, for the self-test at start and tests.

Writes Sources/Primitives/SignatureSelfTest+*.swift. Plain integer arithmetic after RFC 8032 section
5.1, slow and independent of any library; the output is the same in every run.
"""
import hashlib
import pathlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P,
    )


def multiply(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def encode(point, y_plus=0, sign=None):
    x, y = point
    bit = x & 1 if sign is None else sign
    return ((y + y_plus) | bit << 255).to_bytes(32, "little")


def digest(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def expand(seed):
    h = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, h[32:]


def sign(seed, message):
    scalar, prefix = expand(seed)
    public = encode(multiply(scalar, BASE))
    r = digest(prefix, message) % L
    big_r = encode(multiply(r, BASE))
    s = (r + digest(big_r, public, message) * scalar) % L
    return public, big_r + s.to_bytes(32, "little")


def torsion():
    """A point of order 8, from the first y whose point has full torsion."""
    y = 2
    while True:
        x = recover_x(y, 0)
        if x is not None:
            point = multiply(L, (x, y))
            if multiply(4, point) != (0, 1):
                return point
        y += 1


vectors = []


def vector(name, public, message, signature, valid):
    vectors.append((name, public.hex(), message.hex(), signature.hex(), valid))


RFC_8032 = [  # section 7.1: secret key, message
    ("1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
    (
        "SHA(abc)",
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        hashlib.sha512(b"abc").hexdigest(),
    ),
]
for name, seed, message in RFC_8032:
    message = bytes.fromhex(message)
    public, signature = sign(bytes.fromhex(seed), message)
    vector(f"RFC 8032, 7.1, test {name}", public, message, signature, True)

seed = hashlib.sha256(b"drec signature vectors").digest()
scalar, prefix = expand(seed)
message = b"drec"
public, signature = sign(seed, message)
A = multiply(scalar, BASE)
big_r, s = signature[:32], int.from_bytes(signature[32:], "little")
vector("a signature of ours", public, message, signature, True)

for name, where in [("R", 0), ("S", 32), ("the sign of R", 31)]:
    flipped = bytearray(signature)
    flipped[where] ^= 0x80 if where == 31 else 1
    vector(f"a flipped bit in {name}", public, message, bytes(flipped), False)
vector("another message", public, b"dreC", signature, False)
flipped = bytearray(public)
flipped[0] ^= 1
while recover_x(int.from_bytes(flipped, "little") & (1 << 255) - 1, flipped[31] >> 7) is None:
    flipped[1] += 1
vector("another key", bytes(flipped), message, signature, False)

vector("S + L", public, message, big_r + (s + L).to_bytes(32, "little"), False)
vector("S = L", public, message, big_r + L.to_bytes(32, "little"), False)
vector("S of all ones", public, message, big_r + b"\xff" * 32, False)

T = torsion()
low = [multiply(k, T) for k in range(8)]
encodings = []
for point in low:
    encodings.append(encode(point))
    if point[1] + P < 2**255:
        encodings.append(encode(point, P))
    if point[0] == 0:
        encodings.append(encode(point, 0, 1))
        if point[1] + P < 2**255:
            encodings.append(encode(point, P, 1))
encodings = sorted(set(encodings))
assert len(encodings) == 14, len(encodings)


def decoded(encoding):
    number = int.from_bytes(encoding, "little")
    y = (number & (1 << 255) - 1) % P
    return next(p for p in low if p[1] == y and (p[0] == 0 or p[0] & 1 == number >> 255))


for index, encoding in enumerate(encodings):
    # Small-order A: chosen so that the cofactorless equation holds, R = S·B − h·A.
    point, counter = decoded(encoding), 0
    while True:
        text = f"small order A {counter}".encode()
        s0 = digest(b"s", encoding, text) % L
        for k in range(8):
            candidate = add(multiply(s0, BASE), low[k])
            r_bytes = encode(candidate)
            h = digest(r_bytes, encoding, text) % L
            if add(candidate, multiply(h, point)) == multiply(s0, BASE):
                break
        else:
            counter += 1
            continue
        break
    vector(
        f"A of small order, encoding {index}", encoding, text,
        r_bytes + s0.to_bytes(32, "little"), False)

for index, encoding in enumerate(encodings):
    # Small-order R: S = h·a, so that S·B = R + h·A up to R's torsion; exact where R is neutral.
    h = digest(encoding, public, message) % L
    vector(
        f"R of small order, encoding {index}", public, message,
        encoding + (h * scalar % L).to_bytes(32, "little"), False)

# Points with y < 19 can be written as y + p. None of them has a known logarithm, so the signatures
# cannot satisfy the equation; what is tested is that the encoding is refused before it is asked.
for y in (y for y in range(2, 19) if recover_x(y, 0) is not None):
    for bit in (0, 1):
        odd = encode((0, y), P, bit)
        vector(f"A not canonical, y = p + {y}, sign {bit}", odd, message, signature, False)
        vector(
            f"R not canonical, y = p + {y}, sign {bit}", public, message, odd + signature[32:],
            False)

# Mixed order: A + T. A cofactored equation accepts it whatever h is, ours only for h = 0 mod 8.
mixed = add(A, T)
mixed_bytes = encode(mixed)
both = {}
counter = 0
while len(both) < 2:
    text = f"mixed order {counter}".encode()
    r = digest(prefix, text) % L
    point = multiply(r, BASE)
    r_bytes = encode(point)
    full = digest(r_bytes, mixed_bytes, text)
    h = full % L
    s0 = (r + h * scalar) % L
    exact = multiply(s0, BASE) == add(point, multiply(h, mixed))
    cofactored = multiply(8 * s0, BASE) == multiply(8, add(point, multiply(h, mixed)))
    assert cofactored
    if exact not in both:
        both[exact] = True
        name = "both equations accept" if exact else "only a cofactored equation accepts"
        vector(
            f"A of mixed order, {name}", mixed_bytes, text,
            r_bytes + s0.to_bytes(32, "little"), exact)
    counter += 1

# Mixed R: R + T with an honest A; only a cofactored equation accepts it.
r = digest(prefix, b"mixed R") % L
r_bytes = encode(add(multiply(r, BASE), T))
s0 = (r + digest(r_bytes, public, b"mixed R") * scalar) % L
vector(
    "R of mixed order, only a cofactored equation accepts", public, b"mixed R",
    r_bytes + s0.to_bytes(32, "little"), False)

# A and R of mixed order whose parts of small order cancel: only the whole equation counts.
counter, found = 0, False
while not found:
    text = f"mixed A and R {counter}".encode()
    r = digest(prefix, text) % L
    for k in range(1, 8):
        point = add(multiply(r, BASE), low[k])
        r_bytes = encode(point)
        h = digest(r_bytes, mixed_bytes, text) % L
        s0 = (r + h * scalar) % L
        if multiply(s0, BASE) == add(point, multiply(h, mixed)):
            vector(
                "A and R of mixed order, both equations accept", mixed_bytes, text,
                r_bytes + s0.to_bytes(32, "little"), True)
            found = True
            break
    counter += 1

# y = 2 belongs to no point of the curve, nor does y = 2 + p: nothing can be decoded.
assert recover_x(2, 0) is None
vector("A not on the curve", encode((0, 2)), message, signature, False)
vector("R not on the curve", public, message, encode((0, 2)) + signature[32:], False)

vector("an all-zero signature", public, message, bytes(64), False)
vector("an all-zero key", bytes(32), message, signature, False)
vector("all-zero key and signature", bytes(32), message, bytes(64), False)


def tagged(tag):
    return b"\0" + tag + b"\0" + message


public, signature = sign(seed, tagged(b"drec/transaction/v1"))
vector("a tag, its own", public, tagged(b"drec/transaction/v1"), signature, True)
vector("a tag, another one", public, tagged(b"drec/read/v1"), signature, False)
vector("a tag, none", public, message, signature, False)


def write(path, head, part):
    with open(path, "w", encoding="utf-8") as out:
        out.write(head)
        for name, public, message, signature, valid in part:
            out.write("        Vector(\n")
            out.write(f'            name: "{name}",\n')
            out.write(f'            publicKey: "{public}",\n')
            if len(message) > 64:
                out.write(f'            message: "{message[:64]}"\n')
                for at in range(64, len(message), 64):
                    end = "," if at + 64 >= len(message) else ""
                    out.write(f'                + "{message[at:at + 64]}"{end}\n')
            else:
                out.write(f'            message: "{message}",\n')
            out.write(f'            signature: "{signature[:64]}"\n')
            out.write(f'                + "{signature[64:]}",\n')
            out.write(f"            isValid: {str(valid).lower()}),\n")
        out.write("    ]\n}\n")


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "Primitives"
    edge = next(at for at, v in enumerate(vectors) if "not canonical" in v[0])
    write(folder / "SignatureSelfTest+Vectors.swift", """\
// Made by make-signature-vectors.py beside the tests, with plain integer arithmetic; the first ones
// are those of RFC 8032, section 7.1.

extension SignatureSelfTest {
    /// One vector or more for each class of edge cases.
    package static let vectors = plainVectors + edgeVectors

    private static let plainVectors: [Vector] = [
""", vectors[:edge])
    write(folder / "SignatureSelfTest+EdgeVectors.swift", """\
// Made by make-signature-vectors.py beside the tests.

extension SignatureSelfTest {
    /// The second half of the vectors; see the first.
    static let edgeVectors: [Vector] = [
""", vectors[edge:])
    print(len(vectors), "vectors")


if __name__ == "__main__":
    main()
