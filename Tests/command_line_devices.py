#!/usr/bin/env python3
"""Verbs of devices, reads and lists against a running node: what they do and what is refused."""

import re
import unittest

from command_line import FAILED, REFUSED, USAGE, RunningNetwork


class DeviceTests(RunningNetwork):
    def test_a_device_changes_from_a_moment_on(self):
        device = self.device(self.developer, "changing")
        update = ["device", "update", device]
        self.drec(*update, "--capacity-kw", "24.5", "--off-taker", "health-facility", "--grid",
                  "export-allowed", "--source", "inverter", "--effective", "2024-07-01",
                  *self.developer, says="2024-07-01T00:00:00Z")
        self.drec(*update, "--kind", "Behind-the-Meter", "--effective", "2031-01-01", "--latitude",
                  "91", *self.developer, code=USAGE, says="--latitude")
        self.drec(*update, "--latitude", "-1.2345", "--effective", "2031-01-01T00:00:00Z",
                  *self.delegate)
        now = self.json("device", "show", device)
        self.assertEqual(
            [now[name] for name in ("capacityWatts", "offTaker", "gridConnection", "dataSource",
                                    "kind", "latitudeHundredths")],
            [24500, "healthFacility", "exportAllowed", "inverter", "rooftop", -128])
        revisions = self.json("device", "show", device, "--revisions")["items"]
        self.assertEqual(
            [(item["effective"][:4], item["latitudeHundredths"], item["capacityWatts"])
             for item in revisions],
            [("2031", -123, 24500), ("2024", -128, 24500), ("2021", -128, 20000)])
        self.drec(*update, "--capacity-kw", "25", *self.developer, code=REFUSED, says="314")
        self.drec(*update, "--capacity-kw", "25", *self.buyer, code=REFUSED, says="301")

    def test_a_device_that_options_tell_is_in_no_line(self):
        register = ["device", "register", "--external-id", "alone", "--capacity-kw", "20",
                    "--commissioned", "2021-03-01", "--latitude", "1", "--longitude", "1"]
        told = self.drec(*register, "--country", "KEN", "--type", "TC160", *self.developer,
                         code=REFUSED, says="alone: 305").stdout
        told += self.drec(*register, "--country", "KEN", *self.developer).stdout
        told += self.drec(*register, "--country", "KEN", *self.developer, says="registered").stdout
        self.assertRegex(told, r"(?m)^alone  D\d+$")
        self.assertNotIn("line", told)

    def test_a_small_device_is_placed_coarsely(self):
        device = self.device(self.developer, "small")
        self.drec("device", "update", device, "--capacity-kw", "5", *self.developer)
        shown = self.json("device", "show", device)
        self.assertEqual((shown["latitudeHundredths"], shown["longitudeHundredths"]), (-150, 3700))

    def test_other_kinds_need_the_initiative(self):
        device = self.device(self.developer, "odd")
        update = ["device", "update", device, "--kind", "other", *self.developer]
        self.drec(*update, code=REFUSED, says="303")
        self.drec(*update, "--cosign", self.path("buyer.key"), code=REFUSED, says="303")
        self.drec(*update, "--cosign", self.path("none.key"), code=FAILED, says="--cosign")
        self.drec(*update, "--cosign", self.initiative[1])
        self.assertEqual(self.json("device", "show", device)["kind"], "other")

    def test_bad_changes(self):
        device = self.device(self.developer, "unchanged")
        update = ["device", "update", device, *self.developer]
        self.drec(*update, code=USAGE, says="--capacity-kw")
        for option, value in (
                ("--external-id", "a/b"), ("--external-id", ""), ("--capacity-kw", "x"),
                ("--country", "KE"), ("--type", "120"), ("--commissioned", "2021-02-30"),
                ("--latitude", "91"), ("--longitude", "x"), ("--kind", "windmill"),
                ("--off-taker", "Nobody")):
            given = {"--external-id": "bad", "--capacity-kw": "20", "--country": "KEN",
                     "--commissioned": "2021-03-01", "--latitude": "1", "--longitude": "1"}
            given[option] = value
            self.drec("device", "register", *[f"{name}={text}" for name, text in given.items()],
                      *self.developer, code=USAGE, says=option)
        for option, value in (
                ("--capacity-kw", "x"), ("--capacity-kw", "-3"), ("--capacity-kw", "1.00001"),
                ("--type", "120"), ("--latitude", "91"), ("--longitude", "-180.1"),
                ("--kind", "windmill"), ("--off-taker", "Nobody"), ("--grid", "yes"),
                ("--source", "guess"), ("--commissioned", "2021-02-30"),
                ("--effective", "soon")):
            more = [] if option != "--effective" else ["--type", "TC130"]
            self.drec(*update, f"{option}={value}", *more, code=USAGE, says=option)
        self.drec(*update, "--capacity-kw", "251", code=REFUSED, says="306")
        self.drec(*update, "--type", "TC160", code=REFUSED, says="305")
        self.drec(*update, "--type", "TC130", "--effective", "2020-01-01", code=REFUSED,
                  says="314")
        self.drec("device", "update", "D99999", "--type", "TC130", *self.developer,
                  code=REFUSED, says="D99999")
        self.drec("device", "update", "A1", "--type", "TC130", *self.developer, code=USAGE,
                  says="A1")
        self.assertEqual(self.json("device", "show", device)["capacityWatts"], 20000)

    def test_devices_close_and_meters_are_handed_over(self):
        one, two = self.device(self.developer, "m1"), self.device(self.developer, "m2")
        key = self.drec("key", "show", self.path("vault.key")).stdout.strip()
        self.drec("device", "hand-over", one, "--meter", "sn 42", "--meter-key", key,
                  *self.developer)
        shown = self.json("device", "show", one)
        self.assertEqual(shown["meterKey"], key)
        self.drec("device", "hand-over", two, "--meter", "SN42", *self.developer, code=REFUSED,
                  says="313")
        self.drec("device", "hand-over", two, *self.developer, code=USAGE, says="--meter")
        for bad in ("", "  ", "ß", "x" * 65):
            self.drec("device", "hand-over", two, f"--meter={bad}", *self.developer, code=USAGE,
                      says="--meter")
        self.drec("device", "hand-over", two, "--meter-key", "00", *self.developer, code=FAILED,
                  says="--meter-key")
        self.drec("device", "hand-over", two, "--meter-key", "00" * 32, *self.developer,
                  code=REFUSED, says="316")
        close = ["device", "close", one, *self.developer]
        self.drec(*close, "--effective", "2031-01-01", code=REFUSED, says="314")
        self.drec(*close, "--effective", "never", code=USAGE, says="--effective")
        self.drec("device", "close", one, *self.buyer, code=REFUSED, says="301")
        self.drec(*close, says="closed from")
        self.drec(*close, code=REFUSED, says="302")
        self.drec("device", "hand-over", two, "--meter", "SN42", *self.developer)
        closed = self.json("device", "list", "--status", "closed")["items"]
        self.assertIn(one, [item["id"] for item in closed])
        self.assertNotIn(two, [item["id"] for item in closed])

    def test_a_devices_profile(self):
        device = self.device(self.developer, "with profile")
        profile = ["device", "profile"]
        shown = self.json(*profile, "show", device, *self.developer)
        self.assertIn(["externalId", "with profile"], [field[1:] for field in shown["fields"]])
        self.drec(*profile, "commit", device, "story=new", *self.delegate)
        self.drec(*profile, "show", device, *self.developer, says="story: new")
        self.drec(*profile, "erase", device, *self.developer)
        self.drec(*profile, "show", device, *self.developer, code=REFUSED)
        self.drec(*profile, "withdraw", device, *self.developer)
        self.drec(*profile, "show", device, *self.developer, code=REFUSED, says="no profile")
        self.drec(*profile, "commit", device, "a=1", *self.buyer, code=REFUSED, says="301")
        self.drec(*profile, "commit", "D99999", "a=1", *self.developer, code=REFUSED, says="300")
        self.drec(*profile, "show", "D99999", *self.developer, code=REFUSED, says="D99999")

    def test_lists_are_filtered(self):
        device = self.device(self.developer, "listed")
        found = self.json(
            "device", "list", "--owner", "A4", "--external-id", "LISTED")["items"]
        self.assertEqual([item["id"] for item in found], [device])
        self.assertEqual(
            self.json("device", "list", "--owner", "A4", "--external-id", "nobody"),
            {"items": []})
        kinds = self.json("device", "list", "--kind", "rooftop", "--country", "KEN")["items"]
        self.assertIn(device, [item["id"] for item in kinds])
        self.assertEqual(self.json("device", "list", "--kind", "lantern"), {"items": []})
        self.assertEqual(self.json("device", "list", "--owner", "A3"), {"items": []})
        for arguments, word in (
                (["--owner", "x"], "--owner"), (["--kind", "x"], "--kind"),
                (["--status", "x"], "--status"), (["--country", "x"], "--country"),
                (["--limit", "x"], "--limit"), (["--external-id", "x"], "--owner"),
                (["--owner", "A4", "--external-id", "a/b"], "--external-id")):
            self.drec("device", "list", *arguments, code=USAGE, says=word)
        self.drec("device", "list", "--owner", "A99999", code=REFUSED, says="A99999")


class ReadTests(RunningNetwork):
    HEADER = "device,start,end,wh\n"

    def reads(self, name, device, days, wh):
        return self.write(name, self.HEADER + "".join(
            f"{device},2022-05-{day:02}T06:00:00Z,2022-05-{day:02}T16:00:00Z,{wh}\n"
            for day in days))

    def test_deferred_reads_are_minted_once(self):
        self.device(self.developer, "later")
        submit = ["reads", "submit", "--defer", *self.delegate]
        file = self.reads("later.csv", "later", (3, 1, 2), "1500.4")
        rows = self.rows(*submit, file)
        self.assertEqual(len(rows["accepted"]), 3)
        self.assertEqual(rows["summary"][0]["wattHours"], 4501, "the fractions add up to 1 Wh")
        self.assertEqual(rows["minted"], [])
        entry = str(rows["deferred"][0]["entry"])
        waiting = self.json("reads", "deferred", "--account", "A4")["items"]
        self.assertIn(int(entry), [item["entry"] for item in waiting])
        self.drec(*submit, file, says=("3 already recorded", "nothing changed"))
        mint = ["mint", entry]
        part = self.reads("part.csv", "later", (1, 2), "1500.4")
        rest = self.reads("rest.csv", "later", (2, 3, 4), "1500.4")
        wrong = self.reads("wrong.csv", "later", (1, 2, 3), "1490")
        self.drec(*mint, part, *self.delegate, code=REFUSED, says="3 reads; 2 of them")
        self.drec(*mint, wrong, *self.delegate, code=REFUSED, says="0 of them")
        self.drec(*mint, file, *self.buyer, code=REFUSED)
        self.drec(*mint, "--key", self.path("buyer.key"), "--account", "A4", code=REFUSED,
                  says="202")
        self.drec("mint", "99999", file, *self.delegate, code=REFUSED, says="#99999")
        self.drec("mint", "x", file, *self.delegate, code=USAGE, says="entry")
        self.drec(*mint, self.path("missing.csv"), *self.delegate, code=FAILED,
                  says="missing.csv")
        told = self.drec(*mint, part, rest, *self.delegate, says="3 reads of entry")
        self.assertRegex(told.stdout, r"minted DREC\d+-2022-\d+..\d+  4 kWh")
        self.drec(*mint, file, *self.delegate, code=REFUSED, says="511")
        waiting = self.json("reads", "deferred")["items"]
        self.assertNotIn(int(entry), [item["entry"] for item in waiting])
        self.assertIn(
            int(entry), [item["entry"] for item in self.json("reads", "deferred", "--all")["items"]])
        self.assertConserved()

    def test_the_node_can_give_the_reads_back(self):
        self.device(self.developer, "given")
        file = self.reads("given.csv", "given", (1, 2), "2000")
        entry = self.rows("reads", "submit", "--defer", file, *self.delegate)["deferred"][0]
        receipt = self.json("mint", f"#{entry['entry']}", *self.delegate)
        placed = [event for event in receipt["events"] if event["name"] == "energyPlaced"]
        self.assertEqual(placed[0]["evidence"], entry["entry"])

    def test_a_deferred_read_states_its_window(self):
        self.device(self.developer, "counter")
        file = self.write(
            "counter.csv", "deviceExternalId,timezone,type,unit,value,startDate,endDate\n"
            "counter,UTC,Aggregate,kWh,5,,2022-05-01T00:00:00Z\n")
        self.drec("reads", "submit", "--defer", file, *self.delegate, code=REFUSED,
                  says="line 2, counter: 418")

    def test_bad_options(self):
        submit = ["reads", "submit", self.write("none.csv", self.HEADER), *self.delegate]
        for option, value in (("--timestamp", "middle"), ("--interval", "0"), ("--interval", "x"),
                              ("--time-zone", "Mars/Base"), ("--kind", "guess"),
                              ("--device", "a/b")):
            self.drec(*submit, f"{option}={value}", code=USAGE, says=option)
        self.drec(*submit, says="nothing changed")
        self.drec("reads", "submit", self.path("nothing.csv"), *self.delegate, code=FAILED,
                  says="nothing.csv")
        self.drec("reads", "submit", self.write("odd.csv", "a,b\n1,2\n"), *self.delegate,
                  code=FAILED)
        self.drec("reads", "submit", submit[2], "--key", self.path("none.key"), "--account",
                  "A4", code=FAILED, says="--key")

    def test_anything_is_shown_by_its_id(self):
        device = self.device(self.developer, "shown")
        rows = self.rows("reads", "submit", self.reads("shown.csv", "shown", (1, 2), "4000"),
                         *self.delegate)
        lot = rows["minted"][0]["range"]
        one = re.sub(r"\.\..*", "", lot)
        entry = f"#{rows['minted'][0]['entry']}"
        redeemed = self.json(
            "redeem", one, "--beneficiary", "A school", "--location", "KEN", "--purpose", "2022",
            "--from", "2022-01-01", "--until", "2023-01-01", *self.developer)
        key = self.drec("key", "show", self.path("developer.key")).stdout.strip()
        block = self.json("block", "list", "--limit", "1")["items"][0]
        did = self.json("device", "show", device)["did"]
        for id, name, value in (
                ("A4", "legalName", "Developer"), (device, "id", device), (did, "id", device),
                (lot, "range", lot), (entry, "entry", rows["minted"][0]["entry"]),
                (str(block["height"]), "hash", block["hash"]),
                (block["hash"], "height", block["height"]),
                (redeemed["id"], "entry", redeemed["entry"]), (key, "account", "A4")):
            self.assertEqual(self.json("show", id)[name], value)
        self.drec("show", f"#{redeemed['entry']}", says=("statement", "beneficiary: A school"))
        self.assertEqual(
            self.json("redemption", "show", str(redeemed["entry"]))["beneficiary"], "A school")
        project = f"P{lot[4:].split('-')[0]}"
        self.assertEqual(self.json("project", "show", project)["owner"], "A4")
        self.assertEqual(self.json("redemption", "list", "--account", "A4")["items"][0]["entry"],
                         redeemed["entry"])
        self.assertEqual(self.json("redemption", "list", "--account", "A3"), {"items": []})
        lots = self.json("lot", "list", "--owner", "A4", "--status", "redeemed")["items"]
        self.assertIn(one, [item["range"] for item in lots])
        whole = self.json("transaction", "list", "--account", "A4")["items"]
        self.assertEqual(whole[0]["id"], redeemed["id"])
        self.assertEqual(len({item["entry"] for item in whole}), len(whole))
        self.assertEqual(len(self.json("device", "reads", device)["items"]), 2)
        self.assertEqual(
            self.json("device", "months", device)["items"][0]["wattHours"], 8000)
        for verb in (["lot", "list"], ["project", "list"], ["block", "list", "--limit", "3"],
                     ["transaction", "list", "--limit", "3"], ["network", "status"],
                     ["node", "status"], ["device", "list"], ["account", "list"]):
            self.assertNotEqual(self.drec(*verb).stdout, "", verb)
        self.assertEqual(self.json("network", "status")["status"]["ready"], True)
        for id in ("A99999", "D99999", "P99999", "#99999999", "99999999", "f" * 64,
                   "DREC101-1999-1", did[:-len(device) + 1] + "99999"):
            self.drec("show", id, code=REFUSED)
        self.drec("show", "did:drec:0000000000000000:1", code=REFUSED, says="another network")
        for id in ("", "X1", "A0", "did:drec:1", "DREC1-2022-1", "f" * 63, "x" * 100_000, "a\nb",
                   "\x1b[31m", "A4/../../genesis"):
            told = self.drec("show", id, code=USAGE, says="Error: ").stderr
            self.assertEqual(len(told.splitlines()), 1, told)
            self.assertLess(len(told), 1_100)
            self.assertNotIn("\x1b", told)
        self.drec("redemption", "show", "0", code=REFUSED)
        for arguments, word in ((["--owner", "x"], "--owner"), (["--status", "x"], "--status"),
                                (["--series", "x"], "--series")):
            self.drec("lot", "list", *arguments, code=USAGE, says=word)

    def test_bad_dates_and_recipients(self):
        redeem = ["redeem", "DREC101-2022-1", "--beneficiary", "x", "--location", "KEN",
                  "--purpose", "x", *self.developer]
        self.drec(*redeem, "--from", "2022-13-01", "--until", "2023-01-01", code=USAGE,
                  says="--from")
        self.drec(*redeem, "--from", "2022-01-01", "--until", "1.1.2023", code=USAGE,
                  says="--until")
        self.drec("trade", "DREC101-2022-1", "--to", "buyer", *self.developer, code=USAGE,
                  says="--to")
        self.drec("retire", "DREC101-2022-1", "--reason", "tired", *self.developer, code=USAGE,
                  says="--reason")


if __name__ == "__main__":
    unittest.main(verbosity=2)
