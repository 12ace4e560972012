#!/usr/bin/env python3
"""Runs the commands of the page for verifiers against a node: what strangers are told must work.

DREC names the program; the default is the debug build. Needs curl, and PyNaCl.
"""

import hashlib
import os
import shutil
import unittest

import nacl.bindings  # noqa: F401 (what the page's second program needs)

import processes
from command_line_proofs import ProofNetwork
from node_processes import DREC, ROOT

PAGE = os.path.join(ROOT, "Sources", "Verifier", "Verifier.docc", "Verifier.md")


@unittest.skipUnless(shutil.which("curl") and shutil.which("sha256sum"), "there is no curl")
class Verifying(ProofNetwork):
    def test_the_pages_commands_check_a_proof(self):
        with open(PAGE, encoding="utf-8") as file:
            told = file.read().partition("## To check one")[2].partition("\n## ")[0]
        lines = [line[4:] for line in told.splitlines() if line.startswith("    ")]
        self.assertEqual(len(lines), 4)
        other = told.partition("`python3 Tests/verify_proofs.py")[2].partition("`")[0]
        lines.append(f"python3 -B '{ROOT}/Tests/verify_proofs.py'{other}")
        text = ("\n".join(lines).replace("8080", str(self.network.public))
                .replace("DREC101-2025-42", "DREC101-2022-1"))
        os.mkdir(self.path("bin"))
        os.symlink(os.path.abspath(DREC), self.path("bin/drec"))
        done = processes.run(
            ["bash", "-euc", text], cwd=self.folder,
            env=dict(os.environ, PATH=f"{self.path('bin')}:{os.environ['PATH']}"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("The proof holds.", done.stdout)
        with open(self.path("genesis.json"), "rb") as file:
            self.assertIn(hashlib.sha256(file.read()).hexdigest(), done.stdout)
        status = self.json("network", "status")["status"]
        self.assertIn(status["network"]["hash"] + "  genesis.json", done.stdout)
        # The same file after a change of one byte.
        with open(self.path("proof.json"), "r+b") as file:
            file.seek(-3, os.SEEK_END)
            byte = file.read(1)
            file.seek(-3, os.SEEK_END)
            file.write(b"0" if byte != b"0" else b"1")
        self.assertEqual(
            processes.run([DREC, "verify", self.path("proof.json"), "--genesis",
                           self.path("genesis.json")]).returncode, 1)


if __name__ == "__main__":
    unittest.main()
