#!/usr/bin/env python3
"""The explorer's pages in a real browser: in both colour schemes, on a phone, with a keyboard, on
paper, with and without a script.

Needs Chromium and Playwright. With axe-playwright-python the pages' accessibility is looked at, with
pdfinfo, pdftotext and pdftoppm (poppler) what is printed, and with zbarimg (ZBar) the printed QR
code; what is missing is named where it is skipped. DREC_SCREENSHOTS names a folder for pictures.
"""

import datetime
import importlib.util
import json
import os
import shutil
import subprocess
import unittest

import playwright.sync_api

import processes
from command_line import RunningNetwork
from node_processes import DREC
from processes import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
PICTURES = os.environ.get("DREC_SCREENSHOTS", "")
# With markup and a right-to-left override in it, which must stay text.
PURPOSE = "Light \"<b>\" & <img src=x onerror=\"document.title='harm'\">"


def needs(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


@unittest.skipUnless(CHROMIUM, "there is no Chromium")
class ExplorerPageTests(RunningNetwork):
    """Two years of months of three devices, sold to two, redeemed and retired in part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.genesis = cls.path("net/genesis.json")
        test = cls()
        test.live()
        # Pages are compared, and proofs are taken from them as soon as the node has a checkpoint.
        cls.keep_still()
        processes.poll("a checkpoint of all", test.is_cosigned)
        cls.home = f"http://127.0.0.1:{cls.network.public}"
        cls.statement = f"/redemptions/{cls.redemption}"
        cls.paths = [
            "/", "/drecs/DREC101-2022-1..250", "/drecs/DREC101-2022-1", cls.statement,
            "/devices/D1", "/devices/D3", "/accounts/A3", "/projects/P101", "/network",
            f"/entries/{cls.redemption}", "/blocks/3", "/devices", "/lots", "/redemptions",
            "/transactions", "/blocks", "/accounts", "/projects", "/retirements",
            "/devices?country=KEN", "/nowhere", "/search?q=x",
        ]
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

    def is_cosigned(self):
        status, note = self.network.get("/log/checkpoint")
        size = json.loads(self.network.get("/v1/status")[1])["logSize"]
        return status == 200 and int(note.split(b"\n")[1]) == size

    def live(self):
        for name in ("one", "two", "three"):
            self.device(self.developer, name)
        for month in range(3, 27):
            year, number = 2021 + month // 12, month % 12 + 1
            rows = [f"{name},{year}-{number:02}-05T06:00:00Z,{year}-{number:02}-05T16:00:00Z,"
                    f"{20_000 + 1_000 * place + 911 * number}"
                    for place, name in enumerate(("one", "two"))]
            path = self.write(f"{month}.csv", "device,start,end,wh\n" + "\n".join(rows) + "\n")
            self.drec("reads", "submit", path, *self.delegate)
        self.drec("trade", "DREC101-2022-1..250", "--to", "A3", *self.developer)
        self.drec("trade", "DREC101-2022-201..220", "--to", "A2", *self.buyer)
        self.drec("retire", "DREC101-2022-241..245", "--reason", "voluntary", *self.buyer)
        type(self).redemption = self.json(
            "redeem", "DREC101-2022-1..150", "DREC101-2022-230..240", "--beneficiary",
            "A school – Nairobi", "--location", "KEN", "--purpose", PURPOSE, "--from",
            "2022-01-01", "--until", "2023-01-01", *self.buyer)["entry"]

    def open(self, path, **options):
        """A new window at an address of the node."""
        context = self.browser.new_context(accept_downloads=True, **options)
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(1_000 * PATIENCE)
        self.asked, self.errors = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text)
                if line.type == "error" and "status of 4" not in line.text else None)
        page.goto(self.home + path)
        return page

    def picture(self, page, name):
        if PICTURES:
            os.makedirs(PICTURES, exist_ok=True)
            page.screenshot(full_page=True, path=os.path.join(PICTURES, name + ".png"))

    def test_every_page_in_light_and_dark_on_phones_and_desks(self):
        for path in self.paths:
            for width, scheme in ((390, "dark"), (1280, "light")):
                page = self.open(
                    path, viewport={"width": width, "height": 800}, color_scheme=scheme)
                name = f"{path.strip('/').replace('/', '-').replace('?', '-') or 'home'}-{width}"
                self.picture(page, name)
                self.assertEqual(self.errors, [], path)
                self.assertLessEqual(
                    page.evaluate("document.documentElement.scrollWidth"), width, path)
                self.assertEqual(
                    {url for url in self.asked if not url.startswith(("data:", self.home + "/"))},
                    set(), path)
                self.assertNotEqual(page.title(), "harm")
                page.context.close()

    @unittest.skipUnless(importlib.util.find_spec("axe_playwright_python"),
                         "not installed: axe-playwright-python")
    def test_everybody_can_use_every_page(self):
        from axe_playwright_python.sync_playwright import Axe
        for path in self.paths:
            for width, scheme in ((390, "dark"), (1280, "light")):
                # axe's own script would be refused by the page's policy.
                page = self.open(path, viewport={"width": width, "height": 800},
                                 color_scheme=scheme, bypass_csp=True)
                page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
                found = [(finding["id"], finding["nodes"][0]["html"][:200])
                         for finding in Axe().run(page).response["violations"]]
                self.assertEqual(found, [], (path, width, scheme))
                page.context.close()

    def test_the_keyboard_reaches_everything(self):
        page = self.open("/drecs/DREC101-2022-1..250")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.textContent"),
                         "Skip to the content")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        self.assertTrue(page.evaluate(
            "document.getElementById('main').contains(document.activeElement)"))
        reached = set()
        for _ in range(60):
            reached.add(page.evaluate("document.activeElement.tagName"))
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
            page.keyboard.press("Tab")
        self.assertLessEqual({"A", "DIV", "SUMMARY"}, reached)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=From where to where the energy went")

    def test_times_are_in_the_readers_zone_too(self):
        page = self.open(self.statement, timezone_id="Asia/Kolkata")
        moments = page.eval_on_selector_all(
            ".timeline time, .facts time",
            "all => all.map(one => [one.dateTime, one.nextElementSibling?.textContent ?? ''])")
        self.assertGreater(len(moments), 6)
        zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
        for moment, shown in moments:
            there = datetime.datetime.fromisoformat(moment).astimezone(zone)
            self.assertEqual(shown, f" ({there:%Y-%m-%d %H:%M:%S} UTC+05:30)")
        self.assertEqual(self.errors, [])
        west = self.open(self.statement, timezone_id="America/St_Johns")
        self.assertIn("UTC−0", west.inner_text(".timeline .local >> nth=0"))
        utc = self.open(self.statement, timezone_id="UTC")
        self.assertEqual(utc.locator(".local").count(), 0)

    def test_nothing_is_missing_without_a_script(self):
        def text(**options):
            page = self.open(self.statement, timezone_id="UTC", **options)
            return page.evaluate(
                "(() => { document.querySelector('[data-print]').remove();"
                " return document.body.innerText; })()") if not options else page.inner_text("body")

        self.assertEqual(text(), text(java_script_enabled=False))

    def test_the_policy_lets_nothing_else_run(self):
        page = self.open(self.statement)
        with self.assertRaises(playwright.sync_api.Error):
            page.evaluate("fetch('/v1/status')")
        page.evaluate(
            """() => {
              const script = document.createElement("script");
              try { script.textContent = "document.title = 'harm'"; } catch { return; }
              document.body.append(script);
            }""")
        with self.assertRaises(playwright.sync_api.Error):
            page.evaluate("document.body.innerHTML = '<p>x</p>'")
        self.assertNotEqual(page.title(), "harm")

    def test_what_is_taken_along_holds(self):
        page = self.open(self.statement)
        for text, name in (("proof", "proof.json"), ("JSON", "statement.json")):
            with page.expect_download() as download:
                page.click(f".downloads >> text='{text}'")
            download.value.save_as(self.path(name))
        with open(self.path("statement.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["purpose"], PURPOSE)
        result = subprocess.run(
            [DREC, "verify", self.path("proof.json"), "--genesis", self.genesis],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        # The commands of the page are commands.
        proof = page.inner_text("footer code >> nth=0").split()
        self.assertEqual(proof[:2], ["drec", "provenance"])
        result = processes.run(
            [DREC, *(word.strip("'") for word in proof[1:])], cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_tables_are_files_with_and_without_a_script(self):
        for script in (True, False):
            for path, text, head in (
                    ("/", "All months as CSV", "month,issuedWattHours,"),
                    ("/", "All countries as CSV", "country,activeKilowattHours,"),
                    ("/devices/D1", "These months as CSV", "month,generatedWattHours,"),
                    ("/devices/D1", "All its revisions as CSV", "id,entry,effective,"),
                    ("/drecs/DREC101-2022-1..250", "Steps as CSV", "kind,time,drecs,"),
                    ("/drecs/DREC101-2022-1..250", "Sources as CSV", "device,shareWattHours,"),
                    ("/projects/P101", "Its series as CSV", "vintage,issuedWattHours,"),
                    ("/network", "All epochs’ authorities as CSV", "epoch,status,"),
                    (self.statement, "CSV", "drecs,kilowattHours,vintage\r\n"),
                    (self.statement, "tlog-proof", "c2sp.org/tlog-proof@v1\n")):
                page = self.open(path, java_script_enabled=script)
                with page.expect_download() as download:
                    page.click(f"main >> text='{text}'")
                with open(download.value.path(), encoding="utf-8", newline="") as file:
                    lines = file.read()
                self.assertTrue(lines.startswith(head), (path, text, lines[:100]))
                self.assertGreater(lines.count("\n"), 1, (path, text))
                page.context.close()

    @needs("pdfinfo", "pdftotext")
    def test_a_statement_prints_on_one_sheet(self):
        page = self.open(self.statement, color_scheme="dark", timezone_id="Asia/Kolkata")
        path = self.path("statement.pdf")
        page.pdf(path=path, prefer_css_page_size=True, print_background=False)
        facts = processes.run(["pdfinfo", path], check=True).stdout
        self.assertRegex(facts, r"Pages: +1\n")
        self.assertRegex(facts, r"Page size: +59[45][.0-9]* x 84[12]")
        text = " ".join(processes.run(["pdftotext", "-layout", path, "-"], check=True)
                        .stdout.split())
        for fact in ("161 kWh of solar energy from 2 devices in Kenya", "redeemed by Buyer",
                     "A school – Nairobi", PURPOSE, "DREC101-2022-1..150",
                     "DREC101-2022-230..240", self.home + self.statement,
                     "These D-RECs are spent", "Minted by", "2023-01-01 00:00:00 UTC"):
            self.assertIn(fact, text)
        # What a sheet cannot do is not on it.
        for fact in ("UTC+05:30", "command line", "Find", "Take it along", "Timeline"):
            self.assertNotIn(fact, text)
        if PICTURES and shutil.which("pdftoppm"):
            processes.run(["pdftoppm", "-r", "80", "-png", "-singlefile", path,
                           os.path.join(PICTURES, "statement-pdf")], check=True)

    @needs("pdfinfo")
    def test_long_names_stay_on_their_sheet_and_in_their_columns(self):
        """As wide as they may be, and more marks than a letter has."""
        names = ["W" * 200, "\u96fb" * 66, f"Z{chr(0x305) * 30}", "Gesellschaft für Solarenergie im "
                 "ländlichen Raum mit beschränkter Haftung & Compagnie Kommanditgesellschaft"]
        for place, name in enumerate(names):
            key = self.path(f"long {place}.key")
            account = self.json(
                "account", "register", "--kind", "buyer", "--name", name, "--country", "IND",
                "--new-key", key, *self.initiative)["events"][0]["account"]
            self.drec("trade", f"DREC101-2022-{251 + place}", "--to", account, *self.developer)
            entry = self.json(
                "redeem", f"DREC101-2022-{251 + place}", "--beneficiary", name[::-1], "--location",
                "IND", "--purpose", (name * 3).encode()[:500].decode(errors="ignore"), "--from",
                "2022-01-01", "--until", "2022-12-30", "--key", key, "--account",
                account)["entry"]
            page = self.open(f"/redemptions/{entry}")
            self.assertIn("from 1\u00a0January 2022 to 29\u00a0December 2022",
                          page.inner_text(".lead"))
            boxes = page.evaluate("""
                [...document.querySelectorAll("figure svg text")]
                    .filter(text => text.textContent.includes("·")).map(text => {
                        const box = text.getBBox();
                        return [box.x, box.x + box.width, box.y, box.y + box.height];
                    })""")
            self.assertGreater(len(boxes), 3, boxes)
            for box in boxes:
                self.assertLessEqual(box[1], 960, (name, boxes))
                for other in boxes:
                    self.assertTrue(
                        box is other or box[1] <= other[0] or other[1] <= box[0]
                        or box[3] <= other[2] or other[3] <= box[2], (name, box, other))
            self.picture(page, f"long-{place}")
            path = self.path(f"long {place}.pdf")
            page.pdf(path=path, prefer_css_page_size=True)
            facts = processes.run(["pdfinfo", path], check=True).stdout
            self.assertRegex(facts, r"Pages: +1\n", name)
            if PICTURES and shutil.which("pdftoppm"):
                processes.run(["pdftoppm", "-r", "80", "-png", "-singlefile", path,
                               os.path.join(PICTURES, f"long-{place}-pdf")], check=True)
            page.context.close()

    @needs("pdftoppm", "zbarimg")
    def test_the_code_leads_back(self):
        for scheme in ("light", "dark"):
            page = self.open(self.statement, color_scheme=scheme)
            page.pdf(path=self.path("code.pdf"), prefer_css_page_size=True)
            processes.run(["pdftoppm", "-r", "150", "-png", "-singlefile",
                           self.path("code.pdf"), self.path("printed")], check=True)
            page.screenshot(full_page=True, path=self.path("shown.png"))
            for name in ("printed.png", "shown.png"):
                found = processes.run(
                    ["zbarimg", "--quiet", "--raw", self.path(name)], check=True).stdout
                self.assertEqual(found, self.home + self.statement + "\n", (scheme, name))


if __name__ == "__main__":
    unittest.main()
