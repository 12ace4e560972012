#!/usr/bin/env python3
"""Snapshots with the built program: a node is founded from another's state and goes on from there.

Standard library only. DREC names the program; the default is the debug build.
"""

import json
import os
import shutil
import signal
import unittest

import processes
from command_line import FAILED, RunningNetwork
from node_network import Ledger, Network, Node, poll
from node_processes import DREC
from processes import PATIENCE, free_port, free_ports


class Snapshots(RunningNetwork):
    """A network with certificates, a snapshot of it, and a node that began with that."""

    def setUp(self):
        self.config = self.path("net/node-0/node.json")
        with open(self.config, encoding="utf-8") as file:
            self.vote_key = json.load(file)["node"]["voteKey"]
        self.genesis = self.path("net/genesis.json")
        self.snapshot = self.path("solar.snapshot")
        self.device(self.aggregator, "one")
        reads = self.write("reads.csv", "device,start,end,wh\n" + "".join(
            f"one,2021-04-{day:02}T06:00:00Z,2021-04-{day:02}T16:00:00Z,5300\n"
            for day in range(1, 20)))
        self.drec("reads", "submit", reads, *self.aggregator)
        self.keep_still()

    def status(self, port):
        return json.loads(self.network.get("/v1/status", port)[1])

    def restored(self, name, file=None, **expected):
        return self.drec(
            "node", "snapshot", "restore", file or self.snapshot, self.path(name), "--genesis",
            self.genesis, "--vote-key", self.vote_key, **expected)

    def left(self, name):
        return [entry for entry in os.listdir(self.folder) if entry.startswith(name)]

    def test_a_restored_node_goes_on_where_the_other_was(self):
        made = self.json("node", "snapshot", "create", "--config", self.config, self.snapshot)
        before = self.status(self.network.public)
        self.assertEqual(made["height"], before["height"])
        self.assertEqual(made["block"], before["headHash"])
        self.assertIsNone(before["history"])
        self.drec("node", "snapshot", "create", "--config", self.config, self.snapshot,
                  code=FAILED, says="already")
        self.damaged()
        self.network.kill(signal.SIGTERM)

        # A stopped node gives the same snapshot, byte for byte.
        again = self.path("again.snapshot")
        self.drec("node", "snapshot", "create", "--config", self.config, again, says=made["snapshot"])
        with open(self.snapshot, "rb") as one, open(again, "rb") as other:
            self.assertEqual(one.read(), other.read())

        self.restored("restored", says=made["snapshot"])
        self.restored("restored", code=FAILED, says="exists already")
        self.assertEqual(
            sorted(name for name in os.listdir(self.path("restored"))
                   if not name.endswith("-journal")),
            ["base.snapshot", "chain.sqlite", "lock", "node.json", "registry.sqlite"])
        self.goes_on(made, before)

    def damaged(self):
        """What is no snapshot of the network is refused, and leaves nothing."""
        with open(self.snapshot, "rb") as file:
            whole = file.read()
        bad = self.path("bad.snapshot")
        changes = [whole[:-1], whole + b"\0", b"", whole[:100], b"x" + whole[1:]]
        for place in range(20, len(whole), len(whole) // 12):
            changes.append(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1:])
        for change in changes:
            with open(bad, "wb") as file:
                file.write(change)
            self.restored("never", bad, code=FAILED, says="snapshot")
            self.assertEqual(self.left("never"), [])
        self.restored("never", self.path("none"), code=FAILED, says="there is no snapshot")
        self.restored("never", self.folder, code=FAILED, says="there is no snapshot")
        self.drec("network", "new", self.path("other"), "--public-port", str(free_port()),
                  "--member-port", str(free_port()))
        self.drec("node", "snapshot", "restore", self.snapshot, self.path("never"), "--genesis",
                  self.path("other/genesis.json"), code=FAILED, says="another network")
        self.assertEqual(self.left("never"), [])
        # What a crash left is no hindrance.
        os.makedirs(self.path("crashed.restoring/chain.sqlite.founding.paths"))
        self.restored("crashed", says="height")
        self.assertEqual(self.left("crashed"), ["crashed"])
        # An empty directory is taken, any other is left alone.
        os.makedirs(self.path("empty"))
        self.restored("empty", says="height")
        os.makedirs(self.path("full/of"))
        self.restored("full", code=FAILED, says="exists already")
        self.assertEqual(os.listdir(self.path("full")), ["of"])

    def goes_on(self, made, before):
        public, member = free_port(), free_port()
        node = processes.start(
            [DREC, "node", "run", "--config", self.path("restored/node.json"), "--resume-signing",
             "--public-port", str(public), "--member-port", str(member), "--log-level", "warning"],
            stdout=processes.DEVNULL, stderr=processes.DEVNULL)
        try:
            def is_ready():
                try:
                    return self.network.get("/readyz", public)[0] == 200
                except OSError:
                    return False
            poll("the node is ready", is_ready)
            after = self.status(public)
            for name in ["height", "headHash", "logRoot", "stateRoot", "authorities"]:
                self.assertEqual(after[name], before[name])
            self.assertEqual(after["history"]["afterBlock"], made["height"])

            where = {"DREC_PUBLIC": f"http://127.0.0.1:{public}",
                     "DREC_MEMBER": f"http://127.0.0.1:{member}"}
            self.drec("trade", "DREC101-2021-1..20", "--to", "A3", *self.aggregator,
                      environment=where)
            lineage = json.loads(
                self.drec("provenance", "DREC101-2021-7", "--json", environment=where).stdout)
            self.assertEqual(lineage["truncated"], ["history"])
            self.drec("provenance", "DREC101-2021-7", environment=where,
                      says="lies before the blocks that this node holds")
            self.assertEqual([step["kind"] for step in lineage["steps"]], ["trade"])
            self.assertEqual(lineage["owners"][0]["account"], "A3")
            status, body = self.network.get("/v1/blocks/1", public)
            self.assertEqual((status, json.loads(body)["code"]), (404, "notHeld"))
            status, body = self.network.get("/v1/entries/0", public)
            self.assertEqual((status, json.loads(body)["code"]), (404, "notHeld"))
            self.assertIn(b"is not held by this node", self.network.get("/blocks/1", public)[1])
            self.assertGreater(self.status(public)["height"], made["height"])
        finally:
            node.send_signal(signal.SIGTERM)
            self.assertEqual(node.wait(timeout=PATIENCE), 0)

        config = self.path("restored/node.json")
        self.drec("node", "inspect", "--config", config, "--replay",
                  says=["from the snapshot: all tables are equal", "is not held"])
        # Without the file that it began with, another copy of it will do, and nothing else.
        os.remove(self.path("restored/base.snapshot"))
        self.drec("node", "inspect", "--config", config, "--replay", code=FAILED,
                  says="give it as --snapshot")
        self.drec("node", "inspect", "--config", config, "--replay", "--snapshot", self.snapshot,
                  says="all tables are equal")
        later = self.path("later.snapshot")
        self.drec("node", "snapshot", "create", "--config", config, later, says="height")
        self.drec("node", "inspect", "--config", config, "--replay", "--snapshot", later,
                  code=FAILED, says="began after block")
        self.drec("node", "inspect", "--config", self.config, "--replay", "--snapshot", later,
                  code=FAILED, says="begins with genesis")
        # A snapshot of a node that began with one is as good.
        self.restored("third", later, says="height")
        shutil.rmtree(self.path("third"))


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class Joining(unittest.TestCase):
    """A network of four that goes on while nodes join it from a snapshot."""

    def setUp(self):
        self.folder = processes.folder("drec snapshots ")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.network = Network(self.folder, authorities=4, observers=0)
        self.addCleanup(self.network.close)
        self.network.start()
        self.ledger = Ledger(self.network)

    def trade(self, *nodes):
        for node in nodes:
            poll(node.said, lambda: self.ledger.trade(node))

    def create(self, node, name):
        path = os.path.join(self.folder, name)
        told = self.network.drec(
            "node", "snapshot", "create", "--config", node.configuration, path, "--json")
        return path, json.loads(told.stdout)["height"]

    def restore(self, snapshot, name, keys=()):
        """A node's directory of this name, from a snapshot."""
        directory = os.path.join(self.network.directory, name)
        peers = os.path.join(self.folder, name + "-peers.json")
        with open(peers, "w", encoding="utf-8") as file:
            json.dump({f"authority-{number}": f"127.0.0.1:{node.peer}"
                       for number, node in enumerate(self.network.authorities)
                       if node.name != name}, file)
        public, member, peer = free_ports(3)
        if keys:
            # An authority is found where it was.
            peer = self.network.authorities[int(name[-1])].peer
        self.network.drec(
            "node", "snapshot", "restore", snapshot, directory, "--genesis",
            os.path.join(self.network.directory, "genesis.json"), "--peers", peers, *keys,
            "--public-port", str(public), "--member-port", str(member), "--peer-port", str(peer))
        node = Node(self.network.directory, name)
        self.addCleanup(lambda: node.runs and node.kill())
        return node

    def test_nodes_join_without_the_history_before(self):
        first, *others, last = self.network.authorities
        self.trade(first, last)
        snapshot, height = self.create(others[0], "running.snapshot")
        # The network goes on: the newcomer fetches what came after its snapshot.
        self.trade(first, others[0], last)
        late = self.restore(snapshot, "observer-late")
        late.start()
        poll(lambda: f"the observer is ready: {late.said()}", late.is_ready)
        self.network.await_same_head([*self.network.authorities, late])
        self.trade(first)
        self.network.await_same_head([*self.network.authorities, late])
        self.assertEqual(late.await_status()["history"]["afterBlock"], height)
        self.assertEqual(self.ledger.bought(late), self.ledger.bought(first))
        blocks = [block["height"] for block in late.pages("/v1/blocks")]
        self.assertEqual(min(blocks), height + 1)
        self.assertEqual(late.get(f"/v1/blocks/{height}")[0], 404)

        # An authority that lost its disk begins with a snapshot, and votes on its operator's word.
        settings = last.settings()

        def path(name):
            return os.path.join(last.directory, settings[name])

        last.kill()
        shutil.rmtree(last.directory)
        self.trade(first)
        newer, height = self.create(late, "newer.snapshot")
        again = self.restore(newer, last.name, [
            "--vote-key", path("voteKey"), "--tls-key", path("tlsKey"),
            "--log-key", path("logKey")])
        again.start(flags=["--resume-signing"])
        poll(lambda: f"the authority is ready: {again.said()}", again.is_ready)
        self.network.await_same_head([first, *others, late, again])
        poll(lambda: f"it votes: {again.said()}", lambda: "signs again" in again.said(200))
        # The others leave the views behind in which it may have voted once.
        self.trade(first, *others, first, *others)
        # Its vote counts now: without it there would be two of four.
        others[0].kill()
        poll(lambda: f"a trade is final: {again.said()}", lambda: self.ledger.trade(first))
        head = self.network.await_same_head([first, others[1], late, again])
        self.assertGreater(head["height"], height)
        for node in [late, again]:
            self.assertEqual(node.stop(), 0)
            self.network.drec("node", "inspect", "--config", node.configuration)


if __name__ == "__main__":
    unittest.main(verbosity=2)
