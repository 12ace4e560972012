#!/usr/bin/env python3
"""Lists of a running node: filters as JSON, as CSV and as pages in a real browser.

Needs Chromium and Playwright for the pages; with axe-playwright-python their accessibility is
looked at too. DREC_SCREENSHOTS names a folder for pictures. DREC names the program.
"""

import csv
import html
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import socket
import unittest
import urllib.parse
import urllib.request

import processes
from command_line import RunningNetwork
from node_processes import DREC
from processes import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
HAS_BROWSER = bool(CHROMIUM and importlib.util.find_spec("playwright"))
PICTURES = os.environ.get("DREC_SCREENSHOTS", "")
SHAPES = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
#: A name that a spreadsheet would run, and that markup would break.
BENEFICIARY = "=HYPERLINK(\"x\") <b>& Sons"
#: As long as a name may be, with no place to break it.
LONG = "W" * 200
PAGES = {
    "home": "/", "devices": "/devices", "devices-filtered": "/devices?kind=rooftop&country=KEN",
    "devices-none": "/devices?kind=lantern&status=closed", "accounts": "/accounts",
    "projects": "/projects", "lots": "/lots?status=active&deviceKind=miniGrid",
    "redemptions": "/redemptions", "retirements": "/retirements",
    "transactions": "/transactions?action=trade", "blocks": "/blocks",
    "reads": "/devices/D1/reads", "bad": "/devices?kind=windmill", "unknown": "/lots?colour=red",
}
LISTS = ["accounts", "devices", "projects", "lots", "redemptions", "retirements", "transactions",
         "blocks", "devices/D1/reads", "devices/D1/months", "devices/D1/revisions",
         "accounts/A4/devices", "accounts/A4/lots", "accounts/A4/transactions",
         "accounts/A4/delegations", "parameters", "yields", "evidence", "authorities",
         "authority-changes", "authority-joins", "double-votes", "statistics/months",
         "statistics/countries"]


class ListTests(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        register = lambda name, kind, off_taker, *more: test.device(
            cls.developer, name, "--kind", kind, "--off-taker", off_taker, *more)
        # The last option counts.
        for number in range(60):
            register(f"ROOF{number}", "Rooftop Solar", "School")
        register("GRID", "Mini-Grid", "Community")
        register("LAMP", "Solar Lantern", "Residential", "--capacity-kw", "0.1", "--latitude",
                 "-1.5", "--longitude", "37", "--commissioned", "2020-05-01")
        rows = "".join(
            f"ROOF{number},2022-0{month}-01T00:00:00Z,2022-0{month}-03T00:00:00Z,"
            f"{20_000 + 777 * number}\n" for number in range(3) for month in range(1, 7))
        rows += "GRID,2021-05-01T00:00:00Z,2021-05-03T00:00:00Z,30500\n"
        test.drec("reads", "submit", test.write("reads.csv", "device,start,end,wh\n" + rows),
                  "--quiet", *cls.developer)
        for number in range(1, 5):
            test.drec("trade", f"DREC101-2022-{10 * number}..{10 * number + 4}", "--to", "A3",
                      *cls.developer)
        test.drec("redeem", "DREC101-2022-10..13", "--beneficiary", BENEFICIARY, "--location",
                  "DEU", "--purpose", "Office", "--from", "2022-01-01", "--until", "2022-12-31",
                  *cls.buyer)
        test.drec("redeem", "DREC101-2022-20..20", "--beneficiary", "A school", "--location",
                  "KEN", "--purpose", "Lessons", "--from", "2022-01-01", "--until", "2022-12-31",
                  *cls.buyer)
        test.drec("redeem", "DREC101-2022-30..30", "--beneficiary", LONG, "--location",
                  "KEN", "--purpose", "x" * 200, "--from", "2022-01-01", "--until", "2022-12-31",
                  *cls.buyer)
        test.drec("retire", "DREC101-2021-1..2", "--reason", "voluntary", *cls.developer)
        test.drec("retire", "DREC101-2022-60..60", "--reason", "expired", *cls.developer)
        cls.keep_still()
        cls.home = f"http://127.0.0.1:{cls.network.public}"

    def get(self, path, accept="*/*"):
        request = urllib.request.Request(self.home + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.headers, answer.read()

    def items(self, path):
        """All items of a list, page by page, fifty at a time."""
        found, next_page = [], path
        while next_page:
            headers, body = self.get(next_page)
            found += json.loads(body)["items"]
            link = headers["Link"]
            next_page = link[1:link.index(">")] if link else None
        return found

    def cell(self, value):
        """A value as the documentation has it in CSV."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
            return " ".join(self.cell(part) for part in value)
        if isinstance(value, (list, dict)):
            return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        text = str(value)
        risky = (isinstance(value, str) and text[:1]
                 and text[0] in "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
        return "'" + text if risky else text

    def test_csv_is_the_whole_list_with_the_values_of_json(self):
        for name in LISTS:
            items = self.items(f"/v1/{name}")
            headers, body = self.get(f"/v1/{name}", accept="text/csv")
            self.assertEqual(headers["Content-Type"], "text/csv; charset=utf-8; header=present")
            self.assertIsNone(headers["Content-Length"], name)
            text = body.decode()
            self.assertTrue(text.endswith("\r\n"), name)
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            self.assertEqual(len(rows), 1 + len(items), name)
            for row, item in zip(rows[1:], items):
                self.assertEqual(
                    dict(zip(rows[0], row)),
                    {member: self.cell(value) for member, value in item.items()}, name)
        self.assertGreater(len(self.items("/v1/devices")), 60)
        found = self.items("/v1/redemptions?" + urllib.parse.urlencode(
            {"beneficiary": BENEFICIARY}))
        self.assertEqual([item["kilowattHours"] for item in found], [4])

    def test_a_download_ends_with_its_last_chunk(self):
        with socket.create_connection(
                ("127.0.0.1", self.network.public), timeout=PATIENCE) as link:
            link.sendall(b"GET /v1/transactions?format=csv HTTP/1.1\r\nHost: x\r\n"
                         b"Connection: close\r\n\r\n")
            whole = b""
            while part := link.recv(65_536):
                whole += part
        head, body = whole.split(b"\r\n\r\n", 1)
        self.assertIn(b"transfer-encoding: chunked", head.lower())
        self.assertTrue(body.endswith(b"0\r\n\r\n"))

    def test_filters_agree_with_what_items_say(self):
        for path, matches in [
            ("devices?kind=rooftop", lambda item: item["kind"] == "rooftop"),
            ("devices?offTaker=community&country=KEN",
             lambda item: item["offTaker"] == "community"),
            ("devices?commissioned=2021&status=active&owner=A4",
             lambda item: item["commissioned"].startswith("2021")),
            ("accounts?kind=buyer", lambda item: item["kind"] == "buyer"),
            ("lots?status=redeemed", lambda item: item["status"] == "redeemed"),
            ("lots?vintage=2021", lambda item: "-2021-" in item["range"]),
            ("lots?deviceKind=miniGrid", lambda item: "-2021-" in item["range"]),
            ("lots?owner=A3&status=active",
             lambda item: (item["owner"], item["status"]) == ("A3", "active")),
            ("transactions?action=trade&account=A3",
             lambda item: item["action"]["name"] == "trade"),
            ("transactions?action=registerDevices",
             lambda item: item["action"]["name"] == "registerDevices"),
            ("retirements?vintage=2021&reason=voluntary",
             lambda item: item["reason"] == "voluntary"),
            ("redemptions?location=KEN", lambda item: item["location"] == "KEN"),
            ("devices/D1/reads?month=2022-03",
             lambda item: item["start"].startswith("2022-03")),
        ]:
            name, _, query = path.partition("?")
            everything = self.items(f"/v1/{name}")
            wanted = [item for item in everything if matches(item)]
            found = self.items(f"/v1/{path}&limit=7")
            if "account=A3" in query:
                wanted = [item for item in wanted if item in self.items(
                    "/v1/accounts/A3/transactions")]
            self.assertEqual(found, wanted, path)
            self.assertTrue(0 < len(found) < len(everything), path)

    def test_sums_by_month_and_country_are_the_totals(self):
        statistics = json.loads(self.get("/v1/statistics")[1])
        totals = json.loads(self.get("/v1/totals")[1])
        for member, total in [("issuedWattHours", "issuedWattHours"),
                              ("redeemedKilowattHours", "redeemedKilowattHours"),
                              ("retiredKilowattHours", "retiredKilowattHours")]:
            for group in ("months", "countries"):
                self.assertEqual(sum(one[member] for one in statistics[group]), totals[total])
        self.assertEqual(sum(one["count"] for one in statistics["devicesByKind"]), 62)


@unittest.skipUnless(HAS_BROWSER, "there is no Chromium, or no Playwright")
class ListPageTests(ListTests):
    # The parent's tests are its own.
    for name in [name for name in dir(ListTests) if name.startswith("test_")]:
        locals()[name] = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import playwright.sync_api
        cls.driver = playwright.sync_api.sync_playwright().start()
        # As root, and in containers, Chromium's own sandbox cannot be made.
        cls.browser = cls.driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "browser"):
            cls.browser.close()
            cls.driver.stop()
        super().tearDownClass()

    def open(self, address, **options):
        context = self.browser.new_context(**options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(1_000 * PATIENCE)
        self.asked, self.errors = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda line: self.errors.append(line.text)
                if line.type == "error" else None)
        page.goto(self.home + address)
        return page

    def test_everybody_can_use_them(self):
        axe = None
        if importlib.util.find_spec("axe_playwright_python"):
            from axe_playwright_python.sync_playwright import Axe
            axe = Axe()
        for width, scheme in SHAPES:
            for name, address in PAGES.items():
                # axe's own script would be refused by the page's policy.
                page = self.open(address, viewport={"width": width, "height": 800},
                                 color_scheme=scheme, bypass_csp=True)
                told = (width, scheme, name)
                self.assertLessEqual(
                    page.evaluate("document.documentElement.scrollWidth"), width, told)
                for host in {urllib.parse.urlsplit(url).netloc for url in self.asked}:
                    self.assertIn(host, ("", f"127.0.0.1:{self.network.public}"), told)
                if PICTURES:
                    page.screenshot(full_page=True, path=os.path.join(
                        PICTURES, f"{name}-{width}-{scheme}.png"))
                if axe:
                    self.assertEqual(axe.run(page).response["violations"], [], told)
                page.context.close()

    def test_a_form_filters_and_pages_go_on_without_a_script(self):
        page = self.open("/devices", java_script_enabled=False)
        self.assertIn("62 devices.", page.inner_text("main"))
        page.get_by_label("Kind").select_option(label="Rooftop")
        page.get_by_label("Country").fill("ken")
        with page.expect_navigation():
            page.get_by_role("button", name="Filter").click()
        self.assertIn("60 devices with these filters.", page.inner_text("main"))
        self.assertEqual(page.get_by_label("Country").input_value(), "ken")
        self.assertEqual(page.locator("tbody tr").count(), 50)
        with page.expect_navigation():
            page.get_by_role("link", name="Next page").click()
        self.assertEqual(page.locator("tbody tr").count(), 10)
        self.assertEqual(page.get_by_role("link", name="Next page").count(), 0)
        self.assertEqual(page.get_by_label("Kind").input_value(), "rooftop")
        with page.expect_navigation():
            page.get_by_role("link", name="Show all").click()
        self.assertTrue(page.url.endswith("/devices"))
        self.assertEqual(self.errors, [])

    def test_a_name_is_found_letter_by_letter_and_downloaded(self):
        page = self.open("/redemptions", accept_downloads=True)
        page.get_by_label("Beneficiary").fill(BENEFICIARY)
        # With the keyboard alone.
        with page.expect_navigation(url="**beneficiary**"):
            page.keyboard.press("Enter")
        self.assertEqual(page.locator("tbody tr").count(), 1)
        with page.expect_download() as download:
            page.get_by_role("link", name="All of this list as CSV").click()
        with open(download.value.path(), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        self.assertEqual(len(rows), 2)
        self.assertIn("'" + BENEFICIARY, rows[1])

    def test_the_command_of_a_list_tells_the_same(self):
        for path in ["/devices", "/devices?kind=rooftop&country=KEN&status=active", "/accounts",
                     "/devices?kind=miniGrid&owner=A4",
                     "/devices?offTaker=community&commissioned=2021",
                     "/accounts?country=KEN", "/projects?vintage=2021&kind=default",
                     "/lots?vintage=2021&country=KEN&deviceKind=miniGrid&offTaker=community",
                     "/redemptions?location=KEN&vintage=2022",
                     "/accounts?kind=buyer&status=active", "/projects?owner=A4", "/projects",
                     "/lots?status=redeemed&owner=A3", "/lots", "/redemptions?account=A3",
                     "/redemptions?" + urllib.parse.urlencode({"beneficiary": BENEFICIARY}),
                     "/retirements?reason=voluntary", "/transactions?account=A3",
                     "/transactions?action=submitReads", "/blocks", "/devices/D1/reads",
                     "/devices/D1/reads?month=2022-03"]:
            found = re.findall(
                "on a command line: <code>(.*?)</code>", self.get(path)[1].decode())
            self.assertEqual(len(found), 1, path)
            words = shlex.split(html.unescape(found[0]))
            self.assertEqual(words[0], "drec")
            result = processes.run([DREC, *words[1:], "--json"])
            self.assertEqual(result.returncode, 0, (words, result.stderr))
            items = json.loads(result.stdout)["items"]
            self.assertEqual(items, self.items("/v1" + path), words)
            self.assertGreater(len(items), 0, words)

    def test_no_name_covers_its_neighbours(self):
        for width, scheme in SHAPES:
            page = self.open("/redemptions", viewport={"width": width, "height": 800},
                             color_scheme=scheme)
            self.assertIn(LONG, page.inner_text("tbody"))
            wide = page.eval_on_selector_all(
                "td, th", "all => all.filter(one => one.scrollWidth > one.clientWidth + 1)"
                ".map(one => one.textContent)")
            self.assertEqual(wide, [], width)

    def test_nothing_and_nonsense_are_told_in_words(self):
        page = self.open(PAGES["devices-none"])
        self.assertIn("No devices are like that.", page.inner_text("main"))
        for name, words in (("bad", "“windmill” is not"), ("unknown", "“colour”")):
            page = self.open(PAGES[name])
            self.assertIn(words, page.inner_text("main"))


if __name__ == "__main__":
    unittest.main()
