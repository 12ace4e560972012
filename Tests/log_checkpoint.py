#!/usr/bin/env python3
"""The log as transparency-log tools see it, checked by code that shares nothing with the nodes.

Four authorities and an observer run; the checkpoint, its signatures, the tiles and the entries are
fetched from `/log` and checked after the public specifications alone: C2SP signed-note,
tlog-checkpoint, tlog-cosignature and tlog-tiles, and RFC 9162. Signatures are checked by PyNaCl.
DREC names the program; the default is the debug build.
"""

import base64
import concurrent.futures
import hashlib
import http.server
import json
import os
import re
import shutil
import struct
import threading
import time
import unittest
import urllib.error
import urllib.request

import nacl.exceptions
import nacl.signing

import processes
from node_network import Network, poll
from node_processes import DREC

PLAIN, COSIGNATURE = 0x01, 0x04


# ---- Notes


class BadNote(Exception):
    pass


class Note:
    """A signed note, read strictly: text, an empty line, signature lines and nothing else."""

    LINE = re.compile("\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})\n")

    def __init__(self, raw):
        whole = raw.decode("utf-8")  # strict
        if any(ord(letter) < 0x20 and letter != "\n" for letter in whole):
            raise BadNote("a control character")
        head, mark, tail = whole.rpartition("\n\n")
        if not mark:
            raise BadNote("no empty line")
        self.text = head + "\n"
        self.signatures = []
        while tail:
            match = self.LINE.match(tail)
            if not match:
                raise BadNote(f"no signature line: {tail!r}")
            sealed = base64.b64decode(match[2], validate=True)
            if base64.b64encode(sealed).decode() != match[2]:
                raise BadNote("base64 in another spelling")
            self.signatures.append((match[1], sealed[:4], sealed[4:]))
            tail = tail[match.end():]
        if not self.signatures:
            raise BadNote("no signature")


def key_id(name, kind, key):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def escaped(name):
    """A name as a part of a key's name."""
    kept = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._"
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in name.encode())


def verifies(key, message, signature):
    try:
        nacl.signing.VerifyKey(key).verify(message, signature)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


class Checkpoint:
    """A checkpoint without extension lines, and who has signed it."""

    def __init__(self, raw, origin, log_keys, cosigners):
        """`log_keys` may sign as the log, `cosigners` are keys by name; bad ones are refused."""
        note = Note(raw)
        lines = note.text.split("\n")
        if len(lines) != 4 or lines[3] != "" or lines[0] != origin:
            raise BadNote("no checkpoint of this log")
        if not re.fullmatch("0|[1-9][0-9]*", lines[1]):
            raise BadNote("no size")
        self.size = int(lines[1])
        self.root = base64.b64decode(lines[2], validate=True)
        if len(self.root) != 32 or base64.b64encode(self.root).decode() != lines[2]:
            raise BadNote("no root")
        self.text = note.text
        self.logs, self.cosigned = set(), {}
        plain = {(origin, key_id(origin, PLAIN, key)): key for key in log_keys}
        witness = {(name, key_id(name, COSIGNATURE, key)): key for name, key in cosigners.items()}
        for name, number, sealed in note.signatures:
            if (name, number) in plain:
                if not verifies(plain[name, number], note.text.encode(), sealed):
                    raise BadNote(f"bad signature of {name}")
                self.logs.add(plain[name, number])
            elif (name, number) in witness:
                if len(sealed) != 72:
                    raise BadNote("no cosignature")
                moment, = struct.unpack(">Q", sealed[:8])
                message = f"cosignature/v1\ntime {moment}\n{note.text}".encode()
                if not verifies(witness[name, number], message, sealed[8:]):
                    raise BadNote(f"bad cosignature of {name}")
                self.cosigned[name] = moment


# ---- The tree, RFC 9162 section 2.1


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    width = 1
    while width * 2 < len(leaves):
        width *= 2
    return node(root(leaves[:width]), root(leaves[width:]))


def number_path(number):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def tile_path(level, number, width):
    return f"/log/tile/{level}/{number_path(number)}" + ("" if width == 256 else f".p/{width}")


class Mirror:
    """All tiles and entries of a log of a size, fetched from a node."""

    def __init__(self, source, size):
        self.source = source
        self.hashes = self.level(0, size)
        self.entries = []
        for number, width in self.widths(size):
            path = tile_path("entries", number, width)
            bundle = self.fetch(path)
            for _ in range(width):
                length, = struct.unpack(">H", bundle[:2])
                self.entries.append(bundle[2:2 + length])
                bundle = bundle[2 + length:]
            if bundle:
                raise AssertionError(f"{path} has more than {width} entries")

    @staticmethod
    def widths(count):
        return [(start // 256, min(256, count - start)) for start in range(0, count, 256)]

    def level(self, level, count):
        hashes = []
        for number, width in self.widths(count):
            tile = self.fetch(tile_path(level, number, width))
            if len(tile) != 32 * width:
                raise AssertionError(f"tile {level}/{number} of {width} has {len(tile)} bytes")
            hashes += [tile[at:at + 32] for at in range(0, len(tile), 32)]
        return hashes

    def fetch(self, path):
        status, body = self.source.get(path)
        if status != 200:
            raise AssertionError(f"{self.source}{path}: {status} {body}")
        return body


def address(node):
    return f"http://{node.host}:{node.public}"


def log_of(node):
    return address(node) + "/log"


class QuietServer(http.server.ThreadingHTTPServer):
    """Says nothing of clients that leave in the midst of an answer."""

    def handle_error(self, request, client_address):
        pass


class Liar:
    """Passes on what a node serves, but for one address, whose answer it alters.

    What is `busy` is refused with the `status`, once.
    """

    def __init__(self, base):
        liar = self
        self.path, self.alter = None, None
        self.busy, self.status = set(), 503

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path in liar.busy:
                    liar.busy.remove(self.path)
                    self.send_response(liar.status)
                    self.send_header("Retry-After", "1")
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                try:
                    with urllib.request.urlopen(base + self.path, timeout=60) as answer:
                        status, body = answer.status, answer.read()
                except urllib.error.HTTPError as error:
                    status, body = error.code, error.read()
                if self.path == liar.path:
                    body = liar.alter(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def flip(place):
    """Alters one bit of a byte."""
    def alter(body):
        at = place % len(body)
        return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]
    return alter


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class LogNetwork(unittest.TestCase):
    """A network of four authorities and an observer, whose log grows."""

    @classmethod
    def setUpClass(cls):
        cls.folder = processes.folder("drec log ")
        cls.network = None
        try:
            cls.network = Network(cls.folder)
            cls.network.start()
            cls.found()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        if cls.network:
            cls.network.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def found(cls):
        """What a verifier is told beforehand: the founding document, and the keys in it."""
        status, genesis = cls.network.nodes[0].get("/v1/genesis")
        assert status == 200
        cls.genesis = json.loads(genesis)
        hash = hashlib.sha256(genesis).hexdigest()  # it is served in its canonical form
        cls.origin = f"drec/{cls.genesis['name']}/{hash[:16]}"
        cls.keys = [bytes.fromhex(seat["logKey"]) for seat in cls.genesis["authorities"]]
        cls.cosigners = {
            f"{cls.origin}/{escaped(seat['name'])}": key
            for seat, key in zip(cls.genesis["authorities"], cls.keys)}
        cls.quorum = len(cls.keys) - (len(cls.keys) - 1) // 3

    def raw(self, source, size=0):
        """The checkpoint, once it has the size."""
        def fetch():
            status, body = source.get("/log/checkpoint")
            return body if status == 200 and int(body.split(b"\n")[1]) >= size else None
        return poll(lambda: f"a checkpoint of {size}: {source.get('/log/checkpoint')} "
                    + source.account(), fetch)

    def checkpoint(self, source, size=0):
        return Checkpoint(self.raw(source, size), self.origin, self.keys, self.cosigners)

    def grow(self, count, node):
        """Writes some entries through a node; gives the log's size."""
        folder = self.network.directory
        initiative = ["--key", os.path.join(folder, "keys", "initiative.key"), "--account", "A1"]
        before = node.await_status()["logSize"]

        def register(number):
            key = os.path.join(folder, f"buyer-{before}-{number}.key")
            self.network.drec("account", "register", "--kind", "buyer", "--name", "Buyer",
                              "--country", "KEN", "--new-key", key, *initiative, node=node)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(register, range(count)))
        return before + count


class CheckpointTests(LogNetwork):
    ENTRIES = 260  # more than one tile

    def test_1_every_node_serves_what_a_quorum_has_signed(self):
        size = self.grow(3, self.network.authorities[1])
        for source in self.network.nodes:
            with self.subTest(node=source):
                found = self.checkpoint(source, size)
                self.assertEqual(found.size, size)
                self.assertEqual(found.root.hex(), source.await_status()["logRoot"])
                self.assertGreaterEqual(len(found.cosigned), self.quorum)
                for moment in found.cosigned.values():
                    self.assertLess(abs(moment - time.time()), 600)
                own = set() if source.is_observer else {
                    self.keys[self.network.nodes.index(source)]}
                self.assertEqual(found.logs, own, "signed as the log by the serving node alone")

    def test_2_a_changed_note_is_found_out(self):
        raw = self.raw(self.network.authorities[0], 1)
        good = Checkpoint(raw, self.origin, self.keys, self.cosigners)
        refused = unchanged = 0
        for at in range(len(raw)):
            changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
            try:
                found = Checkpoint(changed, self.origin, self.keys, self.cosigners)
            except (BadNote, ValueError):
                refused += 1
                continue
            # A changed name or key id makes a signature one of a stranger, which counts for nothing.
            self.assertEqual(found.text, good.text)
            self.assertLess(len(found.cosigned) + len(found.logs),
                            len(good.cosigned) + len(good.logs), f"byte {at}")
            unchanged += 1
        self.assertGreater(refused, unchanged)

    def test_3_tiles_and_entries_have_the_signed_root(self):
        source = self.network.authorities[2]
        first = self.checkpoint(source, 1)
        size = self.grow(max(0, self.ENTRIES - source.await_status()["logSize"]), source)
        for reader in (source, self.network.nodes[-1]):
            found = self.checkpoint(reader, size)
            mirror = Mirror(reader, found.size)
            self.assertEqual([leaf(entry) for entry in mirror.entries], mirror.hashes)
            self.assertEqual(root(mirror.hashes), found.root)
            self.assertEqual(root(mirror.hashes[:first.size]), first.root, "an older state")
            full = found.size // 256
            self.assertEqual(
                mirror.level(1, full),
                [root(mirror.hashes[at * 256:(at + 1) * 256]) for at in range(full)])
            self.assertEqual({len(entry) for entry in mirror.entries}, {64})
        # The second half of an entry is its receipt's hash, the first what was submitted.
        transaction = source.ask("/v1/entries/0")["id"]
        status, body = source.get(f"/v1/transactions/{transaction}/bytes")
        self.assertEqual(status, 200)
        self.assertEqual(hashlib.sha256(submitted(body)).digest(), mirror.entries[0][:32])

    def test_4_what_is_no_tile_is_not_there(self):
        source = self.network.authorities[0]
        size = source.await_status()["logSize"]
        for path, wanted in [
                ("/log/tile/0/000.p/0", 404), ("/log/tile/0/000.p/256", 404),
                ("/log/tile/0/000.p/01", 404), ("/log/tile/00/000", 404),
                ("/log/tile/0/0", 404), ("/log/tile/0/x000/000", 404), ("/log/tile/8/000", 404),
                ("/log/tile/-1/000", 404), ("/log/tile/0/999", 404),
                (tile_path(0, size // 256, 255), 404), (tile_path("entries", size // 256, 255), 404),
                ("/log/tile/entries/999.p/1", 404), ("/log/tile/entries/000.p/1/2", 404),
                ("/log/tile/0/000.p/1?x=1", 400), ("/log/checkpoint?x=1", 400),
                ("/log/", 404), ("/log/tile", 404), ("/log/tile/entries", 404),
                (f"/log/tile/0/{'x999/' * 8}999", 404), (tile_path(0, 0, 1), 200),
                (tile_path("entries", 0, 1), 200)]:
            self.assertEqual(source.get(path)[0], wanted, path)

    def test_5_a_restart_serves_what_it_served(self):
        alone, rest = self.network.authorities[3], self.network.authorities[:3]
        size = self.network.await_same_head()["logSize"]
        self.checkpoint(alone, size)
        for other in (*rest, self.network.nodes[-1]):
            other.stop()
        # What others have cosigned meanwhile counts, but from here on nobody does.
        before = self.checkpoint(alone, size)
        alone.stop()
        # Nobody else is there to ask.
        self.network.start(alone)
        after = self.checkpoint(alone, before.size)
        self.assertEqual((after.text, after.cosigned), (before.text, before.cosigned))
        self.network.start(*rest, self.network.nodes[-1])
        size = self.grow(1, alone)
        self.assertGreaterEqual(len(self.checkpoint(alone, size).cosigned), self.quorum)

    def test_6_without_a_quorum_no_checkpoint_moves(self):
        left, gone = self.network.authorities[:2], self.network.authorities[2:]
        head = self.network.await_same_head()
        # A node that had not gathered a quorum's signatures yet could do so no more.
        before = self.checkpoint(left[0], head["logSize"])
        self.assertEqual(self.checkpoint(left[1], head["logSize"]).size, before.size)
        for node in gone:
            node.stop()
        for node in left:
            self.assertEqual(self.checkpoint(node).size, before.size)
        self.network.start(*gone)
        size = self.grow(1, left[1])
        for node in self.network.nodes:
            self.assertEqual(self.checkpoint(node, size).size, size)


def submitted(envelope):
    """Body and signatures of a SignedTransaction: fields 1 and 2 of the Protobuf message."""
    parts, rest = b"", envelope
    while rest:
        tag, length, shift = rest[0], 0, 0
        rest = rest[1:]
        while True:
            byte, rest = rest[0], rest[1:]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if tag in (1 << 3 | 2, 2 << 3 | 2):
            parts += rest[:length]
        rest = rest[length:]
    return parts


if __name__ == "__main__":
    unittest.main(verbosity=2)
