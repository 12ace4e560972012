#!/usr/bin/env python3
"""Asks a running node what its own description says, by schemathesis: whatever is asked, the node
answers with a documented status, type and shape, and never with an error of its own.

DREC names the program; the default is the debug build.
"""

import datetime
import re
import subprocess
import sys
import unittest

import schemathesis  # noqa: F401 (the test is skipped where it is not installed)

from command_line import RunningNetwork

CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,"
          "response_schema_conformance,response_headers_conformance")
#: Requests that are tried for each operation, beside those that follow from the description.
EXAMPLES = 5


class OpenAPIConformance(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.run(
            "device", "register", "--external-id", "ROOF", "--capacity-kw", "200", "--country",
            "KEN", "--commissioned", "2020-01-01", "--latitude", "-1.25", "--longitude", "36.75",
            *cls.developer)
        day = datetime.date.today() - datetime.timedelta(days=3)
        with open(cls.path("reads.csv"), "w", encoding="utf-8") as file:
            file.write(f"device,start,end,wh\nROOF,{day}T00:00:00Z,{day}T12:00:00Z,500400\n")
        cls.network.run("reads", "submit", cls.path("reads.csv"), "--quiet", *cls.developer)
        series = f"DREC101-{day.year}"
        cls.network.run("trade", f"{series}-1..20", "--to", "A3", *cls.developer)
        cls.network.run("retire", f"{series}-30", "--reason", "voluntary", *cls.developer)
        cls.network.run(
            "redeem", f"{series}-5..9", "--beneficiary", "Blue Lake", "--location", "DEU",
            "--purpose", "Office", "--from", f"{day.year}-01-01", "--until",
            f"{day.year}-12-31", *cls.buyer)

    def conform(self, address):
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json",
             "--url", address, "--checks", CHECKS, "--max-examples", str(EXAMPLES),
             "--workers", "1", "--generation-deterministic",
             # A loaded machine is no reason to fail.
             "--suppress-health-check", "too_slow",
             # A stream has no end: its own test asks it.
             "--exclude-path", "/v1/events"],
            capture_output=True, text=True, timeout=1_800, cwd=self.folder)
        told = done.stdout[-6000:] + done.stderr[-2000:]
        self.assertEqual(done.returncode, 0, told)
        counts = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", done.stdout)
        self.assertTrue(counts, told)
        selected, known, tested = map(int, counts.groups())
        self.assertEqual((selected, tested), (known - 1, known - 1), told)
        self.assertGreaterEqual(int(counts.group(3)), 40)
        made = re.search(r"(\d+) generated", done.stdout)
        self.assertTrue(made, told)
        print(f"{address}: {tested} operations, {made.group(1)} test cases")

    def test_the_public_port(self):
        self.conform(f"http://127.0.0.1:{self.network.public}")

    def test_the_members_port(self):
        self.conform(f"http://127.0.0.1:{self.network.member}")


if __name__ == "__main__":
    unittest.main()
