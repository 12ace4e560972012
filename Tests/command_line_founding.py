#!/usr/bin/env python3
"""Founding a network from join requests, as its members do it: each in a directory of its own.

Standard library only. DREC names the program; the default is the debug build.
"""

import json
import os
import shutil
import signal
import stat
import time
import unittest
import urllib.error
import urllib.request

import processes
from node_processes import DREC
from processes import PATIENCE, free_port

REFUSED, FAILED, USAGE = 1, 2, 64


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class FoundingTests(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder("drec founding ")  # with a space in it
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def drec(self, *arguments, code=0, says=(), environment=None):
        result = processes.run(
            [DREC, *arguments], cwd=self.folder, env=dict(os.environ, **(environment or {})))
        told = f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
        self.assertEqual(result.returncode, code, told)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, result.stdout + result.stderr, told)
        return result

    def json(self, *arguments, code=0):
        return json.loads(self.drec(*arguments, "--json", code=code).stdout)

    def join(self, name, *more, network="solar", code=0, says=()):
        return self.drec(
            "network", "join", name, "--network", network, "--name", name, "--legal-name",
            f"{name} Ltd", "--country", "ZAF", "--address", f"{name}.example:8082", *more,
            code=code, says=says)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def test_the_private_keys_stay_with_the_member(self):
        self.join("south")
        self.assertEqual(sorted(os.listdir(self.path("south"))), ["join.json", "keys"])
        keys = sorted(os.listdir(self.path("south", "keys")))
        self.assertEqual(keys, ["account.key", "log.key", "tls.key", "vote.key"])
        request = self.read("south", "join.json")
        for key in keys:
            mode = stat.S_IMODE(os.stat(self.path("south", "keys", key)).st_mode)
            self.assertEqual(mode, 0o600)
            parts = json.loads(self.read("south", "keys", key))
            self.assertIn(parts["publicKey"], request)
            self.assertNotIn(parts["seed"], request)
        self.join("south", code=FAILED, says="south exists already")
        self.join("Bad", network="Not A Name", code=FAILED, says="network")
        self.assertFalse(os.path.exists(self.path("Bad")))
        self.drec("network", "join", "x", code=USAGE)
        self.join("x", "--country", "zaf", code=USAGE, says="--country")

    def test_the_same_requests_give_the_same_document_and_each_member_can_tell(self):
        self.join("first", "--initiative")
        for name in ("south", "east"):
            self.join(name)
        requests = [f"{name}/join.json" for name in ("south", "first", "east")]
        founded = ["--founded", "2026-01-01T00:00:00Z"]
        told = self.json("genesis", "compose", "one.json", *requests, *founded)
        self.assertEqual(
            told["authorities"],
            [{"account": f"A{number}", "address": f"{name}.example:8082", "name": name}
             for number, name in ((1, "first"), (2, "east"), (3, "south"))])
        again = self.json("genesis", "compose", "two.json", *reversed(requests), *founded)
        self.assertEqual(again, told)
        self.assertEqual(self.read("one.json"), self.read("two.json"))
        # A document that is there stays.
        self.drec("genesis", "compose", "one.json", *requests, code=FAILED, says="exists already")
        for request in requests:
            checked = self.json(
                "genesis", "verify", "one.json", "--request", request, "--hash", told["hash"])
            self.assertEqual(checked["asAsked"], [request.split("/")[0]])
            self.assertEqual(checked["hash"], told["hash"])
        together = [part for request in requests for part in ("--request", request)]
        self.assertEqual(
            self.json("genesis", "verify", "one.json", *together)["asAsked"],
            ["first", "east", "south"])
        # Another name, another key, another account: the member that asked refuses it.
        document = json.loads(self.read("one.json"))
        spare = json.loads(self.drec("key", "new", "spare.key", "--json").stdout)["publicKey"]
        for place, change in (
                ("authorities[2].voteKey", lambda it: it["authorities"][2].update(voteKey=spare)),
                ("authorities[2].tlsKey", lambda it: it["authorities"][2].update(tlsKey=spare)),
                ("authorities[2].logKey", lambda it: it["authorities"][2].update(logKey=spare)),
                ("operatedBy", lambda it: it["authorities"][2]["operatedBy"]["keys"][0].update(
                    publicKey=spare)),
                ("none is named south", lambda it: it["authorities"].pop()),
                ("asked for the network solar", lambda it: it.update(name="lunar"))):
            changed = json.loads(json.dumps(document))
            change(changed)
            self.write("changed.json", json.dumps(changed))
            self.drec("genesis", "verify", "changed.json", "--request", "south/join.json",
                      code=REFUSED, says=place)
            self.drec("genesis", "verify", "changed.json", "--hash", told["hash"], code=REFUSED)

    def test_requests_that_are_wrong_found_nothing(self):
        self.join("first", "--initiative")
        self.join("south")
        self.join("other", network="lunar")
        self.join("second", "--initiative")
        request = json.loads(self.read("south", "join.json"))
        for name, change in (
                ("tampered", lambda it: it.update(legalName="Somebody Else")),
                ("readdressed", lambda it: it.update(address="elsewhere.example:8082")),
                ("unsigned", lambda it: it.pop("signatures")),
                ("unknown", lambda it: it.update(more=1))):
            changed = json.loads(json.dumps(request))
            change(changed)
            self.write(f"{name}.json", json.dumps(changed))
        self.write("cut.json", self.read("south", "join.json")[:-20])
        for requests, says in (
                (["first/join.json", "tampered.json"], "signatures.account"),
                (["first/join.json", "readdressed.json"], "signatures.account"),
                (["first/join.json", "unsigned.json"], "signatures"),
                (["first/join.json", "unknown.json"], "more"),
                (["first/join.json", "cut.json"], "cut.json"),
                (["first/join.json", "none.json"], "cannot read none.json"),
                (["first/join.json", "first/keys/vote.key"], "vote.key"),
                (["first/join.json", "first/join.json"], "initiative"),
                (["first/join.json", "second/join.json"], "initiative"),
                (["first/join.json", "south/join.json", "south/join.json"], "name south"),
                (["first/join.json", "other/join.json"], "lunar"),
                (["south/join.json"], "initiative")):
            told = self.drec(
                "genesis", "compose", "genesis.json", *requests, code=FAILED, says=says)
            self.assertEqual(len(told.stderr.splitlines()), 1, told.stderr)
            self.assertFalse(os.path.exists(self.path("genesis.json")), requests)
        self.drec("genesis", "compose", "genesis.json", code=USAGE)

    def test_a_local_network_has_a_node_for_each_authority_and_observer(self):
        for wrong in (["--authorities", "0"], ["--authorities", "51"], ["--observers", "-1"],
                      ["--observers", "51"], ["--peer-port", "65536"]):
            self.drec("network", "new", "net", *wrong, code=USAGE, says=wrong[0])
        self.drec("network", "new", "net", "--member-port", "8080", code=FAILED, says="differ")
        self.assertFalse(os.path.exists(self.path("net")))
        told = self.json("network", "new", "net", "--authorities", "4", "--observers", "1")
        self.assertEqual(
            [node["directory"] for node in told["nodes"]],
            [f"net/{name}" for name in ("node-0", "node-1", "node-2", "node-3", "observer-0")])
        self.assertEqual(
            json.loads(self.read("net", "peers.json")),
            {f"authority-{number}": f"127.0.0.1:{7600 + number}" for number in range(4)})
        for folder, _, files in os.walk(self.path("net", "keys")):
            for name in files:
                mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
                self.assertEqual(mode, 0o600, name)
        self.drec("network", "up", "net", "--node", "4", code=FAILED, says="--node: 4 is none of")
        self.drec("network", "up", "nowhere", code=FAILED, says="there is no network in nowhere")
        self.drec("network", "status", "nowhere", code=FAILED, says="there is no network in")

    def test_addresses_go_beside_the_document(self):
        self.join("first", "--initiative")
        self.join("south")
        requests = ["first/join.json", "south/join.json"]
        self.drec("genesis", "compose", "genesis.json", *requests)
        addresses = {name: f"{name}.example:8082" for name in ("first", "south")}
        self.assertEqual(json.loads(self.read("peers.json")), addresses)
        # Its owner changed an address: it stays, and nothing else is written.
        self.write("peers.json", json.dumps({**addresses, "south": "other.example:1"}))
        self.drec("genesis", "compose", "again.json", *requests, code=FAILED,
                  says="peers.json exists already and has other addresses")
        self.assertFalse(os.path.exists(self.path("again.json")))
        self.drec("genesis", "compose", "again.json", *requests, "--peers", "again-peers.json")
        self.assertEqual(json.loads(self.read("again-peers.json")), addresses)

    def test_a_node_of_several_authorities_has_the_keys_of_its_own(self):
        self.join("first", "--initiative")
        self.join("south")
        self.drec("genesis", "compose", "genesis.json", "first/join.json", "south/join.json")
        self.write("misspelt.json", json.dumps({"frist": "first.example:8082"}))
        self.write("bad.json", json.dumps({"first": "first.example"}))
        vote = ["--vote-key", "first/keys/vote.key"]
        tls = ["--tls-key", "first/keys/tls.key"]
        for arguments, code, says in (
                (vote, FAILED, "--tls-key is missing"),
                ([], USAGE, "--vote-key is missing"),
                (vote + ["--observer"], USAGE, "--vote-key: an observer has none"),
                (vote + ["--tls-key", "south/keys/tls.key"], FAILED, "not the key of first"),
                (vote + tls + ["--log-key", "south/keys/log.key"], FAILED, "--log-key"),
                (["--vote-key", "first/keys/tls.key", *tls], FAILED, "the key of no authority"),
                (vote + tls + ["--peers", "none.json"], FAILED, "cannot read none.json"),
                (vote + tls + ["--peers", "bad.json"], FAILED, "first: host:port is expected"),
                (vote + tls + ["--peers", "genesis.json"], FAILED, "host:port is expected")):
            self.drec("node", "init", "node", "--genesis", "genesis.json", *arguments, code=code,
                      says=says)
            self.assertFalse(os.path.exists(self.path("node")), arguments)
        self.drec("node", "init", "node", "--genesis", "genesis.json", *vote, *tls, "--log-key",
                  "first/keys/log.key", "--peers", "peers.json", "--peer-port", "7701")
        node = json.loads(self.read("node", "node.json"))["node"]
        self.assertEqual(node["peer"], {"host": "127.0.0.1", "port": 7701})
        self.assertEqual(node["tlsKey"], self.path("first", "keys", "tls.key"))
        self.assertEqual(node["peers"], self.path("peers.json"))
        self.drec("node", "init", "seen", "--genesis", "genesis.json", "--observer", "--peers",
                  "peers.json")
        # Of an authority that came after the founding, or misspelt.
        self.drec("node", "init", "later", "--genesis", "genesis.json", "--observer", "--peers",
                  "misspelt.json", says="no authority named frist")
        node = json.loads(self.read("seen", "node.json"))["node"]
        self.assertNotIn("voteKey", node)
        self.assertEqual(node["tlsKey"], self.path("seen", "tls.key"))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("seen", "tls.key")).st_mode), 0o600)

    def test_one_member_founds_a_network_and_runs_it(self):
        self.join("first", "--initiative")
        composed = self.json("genesis", "compose", "genesis.json", "first/join.json")
        self.drec("genesis", "verify", "genesis.json", "--request", "first/join.json",
                  "--hash", composed["hash"], says="as asked  A1  first")
        # The key of nobody makes no node.
        self.drec("node", "init", "node", "--genesis", "genesis.json", "--vote-key",
                  "first/keys/tls.key", code=FAILED)
        public, member = free_port(), free_port()
        self.drec("node", "init", "node", "--genesis", "genesis.json", "--vote-key",
                  "first/keys/vote.key", "--public-port", str(public), "--member-port",
                  str(member))
        environment = {"DREC_PUBLIC": f"http://127.0.0.1:{public}",
                       "DREC_MEMBER": f"http://127.0.0.1:{member}"}
        for start in range(2):
            with open(self.path("log"), "ab") as log:
                node = processes.start(
                    [DREC, "node", "run", "--config", self.path("node", "node.json"),
                     "--log-level", "warning"], stdout=log, stderr=log)
            try:
                self.wait_until_ready(node, public)
                if start == 0:
                    told = self.drec(
                        "account", "register", "--kind", "buyer", "--name", "Buyer", "--country",
                        "DEU", "--new-key", "buyer.key", "--key", "first/keys/account.key",
                        "--account", "A1", environment=environment)
                    self.assertTrue(told.stdout.startswith("A2"), told.stdout)
                shown = json.loads(self.drec(
                    "account", "list", "--json", environment=environment).stdout)
                self.assertEqual([item["id"] for item in shown["items"]], ["A1", "A2"])
                self.assertEqual(shown["items"][0]["legalName"], "first Ltd")
                status = json.loads(self.drec(
                    "node", "status", "--json", environment=environment).stdout)
                self.assertEqual(status["authorities"], ["first"])
            finally:
                node.send_signal(signal.SIGTERM)
                self.assertEqual(node.wait(timeout=PATIENCE), 0)

    def wait_until_ready(self, node, port):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.assertIsNone(node.poll(), self.read("log"))
            try:
                with urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.HTTPError, OSError):
                pass
            time.sleep(0.02)  # between questions, never instead of one
        self.fail("the node did not become ready: " + self.read("log"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
