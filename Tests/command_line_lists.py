#!/usr/bin/env python3
"""Verbs that list: the filters of the node's lists, what is refused, and CSV. Standard library only."""

import datetime
import http.server
import json
import re
import threading
import unittest
import urllib.request

from command_line import FAILED, REFUSED, USAGE, RunningNetwork

#: Each verb that lists, and the list of the node that it asks.
LISTS = {
    "account list": "/v1/accounts", "device list": "/v1/devices",
    "device reads": "/v1/devices/{id}/reads", "project list": "/v1/projects",
    "lot list": "/v1/lots", "redemption list": "/v1/redemptions",
    "retirement list": "/v1/retirements", "transaction list": "/v1/transactions",
    "block list": "/v1/blocks", "yield list": "/v1/yields",
    "authority list": "/v1/authority-changes", "authority joins": "/v1/authority-joins",
    "reads deferred": "/v1/evidence",
}
#: Where a list begins and how it looks, which verbs have other options for; and the hash of an id
#: that `--external-id` tells.
OWN = {"limit", "cursor", "format", "before", "externalIdHash"}
#: What an option may not be, by its name.
BAD = {
    "owner": ("x", "P1", "A0", ""), "account": ("x", "A-1"), "country": ("KE", "ken", "KENYA", ""),
    "location": ("D", "1"), "kind": ("windmill", ""), "status": ("gone", "unspecified", ""),
    "off-taker": ("nobody", ""), "device-kind": ("windmill", "offTaker"),
    "commissioned": ("21", "1969", "10000", "02021", "-2021", "2021-01"), "vintage": ("x", "1969"),
    "year": ("x", "3", ""), "series": ("x", "101", "1-2021", "101-2021-1", "101-2021-1..2", ""),
    "action": ("steal", "", "unspecified"), "reason": ("tired", ""),
    "month": ("2021", "2021-1", "2021-13", "2021-00", "1969-12", "x"), "beneficiary": ("", "x" * 201),
    "limit": ("x", "-1", "1.5", "0"), "external-id": ("a/b", ""),
}


def hyphenated(name):
    return re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), name)


class ListTests(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.run(
            "device", "register", "--external-id", "ROOF", "--capacity-kw", "20", "--country",
            "KEN", "--commissioned", "2021-03-01", "--latitude", "-1.28", "--longitude", "36.82",
            "--kind", "Rooftop Solar", "--off-taker", "School", *cls.developer)
        cls.network.run(
            "device", "register", "--external-id", "PUMP", "--capacity-kw", "5", "--country",
            "IND", "--commissioned", "2022-03-01", "--latitude", "20.5", "--longitude", "78.5",
            "--kind", "Irrigation Pump", "--off-taker", "Agriculture", *cls.developer)
        with open(cls.path("reads.csv"), "w", encoding="utf-8") as file:
            file.write("device,start,end,wh\n"
                       "ROOF,2022-05-01T06:00:00Z,2022-05-01T16:00:00Z,20000\n"
                       "ROOF,2022-06-01T06:00:00Z,2022-06-01T16:00:00Z,20000\n"
                       "PUMP,2023-05-01T06:00:00Z,2023-05-01T16:00:00Z,9000\n")
        cls.network.run("reads", "submit", cls.path("reads.csv"), *cls.developer)
        cls.roof, cls.pump = (
            item["id"][1:] for item in json.loads(
                cls.network.run("project", "list", "--json").stdout)["items"])
        roof = f"DREC{cls.roof}-2022"
        cls.network.run("trade", f"{roof}-1..10", "--to", "A3", *cls.developer)
        cls.network.run("retire", f"{roof}-40", "--reason", "voluntary", *cls.developer)
        for first, name, place in ((1, "Blue & Green, Ltd", "DEU"), (2, "Café +1", "FRA")):
            cls.network.run(
                "redeem", f"{roof}-{first}", "--beneficiary", name, "--location", place,
                "--purpose", "2022", "--from", "2022-01-01", "--until", "2023-01-01", *cls.buyer)

    def listed(self, verb, member, *options):
        return [item[member] for item in self.json(*verb.split(), "list", *options)["items"]]

    def test_every_filter_of_a_list_is_an_option(self):
        described = json.loads(self.network.get("/openapi.json")[1])["paths"]
        for verb, path in LISTS.items():
            help = self.drec(*verb.split(), "--help").stdout
            named = {parameter["name"] for parameter in described[path]["get"]["parameters"]
                     if parameter["in"] == "query"}
            self.assertTrue({"limit", "cursor", "format"} <= named, path)
            for name in named - OWN:
                self.assertRegex(help, rf"--{hyphenated(name)} <", f"{verb}: {name}")

    def test_what_an_option_cannot_be_is_named(self):
        for verb in LISTS:
            help = self.drec(*verb.split(), "--help").stdout
            for option in re.findall(r"^  --([a-z-]+) <", help, re.MULTILINE):
                if option == "public":
                    continue
                owner = ["--owner", "A4"] if option == "external-id" else []
                id = ["D1"] if verb == "device reads" else []
                for value in BAD[option]:
                    told = self.drec(*verb.split(), *id, *owner, f"--{option}={value}", code=USAGE,
                                     says=f"--{option}")
                    self.assertEqual(told.stdout, "", told)

    def test_what_may_be_given_is_told(self):
        for option, value, told in (
                ("--kind", "windmill", "solar-home-system, mini-grid"),
                ("--off-taker", "nobody", "health-facility"), ("--status", "gone", "active, closed"),
                ("--commissioned", "21", "1970 to 9999"), ("--country", "ken", "such as KEN")):
            self.drec("device", "list", option, value, code=USAGE, says=(option, told))
        self.drec("transaction", "list", "--action", "steal", code=USAGE, says="submit-reads")
        self.drec("lot", "list", "--series", "101", code=USAGE, says="101-2021")
        self.drec("lot", "list", "--series", "101-2021", "--vintage", "2022", code=USAGE,
                  says=("--vintage", "101-2021"))

    def test_devices(self):
        listed = lambda *options: self.listed("device", "externalIdHash", *options)
        roof, pump = listed()
        for options, found in (
                (["--country", "KEN"], [roof]), (["--kind", "irrigation-pump"], [pump]),
                (["--kind", "irrigationPump"], [pump]), (["--off-taker", "school"], [roof]),
                (["--commissioned", "2022"], [pump]), (["--status", "active"], [roof, pump]),
                (["--status", "closed"], []), (["--commissioned", "2020"], []),
                (["--owner", "A4", "--off-taker", "agriculture"], [pump]),
                (["--owner", "A3"], []), (["--country", "KEN", "--kind", "irrigation-pump"], []),
                (["--owner", "A4", "--external-id", "ROOF", "--country", "IND"], [])):
            self.assertEqual(listed(*options), found, options)
        self.assertEqual(
            [item["start"][:7] for item in
             self.json("device", "reads", "D1", "--month", "2022-06")["items"]], ["2022-06"])
        self.assertEqual(self.json("device", "reads", "D1", "--month", "2022-07"), {"items": []})

    def test_accounts_and_projects(self):
        for options, found in (
                (["--country", "DEU"], ["A3"]), (["--kind", "developer"], ["A4"]),
                (["--kind", "buyer", "--country", "KEN"], []), (["--status", "suspended"], [])):
            self.assertEqual(self.listed("account", "id", *options), found, options)
        roof, pump = f"P{self.roof}", f"P{self.pump}"
        for options, found in (
                (["--owner", "A4"], [roof, pump]), (["--country", "IND"], [pump]),
                (["--vintage", "2022"], [roof]), (["--kind", "default"], [roof, pump]),
                (["--kind", "attested"], []), (["--owner", "A3"], [])):
            self.assertEqual(self.listed("project", "id", *options), found, options)

    def test_lots(self):
        listed = lambda *options: set(self.listed("lot", "range", *options))
        everything, pump = listed(), listed("--country", "IND")
        self.assertEqual(pump, {f"DREC{self.pump}-2023-1..9"})
        for options, found in (
                (["--vintage", "2023"], pump), (["--device-kind", "irrigation-pump"], pump),
                (["--off-taker", "agriculture"], pump), (["--off-taker", "school"], everything - pump),
                (["--series", f"{self.pump}-2023", "--vintage", "2023"], pump),
                (["--owner", "A3", "--status", "active"], {f"DREC{self.roof}-2022-3..10"}),
                (["--status", "retired"], {f"DREC{self.roof}-2022-40"}),
                (["--device-kind", "lantern"], set()), (["--vintage", "1999"], set())):
            self.assertEqual(listed(*options), found, options)

    def test_uses(self):
        listed = lambda *options: self.listed("redemption", "beneficiary", *options)
        blue, cafe = "Blue & Green, Ltd", "Café +1"
        year = str(datetime.datetime.now(datetime.timezone.utc).year)
        for options, found in (
                ([], [cafe, blue]), (["--account", "A3"], [cafe, blue]), (["--account", "A4"], []),
                (["--beneficiary", blue], [blue]), (["--beneficiary", cafe], [cafe]),
                (["--beneficiary", "Blue"], []), (["--location", "FRA"], [cafe]),
                (["--vintage", "2022"], [cafe, blue]), (["--vintage", "2023"], []),
                (["--year", year], [cafe, blue]), (["--year", "2020"], [])):
            self.assertEqual(listed(*options), found, options)
        retired = lambda *options: self.listed("retirement", "reason", *options)
        for options, found in (
                ([], ["voluntary"]), (["--account", "A4", "--reason", "voluntary"], ["voluntary"]),
                (["--account", "A3"], []), (["--reason", "external-registry"], []),
                (["--vintage", "2022", "--year", year], ["voluntary"]), (["--year", "2020"], [])):
            self.assertEqual(retired(*options), found, options)
        self.drec("retirement", "list", says=("voluntary", "1 kWh", f"DREC{self.roof}-2022-40"))

    def test_transactions(self):
        listed = lambda *options: [
            action["name"] for action in self.listed("transaction", "action", *options)]
        self.assertEqual(listed("--action", "redeem"), ["redeem", "redeem"])
        self.assertEqual(listed("--action", "submit-reads"), ["submitReads"])
        self.assertEqual(listed("--action", "submitReads"), ["submitReads"])
        self.assertEqual(listed("--account", "A3", "--action", "trade"), ["trade"])
        self.assertEqual(listed("--account", "A3", "--action", "retire"), [])
        self.drec("transaction", "list", "--account", "A99", "--action", "trade", code=REFUSED,
                  says="A99")

    def test_csv_is_what_the_node_writes(self):
        for arguments, path in (
                (["device", "list", "--kind", "rooftop"], "/v1/devices?kind=rooftop&"),
                (["account", "list"], "/v1/accounts?"), (["yield", "list"], "/v1/yields?"),
                (["lot", "list", "--vintage", "1999"], "/v1/lots?vintage=1999&"),
                (["reads", "deferred", "--all"], "/v1/evidence?"),
                (["authority", "list"], "/v1/authority-changes?")):
            with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.network.public}{path}format=csv") as answer:
                written = answer.read().decode()
            self.assertEqual(self.drec(*arguments, "--csv").stdout, written.replace("\r\n", "\n"))
        for arguments, says in (
                (["device", "list", "--csv", "--json"], "--json"),
                (["device", "list", "--csv", "--limit", "3"], "--limit"),
                (["device", "list", "--csv", "--kind", "x"], "--kind"),
                (["reads", "deferred", "--csv"], "--csv"),
                (["reads", "deferred", "--all", "--account", "A4", "--csv"], "--csv"),
                (["authority", "list", "--open", "--csv"], "--csv")):
            self.assertEqual(self.drec(*arguments, code=USAGE, says=says).stdout, "")
        self.drec("device", "list", "--owner", "A99999", "--csv", code=REFUSED, says="A99999")
        self.drec("device", "list", "--csv", "--public", "http://127.0.0.1:1", code=FAILED,
                  says="refused")

    def test_csv_that_ends_early_is_told(self):
        class Short(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"9\r\nid,owner\n\r\n")
                self.wfile.flush()
                self.close_connection = True

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Short)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            told = self.drec("device", "list", "--csv", "--public",
                             f"http://127.0.0.1:{server.server_port}", code=FAILED,
                             says="not all of")
            self.assertEqual(told.stdout, "id,owner\n")
        finally:
            server.shutdown()
            server.server_close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
