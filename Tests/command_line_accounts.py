#!/usr/bin/env python3
"""Verbs of governance and of accounts against a running node: what they do and what is refused."""

import json
import os
import shutil
import stat
import unittest

from command_line import FAILED, REFUSED, USAGE, RunningNetwork


class GovernanceTests(RunningNetwork):
    def test_parameters_change_one_by_one_and_wait_for_their_time(self):
        first = self.json("parameters", "show")["items"]
        self.assertEqual([item["status"] for item in first], ["inForce"])
        self.drec("parameters", "set", "--scaler-ppm", "1300000", *self.initiative,
                  says="scaler-ppm 1200000 → 1300000")
        now = self.json("parameters", "show")["items"]
        self.assertEqual(
            now[0]["parameters"], {**first[0]["parameters"], "scalerPPM": 1300000})
        self.drec("parameters", "set", "--heartbeat-milliseconds", "0", "--block-lots", "777",
                  "--effective", "2031-01-01", *self.initiative)
        self.drec("parameters", "set", "--degradation-ppb", "6000000", "--effective",
                  "2032-01-01T05:30:00+05:30", *self.initiative)
        items = self.json("parameters", "show")["items"]
        self.assertEqual([item["status"] for item in items], ["pending", "pending", "inForce"])
        self.assertEqual(
            [item["effective"] for item in items[:2]],
            ["2032-01-01T00:00:00Z", "2031-01-01T00:00:00Z"])
        # The later one builds on the earlier one that waits, not on what holds today.
        self.assertEqual(items[0]["parameters"]["blockLots"], 777)
        self.assertEqual(items[0]["parameters"]["degradationPPB"], 6000000)
        self.drec("parameters", "show", says=("in force", "--block-lots  777", "pending"))
        self.assertEqual(len(self.json("parameters", "show", "--all")["items"]), 4)
        result = self.drec("parameters", "set", "--scaler-ppm", "1200000", *self.initiative)
        self.assertIn("a change that waits", result.stderr)
        self.drec("pending", "list", says="parameters  from 2031-01-01T00:00:00Z")
        for time in ("2031-01-01", "2032-01-01T00:00:00Z"):
            self.drec("pending", "cancel", "parameters", "--effective", time, *self.initiative)
        self.drec("pending", "cancel", "parameters", "--effective", "2031-01-01",
                  *self.initiative, code=REFUSED, says="604")
        self.assertEqual(self.json("pending", "list")["parameters"], [])

    def test_bad_parameters(self):
        change = ["parameters", "set"]
        self.drec(*change, *self.initiative, code=USAGE, says="--day-factor-ppm")
        for value in ("x", "-1", "1.5", "18446744073709551616", ""):
            self.drec(*change, f"--day-factor-ppm={value}", *self.initiative, code=USAGE,
                      says="--day-factor-ppm")
        for time in ("2031-13-01", "2031-02-29", "31-01-01", "tomorrow", "2031-01-01T24:00:00Z",
                     "2031-01-01T00:00:00", "1969-12-31", ""):
            self.drec(*change, "--scaler-ppm", "1", f"--effective={time}", *self.initiative,
                      code=USAGE, says="--effective")
        self.drec(*change, "--day-factor-ppm", "0", *self.initiative, code=REFUSED,
                  says=("600", "dayFactorPpm"))
        self.drec(*change, "--day-factor-ppm", "10000001", *self.initiative, code=REFUSED,
                  says="600")
        self.drec(*change, "--scaler-ppm", "1200001", "--effective", "2020-01-01",
                  *self.initiative, code=REFUSED, says="602")
        self.drec(*change, "--scaler-ppm", "1200001", *self.aggregator, code=REFUSED, says="216")
        self.drec(*change, "--scaler-ppm", "1200001", "--key", self.path("buyer.key"),
                  "--account", "A1", code=REFUSED, says="202")

    def test_yields(self):
        months = ",".join(["1000000"] * 11 + ["500000"])
        self.drec("yield", "set", "PER", "1500", "--source", "A table", *self.initiative)
        self.drec("yield", "set", "PER", "1600", "--source", "A later table",
                  "--month-factors-ppm", months, "--effective", "2031-01-01", *self.initiative)
        items = self.json("yield", "list", "--country", "PER")["items"]
        self.assertEqual(
            [(item["kilowattHoursPerKilowattPeak"], item["status"]) for item in items],
            [(1500, "inForce"), (1600, "pending")])
        self.assertEqual(items[1]["monthFactorsPPM"][11], 500000)
        self.assertEqual(items[1]["source"], "A later table")
        self.drec("yield", "list", says=("PER  1500 kWh/kWp  in force", "by month  pending"))
        self.assertEqual(len(self.json("yield", "list", "--limit", "1")["items"]), 1)
        self.assertEqual(self.json("yield", "list", "--country", "XXX"), {"items": []})
        self.assertIn("PER", [item["country"] for item in self.json("pending", "list")["yields"]])
        self.drec("pending", "cancel", "PER", "--effective", "2031-01-01", *self.initiative)
        self.assertEqual(len(self.json("yield", "list", "--country", "PER")["items"]), 1)

    def test_bad_yields(self):
        change = ["yield", "set"]
        source = ["--source", "A table"]
        for country in ("per", "PE", "PERU", "P1R", ""):
            self.drec(*change, country, "1500", *source, *self.initiative, code=USAGE,
                      says="country")
            self.drec("yield", "list", f"--country={country}", code=USAGE, says="--country")
        for value in ("x", "-5", "1.5"):
            self.drec(*change, *source, *self.initiative, "--", "PER", value, code=USAGE,
                      says="kwh-per-kwp")
        self.drec(*change, "PER", "1500", *self.initiative, code=USAGE, says="--source")
        for months in ("1", ",".join(["1"] * 13), ",".join(["x"] * 12), ",".join(["1"] * 11) + ","):
            self.drec(*change, "PER", "1500", *source, "--month-factors-ppm", months,
                      *self.initiative, code=USAGE, says="--month-factors-ppm")
        self.drec(*change, "PER", "0", *source, *self.initiative, code=REFUSED, says="601")
        self.drec(*change, "PER", "10001", *source, *self.initiative, code=REFUSED, says="601")
        self.drec(*change, "PER", "1500", "--source", "", *self.initiative, code=REFUSED,
                  says="601")
        self.drec(*change, "PER", "1500", *source, "--effective", "2020-01-01",
                  *self.initiative, code=REFUSED, says="602")
        self.drec(*change, "PER", "1500", *source, *self.buyer, code=REFUSED, says="216")
        cancel = ["pending", "cancel"]
        self.drec(*cancel, "peru", "--effective", "2031-01-01", *self.initiative, code=USAGE,
                  says="peru")
        self.drec(*cancel, "PER", *self.initiative, code=USAGE, says="--effective")
        self.drec(*cancel, "CHL", "--effective", "2031-01-01", *self.initiative, code=REFUSED,
                  says="604")
        self.drec(*cancel, "PER", "--effective", "2031-01-01", *self.buyer, code=REFUSED,
                  says="216")

    def test_accounts_wait_are_approved_and_suspended(self):
        account, owner = self.register("auditor", sponsor=self.aggregator)
        self.assertIn(
            account, [item["id"] for item in self.json("pending", "list")["accounts"]])
        self.assertIn(
            account,
            [item["id"] for item in self.json("account", "list", "--status", "pending")["items"]])
        self.drec("account", "keys", "add", self.path("more.key"), "--roles", "admin", *owner,
                  code=REFUSED, says=("201", "pending"))
        self.drec("account", "approve", account, *self.aggregator, code=REFUSED, says="216")
        self.drec("account", "approve", account, *self.initiative, says=f"{account} active")
        self.drec("account", "approve", account, *self.initiative, code=REFUSED, says="214")
        self.drec("account", "suspend", account, *self.initiative)
        self.assertEqual(self.json("account", "show", account)["status"], "suspended")
        self.drec("account", "suspend", "A1", *self.initiative, code=REFUSED, says="216")
        self.drec("account", "suspend", "A99999", *self.initiative, code=REFUSED, says="200")
        for bad in ("D1", "A0", "7", "A01"):
            self.drec("account", "approve", bad, *self.initiative, code=USAGE, says=bad)


class AccountTests(RunningNetwork):
    def test_keys_have_roles_and_go(self):
        account, owner = self.register("buyer")
        trader = self.path(f"trader {account}.key")
        self.drec("account", "keys", "add", trader, "--roles", "trading,metering", *owner,
                  says="1 added, 0 removed")
        self.assertEqual(stat.S_IMODE(os.stat(trader).st_mode), 0o600)
        keys = self.json("account", "keys", "list", account)["items"]
        self.assertEqual(
            [key["roles"] for key in keys],
            [["admin", "devices", "metering", "trading", "attesting"], ["metering", "trading"]])
        # The new key may trade, and nothing else.
        self.drec("account", "keys", "add", self.path("x.key"), "--roles", "admin", "--key",
                  trader, "--account", account, code=REFUSED, says="202")
        replaced = keys[1]["publicKey"]
        self.drec("account", "keys", "add", self.path(f"next {account}.key"), "--roles",
                  "trading", "--remove", replaced, *owner, says="1 added, 1 removed")
        self.drec("show", replaced, says="validUntilEntry")
        self.drec("account", "keys", "remove", replaced, *owner, code=REFUSED, says="116")
        self.drec("account", "keys", "add", trader, "--roles", "trading", *owner, code=REFUSED,
                  says="207")
        self.drec("account", "keys", "remove", self.path(f"next {account}.key"), *owner)
        self.drec("account", "keys", "remove", owner[1], *owner, code=REFUSED, says="210")
        self.assertEqual(len(self.json("account", "keys", "list", account)["items"]), 1)

    def test_bad_keys(self):
        account, owner = self.register("buyer")
        for roles in ("king", "", ",", "admin;devices"):
            self.drec("account", "keys", "add", self.path("never.key"), f"--roles={roles}",
                      *owner, code=USAGE, says="--roles")
        self.drec("account", "keys", "add", self.path("never.key"), *owner, code=USAGE,
                  says="--roles")
        self.assertFalse(os.path.exists(self.path("never.key")), "wrong usage leaves no file")
        self.drec("account", "keys", "remove", "abc", *owner, code=FAILED, says="abc")
        self.drec("account", "keys", "list", "A99999", code=REFUSED, says="A99999")
        public = os.path.join(self.folder, "public.key")
        shutil.copy(owner[1], public)
        os.chmod(public, 0o644)
        self.drec("account", "keys", "remove", "0" * 64, "--key", public, "--account", account,
                  code=FAILED, says=("--key", "chmod 600"))
        self.drec("account", "keys", "remove", "0" * 64, "--account", account, code=USAGE,
                  says="--key", environment={"DREC_KEY": ""})
        self.drec("account", "keys", "remove", "0" * 64, "--key", owner[1], code=USAGE,
                  says="--account")
        self.drec("account", "keys", "remove", "0" * 64, "--key", owner[1], "--account", "x",
                  code=USAGE, says="--account")
        self.drec("account", "keys", "remove", "0" * 64, "--key", owner[1], "--account",
                  "A99999", code=REFUSED, says="200")
        self.drec("account", "keys", "remove", "0" * 64, "--key", __file__, "--account", account,
                  code=FAILED, says="--key")

    def test_delegation_is_given_and_ended(self):
        account, owner = self.register("developer")
        acting = [*self.aggregator[:2], "--account", account]
        self.drec("account", "delegation", "set", "A2", "--roles", "devices", *owner,
                  says=f"A2 acts for {account} in devices")
        device = self.device(acting, "one")
        self.assertEqual(self.json("device", "show", device)["owner"], account)
        self.drec("account", "delegation", "end", "A2", *acting, code=REFUSED, says="202")
        self.drec("account", "delegation", "end", "A2", *owner,
                  says=f"A2 acts for {account} no more")
        self.drec("device", "close", device, *acting, code=REFUSED, says="202")
        items = self.json("account", "delegation", "list", account)["items"]
        self.assertEqual([item["delegate"] for item in items], ["A2"])
        self.assertIsNotNone(items[0]["validUntilEntry"])
        self.drec("account", "delegation", "list", account, says="ended before entry #")
        self.drec("account", "delegation", "end", "A2", *owner, code=REFUSED, says="211")
        self.drec("account", "delegation", "set", account, "--roles", "all", *owner,
                  code=REFUSED, says="211")
        self.drec("account", "delegation", "set", "A99999", "--roles", "all", *owner,
                  code=REFUSED, says="211")
        self.drec("account", "delegation", "set", "A2", "--roles", "boss", *owner, code=USAGE,
                  says="--roles")
        self.drec("account", "delegation", "set", "D2", "--roles", "all", *owner, code=USAGE,
                  says="D2")
        self.drec("account", "delegation", "list", "A99999", code=REFUSED)

    def test_a_takeover_ends_keys_and_delegates(self):
        vault, vault2 = self.path("vault a.key"), self.path("vault b.key")
        for file in (vault, vault2):
            self.drec("key", "new", file)
        hex2 = self.drec("key", "show", vault2).stdout.strip()
        account, owner = self.register(
            "developer", extra=["--takeover-key", vault, "--delegate", "A2", "--delegate-roles",
                                "all"])
        fresh = self.path("fresh.key")
        take = ["account", "take-over", "--new-key", fresh, "--account", account]
        self.drec(*take, "--key", owner[1], code=REFUSED, says="212")
        self.drec(*take, "--key", vault2, code=REFUSED, says="116")
        self.drec(*take, "--next-takeover-key", vault, "--key", vault, code=REFUSED, says="207")
        self.drec(*take, "--next-takeover-key", hex2, "--key", vault)
        shown = self.json("account", "show", account)
        self.assertEqual(len(shown["keys"]), 1)
        self.assertEqual(shown["delegates"], [])
        self.assertEqual(shown["takeoverKey"], hex2)
        self.drec("account", "delegation", "set", "A2", "--roles", "all", *owner, code=REFUSED,
                  says="117")
        self.drec("account", "delegation", "set", "A2", "--roles", "all", "--key", fresh,
                  "--account", account)
        self.drec(*take, "--key", vault, code=REFUSED)
        self.drec(*take, "--next-takeover-key", "xyz", "--key", vault2, code=FAILED,
                  says="xyz")

    def test_profiles_are_kept_shown_and_erased(self):
        account, owner = self.register("developer")
        profile = ["account", "profile"]
        self.drec(*profile, "show", account, *owner, code=REFUSED, says="no profile")
        self.drec(*profile, "show", account, code=USAGE, says="--key")
        self.drec(*profile, "erase", *owner, code=REFUSED, says="no profile")
        saved = self.path("profile.json")
        self.drec(*profile, "commit", "contact=a=b@example.org", "phone=", "--save", saved,
                  *owner)
        self.assertEqual(stat.S_IMODE(os.stat(saved).st_mode), 0o600)
        shown = self.json(*profile, "show", account, *owner)
        self.drec(*profile, "show", account, *self.buyer, code=REFUSED)
        self.assertEqual(
            [field[1:] for field in shown["fields"]],
            [["contact", "a=b@example.org"], ["phone", ""]])
        self.drec(*profile, "show", account, *owner, says="contact: a=b@example.org")
        self.drec(*profile, "upload", saved, says="uploaded")
        first = self.json("account", "show", account)["profileRoot"]
        self.drec(*profile, "commit", "contact=other", "--save", saved, *owner, code=FAILED,
                  says=saved)
        self.drec(*profile, "commit", "contact=other", *owner)
        self.drec(*profile, "erase", *self.buyer, "--root", first, code=REFUSED,
                  says="profile")
        self.drec(*profile, "erase", "--root", first, *owner, says="erased")
        self.drec(*profile, "upload", saved, code=REFUSED, says="erased")
        self.drec(*profile, "show", account, *owner, says="contact: other")
        self.drec(*profile, "erase", *owner)
        self.drec(*profile, "show", account, *owner, code=REFUSED, says="erased")
        self.drec(*profile, "withdraw", *owner)
        self.assertIsNone(self.json("account", "show", account)["profileRoot"])
        for field in ("contact", "=x", ""):
            self.drec(*profile, "commit", field, *owner, code=USAGE, says="FIELDS")
        self.drec(*profile, "commit", "a=1", "a=2", *owner, code=USAGE, says="twice")
        self.drec(*profile, "commit", "a=1", "--save", self.path("left.json"), *self.buyer[:2],
                  "--account", account, code=REFUSED, says="202")
        self.assertFalse(os.path.exists(self.path("left.json")), "refused, so nothing is kept")
        self.drec(*profile, "upload", self.write("no.json", "{}"), code=FAILED, says="no.json")
        self.drec(*profile, "upload", self.path("none.json"), code=FAILED, says="none.json")
        self.drec(*profile, "show", "A99999", *owner, code=REFUSED, says="A99999")
        self.drec(*profile, "erase", "--root", "12", *owner, code=USAGE, says="--root")

    def test_names_cannot_turn_the_direction_of_a_line(self):
        name = "Evil\u202egro.elpmaxe \u200b\u2066\ufeff\u2028\U000e0041 क्\u200dष"
        shown = ("Evil[U+202E]gro.elpmaxe [U+200B][U+2066][U+FEFF][U+2028][U+E0041] "
                 "क्\u200dष")
        register = ["account", "register", "--kind", "buyer", "--country", "IND", "--name", name]
        told = self.drec(*register, "--new-key", self.path("evil.key"), *self.initiative,
                         says=shown)
        account = told.stdout.split()[0]
        self.drec("account", "list", says=f"IND  {shown}")
        self.drec("account", "show", account, says=f"legalName: {shown}")
        # JSON says the same in other letters.
        for verb in (["account", "show", account], ["account", "list"], ["show", account]):
            told = self.drec(*verb, "--json")
            self.assertNotRegex(told.stdout, "[\u202e\u200b\u2066\ufeff\u2028\U000e0041]")
            self.assertIn('\\u202E', told.stdout)
            answer = json.loads(told.stdout)
            self.assertIn(name, [one["legalName"] for one in answer.get("items", [answer])])

    def test_bad_registrations(self):
        blank = ["account", "register", "--kind", "buyer", "--country", "IND", "--name", "  "]
        self.drec(*blank, "--new-key", self.path("blank.key"), *self.initiative, code=REFUSED,
                  says="119")
        pipe = self.path("pipe.key")
        os.mkfifo(pipe, 0o600)
        retire = ["retire", "DREC101-2025-1", "--reason", "voluntary", "--account", "A1"]
        self.drec(*retire, "--key", pipe, code=FAILED, says="is not a key file")
        self.drec(*retire, "--key", "/none\x1b[2J.key", code=FAILED, says="[U+001B][2J")
        register = ["account", "register", "--country", "IND"]
        new = ["--new-key", self.path("nobody.key")]
        self.drec(*register, "--kind", "king", *new, *self.initiative, code=USAGE, says="--kind")
        self.drec(*register, "--kind", "initiative", *new, *self.initiative, code=USAGE,
                  says="--kind")
        self.drec(*register, "--kind", "buyer", *new, "--delegate", "B7", *self.initiative,
                  code=USAGE, says="--delegate")
        self.drec(*register, "--kind", "buyer", *new, "--delegate", "A2", *self.initiative,
                  code=USAGE, says="--delegate-roles")
        self.drec(*register, "--kind", "buyer", *new, "--takeover-key", "zz", *self.initiative,
                  code=FAILED, says="--takeover-key")
        self.drec(*register, "--kind", "buyer", *new, "--profile", "x", *self.initiative,
                  code=USAGE, says="--profile")
        self.assertFalse(os.path.exists(self.path("nobody.key")))
        self.drec(*register, "--kind", "buyer", *new, *self.buyer, code=REFUSED, says="203")


if __name__ == "__main__":
    unittest.main(verbosity=2)
