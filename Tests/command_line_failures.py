#!/usr/bin/env python3
"""Verbs where the world says no: one line, an exit code, and nothing of the program's inside."""

import gzip
import os
import subprocess
import unittest

import processes
from command_line import FAILED, RunningNetwork
from node_processes import DREC

#: What no node is reached by, and a word of why.
ADDRESSES = {
    "": "no address", "x": "“x” is no address", "ftp://a": "“ftp://a” is no address",
    "http://": "no address", "http://127.0.0.1:99999": "no address",
    "http://127.0.0.1:65536": "no address", "http://127.0.0.1:0": "no address",
    "http://127.0.0.1:99999999999999999999": "no address",
    "http://127.0.0.1:1": "connection refused", "http://nowhere.invalid:8080": "name is not known",
}


class FailureTests(RunningNetwork):
    def full(self, *arguments):
        """Runs a verb whose answer meets a full disk."""
        with open("/dev/full", "w", encoding="utf-8") as disk:
            done = subprocess.run(
                [DREC, *arguments], env=self.network.environment(), stdout=disk,
                stderr=subprocess.PIPE, text=True, timeout=processes.PATIENCE)
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertEqual(
            done.stderr.strip(), "drec: the answer cannot be written: No space left on device")

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_an_answer_that_cannot_be_written_is_told(self):
        for verb in (["account", "list"], ["account", "list", "--json"],
                     ["account", "list", "--csv"], ["account", "show", "A1"],
                     ["key", "show", self.path("buyer.key")], ["network", "status"]):
            self.full(*verb)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_work_is_done_although_nobody_can_be_told(self):
        device = self.device(self.developer, "untold")
        file = self.write("untold.csv", "device,start,end,wh\n" + "".join(
            f"untold,2022-05-0{day}T06:00:00Z,2022-05-0{day}T16:00:00Z,1500.4\n"
            for day in range(1, 6)))
        self.full("reads", "submit", file, *self.developer)
        self.assertEqual(len(self.json("device", "reads", device)["items"]), 5)
        self.assertEqual(
            self.json("device", "months", device)["items"][0]["wattHours"], 5 * 1500 + 2)
        self.drec("reads", "submit", file, *self.developer, says="5 already recorded")

    def test_bad_addresses(self):
        for address, why in ADDRESSES.items():
            for options in ([], ["--csv"]):
                told = self.drec("account", "list", "--public", address, *options, code=FAILED,
                                 says=why)
                self.assertIn("--public", told.stderr)
                self.assertNotIn("/v1", told.stderr)
        told = self.drec("retire", "DREC101-2022-1", "--reason", "voluntary", "--member",
                         "http://127.0.0.1:99999", *self.developer, code=FAILED,
                         says="http://127.0.0.1:99999")
        self.assertIn("--member", told.stderr)

    def test_a_port_without_http(self):
        self.drec("account", "list", "--public", f"https://127.0.0.1:{self.network.public}",
                  code=FAILED, says="does not speak TLS")

    def test_a_port_that_is_taken(self):
        second = self.path("second")
        self.drec("network", "new", second, "--public-port", str(self.network.public),
                  "--member-port", str(processes.free_port()))
        self.drec("node", "run", "--config", os.path.join(second, "node-0", "node.json"),
                  "--log-level", "critical", code=FAILED,
                  says=("Address already in use", str(self.network.public)))

    def test_files_of_rows_that_are_none(self):
        os.mkdir(self.path("rows"))
        bytes_of = {
            "rows.csv.gz": gzip.compress(b"device,start,end,wh\n"),
            "rows.xlsx": b"PK\x03\x04\x14\x00", "rows.xls": b"\xd0\xcf\x11\xe0\xa1\xb1",
            "utf16.csv": "device,start,end,wh\n".encode("utf-16"),
            "semicolons.csv": b"device;start;end;wh\n", "tabs.csv": b"device\tstart\tend\twh\n",
            "nothing.csv": b"", "mark.csv": b"\xef\xbb\xbf", "latin.csv": b"d\xe9vice,wh\n",
        }
        for name, content in bytes_of.items():
            with open(self.path(name), "wb") as file:
                file.write(content)
        for name, why in (
                ("rows", "cannot be read: Is a directory."),
                ("gone", "cannot be read: No such file or directory."),
                ("rows.csv.gz", "is compressed"), ("rows.xlsx", "save it as CSV"),
                ("rows.xls", "save it as CSV"), ("utf16.csv", "save it as UTF-8"),
                ("semicolons.csv", "semicolons between its columns"),
                ("tabs.csv", "tabs between its columns"), ("nothing.csv", "no header"),
                ("mark.csv", "no header"), ("latin.csv", "column 1 is not UTF-8")):
            for verb in (["device", "import"], ["reads", "submit"]):
                self.drec(*verb, self.path(name), *self.developer, code=FAILED, says=why)

    def test_files_that_are_none(self):
        os.mkdir(self.path("folder"))
        genesis = self.path("net/genesis.json")
        for path, why in ((self.path("missing"), "No such file"),
                          (self.path("folder"), "Is a directory")):
            for verb in (["genesis", "show", path], ["verify", path, "--genesis", genesis],
                         ["key", "show", path], ["node", "inspect", "--config", path],
                         ["trade", "DREC101-2022-1", "--to", "A3", "--key", path, "--account",
                          "A4"]):
                self.drec(*verb, code=FAILED, says=("cannot read " + path, why))
            self.drec("device", "import", path, *self.developer, code=FAILED, says=path)
        file = self.write("file", "")
        for path in (file, os.path.join(file, "below")):
            told = self.drec("node", "init", path, "--genesis", genesis, "--observer",
                             code=FAILED, says=file)
            self.assertNotIn("Domain", told.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
