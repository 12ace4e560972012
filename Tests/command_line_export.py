#!/usr/bin/env python3
"""`drec export`: what a directory of static files says is what the node says, and can be checked.

A network of one authority is exported, served by Python's web server, and judged by both verifiers of
proofs and by a mirror of the log. Needs PyNaCl, by the independent verifiers.
"""

import concurrent.futures
import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

import log_checkpoint
import processes
import verify_proofs
from command_line import FAILED, REFUSED, USAGE
from command_line_proofs import ProofNetwork
from log_checkpoint import Liar, QuietServer, flip, leaf, number_path, root, tile_path
from node_processes import DREC
from processes import PATIENCE, poll

#: What has no address on a node, or another one.
OWN = {"export.json", ".lock", "verify.html"}


class Site:
    """A directory that a plain web server serves."""

    def __init__(self, directory):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        self.server = QuietServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=directory))
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path):
        try:
            with urllib.request.urlopen(self.base + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ExportTests(ProofNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep_still()

    def setUp(self):
        self.directory = self.path(f"site {len(os.listdir(self.folder))}")

    def export(self, *more, code=0):
        """Runs the verb; gives what it tells, once the node has voted for its last block."""
        return self.json("export", self.directory, *more, code=code)

    def files(self):
        """Contents and times of all files, by their paths."""
        found = {}
        for folder, _, names in os.walk(self.directory):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    relative = os.path.relpath(path, self.directory)
                    found[relative] = (file.read(), os.stat(path).st_mtime_ns)
        return found

    def asked(self, path):
        status, body = self.network.get(path)
        self.assertEqual(status, 200, path)
        return body

    def pages(self, path):
        """All items of a list."""
        items, more = [], ""
        while more is not None:
            page = json.loads(self.asked(f"{path}?limit=200{more}"))
            items += page["items"]
            more = page["next"] and f"&cursor={page['next']}"
        return items

    def settled(self):
        """Waits until the newest checkpoint is of the node's last block."""
        def newest():
            size = json.loads(self.asked("/v1/status"))["logSize"]
            return size if self.cosigned_size() == size else None
        return poll("a checkpoint of the last block", newest)

    def subjects(self):
        return ([f"/v1/accounts/{item['id']}/proof" for item in self.pages("/v1/accounts")]
                + [f"/v1/devices/{item['id']}/proof" for item in self.pages("/v1/devices")]
                + [f"/v1/redemptions/{item['entry']}/proof"
                   for item in self.pages("/v1/redemptions")]
                + [f"/v1/drecs/{item['range']}/proof" for item in self.pages("/v1/lots")])

    def test_a_site_says_what_the_node_says(self):
        size = self.settled()
        told = self.export("--genesis", self.genesis)
        subjects = self.subjects()
        self.assertEqual(told["logSize"], size)
        self.assertEqual(told["proofs"], {"written": len(subjects), "kept": 0, "missing": 0})
        site = Site(self.directory)
        self.addCleanup(site.close)
        files = self.files()
        self.assertEqual({name for name in files if "/" not in name}, OWN)
        for name in sorted(set(files) - OWN):
            self.assertEqual(site.get("/" + name), (200, self.asked("/" + name)), name)
        self.assertEqual(files["verify.html"][0], self.asked("/verify"))
        with open(self.genesis, "rb") as file:
            founding = verify_proofs.canonical(verify_proofs.parse(file.read()))
        self.assertEqual(site.get("/v1/genesis"), (200, founding))
        self.mirror(site, size)
        # Each proof, from the files alone.
        for path in subjects:
            raw = site.get(path)[1]
            self.agree(raw, True, path)
            self.drec("verify", self.directory + path, "--genesis",
                      self.directory + "/v1/genesis", says="The proof holds.")
        self.assertEqual(len(subjects), sum(name.endswith("/proof") for name in files))

    def mirror(self, site, size):
        """The log, whole, from tiles, entries and what these are made of."""
        mirror = log_checkpoint.Mirror(site, size)
        self.assertEqual([leaf(entry) for entry in mirror.entries], mirror.hashes)
        lines = site.get("/log/checkpoint")[1].decode().split("\n")
        self.assertEqual(lines[1], str(size))
        self.assertEqual(verify_proofs.data(lines[2]), root(mirror.hashes))
        for index, entry in enumerate(mirror.entries):
            name = f"/log/entry/{number_path(index)}"
            submitted = log_checkpoint.submitted(site.get(name + ".transaction")[1])
            self.assertEqual(
                verify_proofs.H(submitted) + verify_proofs.H(site.get(name + ".receipt")[1]),
                entry)

    def test_running_again_changes_nothing_that_is_final(self):
        self.settled()
        self.export()
        before = self.files()
        told = self.export()
        self.assertEqual((told["addedEntries"], told["proofs"]["written"]), (0, 0))
        self.assertEqual(told["proofs"]["kept"], len(self.subjects()))
        after = self.files()
        moment = {"export.json", "verify.html", "log/checkpoint"}
        self.assertEqual({name: after[name] for name in set(after) - moment},
                         {name: before[name] for name in set(before) - moment})
        # More entries than fill a tile, by which the partial one becomes full.
        old = told["logSize"]
        self.grow(270 - old)
        self.settled()
        told = self.export()
        self.assertEqual(told["addedEntries"], told["logSize"] - old)
        later = self.files()
        kept = {name for name in before if name.startswith("log/") and name not in moment}
        self.assertEqual({name: later[name] for name in kept},
                         {name: before[name] for name in kept})
        for name in ("log/tile/0/000", "log/tile/1/000.p/1", "log/tile/entries/000",
                     f"log/tile/0/{number_path(1)}.p/{told['logSize'] - 256}"):
            self.assertIn(name, set(later) - set(before))
        site = Site(self.directory)
        self.addCleanup(site.close)
        self.mirror(site, told["logSize"])
        self.assertEqual(told["proofs"]["kept"], 0)
        self.agree(site.get("/v1/accounts/A4/proof")[1], True)

    def grow(self, count):
        """Writes entries."""
        before = len(os.listdir(self.folder))

        def register(number):
            self.network.run("account", "register", "--kind", "buyer", "--name", "B", "--country",
                             "DEU", "--new-key", self.path(f"more-{before}-{number}.key"),
                             *self.initiative)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(register, range(count)))

    def test_what_was_broken_off_goes_on(self):
        self.settled()
        has_asked, may_go_on = threading.Event(), threading.Event()

        def hold(body):
            has_asked.set()
            may_go_on.wait(PATIENCE)
            return body
        slow = Liar(f"http://127.0.0.1:{self.network.public}")
        self.addCleanup(slow.close)
        # When it asks for the devices it has the proofs of the accounts.
        slow.path, slow.alter = "/v1/devices?limit=200", hold
        process = processes.start(
            [DREC, "export", self.directory, "--public", slow.base],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        poll("an export in its midst", lambda: has_asked.is_set() or process.poll() is not None)
        self.assertIsNone(process.poll(), "it ended early")
        processes.end(process)
        may_go_on.set()
        left = self.files()
        self.assertTrue(os.path.isdir(os.path.join(self.directory, "v1", "accounts")))
        self.assertIn("log/checkpoint", left, "the log comes before the proofs")
        self.assertFalse(json.loads(left["export.json"][0])["complete"])
        for name in ("log/tile/0/000.p/1.partial", "v1/accounts/A1/proof.partial"):
            os.makedirs(os.path.dirname(os.path.join(self.directory, name)), exist_ok=True)
            with open(os.path.join(self.directory, name), "wb") as file:
                file.write(b"a part")
        told = self.export()
        self.assertEqual([name for name in self.files() if "partial" in name], [])
        self.assertEqual(sum(told["proofs"].values()), len(self.subjects()))
        whole = self.files()
        log = {name for name in left if name.startswith("log/") and name != "log/checkpoint"}
        self.assertEqual({name: whole[name] for name in log}, {name: left[name] for name in log})
        # Without the checkpoint all of the log is judged again, and what is damaged is fetched.
        damaged = ["log/entry/000.receipt",
                   tile_path("entries", 0, min(256, told["logSize"]))[1:],
                   "log/entry/001.transaction"]
        proof = "v1/accounts/A1/proof"
        for name in [*damaged, proof]:
            with open(os.path.join(self.directory, name), "r+b") as file:
                file.write(b"\xff\xff")
        os.remove(os.path.join(self.directory, "log", "checkpoint"))
        self.export()
        again = self.files()
        self.assertEqual({name: again[name][0] for name in damaged},
                         {name: whole[name][0] for name in damaged})
        # The node may have made another block since, of which the proof is then.
        self.agree(again[proof][0], True)
        same = {name for name in log if name not in damaged}
        self.assertEqual({name: again[name] for name in same}, {name: whole[name] for name in same})

    def test_two_exports_wait_for_one_another(self):
        self.settled()
        running = [processes.start(
            [DREC, "export", self.directory, "--json"], env=self.network.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        told = []
        for process in running:
            out, err = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 0, err)
            told.append(json.loads(out))
        self.assertEqual(sorted(one["addedEntries"] for one in told)[:2], [0, 0])

    def test_a_busy_node_is_asked_again(self):
        self.settled()
        busy = Liar(f"http://127.0.0.1:{self.network.public}")
        self.addCleanup(busy.close)
        for busy.status in (429, 503):
            busy.busy = {"/log/checkpoint", "/v1/accounts/A1/proof", "/v1/lots?limit=200"}
            shutil.rmtree(self.directory, ignore_errors=True)
            told = self.export("--public", busy.base)
            self.assertEqual((busy.busy, told["proofs"]["missing"]), (set(), 0))
        busy.status, busy.busy = 404, {"/v1/accounts/A1/proof"}
        shutil.rmtree(self.directory)
        self.drec("export", self.directory, "--public", busy.base, code=REFUSED)

    def test_what_a_lying_node_serves_is_not_written(self):
        size = self.settled()
        width = min(256, size)
        reads = next(
            item["entry"] for item in self.pages("/v1/transactions")
            if item["action"]["name"] == "submitReads")
        lies = [("/log/checkpoint", flip(0)),
                ("/log/checkpoint", lambda body: body.replace(
                    f"\n{size}\n".encode(), f"\n{size - 1}\n".encode(), 1)),
                ("/log/checkpoint", lambda body: b""),
                (tile_path(0, 0, width), flip(5)), (tile_path(0, 0, width), lambda body: body[1:]),
                (tile_path("entries", 0, width), flip(9)),
                (tile_path("entries", 0, width), flip(1)),
                ("/log/entry/000.transaction", flip(-1)), ("/log/entry/001.receipt", flip(3)),
                ("/log/entry/001.receipt", lambda body: body + b"\0"),
                # Reads travel beside what is signed, which names their root alone.
                (f"/log/entry/{number_path(reads)}.transaction", flip(-1)),
                (f"/log/entry/{number_path(reads)}.transaction", lambda body: body[:-1]),
                ("/v1/genesis", flip(9)), ("/v1/genesis", lambda body: b"{}"),
                ("/v1/accounts/A2/proof", flip(-20)), ("/v1/accounts/A2/proof", lambda body: b""),
                ("/v1/lots?limit=200", lambda body: b"<html>")]
        liar = Liar(f"http://127.0.0.1:{self.network.public}")
        self.addCleanup(liar.close)
        for number, (liar.path, liar.alter) in enumerate(lies):
            with self.subTest(number=number, path=liar.path):
                shutil.rmtree(self.directory, ignore_errors=True)
                self.drec("export", self.directory, "--public", liar.base, "--genesis",
                          self.genesis, code=FAILED)
                files = self.files()
                altered = files.get(liar.path[1:])
                self.assertTrue(altered is None or altered[0] == self.asked(liar.path))
                if liar.path.startswith("/log/"):
                    self.assertNotIn("log/checkpoint", files)
                self.assertFalse(any(name.endswith(".partial") for name in files))
        liar.path = None
        self.export("--public", liar.base)

    def test_a_directory_of_another_network_is_left_alone(self):
        self.settled()
        self.export()
        with open(self.genesis, encoding="utf-8") as file:
            other = {**json.load(file), "name": "other"}
        stranger = self.write("stranger.json", json.dumps(other))
        self.drec("export", self.directory, "--genesis", stranger, code=FAILED, says="stranger")
        before = self.files()

        def refused(name, content, says):
            place = os.path.join(self.directory, name)
            shutil.copy(place, place + ".kept")
            with open(place, "wb") as file:
                file.write(content)
            self.drec("export", self.directory, code=FAILED, says=says)
            os.replace(place + ".kept", place)

        note = before["log/checkpoint"][0]
        size = note.split(b"\n")[1]
        for name, content, says in [
                ("v1/genesis", json.dumps(other).encode(), "another network"),
                ("v1/genesis", b"", "another network"),
                ("export.json", b"{}", "export.json"), ("export.json", b"", "export.json"),
                ("export.json", before["export.json"][0].replace(b'"height":', b'"height":9'),
                 "behind"),
                ("log/checkpoint", note.replace(b"\n" + size, b"\n9" + size, 1), "behind"),
                ("log/checkpoint", note.replace(b"drec/", b"drek/"), "none of the log"),
                ("log/checkpoint", note.replace(note.split(b"\n")[2], b"A" * 43 + b"="),
                 "go on")]:
            with self.subTest(name=name, says=says):
                refused(name, content, says)
        self.export()
        self.assertEqual({name: content for name, (content, _) in self.files().items()
                          if name != "log/checkpoint"},
                         {name: content for name, (content, _) in before.items()
                          if name != "log/checkpoint"})

    def test_a_directory_holds_what_its_keeper_put_there(self):
        """Files of others, links, and what cannot be read or written."""
        self.settled()
        os.makedirs(self.directory)
        mine = os.path.join(self.directory, "notes.txt")
        with open(mine, "w", encoding="utf-8") as file:
            file.write("mine")
        elsewhere = self.path("elsewhere")
        os.symlink(elsewhere, os.path.join(self.directory, "export.json"))
        self.export()
        with open(mine, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.assertFalse(os.path.exists(elsewhere), "a link is replaced, not followed")
        self.assertFalse(os.path.islink(os.path.join(self.directory, "export.json")))
        for name, make, says in [
                # A pipe would be waited for, for ever.
                ("v1/genesis", os.mkfifo, "is no file"), ("log/checkpoint", os.mkfifo, "is no file"),
                ("export.json", os.mkfifo, "is no file"), ("export.json", os.mkdir, "is no file"),
                ("v1/accounts/A1/proof", os.mkfifo, "is no file"),
                ("log", lambda place: open(place, "x").close(), "is no directory"),
                ("v1/accounts", lambda place: open(place, "x").close(), "is no directory")]:
            place = os.path.join(self.directory, name)
            with self.subTest(name=name, says=says):
                shutil.rmtree(self.directory)
                os.makedirs(os.path.dirname(place))
                make(place)
                self.drec("export", self.directory, code=FAILED, says=(name, says))

    def test_a_full_disk_is_told_and_gone_on_from(self):
        self.settled()
        limit = ["prlimit", "--fsize=2000"]
        result = processes.run([*limit, DREC, "export", self.directory],
                               env=self.network.environment())
        self.assertEqual(result.returncode, FAILED, result.stderr)
        self.assertIn("File too large", result.stderr)
        self.assertEqual([name for name in self.files() if "partial" in name], [])
        told = self.export()
        self.assertEqual(sum(told["proofs"].values()), len(self.subjects()))
        self.assertLess(told["addedEntries"], told["logSize"], "the log was there already")

    def test_what_cannot_be_exported_is_told(self):
        self.drec("export", code=USAGE)
        self.drec("export", self.directory, "--public", "http://127.0.0.1:1", code=FAILED,
                  says="no node answers")
        self.drec("export", self.write("file", ""), code=FAILED,
                  says="file is no directory")
        self.drec("export", self.directory, "--genesis", self.path("none.json"), code=FAILED,
                  says="none.json")


if __name__ == "__main__":
    unittest.main(verbosity=2)
