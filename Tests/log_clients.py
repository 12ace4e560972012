#!/usr/bin/env python3
"""The log as transparency-log tools of others read it: tlog-scales, and Go's x/mod.

A network of four authorities runs; both tools check the checkpoint's signatures, the inclusion of
every entry from the tiles, the consistency of two sizes, and C2SP tlog-proofs. Then a liar between
the tools and the node alters what is served, and both must find it. Needs tlog-scales (PyPI); Go's
tool is compiled from log_client/ where there is a Go with golang.org/x/mod among its sources, as
Debian's golang-golang-x-mod-dev lays it, else its tests are skipped. DREC names the program.
"""

import base64
import hashlib
import logging
import os
import shutil
import unittest

from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint, InclusionProof

import log_checkpoint
import processes
from command_line_export import Site
from node_processes import DREC
from log_checkpoint import (
    COSIGNATURE, PLAIN, Liar, LogNetwork, address, flip, leaf, log_of, number_path, submitted,
    tile_path)

SOURCES = os.environ.get("DREC_GOPATH", "/usr/share/gocode")
# What it finds out it warns of, with a traceback; the tests look at the outcome.
logging.getLogger("tlog_scales").setLevel(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))


class Refused(Exception):
    """What a client says of a log or a proof that is not as it should be."""


def verifier_key(name, kind, key):
    """A key as verifiers are told it (C2SP signed-note)."""
    number = log_checkpoint.key_id(name, kind, key).hex()
    return f"{name}+{number}+{base64.b64encode(bytes([kind]) + key).decode()}"


class ScalesClient:
    """tlog-scales."""

    def __init__(self, origin, quorum, keys):
        self.origin, self.quorum = origin, quorum
        self.keys = VkeySet(*map(Vkey.from_string, keys))

    def open(self, text):
        """A checkpoint that enough witnesses have cosigned."""
        note = Checkpoint.from_text(text)
        signed = {key.name for key, _ in self.keys.verify(note.signatures, note)}
        if note.origin != self.origin or len(signed - {self.origin}) < self.quorum:
            raise Refused(f"{note.origin}: signed by {signed}")
        return note, signed

    def watch(self, base, older=""):
        try:
            return self.read(base, older)
        except Exception as error:  # any at all: the tool has no one kind for what is wrong
            raise Refused(str(error)) from error

    def read(self, base, older):
        reader = TilesReader(HttpBackend(base))
        note = reader.get_checkpoint()
        note, signed = self.open(note.serialize())
        if reader.calculate_root_hash() != note.root_hash:
            raise Refused("the tiles have another root")
        for index in range(note.size):
            reader.get_inclusion_proof(index, note.size).check(
                leaf(reader.get_entry(index)), note.root_hash)
        if older:
            before, _ = self.open(older)
            reader.get_consistency_proof(before.size, note.size).check(
                before.root_hash, note.root_hash)
        return {"size": note.size, "logs": len(signed & {self.origin}),
                "witnesses": len(signed - {self.origin})}

    def proof(self, text, entry):
        try:
            head, note = text.split("\n\n", 1)
            lines = head.split("\n")
            if lines.pop(0) != "c2sp.org/tlog-proof@v1":
                raise Refused("no tlog-proof")
            if lines[0].startswith("extra "):
                lines.pop(0)
            word, index = lines.pop(0).split(" ")
            note, signed = self.open(note)
            hashes = [base64.b64decode(line, validate=True) for line in lines]
            if word != "index" or not index.isdecimal():
                raise Refused("no index")
            InclusionProof(int(index), note.size, hashes).check(leaf(entry), note.root_hash)
            return {"index": int(index), "witnesses": len(signed - {self.origin})}
        except Exception as error:
            raise Refused(str(error)) from error


class GoClient:
    """golang.org/x/mod/sumdb: its packages note and tlog."""

    program = None

    def __init__(self, origin, quorum, keys):
        self.origin, self.quorum, self.keys = origin, quorum, keys

    @classmethod
    def is_there(cls):
        """Compiles the tool, where it can be."""
        path = os.path.join(SOURCES, "src", "golang.org", "x", "mod", "sumdb", "tlog")
        if not shutil.which("go") or not os.path.isdir(path):
            return False
        folder = processes.folder("drec go ")
        cls.program = os.path.join(folder, "log_client")
        # In a folder of its own: Go's tools expect to be where their sources are.
        processes.run(
            ["go", "build", "-o", cls.program, "main.go"], timeout=600, check=True,
            cwd=os.path.join(HERE, "log_client"),
            env={**os.environ, "GO111MODULE": "off", "GOPATH": SOURCES, "GOFLAGS": "",
                 "GOCACHE": os.path.join(folder, "cache"), "GOTOOLCHAIN": "local"})
        return True

    def run(self, verb, place, last):
        result = processes.run([self.program, verb, place, self.origin, str(self.quorum), last,
                                *self.keys])
        if result.returncode != 0:
            raise Refused(result.stderr)
        return {line.split()[0]: int(line.split()[1]) for line in result.stdout.splitlines()}

    def watch(self, base, older=""):
        found = self.run("watch", base, older)
        return {name: found[name] for name in ("size", "logs", "witnesses")}

    def proof(self, text, entry):
        path = os.path.join(os.path.dirname(self.program), "checked.tlog-proof")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.run("proof", path, base64.b64encode(entry).decode())


class ClientTests(LogNetwork):
    ENTRIES = 260  # more than one tile

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        keys = [verifier_key(cls.origin, PLAIN, key) for key in cls.keys]
        keys += [verifier_key(name, COSIGNATURE, key) for name, key in cls.cosigners.items()]
        cls.clients = [ScalesClient(cls.origin, cls.quorum, keys)]
        cls.strangers = [ScalesClient(cls.origin, cls.quorum, keys[:4])]
        if GoClient.is_there():
            cls.clients.append(GoClient(cls.origin, cls.quorum, keys))
            cls.strangers.append(GoClient(cls.origin, cls.quorum, keys[:4]))
        instance = cls()
        cls.source = cls.network.authorities[0]
        instance.grow(2, cls.source)
        cls.older = instance.raw(cls.source, cls.source.await_status()["logSize"]).decode()
        size = instance.grow(
            cls.ENTRIES - cls.source.await_status()["logSize"], cls.source)
        # Each node gathers cosignatures of its own, in its own time.
        for node in cls.network.nodes:
            instance.raw(node, size)
        cls.note = instance.raw(cls.source, size).decode()

    def refused(self, call, *arguments):
        """That a client does not take what it is told to look at."""
        with self.assertRaises(Refused, msg=type(call.__self__).__doc__):
            call(*arguments)

    def entry(self, index):
        """What an entry is in the log, from what was submitted and from its receipt."""
        name = f"/log/entry/{number_path(index)}"
        parts = [self.source.get(f"{name}.{part}") for part in ("transaction", "receipt")]
        self.assertEqual([status for status, _ in parts], [200, 200])
        return hashlib.sha256(submitted(parts[0][1])).digest() \
            + hashlib.sha256(parts[1][1]).digest()

    def tlog_proof(self, index):
        status, body = self.source.get(f"/log/entry/{number_path(index)}.tlog-proof")
        self.assertEqual(status, 200, body)
        return body.decode()

    def test_go_is_not_left_out_in_silence(self):
        if len(self.clients) < 2:
            self.skipTest(f"no Go, or no golang.org/x/mod below {SOURCES}")

    def test_the_whole_log_is_as_it_was_signed(self):
        size = int(self.note.split("\n")[1])
        self.assertGreaterEqual(size, self.ENTRIES)
        for client in self.clients:
            for reader in (self.source, self.network.nodes[-1]):
                found = client.watch(log_of(reader), self.older)
                self.assertEqual(found["size"], size)
                self.assertGreaterEqual(found["witnesses"], self.quorum)
                self.assertEqual(found["logs"], 0 if reader.is_observer else 1)

    def test_an_exported_log_needs_no_node(self):
        """Static files that a plain web server serves; and what is altered in them is found."""
        directory = os.path.join(self.folder, "site")
        result = processes.run([DREC, "export", directory, "--public", address(self.source)])
        self.assertEqual(result.returncode, 0, result.stderr)
        site = Site(directory)
        self.addCleanup(site.close)
        path = os.path.join(directory, tile_path(0, 0, 256)[1:])
        for client in self.clients:
            found = client.watch(f"{site.base}/log", self.older)
            self.assertGreaterEqual(found["size"], self.ENTRIES)
            self.assertGreaterEqual(found["witnesses"], self.quorum)
            with open(path, "rb") as file:
                tile = file.read()
            for altered in (flip(100)(tile), tile[:-32], b""):
                with open(path, "wb") as file:
                    file.write(altered)
                self.refused(client.watch, f"{site.base}/log", self.older)
            with open(path, "wb") as file:
                file.write(tile)
            client.watch(f"{site.base}/log", self.older)

    def test_what_a_liar_alters_is_found(self):
        size = int(self.note.split("\n")[1])
        lies = [(tile_path(0, 0, 256), flip(7)), (tile_path(0, 1, size - 256), flip(-1)),
                (tile_path(1, 0, 1), flip(0)), (tile_path("entries", 0, 256), flip(2)),
                (tile_path("entries", 1, size - 256), flip(-1)),
                (tile_path("entries", 0, 256), lambda body: body[:-1]),
                (tile_path(0, 0, 256), lambda body: body[32:] + body[:32]),
                ("/log/checkpoint", lambda body: body.replace(
                    f"\n{size}\n".encode(), f"\n{size - 1}\n".encode(), 1)),
                ("/log/checkpoint", lambda body: body.replace(b"drec", b"drek", 1)),
                # Some witnesses only: no quorum.
                ("/log/checkpoint", lambda body: b"".join(body.splitlines(True)[:6]))]
        liar = Liar(address(self.source))
        try:
            for client in self.clients:
                client.watch(f"{liar.base}/log")  # as it passes all on
                for number, (liar.path, liar.alter) in enumerate(lies):
                    with self.subTest(number=number, path=liar.path):
                        self.refused(client.watch, f"{liar.base}/log")
                liar.path = None
        finally:
            liar.close()

    def test_another_history_is_not_gone_on_from(self):
        lines = self.older.split("\n")
        shorter = "\n".join([lines[0], str(int(lines[1]) - 1), *lines[2:]])
        for client in self.clients:
            self.refused(client.watch, log_of(self.source), shorter)
        for client in self.strangers:
            self.refused(client.watch, log_of(self.source))

    def test_a_tlog_proof_shows_any_entry(self):
        size = int(self.note.split("\n")[1])
        for index in (0, 1, 2, 127, 128, 254, 255, 256, size - 2, size - 1):
            entry, text = self.entry(index), self.tlog_proof(index)
            extra = text.split("\n")[1]
            self.assertEqual(extra, f"extra {base64.b64encode(entry).decode()}")
            for client in self.clients:
                found = client.proof(text, entry)
                self.assertEqual(found["index"], index)
                self.assertGreaterEqual(found["witnesses"], self.quorum)

    def test_a_tlog_proof_shows_nothing_else(self):
        entry, text = self.entry(129), self.tlog_proof(129)
        lines = text.split("\n")
        blank = lines.index("")
        last = len(lines) - 1

        def changed(at, to):
            return "\n".join(lines[:at] + to + lines[at + 1:])

        wrong = [changed(0, []), changed(0, ["c2sp.org/tlog-proof@v2"]), changed(2, []),
                 changed(2, ["index 128"]), changed(2, ["index -1"]), changed(2, ["index 9999"]),
                 changed(3, []), changed(blank - 1, []), changed(3, [lines[4]]),
                 changed(3, [lines[3], lines[3]]), changed(3, ["AAAA"]),
                 changed(blank, []), changed(blank + 1, ["drec/other/0000000000000000"]),
                 changed(blank + 2, ["129"]), changed(blank + 3, [lines[3]]),
                 "\n".join(lines[:blank + 6] + lines[last:])]
        for client in self.clients:
            client.proof(text, entry)
            self.refused(client.proof, text, self.entry(128))
            self.refused(client.proof, text, entry[::-1])
            for number, other in enumerate(wrong):
                with self.subTest(number=number):
                    self.refused(client.proof, other, entry)
        for client in self.strangers:
            self.refused(client.proof, text, entry)

    def test_what_is_no_entry_is_not_there(self):
        size = self.source.await_status()["logSize"]
        for path, wanted in [
                (f"{number_path(size + 5)}.tlog-proof", 404), ("0.tlog-proof", 404),
                (f"{number_path(size + 5)}.receipt", 404), ("000.tlogproof", 404), ("000", 404),
                ("x000/000.receipt", 404), ("000.receipt?x=1", 400), ("000.receipt", 200)]:
            self.assertEqual(self.source.get(f"/log/entry/{path}")[0], wanted, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
