#!/usr/bin/env python3
"""Real processes: a fifth authority joins, one gets another vote key, and the leader is removed.

All by the verbs that members use, while a client writes; audited as in node_network.py after each
change. That a change holds is seen by killing an authority: what is left decides only with those
who have just come. Standard library only.
"""

import json
import os
import re
import sys
import unittest

from node_network import NetworkTestCase, Node, Writers, poll
from processes import free_ports


class Changes(NetworkTestCase):
    """What members do for a change of the authorities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.network.directory
        #: The key of each seat's account, its id, and the node that votes for the seat.
        cls.seats = {
            f"authority-{number}": (
                os.path.join(folder, "keys", f"member-{number}.key" if number
                             else "initiative.key"),
                f"A{number + 1}", node)
            for number, node in enumerate(cls.network.authorities)}
        cls.initiative = ["--key", cls.seats["authority-0"][0], "--account", "A1"]

    @property
    def voting(self):
        """The nodes of the seats, in their order."""
        return [node for _, _, node in self.seats.values()]

    def path(self, *names):
        return os.path.join(self.network.directory, *names)

    def drec(self, *arguments, node=None):
        return self.network.drec(*arguments, node=node or self.voting[0]).stdout

    def keys(self, name):
        """Options with new keys for a seat."""
        os.mkdir(self.path(name + "-keys"))
        options = []
        for kind in ("vote", "tls", "log"):
            key = self.path(name + "-keys", kind + ".key")
            self.drec("key", "new", key)
            options += [f"--{kind}-key", key]
        return options

    def newcomer(self, name, keys, *how):
        """Makes the node of a newcomer, which finds the others by their addresses, and runs it."""
        peers = self.path(name + "-peers.json")
        with open(peers, "w", encoding="utf-8") as file:
            json.dump({seat: f"127.0.0.1:{node.peer}"
                       for seat, (_, _, node) in self.seats.items()}, file)
        public, member, peer = free_ports(3)
        self.drec("node", *how, self.path(name), "--newcomer", "--genesis",
                  self.path("genesis.json"), "--peers", peers, *keys, "--public-port",
                  str(public), "--member-port", str(member), "--peer-port", str(peer))
        node = Node(self.network.directory, name)
        self.network.nodes.append(node)
        self.network.start(node)
        return node

    def join(self, seat, account, keys, node):
        """Shows the keys, when the node has caught up and knows the account."""
        key, number = account

        def caught_up():
            heights = [one.height() for one in (node, self.voting[0])]
            return (None not in heights and heights[0] >= heights[1] - 2
                    and node.get(f"/v1/accounts/{number}")[0] == 200)
        poll(node.account, caught_up)
        said = self.drec("authority", "join", "--name", seat, *keys, "--key", key, "--account",
                         number, node=node)
        self.assertIn("has shown its keys", said)
        # It is proposed elsewhere.
        height = node.await_status()["height"]
        poll(self.voting[0].account, lambda: (self.voting[0].height() or 0) >= height)

    def change(self, *what):
        """Proposes a change, lets members approve it, and waits until it is in force."""
        epoch = self.voting[0].ask("/v1/authorities?limit=1")["items"][0]
        said = self.drec("authority", "propose", *what, *self.initiative)
        number = re.search(r"change #(\d+)", said).group(1)
        approvals = 0
        change = f"/v1/authority-changes/{number}"
        for key, account, node in list(self.seats.values())[::-1]:
            if approvals == epoch["quorum"]:
                break
            poll(node.account, lambda: node.get(change)[0] == 200)
            self.drec("authority", "approve", "#" + number, "--key", key, "--account", account,
                      node=node)
            approvals += 1
            status = node.ask(change)
            self.assertEqual(status["status"] == "proposed", approvals < epoch["quorum"], status)
        for node in self.network.nodes:
            poll(node.account,
                 lambda: node.get(change)[0] == 200 and node.ask(change)["status"] == "inForce")
            present = node.ask("/v1/authorities?limit=1")["items"][0]
            self.assertEqual(present["epoch"], epoch["epoch"] + 1, node)
        told = self.network.drec(
            "authority", "approve", number, "--key", self.seats["authority-1"][0], "--account",
            self.seats["authority-1"][1], node=self.voting[0], code=1)
        self.assertIn("inForce: it waits for nobody", told.stderr)
        return [seat["name"] for seat in present["authorities"]]

    def assert_all_are_needed(self, writers, lost):
        """With one of the seats' nodes away, the others go on, which takes the vote of each."""
        self.assertEqual(
            self.voting[0].ask("/v1/authorities?limit=1")["items"][0]["quorum"],
            len(self.voting) - 1)
        lost.kill()
        writers.nodes = [node for node in self.voting if node is not lost]
        writers.await_more(5)
        self.network.start(lost)
        writers.nodes = self.voting
        writers.await_more(1)


class AuthorityTests(Changes):
    def test_authorities_come_change_keys_and_go_while_a_client_writes(self):
        self.add_a_fifth()
        self.rotate_a_key()
        self.remove_the_leader()

    def add_a_fifth(self):
        """A fifth one, whose node goes through the whole history first."""
        keys = self.keys("fifth")
        key = self.path("fifth-keys", "account.key")
        with Writers(self.ledger, self.voting, count=1) as writers:
            said = self.drec("account", "register", "--kind", "authority", "--name", "Fifth Ltd",
                             "--country", "KEN", "--new-key", key, *self.initiative)
            account = re.match(r"A\d+", said).group()
            node = self.newcomer("fifth", keys, "init")
            self.join("fifth", (key, account), keys, node)
            writers.await_more(1)
            self.assertEqual(self.change("--add", "fifth"), [*self.seats, "fifth"])
            self.seats["fifth"] = (key, account, node)
            writers.await_more(5)
            self.assert_all_are_needed(writers, self.voting[3])
        self.ledger.audit(self)
        self.assert_a_later_seat_is_restored_with_care(keys)

    def assert_a_later_seat_is_restored_with_care(self, keys):
        """Its key is not in the founding document, but has signed: no record of votes begins."""
        init = ["node", "init", self.path("restored"), "--genesis", self.path("genesis.json"),
                *keys]
        self.assertIn("--newcomer with --has-voted", self.network.drec(*init, code=2).stderr)
        self.network.drec(*init, "--newcomer", "--has-voted")
        made = os.listdir(self.path("restored"))
        self.assertIn("chain.sqlite", made)
        self.assertNotIn("safety.sqlite", made)

    def rotate_a_key(self):
        """Another vote key is another node; it begins with a snapshot."""
        keys = self.keys("again")
        key, account, old = self.seats["authority-2"]
        file = self.path("again.snapshot")
        self.drec("node", "snapshot", "create", "--config", self.voting[1].configuration, file)
        with Writers(self.ledger, self.voting, count=1) as writers:
            self.assert_no_newcomers(file)
            node = self.newcomer("again", keys, "snapshot", "restore", file)
            self.join("authority-2", (key, account), keys, node)
            self.assertEqual(self.change("--rotate", "authority-2"), list(self.seats))
            self.seats["authority-2"] = (key, account, node)
            # The old node has no seat. It stops, and nobody waits for it.
            poll(old.account, lambda: old.await_agreement()["own"] is None)
            self.assertEqual(old.stop(), 0, old.said())
            self.network.nodes.remove(old)
            writers.nodes = self.voting
            writers.await_more(5)
            self.assert_all_are_needed(writers, self.voting[1])
        self.assertGreater(node.await_status()["history"]["afterBlock"], 0)
        self.ledger.audit(self)
        told = self.network.drec("node", "inspect", "--config", old.configuration, "--replay")
        self.assertIn("all tables are equal", told.stdout)

    def assert_no_newcomers(self, file):
        """Who has a seat has signed; no record of votes begins anew for such a key."""
        restore = ["node", "snapshot", "restore", file, self.path("never"), "--newcomer",
                   "--genesis", self.path("genesis.json")]
        told = self.network.drec(*restore, code=64)
        self.assertIn("an observer gets no seat", told.stderr)
        for name, says in (("keys/node-1", "has an authority of this key"),
                           ("fifth-keys", "an authority of epoch 1 has this vote key")):
            told = self.network.drec(
                *restore, "--vote-key", self.path(name, "vote.key"), "--tls-key",
                self.path(name, "tls.key"), code=2)
            self.assertIn(says, told.stderr)
            self.assertFalse(os.path.exists(self.path("never")))

    def remove_the_leader(self):
        """The one whose turn it is."""
        with Writers(self.ledger, self.voting, count=1) as writers:
            leader = list(self.seats)[self.voting[0].await_agreement()["leader"]]
            print(f"{leader} is removed", file=sys.stderr)
            rest = [seat for seat in self.seats if seat != leader]
            self.assertEqual(self.change("--remove", leader), rest)
            _, _, removed = self.seats.pop(leader)
            writers.nodes = self.voting
            writers.await_more(5)
            # It follows, without a vote.
            poll(removed.account, lambda: removed.await_agreement()["own"] is None)
            self.assert_all_are_needed(writers, self.voting[-1])
        self.ledger.audit(self)


if __name__ == "__main__":
    unittest.main(verbosity=2)
