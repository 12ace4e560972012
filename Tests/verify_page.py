#!/usr/bin/env python3
"""The verification page in a real browser: the same verdicts as drec on valid and changed files.

Needs Chromium, Playwright and PyNaCl; with axe-playwright-python the page's accessibility is looked
at too. DREC_SCREENSHOTS names a folder for pictures of the page. With --measure it only measures.
"""

import base64
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import unittest

import playwright.sync_api

import command_line_proofs
import forged_histories
import forged_proofs
import verify_proofs
from command_line import REFUSED, RunningNetwork
from command_line_proofs import OPENING
from node_processes import DREC, ROOT, SEED
from processes import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FORGED = os.environ.get("DREC_PROOFS", "")
PICTURES = os.environ.get("DREC_SCREENSHOTS", "")
SUBJECT = "DREC101-2022-1..7"
# With markup in it, which must stay text.
PURPOSE = "<img src=x onerror=\"document.title='harm'\">"
# What nobody sees, and more marks than a letter has.
HIDDEN = "\u202e\u2800\u3164\u115f\u034f\U000e0101\u2066"
UNSEEN = f"\u0305{HIDDEN} e{chr(0x301) * 6} \u0915\u094d\u200d\u0937"


def sealed(file):
    """The bytes of a file that somebody changed and sealed anew."""
    file = {name: value for name, value in file.items() if name != "sha256"}
    file["sha256"] = base64.b64encode(
        verify_proofs.H(verify_proofs.canonical(file))).decode()
    return verify_proofs.canonical(file)


def flipped(text):
    raw = bytearray(base64.b64decode(text))
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(raw).decode()


def change(*path, to=flipped):
    def apply(file):
        for part in path[:-1]:
            file = file[part]
        file[path[-1]] = to(file[path[-1]]) if callable(to) else to
    return apply


def swap(file):
    entries = file["entries"]
    entries[0]["signatures"], entries[1]["signatures"] = (
        entries[1]["signatures"], entries[0]["signatures"])


# The step that finds each. What a quorum must have signed is among the forged files.
DEFECTS = [
    ("format", change("mediaType", to="application/json")),
    ("format", lambda file: file.update(note="")),
    ("format", change("reads", 0, "position", to="1")),
    ("format", change("subject", "id", to="DREC101-2022-7..7")),
    ("genesis", change("network", to="0" * 64)),
    ("authorities", lambda file: file.update(
        transitions=[{**file["head"], "nextAuthorities": ""}])),
    ("head", change("head", "header")), ("head", change("head", "certificate")),
    ("log", change("entries", 0, "body")), ("log", change("entries", 1, "receipt")),
    ("log", change("entries", 0, "inclusion")), ("log", change("entries", 0, "index", to=1)),
    ("log", swap), ("log", lambda file: file["entries"].reverse()),
    ("state", change("state", 0, "value")), ("state", change("state", 1, "siblings")),
    ("state", change("state", 0, "bitmap")), ("state", lambda file: file["state"].reverse()),
    ("keys", lambda file: file["state"].pop(0)),
    ("lineage", lambda file: file["state"].pop()),
    ("lineage", lambda file: file["entries"].pop(1)),
    ("lineage", change("subject", "id", to="DREC101-2022-1..9")),
    ("lineage", change("subject", to={"kind": "redemption", "id": "#3"})),
    ("lineage", change("subject", to={"kind": "account", "id": "A4"})),
    ("energy", change("reads", 0, "record")), ("energy", change("reads", 0, "placement")),
    ("energy", change("reads", 1, "placementInclusion")),
    ("energy", lambda file: file["reads"].pop()), ("energy", lambda file: file["reads"].pop(0)),
    ("energy", change("reads", 0, "position", to=9)),
    ("witnesses", change("log", "checkpoint", to="drec/x/1\n1\nAAAA\n")),
    ("witnesses", change("log", "earlier", to={
        "size": 3, "root": base64.b64encode(bytes(32)).decode(), "consistency": ""})),
]


@unittest.skipUnless(CHROMIUM, "there is no Chromium")
class VerificationPageTests(RunningNetwork):
    submit, trade, live, checkpoint, proof, raw, statement = (
        getattr(command_line_proofs.ProofFileTests, name)
        for name in ("submit", "trade", "live", "checkpoint", "proof", "raw", "statement"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.genesis = cls.path("net/genesis.json")
        instance = cls()
        instance.live()
        cls.harmful = instance.json(
            "redeem", "DREC101-2022-6", "--beneficiary", PURPOSE, "--location", "KEN",
            "--purpose", UNSEEN, "--from", "2022-01-01", "--until", "2023-01-01",
            *cls.buyer)["entry"]
        cls.valid = instance.raw(SUBJECT)
        cls.home = f"http://127.0.0.1:{cls.network.public}"
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

    def setUp(self):
        self.asked, self.errors = [], []
        self.open()

    def open(self, address="/verify", **options):
        """A new window at an address of the node, or at a file."""
        self.context = self.browser.new_context(accept_downloads=True, **options)
        self.addCleanup(self.context.close)
        self.page = self.context.new_page()
        self.page.set_default_timeout(1_000 * PATIENCE)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text)
                     if line.type == "error" else None)
        self.page.goto(self.home + address if address.startswith("/") else address)

    def outcome(self):
        """The report that the page shows, as JSON."""
        self.page.wait_for_selector("#result[data-outcome]", state="attached")
        report = json.loads(self.page.text_content("#report"))
        self.assertEqual(self.page.get_attribute("#result", "data-outcome"),
                         "holds" if report["holds"] else "fails")
        self.assertEqual(self.errors, [])
        return report

    def forget(self):
        """Makes the next outcome another one than this; whether there was one."""
        return self.page.evaluate(
            """() => {
              const result = document.getElementById("result");
              const had = result.hasAttribute("data-outcome");
              result.removeAttribute("data-outcome");
              return had;
            }""")

    def give(self, what, *files):
        """Gives a file that belongs to a proof; where one is there, it is checked anew at once."""
        had = self.forget()
        self.page.set_input_files(what, list(files))
        return self.outcome() if had else None

    def choose(self, raw, genesis=None, name="chosen.json"):
        if genesis is not None:
            self.give("#genesis", self.file("genesis.json", genesis))
        self.forget()
        self.page.set_input_files("#proof", self.file(name, raw))
        return self.outcome()

    def file(self, name, raw):
        return {"name": name, "mimeType": "application/json", "buffer": raw}

    def told(self, raw, *more, genesis=None):
        """What drec says of a file."""
        path = self.path("judged.json")
        with open(path, "wb") as file:
            file.write(raw)
        result = subprocess.run(
            [DREC, "verify", path, "--genesis", genesis or self.genesis, "--json", *more],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn(result.returncode, (0, REFUSED), result.stderr)
        return json.loads(result.stdout)

    def agree(self, report, ours, name=""):
        def verdicts(one):
            return {line["step"]: line["verdict"] for line in one["steps"]}

        self.assertEqual(verdicts(report), verdicts(ours), (name, report["steps"], ours["steps"]))
        for part in ("holds", "levels", "statement"):
            self.assertEqual(report[part], ours[part], name)
        shown = self.page.eval_on_selector_all(
            "[data-level]", "all => all.map(one => one.dataset.verdict)")
        expected = [report["levels"]["included"], report["levels"]["final"],
                    report["levels"]["current"] is not None, report["levels"]["witnessed"] > 0]
        self.assertEqual([verdict == "holds" for verdict in shown], expected, name)
        return report

    def judge(self, raw, holds, name=""):
        report = self.agree(self.choose(raw), self.told(raw), name)
        self.assertEqual(report["holds"], holds, (name, report["steps"]))
        return report

    def test_every_id_is_fetched_and_holds(self):
        for id in ("DREC101-2022-1", "DREC101-2022-1..11", "DREC101-2022-9..12",
                   "DREC101-2022-15", "DREC101-2023-1..4", f"#{self.redemption}", "A1", "A4", "D1"):
            self.page.goto(f"{self.home}/verify?id={id.replace('#', '%23')}")
            report = self.outcome()
            self.assertTrue(report["holds"], (id, report["steps"]))
            # The head may have moved on between the two.
            ours = self.told(self.raw(id))
            self.assertEqual(report["statement"], ours["statement"], id)
        self.assertEqual({url.split("/")[2] for url in self.asked},
                         {f"127.0.0.1:{self.network.public}"})

    def test_a_sentence_comes_first(self):
        self.choose(self.raw(f"#{self.redemption}"))
        self.assertEqual(
            self.page.inner_text("#sentence"),
            "2 kWh from 1 device, generated on 2 May 2022, redeemed by A3 on behalf of "
            "A school – Nairobi for the use of electricity from 1 January 2022 to "
            "31 December 2022.")
        self.assertEqual(self.page.inner_text("#command"),
                         "drec verify chosen.json --genesis genesis.json")
        self.assertIn(self.page.inner_text("#genesis-hash"), self.network.get("/")[1].decode()
                      + self.network.get(f"/redemptions/{self.redemption}")[1].decode())

    def test_what_people_wrote_is_text(self):
        self.choose(self.raw(f"#{self.harmful}"))
        self.assertIn(PURPOSE, self.page.inner_text("#sentence"))
        told = "".join(f"[U+{ord(character):04X}]" for character in HIDDEN)
        self.assertIn(f"[U+0305]{told} e{chr(0x301) * 4}[U+0301][U+0301] \u0915\u094d\u200d\u0937",
                      self.page.inner_text("#result"))
        self.assertEqual(self.page.locator("#result img, #state img").count(), 0)
        self.assertNotEqual(self.page.title(), "harm")

    def test_changed_files_are_refused(self):
        chance = random.Random(SEED)
        for number in range(24):
            changed = bytearray(self.valid)
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            self.judge(bytes(changed), False, f"flip {number}")
        raw = self.valid
        for other in (raw[:-1], raw + b"\n", b"\xef\xbb\xbf" + raw, raw[:700], b"", b"{}",
                      raw + raw, raw.replace(b'"head":', b'"head":{},"head":', 1),
                      raw.replace(b'"index":', b'"index":1e0,"i":', 1), b"[" * 100_000):
            self.judge(other, False, other[:20])

    def test_defects_are_found_in_their_step(self):
        for step, apply in DEFECTS:
            file = json.loads(self.valid)
            apply(file)
            report = self.judge(sealed(file), False, step)
            failed = [line["step"] for line in report["steps"] if line["verdict"] == "fails"]
            self.assertIn(step, failed, report["steps"])
        unchecked = self.page.locator("[data-verdict=unchecked]")
        self.assertEqual(unchecked.count(), 0)
        self.judge(b"{}", False)
        # Nothing is known of the levels when the file cannot be read: none of them failed.
        self.assertEqual(unchecked.count(), 4)

    @unittest.skipUnless(os.path.isdir(FORGED), "DREC_PROOFS names no folder of forged files")
    def test_what_a_lying_quorum_could_sign_is_found(self):
        genesis = os.path.join(FORGED, "genesis.json")
        with open(genesis, "rb") as file:
            self.choose(b"{}", file.read())
        names = sorted(name for name in os.listdir(FORGED) if name != "genesis.json")
        self.assertGreater(len(names), 50)
        for name in names:
            with open(os.path.join(FORGED, name), "rb") as file:
                raw = file.read()
            report = self.agree(self.choose(raw), self.told(raw, genesis=genesis), name)
            self.assertEqual(report["holds"], name.startswith("holds "), name)

    def test_forgeries_are_judged_as_elsewhere(self):
        """With founding documents of their own, which are dropped together with them."""
        made = [(name, step, forged_proofs.Maker(make()))
                for step, name, make in forged_proofs.NAMED + forged_histories.NAMED]
        files = [(name, step, maker.file(), maker.genesis) for name, step, maker in made]
        for number in range(40):
            forged = forged_proofs.by_chance(f"{SEED} page {number}")
            if forged is not None:
                files.append((number, "any", *forged))
        for name, step, raw, genesis in files:
            self.forget()
            self.drop(("genesis.json", genesis), ("proof.json", raw))
            path = self.path("forged genesis.json")
            with open(path, "wb") as file:
                file.write(genesis)
            report = self.agree(self.outcome(), self.told(raw, genesis=path), name)
            if step != "any":
                failed = [line["step"] for line in report["steps"] if line["verdict"] == "fails"]
                self.assertEqual(failed, [] if step is None else [step], name)

    def test_more_can_be_demanded(self):
        note = self.checkpoint(self.json("node", "status"))
        path = self.write("earlier.note", note)
        raw = self.raw(SUBJECT, "--after-checkpoint", path)
        self.page.click("summary")
        self.give("#checkpoint", self.file("earlier.note", note.encode()))
        self.agree(self.choose(raw), self.told(raw, "--min-checkpoint", path))
        other = note.replace("\n", "0\n", 2).replace("0\n", "\n", 1)
        self.give("#checkpoint", self.file("other.note", other.encode()))
        report = self.choose(raw, name="again.json")
        self.agree(report, self.told(raw, "--min-checkpoint", self.write("other.note", other)))
        self.assertFalse(report["holds"])
        self.give("#checkpoint")
        self.forget()
        self.page.fill("#witnesses", "50")
        self.page.dispatch_event("#witnesses", "change")
        self.outcome()
        report = self.choose(raw, name="witnesses.json")
        self.agree(report, self.told(raw, "--require-witness", "50"))
        self.assertFalse(report["holds"])
        self.assertIn("--require-witness 50", self.page.inner_text("#command"))

    def test_a_saved_copy_needs_no_node(self):
        with self.page.expect_download() as download:
            self.page.click("text=Save this page")
        saved = self.path("verify.html")
        download.value.save_as(saved)
        self.open("file://" + saved.replace(" ", "%20"), offline=True)
        self.asked.clear()
        self.assertFalse(self.page.is_visible("#ask"))
        with open(self.genesis, "rb") as file:
            genesis = file.read()
        self.page.set_input_files("#proof", self.file("one.json", self.valid))
        self.page.wait_for_selector("text=the genesis document is missing")
        self.drop(("genesis.json", genesis))
        self.agree(self.outcome(), self.told(self.valid))
        # Another network's document.
        other = json.dumps({**json.loads(genesis), "name": "other"}).encode()
        report = self.choose(self.valid, other, "two.json")
        self.assertEqual([line["step"] for line in report["steps"] if line["verdict"] == "fails"],
                         ["genesis"])
        # Blanks and the order of members are the writer's.
        pretty = json.dumps(dict(reversed(json.loads(genesis).items())), indent=3).encode()
        self.assertTrue(self.choose(self.valid, pretty, "three.json")["holds"])
        for text in (genesis.replace(b'"name"', b'"name":"x","name"', 1), b"", genesis + b"x",
                     genesis.replace(b"{", b'{"a":1.0,', 1)):
            self.assertFalse(self.choose(self.valid, text, f"{len(text)}.json")["holds"])
        self.assertEqual(self.asked, [])

    def test_a_statement_is_taken_like_the_file_in_it(self):
        page = self.statement()
        self.assertTrue(self.judge(page, True)["inPage"])
        self.assertIn("part of a page", self.page.inner_text("#result"))
        begin = page.index(OPENING)
        end = page.index(b"</script>", begin) + len(b"</script>")
        element = page[begin:end]
        for number, altered in enumerate([
                page + element, page + element.replace(b"<script", b"<SCRIPT"),
                page.replace(element, b""), page.replace(OPENING, OPENING + b"<"),
                page.replace(OPENING, OPENING + b"\n"), page[:end - 3], page + OPENING,
                page[:begin + 90] + bytes([page[begin + 90] ^ 1]) + page[begin + 91:]]):
            self.judge(altered, False, number)
        self.forget()
        self.drop(("statement.html", page))
        self.assertTrue(self.outcome()["holds"])
        self.assertIn("part of a page", self.page.inner_text("#result"))

    def drop(self, *files):
        """Drops files, each a name and its bytes, all at once."""
        self.page.evaluate(
            """(files) => {
              const transfer = new DataTransfer();
              for (const [name, text] of files) {
                const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
                transfer.items.add(new File([bytes], name));
              }
              document.body.dispatchEvent(new DragEvent(
                "drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }""", [[name, base64.b64encode(raw).decode()] for name, raw in files])

    def test_nothing_is_said_to_hold_without_cryptography(self):
        self.context.add_init_script(
            "Object.defineProperty(crypto, 'subtle', { value: undefined })")
        self.page.goto(f"{self.home}/verify?id={SUBJECT}")
        self.page.wait_for_selector("text=Nothing was checked")
        self.assertEqual(self.page.inner_text("#result"), "")

    def test_what_cannot_be_fetched_is_told(self):
        for id, text in (("DREC101-2022-999", "nothing under that id"), ("x", "That is no id"),
                         ("../genesis", "That is no id"), ("#0", "nothing under that id")):
            self.page.fill("#id", id)
            self.page.press("#id", "Enter")
            self.page.wait_for_selector(f"text={text}")
            self.assertEqual(self.page.inner_text("#result"), "")

    def test_signatures_are_judged_as_everywhere(self):
        if not importlib.util.find_spec("cryptography"):
            self.skipTest("the reader of the vectors needs cryptography")
        import signature_vectors
        vectors = list(signature_vectors.vectors())
        self.assertGreater(len(vectors), 90)
        with open(os.path.join(ROOT, "Sources", "Pages", "Verification", "bytes.js"),
                  encoding="utf-8") as file:
            module = file.read()
        blank = f"{self.home}/blank"
        self.page.route(blank, lambda route: route.fulfill(
            content_type="text/html",
            body=f"<script type=module>{module}\nwindow.isSigned = isSigned;"
                 "window.fromHex = fromHex;</script>"))
        self.page.goto(blank)
        judged = self.page.evaluate(
            "all => Promise.all(all.map(parts => isSigned(...parts.map(fromHex))))",
            [[signature.hex(), key.hex(), message.hex()]
             for _, key, message, signature, _ in vectors])
        for verdict, (name, *_, valid) in zip(judged, vectors):
            self.assertEqual(verdict, valid, name)

    def test_the_policy_lets_nothing_else_run(self):
        answer = self.page.goto(f"{self.home}/verify")
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'sha256-", "connect-src 'self'",
                     "frame-ancestors 'none'"):
            self.assertIn(part, policy)
        self.assertNotIn("unsafe", policy)
        with self.assertRaises(playwright.sync_api.Error):
            self.page.evaluate("fetch('http://127.0.0.1:9/')")
        self.page.evaluate(
            """() => {
              const script = document.createElement("script");
              try { script.textContent = "document.title = 'harm'"; } catch { return; }
              document.body.append(script);
            }""")
        self.assertNotEqual(self.page.title(), "harm")

    def test_everybody_can_use_it(self):
        if not importlib.util.find_spec("axe_playwright_python"):
            self.skipTest("axe-playwright-python is not installed")
        from axe_playwright_python.sync_playwright import Axe
        broken = json.loads(self.valid)
        broken["reads"].pop()
        shapes = [(390, "dark"), (1280, "light")]
        if PICTURES:
            shapes += [(390, "light"), (1280, "dark")]
        for width, scheme in shapes:
            # axe's own script would be refused by the page's policy.
            self.open(viewport={"width": width, "height": 800}, color_scheme=scheme,
                      bypass_csp=True)
            self.page.click("summary")
            for name, raw in (("empty", None), ("holds", self.valid),
                              ("fails", sealed(broken)), ("unreadable", b"{}")):
                if raw is not None:
                    self.choose(raw, name=f"{name}.json")
                found = Axe().run(self.page).response["violations"]
                self.assertEqual(found, [], (width, scheme, name))
                self.assertLessEqual(
                    self.page.evaluate("document.documentElement.scrollWidth"), width)
                if PICTURES:
                    self.page.screenshot(full_page=True, path=os.path.join(
                        PICTURES, f"verify-{name}-{width}-{scheme}.png"))


def measure():
    """Milliseconds for a file of three transactions: in new browsers, in new windows of one that
    runs, and again in the same windows."""
    VerificationPageTests.setUpClass()
    try:
        test = VerificationPageTests("test_a_sentence_comes_first")
        raw = test.raw("DREC101-2022-1..3")
        taken = {"new browser": [], "new window": [], "again": []}

        def once(kind, name):
            assert test.choose(raw, name=name)["holds"]
            taken[kind].append(float(test.page.get_attribute("#result", "data-milliseconds")))

        for number in range(20):
            if number:
                test.browser.close()
                type(test).browser = test.driver.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox"])
            for window in range(2):
                test.setUp()
                once("new window" if window else "new browser", "first.json")
                for run in range(3):
                    once("again", f"{run}.json")
                test.doCleanups()
        count = len(json.loads(raw)["entries"])
        print(f"{len(raw)} bytes, {count} entries, Chromium {test.browser.version}, "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for name, times in taken.items():
            times.sort()
            print(f"{name}: median {times[len(times) // 2]} ms, 95 % below "
                  f"{times[int(len(times) * .95)]} ms, worst {times[-1]} ms, of {len(times)}")
    finally:
        VerificationPageTests.tearDownClass()


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        measure()
    else:
        unittest.main()
