#!/usr/bin/env python3
"""The figures of real meter data, by the command line on a running node.

The data is looked for beside the repository, in ../shared/data, or where DREC_DATA says; without it
the tests are skipped, and say so.
"""

import collections
import os
import unittest

from command_line import REFUSED, RunningNetwork
from node_processes import ROOT

DATA = os.environ.get("DREC_DATA", os.path.join(os.path.dirname(ROOT), "shared", "data"))


@unittest.skipUnless(os.path.isdir(DATA), f"there is no real data at {DATA}")
class RealDataTests(RunningNetwork):
    """The figures of real reads; each test has projects of its own in a developer of its own."""

    def owner(self):
        account, _ = self.register(
            "developer", extra=["--delegate", "A2", "--delegate-roles", "devices,metering"])
        carry = ["--carry", self.path(f"{account}.carry")]
        return account, [*self.aggregator[:2], "--account", account], carry

    def series(self, account, country, year=2021):
        """D-RECs and open Wh of an account's project in a country."""
        items = self.json("project", "list", "--owner", account, "--country", country)["items"]
        series = [row for item in items for row in item["series"] if row["vintage"] == year]
        self.assertEqual(len(series), 1)
        return series[0]["activeKilowattHours"], series[0]["openWattHours"]

    def test_the_default_yield(self):
        account, acting, carry = self.owner()
        devices = self.rows("device", "import", os.path.join(DATA, "candi-devices.csv"), *acting,
                            code=REFUSED)
        self.assertEqual(sorted(row["externalId"] for row in devices["refused"]), ["GIV", "GPI"])
        for row in devices["refused"]:
            self.assertIn("306", row["reason"])
        candi = ["reads", "submit", os.path.join(DATA, "candi.csv"), *carry, *acting]
        rows = self.rows(*candi, code=REFUSED)
        self.assertEqual(len(rows["accepted"]), 39)
        refused = collections.Counter(row["device"] for row in rows["refused"])
        self.assertEqual(refused["GIV"] + refused["GPI"], 20, "refused with their devices")
        self.assertEqual(refused, {**{n: refused[n] for n in ("GIV", "GPI")}, "TR3": 1})
        for row in rows["refused"]:
            self.assertIn("unknown meter", row["reason"])
        self.assertEqual(self.series(account, "ZAF"), (13_570, 439))
        self.assertEqual(self.series(account, "IND"), (9_538, 379))
        self.assertEqual(
            rows["summary"][0]["wattHours"], (13_570 + 9_538) * 1_000 + 439 + 379)

        energy, _, energy_carry = self.owner()
        acting_energy = [*acting[:2], "--account", energy]
        self.drec("device", "import", os.path.join(DATA, "distributed-energy-devices.csv"),
                  *acting_energy)
        distributed = ["reads", "submit", os.path.join(DATA, "distributed-energy.csv"),
                       *energy_carry, *acting_energy]
        rows = self.rows(*distributed)
        self.assertEqual(len(rows["accepted"]), 21)
        self.assertEqual(self.series(energy, "IND"), (7_196, 430))

        # Again: nothing changes, and each says so.
        before = self.json("node", "status")["logSize"]
        rows = self.rows(*candi, code=REFUSED)
        self.assertEqual((len(rows["known"]), len(rows["accepted"]), len(rows["refused"])),
                         (39, 0, 21))
        self.drec(*candi, "--quiet", code=REFUSED,
                  says=("0 accepted (0 Wh), 39 already recorded, 21 refused", "nothing changed"))
        self.drec(*distributed, says=("21 already recorded", "nothing changed"))
        self.drec("device", "import", os.path.join(DATA, "distributed-energy-devices.csv"),
                  *acting_energy, says="0 registered, 3 already registered, 0 refused")
        self.assertEqual(self.json("node", "status")["logSize"], before)
        self.assertConserved()

    def test_the_hourly_inverter_passes_whole(self):
        account, acting, carry = self.owner()
        self.drec("device", "register", "--external-id", "inverter", "--capacity-kw", "27.6",
                  "--country", "USA", "--commissioned", "2018-11-01", "--latitude", "38.5",
                  "--longitude", "-121.5", *acting)
        file = os.path.join(DATA, "inverter-27kw-hourly.csv")
        submit = ["reads", "submit", file, "--device", "inverter", *carry, *acting]
        with open(file, encoding="utf-8") as lines:
            hours = [line.split(",") for line in lines.read().splitlines()[1:]]
        rows = self.rows(*submit)
        self.assertEqual(len(rows["accepted"]), len(hours))
        self.assertEqual(rows["refused"], [])
        self.assertEqual(rows["summary"][0]["wattHours"], sum(int(hour[2]) for hour in hours))
        issued = 0
        for year in (2018, 2019):
            whole, rest = self.series(account, "USA", year)
            issued += 1_000 * whole + rest
        self.assertEqual(issued, rows["summary"][0]["wattHours"], "conserved to the watt-hour")
        self.drec(*submit, "--quiet", says=("nothing changed", f"{len(hours)} already recorded"))
        self.assertConserved()


@unittest.skipUnless(os.path.isdir(DATA), f"there is no real data at {DATA}")
class LowYieldTests(RunningNetwork):
    """India's yield of 1 000 kWh/kWp, set by governance on a running node."""

    owner = RealDataTests.owner

    def test_the_days_limit_refuses_what_it_did_not(self):
        self.drec("yield", "set", "IND", "1000", "--source", "A test", *self.initiative)
        for name, accepted, refused in (("candi", 37, 2), ("distributed-energy", 17, 4)):
            account, acting, carry = self.owner()
            self.drec("device", "import", os.path.join(DATA, f"{name}-devices.csv"), *acting,
                      code=REFUSED if name == "candi" else 0)
            rows = self.rows("reads", "submit", os.path.join(DATA, f"{name}.csv"), *carry,
                             *acting, code=REFUSED)
            limited = [row for row in rows["refused"] if row.get("refusal") == 412]
            self.assertEqual(len(limited), refused, name)
            self.assertEqual(len(rows["accepted"]), accepted, name)
            for row in limited:
                self.assertGreater(row["limitWattHours"], 0)
                self.assertGreater(row["excessWattHours"], 0)
                self.assertIn(f"Limit {row['limitWattHours']} Wh", row["reason"])
                self.assertIn(f"exceeded by {row['excessWattHours']} Wh", row["reason"])
        self.assertConserved()


if __name__ == "__main__":
    unittest.main(verbosity=2)
