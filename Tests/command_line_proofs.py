#!/usr/bin/env python3
"""Proof files from a running node: drec and an independent verifier agree on them, valid and changed.

Needs PyNaCl, by the independent verifier.
"""

import base64
import json
import os
import random
import subprocess
import unittest
import urllib.error
import urllib.request

import verify_proofs
from command_line import FAILED, REFUSED, USAGE, RunningNetwork
from node_processes import DREC, SEED
from processes import PATIENCE, poll


#: What begins a proof in a page.
OPENING = f'<script type="{verify_proofs.MEDIA_TYPE}">'.encode()


class ProofNetwork(RunningNetwork):
    """Reads of two devices by a delegate, some deferred, one over New Year; sold and redeemed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.genesis = cls.path("net/genesis.json")
        instance = cls()
        instance.live()

    def live(self):
        for name in ("one", "two"):
            self.device(self.developer, name)
        day = "device,start,end,wh\n{0},{1}T06:00:00Z,{1}T16:00:00Z,{2}\n"
        rows = [("one", "2022-05-01", 1400), ("two", "2022-05-01", 2350),
                ("one", "2022-05-02", 4250)]
        self.submit("several.csv", "".join(day.format(*row) for row in rows)
                    .replace("\ndevice,start,end,wh", ""))
        deferred = self.submit(
            "later.csv", day.format("two", "2022-05-03", 3700), "--defer")
        self.submit("year.csv", "device,start,end,wh\n"
                    "one,2022-12-31T22:00:00Z,2023-01-01T02:00:00Z,8003\n")
        self.drec("mint", str(deferred["deferred"][0]["entry"]), *self.delegate)
        self.trade("1..6", self.developer, "A3")
        self.trade("3", self.buyer, "A4")
        self.redeemed = self.json(
            "redeem", "DREC101-2022-4..5", "--beneficiary", "A school – Nairobi", "--location",
            "KEN", "--purpose", "Its light", "--from", "2022-01-01", "--until", "2023-01-01",
            *self.buyer)["entry"]
        type(self).redemption = self.redeemed

    def submit(self, name, text, *more):
        return self.rows("reads", "submit", self.write(name, text), *more, *self.delegate)

    def trade(self, serials, seller, to):
        self.drec("trade", f"DREC101-2022-{serials}", "--to", to, *seller)

    def proof(self, id, *more):
        path = self.path(f"proof-{len(os.listdir(self.folder))}.json")
        self.drec("provenance", id, "--proof", path, *more, says="drec verify")
        return path

    def told(self, path, *more):
        """What drec says of a file: verdicts by step."""
        result = subprocess.run(
            [DREC, "verify", path, "--genesis", self.genesis, "--json", *more],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn(result.returncode, (0, REFUSED), result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["holds"], result.returncode == 0)
        self.assertEqual(report["holds"], report["statement"] is not None)
        return report

    def agree(self, raw, holds=None, name=""):
        """Both verifiers give each step the same verdict."""
        path = self.path("judged.json")
        with open(path, "wb") as file:
            file.write(raw)
        report = self.told(path)
        with open(self.genesis, "rb") as file:
            proof = verify_proofs.Proof(raw, file.read()).run()
        ours = {line["step"]: line["verdict"] for line in report["steps"]}
        self.assertEqual(ours, proof.verdicts, (name, report["steps"], proof.reasons))
        self.assertEqual(report["levels"]["witnessed"], proof.witnesses, name)
        if holds is not None:
            self.assertEqual(report["holds"], holds, (name, report["steps"]))
        return report

    def raw(self, id, *more):
        with open(self.proof(id, *more), "rb") as file:
            return file.read()

    def cosigned_size(self):
        """Of the log that a quorum has cosigned last; 0 where there is none yet."""
        address = f"http://127.0.0.1:{self.network.public}/log/checkpoint"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return int(answer.read().decode().split("\n")[1])
        except urllib.error.HTTPError as error:
            self.assertEqual(error.code, 503)
            return 0



class ProofFileTests(ProofNetwork):
    def test_every_proof_holds_for_both(self):
        for id in ("DREC101-2022-1", "DREC101-2022-1..3", "DREC101-2022-1..11",
                   "DREC101-2022-9..12", "DREC101-2022-15", "DREC101-2023-1..4",
                   f"#{self.redemption}", "A1", "A2", "A4", "D1", "D2"):
            report = self.agree(self.raw(id), True, id)
            self.assertTrue(report["levels"]["included"] and report["levels"]["final"])
            self.assertIsNotNone(report["levels"]["current"])

    def test_a_proof_tells_what_the_node_tells(self):
        id = "DREC101-2022-1..11"
        statement = self.told(self.proof(id))["statement"]
        known = self.json("provenance", id)
        self.assertEqual(
            [(item["device"], item["shareWattHours"]) for item in statement["sources"]],
            [(item["device"], item["shareWattHours"]) for item in known["sources"]])
        self.assertEqual(self.serials(statement["steps"]), self.serials(known["steps"]))
        self.assertEqual(
            statement["redemptions"][0]["beneficiary"], "A school – Nairobi")
        path = self.proof(id)
        self.drec("verify", path, "--genesis", self.genesis,
                  says=("lineage     holds", "Final       yes", "Witnessed   by",
                        "Redeemed for A school – Nairobi", "The proof holds."))

    def serials(self, steps):
        """What was done to each D-REC, one by one: neighbours may be told together."""
        result = set()
        for step in steps:
            ends = step["range"].split("-")[-1].split("..")
            result |= {(serial, step["kind"], step["from"], step["to"], step["entry"])
                       for serial in range(int(ends[0]), int(ends[-1]) + 1)}
        return result

    def test_accounts_and_devices_are_told(self):
        told = self.told(self.proof("A4"))["statement"]["account"]
        self.assertEqual((told["legalName"], told["kind"], told["country"], told["status"]),
                         ("Developer", "developer", "KEN", "active"))
        told = self.told(self.proof("D1"))["statement"]["device"]
        self.assertEqual((told["owner"], told["capacityWatts"], told["kind"], told["status"]),
                         ("A4", 20000, "rooftop", "active"))
        self.assertEqual(told["laterRevisions"], "not looked for")
        self.drec("verify", self.proof("D1"), "--genesis", self.genesis,
                  says=("D1 of A4, rooftop, KEN, 20000 W", "later ones were not looked for",
                        "whether a later one took its place is not shown"))
        raw = self.raw("A4")
        for old, new in ((b'"A4"', b'"A3"'), (b'"account"', b'"device"'),
                         (b'"id":"A4"', b'"id":"D1@0"')):
            file = json.loads(raw.replace(old, new))
            file.pop("sha256")
            file["sha256"] = base64.b64encode(
                verify_proofs.H(verify_proofs.canonical(file))).decode()
            self.agree(verify_proofs.canonical(file), False)

    def statement(self):
        """The page of a redemption, once the node can prove it."""
        def proved():
            status, page = self.network.get(f"/redemptions/{self.redemption}")
            self.assertEqual(status, 200)
            return page if OPENING in page else None
        return poll("a proof in the statement", proved)

    def test_a_saved_statement_proves_itself(self):
        page = self.statement()
        report = self.agree(page, True)
        self.assertTrue(report["inPage"])
        self.assertEqual(report["statement"]["subject"],
                         {"kind": "redemption", "id": f"#{self.redemption}"})
        self.assertFalse(self.agree(self.raw(f"#{self.redemption}"), True)["inPage"])
        path = self.path("statement.html")
        with open(path, "wb") as file:
            file.write(page)
        self.drec("verify", path, "--genesis", self.genesis,
                  says=("Redeemed for A school – Nairobi", "The proof holds.", "was not checked"))
        result = subprocess.run(
            ["python3", verify_proofs.__file__, path, "--genesis", self.genesis],
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        # What people wrote stands in the page as well, and is no part of the proof.
        self.assertIn("A school – Nairobi".encode(), page)
        self.agree(page.replace("Nairobi".encode(), b"London"), True)

    def test_both_refuse_altered_statements(self):
        page = self.statement()
        begin = page.index(OPENING)
        end = page.index(b"</script>", begin) + len(b"</script>")
        element, kind = page[begin:end], verify_proofs.MEDIA_TYPE.encode()
        inner = element[len(OPENING):-len(b"</script>")]
        other = self.raw("DREC101-2022-1")
        for altered in [
                page + element, element + page, page + OPENING + other + b"</script>",
                page.replace(element, element + element.replace(b'"' + kind + b'">', kind + b">")),
                page + element.replace(kind, kind.upper()), page + b"<p>" + kind + b"</p>",
                page.replace(element, b""), page.replace(OPENING, b"<script>"),
                page.replace(b'"' + kind + b'">', b"'" + kind + b"'>"),
                page.replace(b"<script", b"<SCRIPT"), page.replace(inner, inner[:-1]),
                page.replace(inner, inner + b"\n"), page.replace(inner, b"<!--" + inner),
                page.replace(inner, inner + b"<"), page.replace(inner, b"{}"),
                page.replace(inner, inner.replace(b":", b"\xff", 1)), page[:end - 3], page[:begin],
                b" " + page, b"\xef\xbb\xbf" + page, b"<", b"<html></html>",
                OPENING + b"</script>", OPENING + kind + b"</script>", page + bytes(20 << 20)]:
            self.agree(altered, False, altered[:80])
        chance = random.Random(SEED)
        for _ in range(30):
            changed = bytearray(page)
            changed[chance.randrange(begin, end)] ^= 1 << chance.randrange(8)
            self.agree(bytes(changed), False)

    def test_both_refuse_changed_files(self):
        chance = random.Random(SEED)
        raw = self.raw("DREC101-2022-1..7")
        for _ in range(40):
            changed = bytearray(raw)
            changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            self.agree(bytes(changed), False)
        for other in (raw[:-1], raw + b"\n", raw[:700], b"", b"{}", raw + raw, raw + bytes(50 << 20),
                      raw.replace(b'"head":', b'"head":{},"head":', 1)):
            self.agree(other, False)

    def test_both_find_defects_of_files_that_were_sealed_anew(self):
        """At least one for each step, in the file: the bytes that are signed stay as they are."""
        root = json.loads(self.raw("DREC101-2022-1..7"))

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

        defects = {
            "format": [change("mediaType", to="application/json"),
                       lambda file: file.update(note="")],
            "genesis": [change("network", to="0" * 64)],
            "authorities": [change("transitions", to=[{
                **root["head"], "nextAuthorities": ""}])],
            "head": [change("head", "header"), change("head", "certificate")],
            "log": [change("entries", 0, "body"), change("entries", 1, "receipt"),
                    change("entries", 0, "inclusion"), change("entries", 0, "index", to=1),
                    change("entries", 1, "signatures"),
                    lambda file: file["entries"].reverse()],
            "state": [change("state", 0, "value"), change("state", 1, "siblings"),
                      change("state", 0, "bitmap"), lambda file: file["state"].reverse()],
            "keys": [lambda file: file["state"].pop(0)],
            "lineage": [lambda file: file["state"].pop(), lambda file: file["entries"].pop(1),
                        change("subject", "id", to="DREC101-2022-1..9"),
                        change("subject", to={"kind": "redemption", "id": "#3"}),
                        change("subject", to={"kind": "account", "id": "A4"})],
            "energy": [change("reads", 0, "record"), change("reads", 0, "placement"),
                       change("reads", 1, "placementInclusion"), lambda file: file["reads"].pop(),
                       lambda file: file["reads"].pop(0),
                       change("reads", 0, "position", to=9)],
            "witnesses": [change("log", "checkpoint", to="drec/x/1\n1\nAAAA\n"),
                          change("log", "earlier", to={
                              "size": 3, "root": base64.b64encode(bytes(32)).decode(),
                              "consistency": ""})],
        }
        for step, changes in defects.items():
            for apply in changes:
                file = json.loads(json.dumps(root))
                apply(file)
                file.pop("sha256")
                file["sha256"] = base64.b64encode(
                    verify_proofs.H(verify_proofs.canonical(file))).decode()
                report = self.agree(verify_proofs.canonical(file), False, step)
                failed = [line["step"] for line in report["steps"] if line["verdict"] == "fails"]
                self.assertIn(step, failed, report["steps"])

    def test_a_file_of_another_network_is_none(self):
        path = self.proof("DREC101-2022-1")
        with open(self.genesis, encoding="utf-8") as file:
            genesis = json.load(file)
        name, genesis["name"] = genesis["name"], "other"
        other = self.write("other.json", json.dumps(genesis, indent=2))
        self.drec("verify", path, "--genesis", other, code=REFUSED,
                  says=("genesis     FAILS", "The proof does not hold."))
        same = self.write("same.json", json.dumps({**genesis, "name": name}, indent=2))
        self.drec("verify", path, "--genesis", same, says="The proof holds.")

    def test_an_earlier_log_can_be_demanded(self):
        status = self.json("node", "status")
        note = self.write("earlier.note", self.checkpoint(status))
        self.trade("7", self.developer, "A4")
        # A proof has the newest cosigned checkpoint in it, which must be a later one.
        poll("a later checkpoint", lambda: self.cosigned_size() > status["logSize"])
        self.drec("verify", self.proof("DREC101-2022-9"), "--genesis", self.genesis,
                  "--min-checkpoint", note, code=REFUSED, says="witnesses   FAILS")
        path = self.proof("DREC101-2022-9", "--after-checkpoint", note)
        self.drec("verify", path, "--genesis", self.genesis, "--min-checkpoint", note,
                  says="The proof holds.")
        self.drec("verify", path, "--genesis", self.genesis, "--require-witness", "2",
                  code=REFUSED, says="2 are demanded")
        with open(path, "rb") as file:
            self.agree(file.read(), True)
        result = subprocess.run(
            ["python3", verify_proofs.__file__, path, "--genesis", self.genesis,
             "--min-checkpoint", note], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_what_authorities_cosigned_is_witnessed(self):
        poll("a witness", lambda: self.agree(
            self.raw("DREC101-2022-1"), True)["levels"]["witnessed"] == 1)
        path = self.proof("DREC101-2022-1")
        self.drec("verify", path, "--genesis", self.genesis, "--require-witness", "1",
                  says=("Witnessed   by 1", "The proof holds."))
        # No bit of the note is free, not even the time of a cosignature.
        with open(path, "rb") as file:
            root = json.load(file)
        note = root["log"]["checkpoint"]
        for place in range(0, len(note), 7):
            file = json.loads(json.dumps(root))
            file["log"]["checkpoint"] = \
                note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1:]
            file.pop("sha256")
            file["sha256"] = base64.b64encode(
                verify_proofs.H(verify_proofs.canonical(file))).decode()
            with open(self.genesis, "rb") as genesis:
                changed = verify_proofs.canonical(file)
                self.assertFalse(verify_proofs.Proof(changed, genesis.read()).run().holds, place)
            if place % 70 == 0:
                self.agree(changed, False)

    def checkpoint(self, status):
        root = base64.b64encode(bytes.fromhex(status["logRoot"])).decode()
        return f"drec/any/0\n{status['logSize']}\n{root}\n"

    def test_a_redemption_tells_the_provenance_of_its_ranges(self):
        mark = f"#{self.redemption}"
        answer = self.json("provenance", mark)
        self.assertEqual(answer, {"items": [self.json("provenance", "DREC101-2022-4..5")]})
        told = self.drec("provenance", mark, says="DREC101-2022-4..5, 2 kWh").stdout
        self.assertEqual(told.strip(), self.drec("provenance", "DREC101-2022-4..5").stdout.strip())
        for id in ("#0", "#99999"):
            self.drec("provenance", id, code=REFUSED, says=id)
        for id in ("A4", "D1", "7", "x"):
            self.drec("provenance", id, code=USAGE, says=id)

    def test_what_cannot_be_asked_for(self):
        new = self.path("never.json")
        for id in ("x", "DREC101-2022", "P101", "7", "A0"):
            self.drec("provenance", id, "--proof", new, code=USAGE, says=id)
        for id in ("DREC101-2022-99", "DREC999-2022-1", "#0", "#99999", "A99", "D99"):
            self.drec("provenance", id, "--proof", new, code=REFUSED)
        self.assertFalse(os.path.exists(new))
        self.drec("provenance", "DREC101-2022-1", "--proof", self.genesis, code=FAILED,
                  says="exists")
        self.drec("provenance", "DREC101-2022-1", "--after-checkpoint", new, code=USAGE)
        self.drec("provenance", "DREC101-2022-1", "--proof", new, "--after-checkpoint",
                  self.genesis, code=FAILED, says="checkpoint")
        self.drec("verify", new, "--genesis", self.genesis, code=FAILED, says="never.json")
        self.drec("verify", self.genesis, code=USAGE, says="--genesis")
        self.drec("verify", self.genesis, "--genesis", self.genesis, code=REFUSED,
                  says="format      FAILS")
        self.drec("verify", new, "--genesis", self.genesis, "--require-witness=-1", code=USAGE)
        for path in ("DREC101-2022-1/proof?after=x", "DREC101-2022-1/proof?after=99999999",
                     "DREC101-2022/proof", "DREC101-2022-1/proof?before=1"):
            self.assertEqual(self.network.get(f"/v1/drecs/{path}")[0], 400, path)
        self.assertEqual(self.network.get("/v1/redemptions/0/proof")[0], 404)


class ForgedFileTests(unittest.TestCase):
    """Files of the Swift tests in which all hashes, signatures and votes are right."""

    FOLDER = os.environ.get("DREC_PROOFS", "")

    @unittest.skipUnless(os.path.isdir(FOLDER), "DREC_PROOFS names no folder of forged files")
    def test_both_find_what_a_lying_quorum_could_sign(self):
        genesis = os.path.join(self.FOLDER, "genesis.json")
        names = sorted(name for name in os.listdir(self.FOLDER) if name != "genesis.json")
        self.assertGreater(len(names), 50)
        for name in names:
            path = os.path.join(self.FOLDER, name)
            with open(path, "rb") as file, open(genesis, "rb") as founding:
                proof = verify_proofs.Proof(file.read(), founding.read()).run()
            result = subprocess.run(
                [DREC, "verify", path, "--genesis", genesis, "--json"], capture_output=True,
                text=True, timeout=PATIENCE)
            steps = {line["step"]: line["verdict"] for line in json.loads(result.stdout)["steps"]}
            self.assertEqual(steps, proof.verdicts, (name, proof.reasons))
            # "holds" is the name of files without a defect.
            self.assertEqual(steps.get(name.split(" ")[0], "holds"),
                             "holds" if name.startswith("holds ") else "fails", name)


if __name__ == "__main__":
    unittest.main()
