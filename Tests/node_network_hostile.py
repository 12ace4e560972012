#!/usr/bin/env python3
"""Real processes: what the world and strangers do to the nodes of a network.

A full disk, a clock that is wrong, a copied key, and peers that send garbage, among four authorities
and an observer; audited as in node_network.py. Standard library only; `openssl` makes a stranger's
certificate, a C compiler what turns a clock, root mounts a small disk. What is missing is skipped
and named.
"""

import calendar
import json
import os
import resource
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import time
import unittest

import processes
from node_network import NetworkTestCase, Writers, bare_environment, poll
from processes import PATIENCE, free_ports
from node_processes import DREC

COMPILER = shutil.which("cc") or shutil.which("clang")

#: Turns the wall clock of the process that it is loaded into; timers go by another clock.
SHIM = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, clock, now);
    const char *offset = getenv("CLOCK_OFFSET_SECONDS");
    if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += atol(offset);
    return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return result;
}
time_t time(time_t *seconds) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (seconds) *seconds = exact.tv_sec;
    return exact.tv_sec;
}
"""


class SmallDisk:
    """One authority lives on a small disk, where one can be had."""

    disk = None

    @classmethod
    def prepare(cls):
        if os.geteuid() != 0 or not shutil.which("mount"):
            return
        cls.node = cls.network.authorities[-1]
        aside = cls.node.directory + "-aside"
        os.rename(cls.node.directory, aside)
        os.mkdir(cls.node.directory, mode=0o700)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", cls.node.directory],
            capture_output=True)
        if mounted.returncode == 0:
            cls.disk = cls.node.directory
            processes.at_end(processes.unmount, cls.disk)
        shutil.copytree(aside, cls.node.directory, dirs_exist_ok=True)

    @classmethod
    def remove(cls):
        if cls.network:
            cls.network.close()
        if cls.disk:
            processes.unmount(cls.disk)
        super().remove()

    def test_a_full_disk_stops_one_authority_and_not_the_network(self):
        if not self.disk:
            self.skipTest("a small disk is mounted by root")
        rest = [node for node in self.authorities if node is not self.node]
        filler = os.path.join(self.disk, "filler")
        with Writers(self.ledger, rest) as writers:
            writers.await_more()
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"\0" * 4096)
                except OSError:
                    pass
            writers.await_more()

            def full():
                if not self.node.runs:
                    return True
                status, body = self.node.get("/readyz")
                return status == 503 and b"disk is full" in body
            poll(lambda: f"the disk is full: {self.node.status()} {self.node.said()}", full)
            writers.await_more(5)
            os.remove(filler)
            if not self.node.runs:
                self.network.start(self.node)
            writers.await_more()
        self.ledger.audit(self)


def seconds(text):
    """Of a moment in UTC, since 1970."""
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


class Clocks:
    """One authority's clock is an hour off."""

    def founded(self, environment):
        """When the program believes that it is, in this environment."""
        directory = processes.folder("drec-founded-")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        processes.run([DREC, "network", "new", os.path.join(directory, "net")], check=True,
                      env={**bare_environment(), **environment})
        with open(os.path.join(directory, "net", "genesis.json"), encoding="utf-8") as file:
            return json.load(file)["founded"]

    @unittest.skipUnless(COMPILER and sys.platform == "linux", "a C compiler makes the clock wrong")
    def test_a_wrong_clock_stops_nobody_and_moves_no_block(self):
        folder = processes.folder("drec-clock-")  # the loader knows no spaces
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        source, shim = os.path.join(folder, "clock.c"), os.path.join(folder, "clock.so")
        with open(source, "w", encoding="ascii") as file:
            file.write(SHIM)
        subprocess.run([COMPILER, "-shared", "-fPIC", "-o", shim, source], check=True)
        for offset in (3600, -3600):
            with self.subTest(offset=offset):
                environment = {"LD_PRELOAD": shim, "CLOCK_OFFSET_SECONDS": str(offset)}
                before = time.time()
                founded = self.founded(environment) - offset
                self.assertTrue(int(before) <= founded <= time.time(), founded - before)
                (wrong,), rest = self.choose(1)
                wrong.stop()
                self.network.start(wrong, environment=environment)
                with Writers(self.ledger, rest) as writers:
                    writers.await_more(8)
                self.ledger.audit(self)
                now = time.time()
                for block in rest[0].ask("/v1/blocks?limit=8")["items"]:
                    self.assertLess(abs(now - seconds(block["time"])), 600, f"{block} of {offset}")
                wrong.stop()
                self.network.start(wrong)

class Copies:
    """A second process with a node's keys."""

    def test_a_second_process_on_the_same_files_is_refused(self):
        node = self.authorities[1]
        result = self.network.drec(
            "node", "run", "--config", node.configuration, "--public-port", "0",
            "--member-port", "0", "--peer-port", "0", code=2)
        self.assertIn("another process uses", result.stderr)
        self.ledger.audit(self)

    def test_a_copy_elsewhere_is_noticed_and_harms_nobody(self):
        (copied,), rest = self.choose(1)
        # As a machine is copied: with all files, while the original stands still.
        copied.stop()
        directory = copied.directory + "-copy"
        shutil.copytree(copied.directory, directory)
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        self.network.start(copied)
        public, member, peer = free_ports(3)
        log = os.path.join(self.network.directory, "copy.log")
        with open(log, "ab") as file:
            self.others.append(processes.start(
                [DREC, "node", "run", "--config",
                 copied.configuration, "--data", directory, "--public-port", str(public),
                 "--member-port", str(member), "--peer-port", str(peer), "--log-level", "notice"],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=bare_environment()))
        with Writers(self.ledger, rest) as writers:
            writers.await_more()
            poll(lambda: "".join(f"\n-- {node}\n{node.said()}" for node in self.authorities),
                 lambda: any("two processes use one key" in node.said(200)
                             for node in self.authorities))
            writers.await_more(5)
        processes.end(self.others.pop())
        self.ledger.audit(self)


class Stranger:
    """A peer with a key that nobody knows."""

    PROTOCOL = "drec-peer/1"

    def __init__(self, folder, network):
        self.network = bytes.fromhex(network)
        self.key, self.certificate = (
            os.path.join(folder, name) for name in ("stranger.key", "stranger.crt"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", self.key,
             "-out", self.certificate, "-subj", "/CN=stranger", "-days", "1"],
            check=True, capture_output=True)

    def connect(self, port, greets=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols([self.PROTOCOL])
        raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        peer = context.wrap_socket(raw)
        if greets:
            peer.sendall(self.frame(1, self.network + os.urandom(16)))
        return peer

    @staticmethod
    def frame(kind, body, length=None):
        return struct.pack(">IB", len(body) if length is None else length, kind) + body


def is_closed(connection, patience=PATIENCE):
    """Whether the other side ends the connection in time."""
    connection.settimeout(patience)
    try:
        while connection.recv(65536):
            pass
        return True
    except socket.timeout:
        return False
    except OSError:
        return True


def resident_bytes(node):
    with open(f"/proc/{node.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Garbage:
    """Strangers at the port for peers."""

    def assert_unharmed(self, node, before):
        """The node lives, has its peers, grew by little, and the network goes on."""
        with Writers(self.ledger, [node]) as writers:
            writers.await_more()
        self.assertLess(resident_bytes(node) - before, 64 * 1024 * 1024)
        self.ledger.audit(self)

    def test_random_bytes(self):
        node = self.chance.choice(self.authorities)
        before = resident_bytes(node)
        for _ in range(40):
            with socket.create_connection(("127.0.0.1", node.peer), timeout=PATIENCE) as peer:
                try:
                    peer.sendall(self.chance.randbytes(self.chance.choice([1, 5, 300, 20_000])))
                    peer.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                self.assertTrue(is_closed(peer))
        self.assert_unharmed(node, before)

    @unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
    def test_frames_that_lie(self):
        node = self.chance.choice(self.authorities)
        stranger = Stranger(self.folder, node.await_status()["network"]["hash"])
        before = resident_bytes(node)
        lies = [
            stranger.frame(0, b"", length=0xFFFFFFFF), stranger.frame(0, b"", length=1 << 30),
            stranger.frame(255, b""), stranger.frame(1, b"short"),
            stranger.frame(0, self.chance.randbytes(1_000)),
            stranger.frame(0, self.chance.randbytes(300_000)), self.chance.randbytes(5_000),
        ]
        for lie in lies:
            # A key that offended is not let in for a while; the next stranger has another one.
            stranger = Stranger(self.folder, node.await_status()["network"]["hash"])
            try:
                with stranger.connect(node.peer) as peer:
                    peer.sendall(lie)
                    self.assertTrue(is_closed(peer), lie[:10])
            except OSError:
                pass
        self.assert_unharmed(node, before)

    @unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
    def test_those_that_are_slow(self):
        node = self.chance.choice(self.authorities)
        before = resident_bytes(node)
        stranger = Stranger(self.folder, node.await_status()["network"]["hash"])
        silent = [socket.create_connection(("127.0.0.1", node.peer)) for _ in range(5)]
        silent.append(stranger.connect(node.peer, greets=False))
        slow = socket.create_connection(("127.0.0.1", node.peer))
        ended = False
        deadline = time.monotonic() + PATIENCE
        while not ended and time.monotonic() < deadline:
            try:
                slow.sendall(b"\x16")
                slow.settimeout(0.2)
                ended = slow.recv(100) == b""
            except socket.timeout:
                pass
            except OSError:
                ended = True
        self.assertTrue(ended, "one byte at a time is let go on for ever")
        for connection in [*silent, slow]:
            self.assertTrue(is_closed(connection))
            connection.close()
        self.assert_unharmed(node, before)

    def test_a_thousand_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 2_000:
            self.skipTest("too few files may be open")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_000), hard))
        node = self.chance.choice(self.authorities)
        before = resident_bytes(node)
        connections = []
        try:
            for _ in range(1_000):
                connection = socket.socket()
                connection.setblocking(False)
                connection.connect_ex(("127.0.0.1", node.peer))
                connections.append(connection)
            with Writers(self.ledger, [node]) as writers:
                writers.await_more()
            self.assertEqual(node.get("/readyz")[0], 200)
            self.assertLess(resident_bytes(node) - before, 64 * 1024 * 1024)
        finally:
            for connection in connections:
                connection.close()
        self.assert_unharmed(node, before)


class HostileTests(SmallDisk, Clocks, Copies, Garbage, NetworkTestCase):
    """All of it on one network."""


if __name__ == "__main__":
    unittest.main(verbosity=2)
