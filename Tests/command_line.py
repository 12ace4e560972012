#!/usr/bin/env python3
"""The command line: what all tests of verbs against a running node share, and what needs no node.

Standard library only. DREC names the program; the default is the debug build.
"""

import collections
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import unittest

import processes
from node_processes import DREC, Network
from processes import PATIENCE

REFUSED, FAILED, USAGE = 1, 2, 64


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class RunningNetwork(unittest.TestCase):
    """A network of one authority with an aggregator A2, a buyer A3 and a developer A4."""

    @classmethod
    def setUpClass(cls):
        cls.folder = processes.folder("drec commands ")  # with a space in it
        cls.network = Network(os.path.join(cls.folder, "net"))
        cls.network.start()
        cls.initiative = ["--key", cls.path("net/keys/initiative.key"), "--account", "A1"]
        cls.aggregator = ["--key", cls.path("aggregator.key"), "--account", "A2"]
        cls.buyer = ["--key", cls.path("buyer.key"), "--account", "A3"]
        cls.developer = ["--key", cls.path("developer.key"), "--account", "A4"]
        cls.delegate = ["--key", cls.path("aggregator.key"), "--account", "A4"]
        cls.network.run(
            "account", "register", "--kind", "aggregator", "--name", "Aggregator", "--country",
            "KEN", "--new-key", cls.path("aggregator.key"), *cls.initiative)
        cls.network.run(
            "account", "register", "--kind", "buyer", "--name", "Buyer", "--country", "DEU",
            "--new-key", cls.path("buyer.key"), *cls.initiative)
        cls.network.run("key", "new", cls.path("vault.key"))
        cls.network.run(
            "account", "register", "--kind", "developer", "--name", "Developer", "--country",
            "KEN", "--new-key", cls.path("developer.key"), "--delegate", "A2",
            "--delegate-roles", "devices,metering", "--takeover-key", cls.path("vault.key"),
            *cls.aggregator)

    @classmethod
    def tearDownClass(cls):
        if cls.network.process and cls.network.process.poll() is None:
            cls.network.kill()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def keep_still(cls):
        """From here on no block comes but with a transaction, however long a test takes: what is
        asked for twice is the same."""
        cls.network.run("parameters", "set", "--heartbeat-milliseconds", "0", *cls.initiative)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    def drec(self, *arguments, code=0, says=(), environment=None):
        """Runs a verb; checks its exit code and what its error output says."""
        result = processes.run(
            [DREC, *arguments], env={**self.network.environment(), **(environment or {})})
        told = f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
        self.assertEqual(result.returncode, code, told)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, result.stdout + result.stderr, told)
        if code == FAILED:
            self.assertEqual(len(result.stderr.splitlines()), 1, told)
        return result

    def json(self, *arguments, code=0):
        return json.loads(self.drec(*arguments, "--json", code=code).stdout)

    def rows(self, *arguments, code=0):
        """The JSON objects that a verb tells, one a line, by their status."""
        rows = collections.defaultdict(list)
        for line in self.drec(*arguments, "--json", code=code).stdout.splitlines():
            row = json.loads(line)
            rows[row["status"]].append(row)
        return rows

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def register(self, kind, code=0, extra=(), sponsor=None):
        """Registers an account with a new key of its own; gives its id and its options."""
        name = f"{kind}-{len(os.listdir(self.folder))}.key"
        result = self.json(
            "account", "register", "--kind", kind, "--name", name, "--country", "IND",
            "--new-key", self.path(name), *extra, *(sponsor or self.initiative), code=code)
        account = result["events"][0]["account"]
        return account, ["--key", self.path(name), "--account", account]

    def device(self, owner, external_id, *more):
        rows = self.rows(
            "device", "register", "--external-id", external_id, "--capacity-kw", "20",
            "--country", "KEN", "--commissioned", "2021-03-01", "--latitude", "-1.28",
            "--longitude", "36.82", "--kind", "Rooftop Solar", "--off-taker", "School", *more,
            *owner)
        return rows["registered"][0]["device"]

    def assertConserved(self):
        """Wh issued are whole D-RECs of some status and what is open, in every series."""
        for project in self.json("project", "list")["items"]:
            for series in project["series"]:
                whole = sum(
                    series[f"{status}KilowattHours"] for status in
                    ("active", "listed", "registryLocked", "redeemed", "retired"))
                self.assertEqual(
                    int(series["issuedWattHours"]), 1000 * whole + series["openWattHours"])


class HelpTests(unittest.TestCase):
    """What needs no node."""

    @unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
    def test_every_verb_has_help_with_an_example(self):
        seen, waiting = 0, [[]]
        while waiting:
            verb = waiting.pop()
            result = subprocess.run(
                [DREC, *verb, "--help"], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(result.returncode, 0, verb)
            verbs = re.findall(
                r"^  ([a-z-]+)(?: \(default\))?(?:  +\S|$)",
                result.stdout.partition("SUBCOMMANDS:")[2], re.MULTILINE)
            waiting += [verb + [name] for name in verbs if name != "help"]
            if not verbs:
                seen += 1
                self.assertIn("Example: drec " + " ".join(verb), result.stdout, verb)
        self.assertGreater(seen, 50)

    @unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
    def test_completions_are_made_for_three_shells(self):
        for shell in ("bash", "zsh", "fish"):
            result = subprocess.run(
                [DREC, "--generate-completion-script", shell], capture_output=True, text=True,
                timeout=PATIENCE)
            self.assertEqual(result.returncode, 0)
            for word in ("month-factors-ppm", "take-over", "hand-over", "defer"):
                self.assertIn(word, result.stdout, shell)
        if shutil.which("bash"):
            script = subprocess.run(
                [DREC, "--generate-completion-script", "bash"], capture_output=True,
                timeout=PATIENCE)
            check = subprocess.run(["bash", "-n"], input=script.stdout, timeout=PATIENCE)
            self.assertEqual(check.returncode, 0)

    @unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
    def test_a_node_that_is_not_there_is_told_in_one_line(self):
        folder = processes.folder("drec commands ")
        try:
            key = os.path.join(folder, "a.key")
            subprocess.run([DREC, "key", "new", key], check=True, capture_output=True)
            with socket.socket() as closed:  # bound and not listening: it refuses
                closed.bind(("127.0.0.1", 0))
                url = f"http://127.0.0.1:{closed.getsockname()[1]}"
                environment = dict(os.environ, DREC_PUBLIC=url, DREC_MEMBER=url)
                signing = ["--key", key, "--account", "A1"]
                for verb in (
                        ["node", "status"], ["network", "status"], ["show", "A1"],
                        ["show", "did:drec:0123456789abcdef:1"], ["account", "list", "--json"],
                        ["parameters", "show"], ["yield", "list"], ["pending", "list"],
                        ["reads", "deferred"], ["device", "months", "D1"],
                        ["account", "profile", "show", "A1", *signing],
                        ["yield", "set", "IND", "1000", "--source", "x", *signing],
                        ["account", "suspend", "A2", *signing],
                        ["device", "close", "D1", *signing], ["mint", "1", *signing]):
                    result = subprocess.run(
                        [DREC, *verb], capture_output=True, text=True, env=environment,
                        timeout=PATIENCE)
                    self.assertEqual(result.returncode, FAILED, verb)
                    self.assertEqual(result.stdout, "", verb)
                    self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
                    self.assertIn(f"no node answers at {url}", result.stderr)
                    self.assertIn("DREC_PUBLIC", result.stderr)
            for url in ("nonsense", "ftp://127.0.0.1", "http://"):
                result = subprocess.run(
                    [DREC, "show", "A1", "--public", url], capture_output=True, text=True,
                    timeout=PATIENCE)
                self.assertEqual(result.returncode, FAILED, url)
                self.assertIn("--public", result.stderr)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
    def test_keys_are_private_and_genesis_is_checked(self):
        folder = processes.folder("drec commands ")
        try:
            def run(*arguments):
                return subprocess.run(
                    [DREC, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                    cwd=folder)
            for name in ("a1", "vote", "tls", "log"):
                made = run("key", "new", f"{name}.key")
                self.assertEqual(made.returncode, 0)
                mode = stat.S_IMODE(os.stat(os.path.join(folder, f"{name}.key")).st_mode)
                self.assertEqual(mode, 0o600)
                self.assertEqual(run("key", "show", f"{name}.key").stdout, made.stdout)
            self.assertEqual(run("key", "new", "a1.key").returncode, FAILED)
            self.assertEqual(run("key", "show", "none.key").returncode, FAILED)
            os.chmod(os.path.join(folder, "log.key"), 0o640)
            shown = run("key", "show", "log.key")
            self.assertEqual(shown.returncode, FAILED)
            self.assertIn("chmod 600", shown.stderr)
            os.chmod(os.path.join(folder, "log.key"), 0o600)
            new = ["genesis", "new", "genesis.json", "--initiative-key", "a1.key", "--vote-key",
                   "vote.key", "--tls-key", "tls.key", "--log-key", "log.key", "--name"]
            self.assertEqual(run(*new, "Not A Name").returncode, FAILED)
            founded = run(*new, "local")
            self.assertEqual(founded.returncode, 0, founded.stderr)
            self.assertEqual(run(*new, "local").returncode, FAILED)
            hash = founded.stdout.strip()
            self.assertEqual(run("genesis", "verify", "genesis.json", "--hash", hash).returncode, 0)
            told = json.loads(run("genesis", "verify", "genesis.json", "--json").stdout)
            self.assertEqual(told, {"network": "local", "hash": hash, "valid": True})
            wrong = run("genesis", "verify", "genesis.json", "--hash", "0" * 64)
            self.assertEqual(wrong.returncode, REFUSED)
            for bad in ("abc", ""):
                wrong = run("genesis", "verify", "genesis.json", "--hash", bad)
                self.assertEqual(wrong.returncode, USAGE)
                self.assertIn("--hash", wrong.stderr)
            self.assertIn(hash, run("genesis", "show", "genesis.json").stdout)
            self.assertEqual(
                json.loads(run("genesis", "show", "genesis.json", "--json").stdout)["name"],
                "local")
            self.assertEqual(run("genesis", "show", "a1.key").returncode, FAILED)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
