#!/usr/bin/env python3
"""Real processes: a node of the built program is killed, starved of disk and given bad input.

After each harm the node is audited from outside: nothing acknowledged is lost, the chain replays to
the same state, and the node goes on. Standard library only. DREC names the program; the default is
the debug build.
"""

import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import processes
from processes import PATIENCE, free_port, poll

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DREC = os.environ.get("DREC", os.path.join(ROOT, ".build", "debug", "drec"))
SEED = int(os.environ.get("DREC_SEED", "20261121"))


class Network:
    """A local network in a directory of its own."""

    def __init__(self, directory):
        self.directory = directory
        self.process = None
        self.public, self.member = free_port(), free_port()
        self.run("network", "new", directory, "--public-port", str(self.public),
                 "--member-port", str(self.member))

    def environment(self):
        return dict(os.environ, DREC_PUBLIC=f"http://127.0.0.1:{self.public}",
                    DREC_MEMBER=f"http://127.0.0.1:{self.member}")

    def run(self, *arguments, check=True):
        result = processes.run([DREC, *arguments],
                               env=self.environment() if hasattr(self, "public") else None)
        if check and result.returncode != 0:
            raise AssertionError(f"{arguments}: {result.returncode} {result.stdout}{result.stderr}")
        return result

    def start(self):
        self.log = open(os.path.join(self.directory, "log"), "ab")
        self.process = processes.start(
            [DREC, "network", "up", self.directory, "--log-level", "warning"],
            stdout=self.log, stderr=self.log)
        poll(lambda: "the node is ready: " + self.text("log"), self.is_ready)

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the node ended: " + self.text("log"))
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def text(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        status = self.process.wait(timeout=PATIENCE)
        self.log.close()
        return status

    def get(self, path, port=None):
        try:
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{port or self.public}{path}", timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def register(self, number):
        """Registers a buyer; gives its id when the ledger acknowledged it, else None."""
        result = self.run(
            "account", "register", "--kind", "buyer", "--name", f"Buyer {number}", "--country",
            "DEU", "--new-key", os.path.join(self.directory, f"{number}.key"), "--key",
            os.path.join(self.directory, "keys", "initiative.key"), "--account", "A1",
            check=False)
        return result.stdout.split()[0] if result.returncode == 0 else None


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class NodeProcessTests(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder("drec processes ")  # with a space in it
        self.network = None

    def tearDown(self):
        if self.network and self.network.process and self.network.process.poll() is None:
            self.network.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def found(self):
        self.network = Network(os.path.join(self.folder, "net"))
        self.network.start()
        return self.network

    def audit(self, network, acknowledged):
        """Everything acknowledged is there; the stopped chain replays to equal tables."""
        for account in acknowledged:
            status, body = network.get(f"/v1/accounts/{account}")
            self.assertEqual(status, 200, f"{account} was acknowledged and is lost: {body}")
        self.assertEqual(network.kill(signal.SIGTERM), 0, "a graceful stop exits with 0")
        result = network.run("node", "inspect", "--config",
                             os.path.join(network.directory, "node-0", "node.json"), "--replay")
        self.assertIn("all tables are equal", result.stdout)

    def test_sigkill_loses_nothing_that_was_acknowledged(self):
        print(f"seed {SEED}", file=sys.stderr)
        chance = random.Random(SEED)
        network = self.found()
        acknowledged, number = [], 0
        for _ in range(6):
            stop = threading.Event()

            def write():
                nonlocal number
                while not stop.is_set():
                    number += 1
                    account = network.register(number)
                    if account:
                        acknowledged.append(account)

            before = len(acknowledged)
            writer = threading.Thread(target=write, daemon=True)
            writer.start()
            poll("an account is registered", lambda: len(acknowledged) > before)
            time.sleep(chance.random() * 0.2)  # a moment chosen by the seed
            network.kill()
            stop.set()
            writer.join()
            network.start()
        self.assertGreaterEqual(len(acknowledged), 6)
        self.assertEqual(len(set(acknowledged)), len(acknowledged))
        self.audit(network, acknowledged)

    def test_a_second_process_is_refused(self):
        network = self.found()
        result = network.run("node", "run", "--config",
                             os.path.join(network.directory, "node-0", "node.json"),
                             "--public-port", "0", "--member-port", "0", check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("another process uses", result.stderr)
        self.audit(network, [network.register(1)])

    def test_a_chain_without_its_newest_blocks_is_refused(self):
        network = self.found()
        acknowledged = [network.register(1)]
        network.kill()
        data = os.path.join(network.directory, "node-0")
        os.rename(os.path.join(data, "chain.sqlite-wal"), os.path.join(self.folder, "wal"))
        result = network.run("node", "run", "--config", os.path.join(data, "node.json"),
                             check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("chain.sqlite-wal is missing", result.stderr)
        os.rename(os.path.join(self.folder, "wal"), os.path.join(data, "chain.sqlite-wal"))
        network.start()
        self.audit(network, acknowledged)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mount"), "needs root for a tmpfs")
    def test_a_full_disk_is_told_and_survived(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("no tmpfs can be mounted here")
        processes.at_end(processes.unmount, disk)
        try:
            self.network = network = Network(os.path.join(disk, "net"))
            network.start()
            acknowledged = [network.register(1)]
            filler = os.path.join(disk, "filler")
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"\0" * 4096)
                except OSError:
                    pass
            refusals = []
            for number in range(2, 60):
                result = network.run(
                    "account", "register", "--kind", "buyer", "--name", "B", "--country", "DEU",
                    "--new-key", os.path.join(self.folder, f"{number}.key"), "--key",
                    os.path.join(network.directory, "keys", "initiative.key"), "--account", "A1",
                    check=False)
                if result.returncode == 0:
                    acknowledged.append(result.stdout.split()[0])
                else:
                    refusals.append(result.stderr)
                    break
            self.assertTrue(refusals, "the disk never became full")
            poll(lambda: f"the disk is full: {network.get('/readyz')}, {refusals}",
                 lambda: network.get("/readyz")[0] == 503)
            self.assertIn(b"disk is full", network.get("/readyz")[1])
            self.assertEqual(network.get("/v1/accounts/A1")[0], 200, "reads go on")
            os.remove(filler)
            # The node looks once a second whether there is room.
            after = poll("the node goes on when there is room",
                         lambda: network.register(f"after {time.monotonic_ns()}"))
            self.assertEqual(network.get("/readyz")[0], 200)
            self.audit(network, acknowledged + [after])
        finally:
            if self.network and self.network.process and self.network.process.poll() is None:
                self.network.kill()
            processes.unmount(disk)

    def test_bad_bytes_never_stop_a_node(self):
        chance = random.Random(SEED)
        network = self.found()
        for size in (0, 1, 7, 100, 5_000, 300_000):
            body = bytes(chance.getrandbits(8) for _ in range(size))
            request = urllib.request.Request(
                f"http://127.0.0.1:{network.member}/v1/transactions", data=body, method="POST",
                headers={"Content-Type": "application/protobuf"})
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=PATIENCE)
            self.assertIn(caught.exception.code, (400, 413, 422))
            problem = json.loads(caught.exception.read())
            self.assertTrue(problem["title"])
        with socket.create_connection(("127.0.0.1", network.public)) as raw:
            raw.sendall(bytes(chance.getrandbits(8) for _ in range(10_000)))
        for path in ("/v1/accounts/A0", "/v1/accounts/A99999999999999999999999", "/v1/drecs/x",
                     "/v1/drecs/DREC101-2021-9..1/provenance", "/v1/blocks/-1",
                     "/v1/entries/18446744073709551615", "/v1/blocks/18446744073709551615",
                     "/v1/accounts?limit=0", "/v1/accounts?cursor=%ff"):
            status, body = network.get(path)
            self.assertIn(status, (400, 404), path)
        self.audit(network, [network.register(1)])


#: Writes of a node's chain wait for as long as a file exists, as on a disk that hangs.
HANGING_DISK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wait_for_disk(int file) {
    const char *flag = getenv("DISK_HANGS_WHILE");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!flag || length < 0) return;
    path[length] = 0;
    while (strstr(path, "chain.sqlite") && access(flag, F_OK) == 0) usleep(50000);
}
int fdatasync(int file) {
    wait_for_disk(file);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
int fsync(int file) {
    wait_for_disk(file);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}
"""


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class StoppingTests(unittest.TestCase):
    """A node is told to stop while somebody or something keeps it."""

    def setUp(self):
        self.folder = processes.folder("drec-stops-")  # the loader knows no spaces
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def waiting(self, network, environment=None):
        """Starts a node that will not answer a client that waits; gives both processes."""
        configuration = os.path.join(network.directory, "node-0", "node.json")
        with open(configuration, encoding="utf-8") as file:
            settings = json.load(file)
        for name in ("public", "member"):
            settings["node"][name]["port"] = getattr(network, name)
        if "peer" in settings["node"]:
            settings["node"]["peer"]["port"] = free_port()
        with open(configuration, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        node = processes.start(
            [DREC, "node", "run", "--config", configuration], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        self.addCleanup(processes.end, node)
        self.await_answer(network, "/readyz", lambda status, _: status == 200)
        if environment:
            open(environment["DISK_HANGS_WHILE"], "wb").close()
        client = processes.start(
            [DREC, "account", "register", "--kind", "buyer", "--name", "B", "--country", "DEU",
             "--new-key", os.path.join(self.folder, "b.key"), "--key",
             os.path.join(network.directory, "keys", "initiative.key"), "--account", "A1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=network.environment())
        self.addCleanup(processes.end, client)
        self.await_answer(
            network, "/metrics", lambda _, body: b"drec_pending_transactions 1" in body)
        return node, client

    @staticmethod
    def await_answer(network, path, wanted):
        def answered():
            try:
                return wanted(*network.get(path))
            except OSError:
                return False
        poll(f"{path} comes to that", answered)

    def test_a_client_that_waits_for_a_verdict_is_not_waited_for(self):
        directory = os.path.join(self.folder, "net")
        processes.run([DREC, "network", "new", directory, "--authorities", "4"], check=True)
        network = Network.__new__(Network)
        network.directory, network.public, network.member = directory, free_port(), free_port()
        # One of four decides nothing.
        node, client = self.waiting(network)
        node.send_signal(signal.SIGTERM)
        _, told = node.communicate(timeout=PATIENCE)
        self.assertEqual(node.returncode, 0, told)
        self.assertNotIn("CancellationError", told)
        client.communicate(timeout=PATIENCE)
        self.assertEqual(client.returncode, 2)

    @unittest.skipUnless(sys.platform == "linux" and (shutil.which("cc") or shutil.which("clang")),
                         "a C compiler makes the disk hang")
    def test_a_disk_that_hangs_is_not_waited_for(self):
        source, shim, flag = (
            os.path.join(self.folder, name) for name in ("disk.c", "disk.so", "hangs"))
        with open(source, "w", encoding="ascii") as file:
            file.write(HANGING_DISK)
        subprocess.run([shutil.which("cc") or shutil.which("clang"), "-shared", "-fPIC", "-o",
                        shim, source, "-ldl"], check=True)
        network = Network(os.path.join(self.folder, "net"))
        node, client = self.waiting(
            network, dict(os.environ, LD_PRELOAD=shim, DISK_HANGS_WHILE=flag))
        node.send_signal(signal.SIGTERM)
        _, told = node.communicate(timeout=PATIENCE)
        self.assertEqual(node.returncode, 2, told)
        self.assertIn("stopped without waiting any longer", told)
        client.communicate(timeout=PATIENCE)
        os.remove(flag)
        network.start()
        self.assertIsNotNone(network.register(1))
        self.assertEqual(network.kill(signal.SIGTERM), 0)


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class FewFilesTests(unittest.TestCase):
    """The system lets the process open few files."""

    def test_a_node_wants_enough_files_or_says_so(self):
        network = Network(os.path.join(processes.folder("drec few "), "net"))
        configuration = os.path.join(network.directory, "node-0", "node.json")
        for verb in (["node", "run", "--config", configuration],
                     ["account", "list", "--public", f"http://127.0.0.1:{network.public}"]):
            # Below the least of these the program itself cannot be loaded.
            for limit in (8, 9, 10, 12, 14, 16, 18, 20) + ((40, 100) if verb[0] == "node" else ()):
                with self.subTest(verb=verb[:2], limit=limit):
                    result = processes.run(
                        [DREC, *verb], preexec_fn=lambda: resource.setrlimit(
                            resource.RLIMIT_NOFILE, (limit, limit)))
                    self.assertEqual(result.returncode, 2, result.stderr)
                    self.assertRegex(
                        result.stderr, rf"^drec: no more than {limit} files may be open here at "
                        r"once, and at least \d+ are needed; .*\n$")


class ConfigurationTests(unittest.TestCase):
    @unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
    def test_all_problems_are_told_at_once(self):
        result = processes.run(
            [DREC, "node", "run", "--data", "/nowhere", "--public-port", "99999", "--log-level",
             "loud"])
        self.assertEqual(result.returncode, 2)
        for part in ("data:", "genesis:", "voteKey:", "public.port:", "log.level:"):
            self.assertIn(part, result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
