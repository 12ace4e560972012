#!/usr/bin/env python3
"""Real processes: links between nodes that carry nothing, or one way only, or refuse.

Where root may make network namespaces, each node lives in one of its own, on a wire to a bridge, and
links are cut by pulling the wire or by its packet filter. Elsewhere they go through the proxies of
node_network.py. Which it was is told. Audited as there. Standard library only; `ip`, `iptables`,
`nsenter` and `unshare` make and cut the wires.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import unittest

import processes
from node_network import Network, NetworkTestCase, Writers, poll

#: `CLONE_NEWNET` of <sched.h>.
NEW_NETWORK = 0x40000000


def ip(*arguments, place=()):
    """Runs `ip`, or another program of the network, in a namespace."""
    processes.run([*place, *arguments], check=True)


class Way:
    """What one node sends to another; a filter at the receiver can stop it."""

    def __init__(self, sender, receiver):
        self.sender, self.receiver = sender, receiver
        self.rules = []

    def filter(self, what, rule):
        ip("iptables", "-w", what, "INPUT", "-s", self.sender.host, *rule,
           place=self.receiver.place)

    def cut(self, refusing=False):
        rule = (["-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset"] if refusing
                else ["-j", "DROP"])
        self.filter("-A", rule)
        self.rules.append(rule)

    def heal(self):
        while self.rules:
            self.filter("-D", self.rules.pop())

    def close(self):
        """It goes away with its namespace."""


class WiredNetwork(Network):
    """Nodes in network namespaces of their own, and this test in the one of their bridge.

    Namespaces have no names and end with the processes in them.
    """

    def connect(self):
        ip("ip", "link", "set", "lo", "up")
        ip("ip", "link", "add", "hub", "type", "bridge")
        ip("ip", "address", "add", "192.0.2.254/24", "dev", "hub")
        ip("ip", "link", "set", "hub", "up")
        self.holders = []
        for number, node in enumerate(self.nodes, 1):
            self.wire(node, number)
        for node in self.nodes:
            for other in self.nodes:
                if other is not node:
                    self.links[node.name, other.name] = Way(node, other)
            self.write_peers(node, {
                f"authority-{number}": f"{other.host}:{other.peer}"
                for number, other in enumerate(self.authorities) if other is not node})

    def wire(self, node, number):
        """Addresses are of a net that is for documentation (RFC 5737): nobody else has them."""
        holder = processes.start(["unshare", "-n", "sleep", "infinity"])
        self.holders.append(holder)
        own = os.readlink("/proc/self/ns/net")
        poll("a namespace", lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != own)
        node.host, node.wire = f"192.0.2.{number}", f"wire{number}"
        node.place = ["nsenter", "-t", str(holder.pid), "-n", "--"]
        ip("ip", "link", "add", node.wire, "type", "veth", "peer", "name", "wire", "netns",
           str(holder.pid))
        ip("ip", "link", "set", node.wire, "master", "hub", "up")
        ip("ip", "link", "set", "lo", "up", place=node.place)
        ip("ip", "address", "add", f"{node.host}/24", "dev", "wire", place=node.place)
        ip("ip", "link", "set", "wire", "up", place=node.place)
        settings = node.settings()
        node.write(**{endpoint: {**settings[endpoint], "host": node.host}
                      for endpoint in ("public", "member", "peer")})

    def close(self):
        super().close()
        for holder in self.holders:
            processes.end(holder)


class LinkTests(NetworkTestCase):
    """Links that carry nothing, or refuse."""

    #: The namespace that the test came from, where it left it.
    home = None
    obstacle = None

    @classmethod
    def found(cls):
        cls.obstacle = cls.enter()
        print("links are " + ("proxies: " + cls.obstacle if cls.obstacle else "wires"),
              file=sys.stderr)
        return Network(cls.folder) if cls.obstacle else WiredNetwork(cls.folder)

    @classmethod
    def enter(cls):
        """Goes into a namespace of its own; tells why that cannot be, where it cannot."""
        if sys.platform != "linux" or os.geteuid() != 0:
            return "namespaces are made by root, on Linux"
        missing = [name for name in ("ip", "iptables", "nsenter", "unshare")
                   if not shutil.which(name)]
        if missing:
            return f"{', '.join(missing)} not installed"
        tried = subprocess.run(
            ["unshare", "-n", "sh", "-c", "ip link add hub type bridge && "
             "ip link add one type veth peer name other && iptables -w -A INPUT -s 192.0.2.1 "
             "-p tcp -j REJECT --reject-with tcp-reset"], capture_output=True, text=True)
        if tried.returncode != 0:
            return tried.stderr.strip()
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        # Of this thread, and of those and the processes that it starts from here on.
        if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
            os.close(home)
            return os.strerror(ctypes.get_errno())
        cls.home = home
        return None

    @classmethod
    def remove(cls):
        super().remove()
        if cls.home is not None:
            ctypes.CDLL(None).setns(cls.home, NEW_NETWORK)
            os.close(cls.home)
            cls.home = None

    def heal(self):
        if not self.obstacle:
            for node in self.network.nodes:
                self.plug(node)
        super().heal()

    def unplug(self, node):
        ip("ip", "link", "set", node.wire, "down")

    def plug(self, node):
        ip("ip", "link", "set", node.wire, "up")

    def require_wires(self):
        if self.obstacle:
            self.skipTest(f"a proxy cannot do this: {self.obstacle}")

    def test_one_cut_off_catches_up(self):
        for refusing in (False, True):
            with self.subTest(refusing=refusing):
                self.heal()
                (lonely,), rest = self.choose(1)
                with Writers(self.ledger, rest) as writers:
                    writers.await_more()
                    for link in self.network.between(lonely):
                        link.cut(refusing)
                    writers.await_more(5)
                    # What the others say is final they leave behind them one by one.
                    poll(lambda: "".join(node.account() for node in self.authorities),
                         lambda: lonely.await_status()["height"]
                         < min(node.await_status()["height"] for node in rest))
                    for link in self.network.between(lonely):
                        link.heal()
                    writers.await_more()
                self.ledger.audit(self)

    def test_halves_wait_for_each_other(self):
        left, right = self.choose(2)
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
        for link in self.network.between(*left):
            link.cut()
        for half in (left, right):
            self.assert_stands_still(half)
        for link in self.network.between(*left):
            link.heal()
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
        self.ledger.audit(self)

    def test_two_that_do_not_reach_each_other_go_on_through_the_others(self):
        (one, two), _ = self.choose(2)
        for pair in ((one.name, two.name), (two.name, one.name)):
            self.network.links[pair].cut(refusing=True)
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more(5)
        self.ledger.audit(self)

    def test_links_that_flap_delay_and_lose_nothing(self):
        links = list(self.network.links.values())
        with Writers(self.ledger, self.authorities) as writers:
            for _ in range(12):
                link = self.chance.choice(links)
                link.cut(refusing=True)
                writers.await_more(1)
                link.heal()
        self.ledger.audit(self)

    def test_a_pulled_wire_stops_one_and_nobody_else(self):
        self.require_wires()
        (lonely,), rest = self.choose(1)
        with Writers(self.ledger, rest) as writers:
            writers.await_more()
            self.unplug(lonely)
            writers.await_more(5)
            self.assertIsNone(lonely.status(), "it answers without a wire")
            self.plug(lonely)
            writers.await_more()
        self.ledger.audit(self)

    def test_who_is_heard_and_hears_nobody_stops_nobody(self):
        self.require_wires()
        for is_deaf in (True, False):
            with self.subTest(is_deaf=is_deaf):
                self.heal()
                (odd,), rest = self.choose(1)
                with Writers(self.ledger, rest) as writers:
                    writers.await_more()
                    for other in self.network.nodes:
                        if other is not odd:
                            pair = (other.name, odd.name) if is_deaf else (odd.name, other.name)
                            self.network.links[pair].cut()
                    writers.await_more(5)
                    self.heal()
                    writers.await_more()
                self.ledger.audit(self)


if __name__ == "__main__":
    unittest.main(verbosity=2)
