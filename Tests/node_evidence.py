#!/usr/bin/env python3
"""Real processes: a copied key signs twice on another machine, is caught, and goes on record.

The copy speaks the peers' protocol itself, with an authority's TLS and vote keys, while the
authority is stopped; it says to another one that it gives a view up, and that it finalizes it. What
that node saw outlives a restart, is shown to its operator, is put on record by a member with
`drec authority evidence submit`, and is public from then on. PyNaCl signs, `openssl` makes the
certificate. DREC names the program; the default is the debug build.
"""

import hashlib
import json
import os
import shutil
import subprocess
import unittest

import nacl.signing

import processes
from node_network import Network, poll
from node_network_hostile import Stranger
from node_processes import DREC

#: Of a private Ed25519 key before its seed (RFC 8410).
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


def seed(path):
    with open(path, encoding="utf-8") as file:
        return bytes.fromhex(json.load(file)["seed"])


class Copy(Stranger):
    """Another machine with an authority's keys."""

    def __init__(self, folder, network, settings, seat):
        self.network = bytes.fromhex(network)
        self.seat = seat
        self.vote_key = nacl.signing.SigningKey(seed(settings["voteKey"]))
        self.key, self.certificate = (
            os.path.join(folder, name) for name in ("copy.key", "copy.crt"))
        with open(self.key + ".der", "wb") as file:
            file.write(PKCS8 + seed(settings["tlsKey"]))
        for arguments in (["pkey", "-inform", "DER", "-in", self.key + ".der", "-out", self.key],
                          ["req", "-x509", "-key", self.key, "-out", self.certificate,
                           "-subj", "/CN=copy", "-days", "1"]):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def join(self, port):
        """Connects and waits to be greeted: nothing may be said before.

        None where it is turned away: the node takes another connection of the key for alive yet.
        """
        try:
            link = self.connect(port)
            greeting = b""
            while len(greeting) < 5 + 48:
                part = link.recv(65536)
                if not part:
                    link.close()
                    return None
                greeting += part
            return link
        except OSError:
            return None

    def vote(self, kind, view, block=None):
        """A message with a vote of epoch 0: kind 2 gives the view up, 3 finalizes a block."""
        tag = {2: b"nullify", 3: b"finalize"}[kind]
        signed = b"\0drec/vote/" + tag + b"/v1\0" + self.network + number(0) + number(view)
        fields = b"\x08" + bytes([kind]) + b"\x18" + varint(view)
        if block:
            signed += number(0) + block  # on view 0
            fields += b"\x2a\x20" + block
        signature = self.vote_key.sign(signed).signature
        fields += b"\x30" + varint(self.seat) + b"\x3a\x40" + signature
        return self.frame(0, b"\x12" + varint(len(fields)) + fields)


def number(value):
    return value.to_bytes(8, "big")


def varint(value):
    parts = b""
    while value > 127:
        parts += bytes([value & 127 | 128])
        value >>= 7
    return parts + bytes([value])


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
class EvidenceTests(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder("drec evidence ")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.network = Network(self.folder)
        self.addCleanup(self.network.close)
        self.network.start()

    def evidence(self, node):
        return node.await_operation()["evidence"]

    def submit(self, node, code=0):
        key = os.path.join(self.network.directory, "keys", "initiative.key")
        return self.network.drec("authority", "evidence", "submit", "authority-3", "--key", key,
                                 "--account", "A1", node=node, code=code)

    def test_a_copied_key_is_caught_and_put_on_record(self):
        witness, other, _, copied = self.network.authorities
        nothing = self.submit(witness, code=2)
        self.assertIn("has seen no double vote of authority-3", nothing.stderr)
        self.assertIn("none", self.network.drec(
            "authority", "evidence", "list", node=witness).stderr)
        copied.stop()
        copy = Copy(self.folder, witness.await_status()["network"]["hash"], copied.settings(), 3)

        def catch():
            """Views move on, so the copy says it again of the one that is present."""
            link = copy.join(witness.peer)
            if not link:
                return self.evidence(witness)
            view = witness.await_agreement()["view"]
            block = hashlib.sha256(b"another history").digest()
            with link:
                link.sendall(copy.vote(3, view, block) + copy.vote(2, view))
                poll(lambda: f"the votes were looked at: {witness.account()}",
                     lambda: self.evidence(witness)
                     or witness.await_agreement()["view"] > view)
            return self.evidence(witness)
        found, = poll(lambda: f"evidence: {witness.account()}", catch)
        self.assertEqual(
            (found["authority"], found["seat"], found["fault"], found["reportedByEntry"]),
            ("authority-3", 3, "nullifyFinalize", None))
        # It is kept before anybody hears of it.
        poll(witness.account, lambda: "an authority signed twice" in witness.said(200)
             and b"drec_consensus_evidence" in witness.get("/metrics")[1])

        witness.kill()
        self.network.start(witness)
        self.assertEqual(self.evidence(witness), [found], "forgotten with the process")
        listed = self.network.drec("authority", "evidence", "list", node=witness).stdout
        self.assertRegex(listed, r"authority-3  nullifyFinalize  epoch 0, view \d+ .*not on record")
        self.assertIn("authority-3", self.network.drec("node", "status", node=witness).stdout)
        page = witness.get("/operation", port=witness.member)[1].decode()
        self.assertIn("Gave a view up and finalized its block", page)
        self.assertEqual(list(other.pages("/v1/double-votes")), [])

        self.assertIn("on record: authority-3 signed twice", self.submit(witness).stdout)
        self.network.start(copied)
        self.network.await_same_head()
        for node in self.network.nodes:
            record, = node.pages("/v1/double-votes")
            self.assertEqual((record["seat"], record["epoch"], record["account"]), (3, 0, "A1"))
            self.assertEqual(record["authority"]["name"], "authority-3")
            self.assertEqual({record["first"]["kind"], record["second"]["kind"]},
                             {"nullify", "finalize"})
            page = node.get("/network")[1].decode()
            self.assertIn("An authority signed twice", page)
        self.assertEqual(self.evidence(witness)[0]["reportedByEntry"], record["entry"])
        self.assertIn("already", self.submit(witness, code=1).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
