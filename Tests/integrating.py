#!/usr/bin/env python3
"""Runs the program of the page for integrators against a node: what strangers are told must work.

DREC names the program; the default is the debug build. Needs protoc, protobuf and PyNaCl.
"""

import os
import re
import shutil
import subprocess
import sys
import unittest

import google.protobuf  # noqa: F401 (what the page's program needs)
import nacl.signing  # noqa: F401

import processes
from command_line import RunningNetwork
from node_processes import DREC

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "Sources", "Wire", "Wire.docc", "Integrating.md")


@unittest.skipUnless(shutil.which("protoc"), "there is no protoc")
class Integrating(RunningNetwork):
    def setUp(self):
        with open(PAGE, encoding="utf-8") as file:
            blocks = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
        self.assertEqual(len(blocks), 1)
        with open(self.path("program.py"), "w", encoding="utf-8") as file:
            file.write(blocks[0])
        subprocess.run(
            ["protoc", f"--python_out={self.folder}", "-I", os.path.join(ROOT, "Sources", "Wire"),
             "transaction.proto", "vote.proto"], check=True, timeout=processes.PATIENCE)

    def test_the_pages_commands_make_what_the_program_needs(self):
        with open(PAGE, encoding="utf-8") as file:
            told = file.read().partition("## To try it")[2].partition("## A program")[0]
        lines = [line[4:] for line in told.splitlines() if line.startswith("    ")]
        public, member = processes.free_ports(2)
        text = "\n".join(line for line in lines if not line.startswith("python3 -m pip"))
        ports = {"8080": str(public), "8081": str(member)}
        text = (re.sub("808[01]", lambda port: ports[port.group()], text)
                .replace("network new trial/net",
                         f"network new trial/net --public-port {public} --member-port {member}")
                .replace("python3 trial", "cp program.py trial; python3 -B trial"))
        os.symlink(os.path.join(ROOT, "Sources"), self.path("Sources"))
        os.mkdir(self.path("bin"))
        os.symlink(os.path.abspath(DREC), self.path("bin/drec"))
        done = processes.run(
            ["bash", "-euc", "trap 'kill $(jobs -p); wait' EXIT\n" + text], cwd=self.folder,
            env=dict(os.environ, PATH=f"{self.path('bin')}:{os.environ['PATH']}",
                     DREC_PUBLIC=f"http://127.0.0.1:{public}",
                     DREC_MEMBER=f"http://127.0.0.1:{member}"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"traded DREC\d+-\d+-1 in entry \d+")

    def program(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", self.path("program.py"),
             f"http://127.0.0.1:{self.network.public}", f"http://127.0.0.1:{self.network.member}",
             self.path("developer.key"), "A4", *arguments],
            capture_output=True, text=True, timeout=processes.PATIENCE)

    def test_the_pages_program_mints_and_trades(self):
        self.network.run(
            "device", "register", "--external-id", "ROOF", "--capacity-kw", "5", "--country",
            "KEN", "--commissioned", "2020-01-01", "--latitude", "-1.25", "--longitude", "36.75",
            *self.developer)
        done = self.program("D1", "A3")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        minted = re.search(r"minted (DREC\d+-\d+-1\.\.3)", done.stdout)
        self.assertTrue(minted, done.stdout)
        traded = re.search(r"traded (DREC\d+-\d+-1) in entry \d+", done.stdout)
        self.assertTrue(traded, done.stdout)
        owner = self.json("provenance", traded.group(1))["owners"][0]["account"]
        self.assertEqual(owner, "A3")
        # The same reads again are refused, in the ledger's words.
        again = self.program("D1", "A3")
        self.assertEqual(again.returncode, 1)
        self.assertIn("refused: ", again.stderr)


if __name__ == "__main__":
    unittest.main()
