#!/usr/bin/env python3
"""What the containers of Docker/compose.yaml do, as processes: found a network and run it.

Each has a directory of its own for what is a volume there, and ports instead of an address of its
own. Standard library only. DREC names the program; the default is the debug build.
"""

import json
import os
import shutil
import signal
import subprocess
import unittest
import urllib.request

import processes
from node_network import PATIENCE, bare_environment, poll
from processes import free_ports
from node_processes import DREC, ROOT

COUNT = 4


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class MemberTests(unittest.TestCase):
    def setUp(self):
        self.folder = processes.folder("drec members ")  # with a space in it
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.mkdir(self.path("bin"))
        os.symlink(DREC, self.path("bin", "drec"))
        os.mkdir(self.path("found"))
        self.processes = {}
        self.ports = {}
        self.addCleanup(self.end)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def end(self):
        for process in self.processes.values():
            processes.end(process)

    def run_member(self, name, **environment):
        """What a container does when it is started, or started again."""
        directory = self.path(name)
        os.makedirs(directory, mode=0o700, exist_ok=True)
        public, member, peer = self.ports.setdefault(name, free_ports(3))
        with open(self.path(name + ".log"), "ab") as log:
            self.processes[name] = processes.start(
                [os.path.join(ROOT, "Docker", "member"), "--log-level", "warning"],
                cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**bare_environment(), "PATH": f"{self.path('bin')}:{os.environ['PATH']}",
                     "DREC_FOUND": self.path("found"), "DREC_NODE_PUBLIC_PORT": str(public),
                     "DREC_NODE_MEMBER_PORT": str(member), "DREC_NODE_PEER_PORT": str(peer),
                     **environment})

    def status(self, name):
        if self.processes[name].poll() is not None:
            raise AssertionError(f"{name} ended: {self.said(name)}")
        try:
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.ports[name][0]}/v1/status", timeout=10) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def said(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def start_authority(self, number):
        name = f"member-{number}"
        peer = self.ports.setdefault(name, free_ports(3))[2]
        self.run_member(name, DREC_MEMBER_NAME=name, DREC_MEMBER_ADDRESS=f"127.0.0.1:{peer}",
                        DREC_MEMBER_COUNT=str(COUNT))

    def await_ready(self):
        def ready():
            found = [self.status(name) for name in self.processes]
            return all(status and status["ready"] for status in found) and len(
                {(status["network"]["hash"], status["headHash"]) for status in found}) == 1
        poll(lambda: "\n".join(f"{name}: {self.said(name)}" for name in self.processes), ready)

    def register(self, number):
        """Through a node of its own each time; the id that the ledger gave."""
        told = processes.run(
            [DREC, "account", "register", "--kind", "buyer", "--name", "Buyer", "--country", "DEU",
             "--new-key", self.path(f"{number}.key"), "--key",
             self.path("member-0", "member", "keys", "account.key"), "--account", "A1"],
            env={
                **bare_environment(),
                "DREC_PUBLIC": f"http://127.0.0.1:{self.ports[f'member-{number}'][0]}",
                "DREC_MEMBER": f"http://127.0.0.1:{self.ports[f'member-{number}'][1]}"})
        self.assertEqual(told.returncode, 0, told.stderr)
        return told.stdout.split()[0]

    def test_members_found_a_network_and_go_on_after_a_restart(self):
        # An observer waits for the document like all others; the initiative starts last.
        self.run_member("observer")
        for number in (2, 1, 3, 0):
            self.start_authority(number)
        self.await_ready()
        self.assertEqual(
            self.status("observer")["authorities"], [f"member-{number}" for number in range(COUNT)])
        self.assertEqual(self.register(0), "A5")
        hash = self.status("observer")["network"]["hash"]
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in self.processes.items():
            self.assertEqual(process.wait(timeout=PATIENCE), 0, self.said(name))
        # What was shared is needed no more.
        os.rename(self.path("found"), self.path("gone"))
        os.mkdir(self.path("found"))
        self.run_member("observer")
        for number in range(COUNT):
            self.start_authority(number)
        self.await_ready()
        self.assertEqual(self.status("observer")["network"]["hash"], hash)
        self.assertEqual(self.register(3), "A6")
        self.assertEqual(os.listdir(self.path("found")), [])
        # Nothing secret is where all can see it.
        shared = sorted(os.listdir(self.path("gone")))
        self.assertEqual(shared, [
            "genesis.json", *(f"member-{number}.join" for number in range(COUNT)),
            "peers.json"])
        for name in shared:
            with open(self.path("gone", name), encoding="utf-8") as file:
                self.assertNotIn("seed", file.read())


if __name__ == "__main__":
    unittest.main(verbosity=2)
