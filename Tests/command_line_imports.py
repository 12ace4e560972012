#!/usr/bin/env python3
"""Importers against a running node: files that come again, fractions, lost answers, shared keys."""

import concurrent.futures
import fcntl
import glob
import http.client
import http.server
import json
import os
import random
import stat
import subprocess
import threading
import time
import unittest

import processes
from command_line import FAILED, REFUSED, RunningNetwork
from node_processes import DREC
from processes import PATIENCE, free_port


class Proxy:
    """Stands before a port of the node, counts what is asked and may lose or delay it, or the answer."""

    def __init__(self, port, loses=lambda method, path: False,
                 keeps=lambda method, path, status: False,
                 delays=lambda method, path: False):
        self.asked, self.items = [], 0
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                proxy.asked.append((self.command, self.path))
                if delays(self.command, self.path):
                    self.send_response(429)
                    self.send_header("Retry-After", "1")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                if loses(self.command, self.path):
                    self.close_connection = True
                    self.connection.close()
                    return
                node = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
                node.request(self.command, self.path, body, dict(self.headers))
                answer = node.getresponse()
                data = answer.read()
                node.close()
                if keeps(self.command, self.path, answer.status):
                    self.close_connection = True
                    self.connection.close()
                    return
                if "/reads?" in self.path:
                    proxy.items += len(json.loads(data)["items"])
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_POST = serve

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class ReadsAgainTests(RunningNetwork):
    WINDOWS = "device,start,end,wh\n"
    PLATFORM = "deviceExternalId,timezone,type,unit,value,startDate,endDate\n"

    def hours(self, device, hours, wh):
        """Rows of hours of 2022, each with the energy that `wh` gives it."""
        return "".join(
            f"{device},2022-{1 + h // 600:02}-{1 + h // 24 % 25:02}T{h % 24:02}:00:00Z,"
            f"2022-{1 + h // 600:02}-{1 + h // 24 % 25:02}T{h % 24:02}:59:00Z,{wh(h)}\n"
            for h in hours)

    def submit(self, name, text, code=0, environment=None):
        rows = {}
        result = self.drec("reads", "submit", self.write(name, text), "--json", *self.developer,
                           code=code, environment=environment)
        for line in result.stdout.splitlines():
            row = json.loads(line)
            rows.setdefault(row["status"], []).append(row)
        return rows

    def test_another_energy_is_told_and_not_taken_for_the_same(self):
        self.device(self.developer, "exact")
        whole = self.WINDOWS + self.hours("exact", range(3), lambda h: 500 + h)
        self.assertEqual(len(self.submit("w.csv", whole)["accepted"]), 3)
        for change in (1, -1, 3):
            rows = self.submit(
                "c.csv", self.WINDOWS + self.hours("exact", [1], lambda h: 501 + change),
                code=REFUSED)
            self.assertNotIn("known", rows)
            self.assertEqual(rows["refused"][0]["recordedWattHours"], 501)
            self.assertIn("Recorded are 501 Wh in entry #", rows["refused"][0]["reason"])
        again = self.submit("w.csv", whole)
        self.assertEqual(len(again["known"]), 3)
        self.assertEqual({row["entry"] for row in again["known"]},
                         {again["known"][0]["entry"]})

        # With fractions a row may have counted one watt-hour more, and so may it again.
        self.device(self.developer, "fractions")
        parts = self.WINDOWS + self.hours("fractions", range(5), lambda h: f"{100 + h}.7")
        counted = [row["wattHours"] for row in self.submit("f.csv", parts)["accepted"]]
        self.assertEqual(sum(counted), 513, "510 and five times 0.7")
        self.assertEqual(len(self.submit("f.csv", parts)["known"]), 5)
        rows = self.submit(
            "g.csv", self.WINDOWS + self.hours("fractions", [1], lambda h: "99.7"), code=REFUSED)
        self.assertNotIn("known", rows)
        self.assertConserved()

    def test_counters_come_again(self):
        self.device(self.developer, "counter")

        def counters(*rows):
            return self.PLATFORM + "".join(
                f"counter,UTC,Aggregate,Wh,{value},,2022-06-{day:02}T00:00:00Z\n"
                for day, value in rows)
        first = self.submit("base.csv", counters((1, "1000.9")))
        self.assertEqual(first["accepted"][0]["wattHours"], 1000)
        known = self.submit("base.csv", counters((1, "1000.9")))["known"]
        self.assertEqual([row["entry"] for row in known], [None], "a counter without a window")
        for wrong in ("999", "1001", "0", "1000000"):
            rows = self.submit("base.csv", counters((1, wrong)), code=REFUSED)
            self.assertEqual(rows["refused"][0]["refusal"], 410)
            self.assertEqual(rows["refused"][0]["recordedWattHours"], 1000)
        rows = [(1, 1000), (2, 3000), (3, 3000), (5, 9000)]
        again = self.submit("all.csv", counters(*rows))
        self.assertEqual((len(again["known"]), len(again["accepted"])), (1, 3))
        self.assertEqual(again["summary"][0]["wattHours"], 8000)
        again = self.submit("all.csv", counters(*rows))
        self.assertEqual(len(again["known"]), 4)
        self.assertEqual(again["summary"][0]["refused"], 0)
        for index in range(4):
            self.assertEqual(len(self.submit("one.csv", counters(rows[index]))["known"]), 1)
            day, value = rows[index]
            other = self.submit("one.csv", counters((day, value + 1)), code=REFUSED)
            self.assertEqual(other["refused"][0]["recordedWattHours"], value)
        # A counter that runs backwards exceeds no limit.
        other = self.submit("one.csv", counters((6, 8999)), code=REFUSED)
        self.assertEqual(other["refused"][0]["refusal"], 409)
        self.assertIn("The last one is 9000 Wh.", other["refused"][0]["reason"])
        self.assertNotIn("exceeded", other["refused"][0]["reason"])
        self.assertNotIn("limitWattHours", other["refused"][0])
        # A moment between two counters is no repetition.
        other = self.submit("one.csv", counters((4, 5000)), code=REFUSED)
        self.assertEqual(other["refused"][0]["refusal"], 410)
        self.assertNotIn("recordedWattHours", other["refused"][0])
        self.drec("reads", "submit", self.path("all.csv"), *self.developer,
                  says=("4 already recorded", "nothing changed"))
        self.assertConserved()

    def test_a_counter_of_zero_comes_again(self):
        self.device(self.developer, "zero")
        text = self.PLATFORM + "zero,UTC,Aggregate,Wh,0,,2022-06-01T00:00:00Z\n"
        self.assertEqual(len(self.submit("zero.csv", text)["accepted"]), 1)
        self.assertEqual(len(self.submit("zero.csv", text)["known"]), 1)
        self.submit("zero.csv", text.replace(",0,", ",7,"), code=REFUSED)

    def test_deltas_without_start_come_again(self):
        device = self.device(self.developer, "delta")
        registered = self.json("device", "show", device)["registered"]
        start = int(time.mktime(time.strptime(registered, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone
        stamp = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + s)) for s in range(5)]
        while time.time() < start + 4:  # the ledger takes no window of the future
            time.sleep(0.05)
        text = (self.PLATFORM + f"delta,UTC,Delta,Wh,1,{stamp[0]},{stamp[1]}\n"
                f"delta,UTC,Delta,Wh,1,,{stamp[2]}\ndelta,UTC,Delta,Wh,0,,{stamp[3]}\n")
        self.assertEqual(len(self.submit("delta.csv", text)["accepted"]), 3)
        again = self.submit("delta.csv", text)
        self.assertEqual(len(again["known"]), 3)
        self.assertEqual({row["entry"] for row in again["known"]},
                         {again["known"][0]["entry"]})
        other = self.submit(
            "d.csv", self.PLATFORM + f"delta,UTC,Delta,Wh,2,,{stamp[2]}\n", code=REFUSED)
        self.assertEqual(other["refused"][0]["recordedWattHours"], 1)

    def test_only_what_a_batch_needs_is_asked(self):
        self.device(self.developer, "many")
        hours = list(range(1500))
        self.assertEqual(
            len(self.submit("many.csv", self.WINDOWS + self.hours("many", hours, lambda h: h % 9))
                ["accepted"]), len(hours))
        chosen = random.Random(5)
        for some, most in (([700], 10), ([3, 700, 1490], 30), (range(600, 700), 202),
                           (chosen.sample(hours, 1000), 1700), (hours, 1700)):
            text = self.WINDOWS + self.hours("many", some, lambda h: h % 9)
            with Proxy(self.network.public) as proxy:
                rows = self.submit("some.csv", text, environment={"DREC_PUBLIC": proxy.url})
                self.assertEqual(len(rows["known"]), len(list(some)))
                self.assertLessEqual(proxy.items, most)


class CarryTests(RunningNetwork):
    HEADER = "device,start,end,wh\n"

    def submit(self, day, *options, code=0, says=()):
        file = self.write(
            f"day{day}.csv", self.HEADER
            + f"roof,2022-05-{day:02}T06:00:00Z,2022-05-{day:02}T16:00:00Z,1000.6\n")
        result = self.drec("reads", "submit", file, "--json", *options, code=code, says=says)
        return [row["wattHours"] for row in map(json.loads, result.stdout.splitlines())
                if row["status"] == "accepted"]

    def test_fractions_are_a_devices_own(self):
        other, _ = self.register(
            "developer", extra=["--delegate", "A2", "--delegate-roles", "devices,metering"])
        owners = [self.delegate, [*self.delegate[:2], "--account", other]]
        devices = [self.device(owner, "roof") for owner in owners]
        carry = ["--carry", self.path("shared.carry")]
        # The same name in two accounts: no fraction goes from one to the other.
        self.assertEqual(self.submit(1, *owners[0], *carry), [1000])
        self.assertEqual(self.submit(1, *owners[1], *carry), [1000])
        self.assertEqual(self.submit(2, *owners[0], *carry), [1001])
        with open(self.path("shared.carry"), encoding="utf-8") as file:
            kept = json.load(file)
        network = self.json("genesis", "verify", self.path("net/genesis.json"))["hash"]
        self.assertEqual(kept["networks"], {network: {
            devices[0]: 200_000_000, devices[1]: 600_000_000}})
        # Another network's devices of the same numbers are others.
        kept["networks"] = {"0" * 64: {devices[1]: 999_999_999}, **kept["networks"]}
        self.write("shared.carry", json.dumps(kept, sort_keys=True, separators=(",", ":")))
        self.assertEqual(self.submit(2, *owners[1], *carry), [1001])
        with open(self.path("shared.carry"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["networks"]["0" * 64], {devices[1]: 999_999_999})
        for bad in ("", "{}", '{"roof":5}', '{"format":"drec-carry-1"}',
                    '{"format":"drec-carry-1","networks":{"%s":{"roof":5}}}' % network,
                    '{"format":"drec-carry-1","networks":{"%s":{"D1":1000000000}}}' % network):
            self.submit(3, *owners[0], "--carry", self.write("bad.carry", bad), code=FAILED,
                        says="is not a carry file")

    def test_one_import_at_a_time_uses_the_fractions(self):
        self.device(self.developer, "held")
        path = self.path("held.carry")
        with open(path + ".lock", "w", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            file = self.write(
                "held.csv", self.HEADER + "held,2022-07-01T06:00:00Z,2022-07-01T16:00:00Z,9\n")
            process = processes.start(
                [DREC, "reads", "submit", file, "--carry", path, *self.developer],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=self.network.environment())
            self.assertIn("waiting for another import", process.stderr.readline())
            self.assertIsNone(process.poll())
            fcntl.flock(held, fcntl.LOCK_UN)
        out, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertIn("1 accepted (9 Wh)", out)
        self.submit(9, *self.developer, "--carry", self.path("no/such/folder.carry"), code=FAILED,
                    says="folder.carry.lock")


class LostFractionTests(RunningNetwork):
    """Imports that end between finality and what they write into the carry file."""

    HEADER = CarryTests.HEADER

    def file(self, device, days):
        return self.write(f"{device}.csv", self.HEADER + "".join(
            f"{device},2022-05-{day:02}T06:00:00Z,2022-05-{day:02}T16:00:00Z,1000.6\n"
            for day in days))

    def submit(self, device, days):
        rows = self.rows("reads", "submit", self.file(device, days), *self.developer)
        return [row["wattHours"] for row in rows["accepted"]], len(rows["known"])

    def is_submission(self, method, path, status):
        return (method, path, status) == ("POST", "/v1/transactions", 200)

    def test_an_answer_that_is_lost_loses_no_fraction(self):
        self.device(self.developer, "unheard")
        with Proxy(self.network.member, keeps=self.is_submission) as proxy:
            self.drec("reads", "submit", self.file("unheard", range(1, 4)), *self.developer,
                      code=FAILED, environment={"DREC_MEMBER": proxy.url})
        # 3 001.8 Wh are recorded, 4 002.4, 5 003.0 and 6 003.6 with what comes.
        self.assertEqual(self.submit("unheard", range(1, 4)), ([], 3))
        self.assertEqual(self.submit("unheard", range(3, 7)), ([1001, 1001, 1000], 1))
        self.assertConserved()

    def test_an_import_that_is_killed_loses_no_fraction(self):
        self.device(self.developer, "killed")
        answered, killed = threading.Event(), threading.Event()

        def keeps(*answer):
            if not self.is_submission(*answer):
                return False
            answered.set()
            killed.wait(PATIENCE)
            return True

        with Proxy(self.network.member, keeps=keeps) as proxy:
            process = processes.start(
                [DREC, "reads", "submit", self.file("killed", range(1, 4)), *self.developer],
                stdout=subprocess.DEVNULL,
                env={**self.network.environment(), "DREC_MEMBER": proxy.url})
            self.assertTrue(answered.wait(PATIENCE))
            process.kill()
            process.wait()
            killed.set()
        # Other days than those that the dead import had: its end is looked up all the same.
        self.assertEqual(self.submit("killed", range(4, 7)), ([1001, 1001, 1000], 0))
        self.assertEqual(self.submit("killed", range(1, 7)), ([], 6))

    def test_what_never_arrived_is_no_fraction(self):
        self.device(self.developer, "unsent")
        cut = Proxy(self.network.member,
                    loses=lambda method, path: path == "/v1/transactions")
        with cut as proxy:
            for _ in range(10):
                self.drec("reads", "submit", self.file("unsent", [1]), *self.developer,
                          code=FAILED, environment={"DREC_MEMBER": proxy.url})
        self.assertEqual(self.submit("unsent", [1, 2, 3]), ([1000, 1001, 1000], 0))
        with open(self.path("developer.key.carry"), encoding="utf-8") as file:
            self.assertNotIn("pending", json.load(file))

    def test_what_is_pending_is_checked(self):
        network = self.json("genesis", "verify", self.path("net/genesis.json"))["hash"]
        one = {"transaction": "0" * 64, "until": 1, "carries": {"D1": 5}}
        for change in ({"transaction": "0"}, {"transaction": 7}, {"until": "x"},
                       {"carries": {"x": 1}}, {"carries": {"D1": 1_000_000_000}}):
            path = self.write("bad.carry", json.dumps({
                "format": "drec-carry-1", "networks": {},
                "pending": {network: [{**one, **change}]}}))
            self.drec("reads", "submit", self.file("none", [1]), "--carry", path,
                      *self.developer, code=FAILED, says="is not a carry file")


class BusyNodeTests(RunningNetwork):
    """A node that has had enough of an address for now."""

    def test_importers_wait_for_a_node_that_asks_for_it(self):
        columns = ("externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,"
                   "commissioningDate\n")
        devices = self.write("busy devices.csv", columns + "".join(
            f"busy {n},-1.2,36.8,KEN,ES100,TC120,20,2021-03-01\n" for n in range(3)))
        reads = self.write("busy reads.csv", CarryTests.HEADER + "".join(
            f"busy {n},2022-05-01T06:00:00Z,2022-05-01T16:00:00Z,1000\n" for n in range(3)))
        told = []

        def delays(method, path):
            """The first of every kind of question is asked for again."""
            kind = (method, path.partition("?")[0])
            told.append(kind)
            return told.count(kind) == 1

        with Proxy(self.network.public, delays=delays) as public, \
                Proxy(self.network.member, delays=delays) as member:
            there = {"DREC_PUBLIC": public.url, "DREC_MEMBER": member.url}
            self.drec("device", "import", devices, *self.developer, environment=there,
                      says="3 registered, 0 already registered, 0 refused")
            self.drec("reads", "submit", reads, *self.developer, environment=there,
                      says="3 accepted (3000 Wh), 0 already recorded, 0 refused")
        for kind in (("GET", "/v1/devices"), ("POST", "/v1/dry-run"),
                     ("POST", "/v1/transactions")):
            self.assertGreater(told.count(kind), 1, kind)


class RepeatedRowTests(RunningNetwork):
    def test_a_row_that_stands_twice_is_recorded_once_and_told(self):
        self.device(self.developer, "twice")
        row = "twice,2022-05-{0:02}T06:00:00Z,2022-05-{0:02}T16:00:00Z,{1}\n"
        file = self.write("twice.csv", CarryTests.HEADER + "".join(
            row.format(day, wh) for day, wh in
            ((1, "10.6"), (1, "10.6"), (2, "10.60"), (3, 999_999), (2, "10.6"), (3, 999_999))))
        rows = self.rows("reads", "submit", file, *self.developer, code=REFUSED)
        self.assertEqual([(row["line"], row["wattHours"]) for row in rows["accepted"]],
                         [(2, 10), (4, 11)])
        self.assertEqual(sorted(row["line"] for row in rows["known"]), [3, 6])
        self.assertEqual([(row["line"], row["refusal"]) for row in rows["refused"]],
                         [(5, 411), (7, 411)])
        again = self.rows("reads", "submit", file, *self.developer, code=REFUSED)
        self.assertEqual((len(again["known"]), len(again["refused"])), (4, 2))
        self.drec("reads", "submit", file, *self.developer[:2], "--account", "A999",
                  code=REFUSED, says="200 The account does not exist. There is no account A999.")
        # Another energy for the same window is no repetition.
        other = self.write("other.csv", CarryTests.HEADER + row.format(4, 10) + row.format(4, 11))
        rows = self.rows("reads", "submit", other, *self.developer, code=REFUSED)
        self.assertEqual([row["refusal"] for row in rows["refused"]], [403])
        self.assertConserved()


class LostAnswerTests(RunningNetwork):
    """The node's answer is lost between finality and the profile's upload."""

    def kept(self, key):
        return glob.glob(glob.escape(self.path(key)) + ".profiles-*")

    def cut(self):
        proxy = Proxy(self.network.member, loses=lambda method, _: method == "PUT")
        self.addCleanup(proxy.__exit__)
        return {"DREC_MEMBER": proxy.url}

    def test_devices_profiles_are_given_again(self):
        columns = ("externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,"
                   "commissioningDate,projectName\n")
        file = self.write("devices.csv", columns + "".join(
            f"lost {n},-1.2,36.8,KEN,ES100,TC120,{capacity},2021-03-01,Story {n}\n"
            for n, capacity in enumerate((20, 999, 30))))
        imports = ["device", "import", file, *self.developer]
        self.drec(*imports, code=FAILED, environment=self.cut(), says="developer.key.profiles-")
        kept = self.kept("developer.key")
        self.assertEqual(len(kept), 1)
        self.assertEqual(stat.S_IMODE(os.stat(kept[0]).st_mode), 0o600)
        devices = {n: self.json("device", "list", "--owner", "A4", "--external-id", f"lost {n}")
                   ["items"] for n in range(3)}
        self.assertEqual([len(devices[n]) for n in range(3)], [1, 0, 1], "final all the same")
        self.drec("device", "profile", "show", devices[0][0]["id"], *self.developer,
                  code=REFUSED)
        # Still cut off: nothing is lost.
        self.drec(*imports, code=REFUSED, environment=self.cut(), says="2 already registered")
        self.assertEqual(self.kept("developer.key"), kept)
        self.drec(*imports, code=REFUSED, says="2 already registered")
        for n in (0, 2):
            self.drec("device", "profile", "show", devices[n][0]["id"], *self.developer,
                      says=f"Story {n}")
        # The refused row's profile has no root on the chain; it waits until none can come.
        with open(kept[0], encoding="utf-8") as text:
            left = json.load(text)
        left["until"] = int(time.time()) - 1
        with open(kept[0], "w", encoding="utf-8") as text:
            json.dump(left, text, sort_keys=True, separators=(",", ":"))
        self.drec(*imports, code=REFUSED)
        self.assertEqual(self.kept("developer.key"), [])

    def test_accounts_profiles_are_given_again(self):
        register = ["account", "register", "--kind", "buyer", "--country", "IND", "--new-key",
                    self.path("lost.key"), "--profile", "contact=mail@example.org"]
        self.drec(*register, *self.initiative, code=FAILED, environment=self.cut(),
                  says="drec account profile upload")
        account = self.json("account", "list", "--limit", "50")["items"][-1]["id"]
        self.drec("account", "profile", "show", account, *self.initiative, code=REFUSED)
        kept = self.kept("net/keys/initiative.key")
        self.assertEqual(len(kept), 1)
        self.drec("account", "profile", "upload", kept[0], says="uploaded")
        self.drec("account", "profile", "show", account, *self.initiative,
                  says="contact: mail@example.org")
        self.assertEqual(self.kept("net/keys/initiative.key"), [])
        commit = ["account", "profile", "commit", *self.buyer]
        self.drec(*commit, "note=1", code=FAILED, environment=self.cut())
        self.assertEqual(len(self.kept("buyer.key")), 1)
        self.drec(*commit, "note=2")
        self.assertEqual(self.kept("buyer.key"), [], "the older one is given or over")
        self.drec(*commit, "note=3", "--cosign", self.path("none.key"), code=FAILED)
        self.drec("account", "profile", "show", "A3", *self.buyer, says="note: 2")

    def test_a_refused_registration_keeps_nothing(self):
        register = ["account", "register", "--kind", "buyer", "--country", "XX", "--new-key",
                    self.path("refused.key"), "--profile", "a=1", *self.aggregator]
        self.drec(*register, code=REFUSED)
        self.assertEqual(self.kept("aggregator.key"), [])


class SharedKeyTests(RunningNetwork):
    def test_verbs_that_use_a_key_at_once_all_succeed(self):
        def register(number):
            return subprocess.run(
                [DREC, "account", "register", "--kind", "buyer", "--country", "IND", "--new-key",
                 self.path(f"at once {number}.key"), *self.initiative], capture_output=True,
                text=True, timeout=PATIENCE, env=self.network.environment())
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            results = list(pool.map(register, range(24)))
        self.assertEqual([r.stderr for r in results], [""] * 24)
        self.assertEqual(len({r.stdout.split()[0] for r in results}), 24)

    def test_a_key_without_nonces_is_told(self):
        network = self.network

        class LastNonce(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path.startswith("/v1/keys/"):
                    body = b'{"highestNonce":"18446744073709551615"}'
                else:
                    body = network.get(self.path)[1]
                    body = body if isinstance(body, bytes) else body.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), LastNonce)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            self.drec("account", "suspend", "A3", *self.initiative, code=FAILED,
                      says="last nonce",
                      environment={"DREC_PUBLIC": f"http://127.0.0.1:{server.server_port}"})
        finally:
            server.shutdown()
            server.server_close()


class InspectTests(RunningNetwork):
    def test_a_stopped_node_is_examined_in_json(self):
        status = self.json("node", "status")
        self.network.kill()
        config = self.path("net/node-0/node.json")
        told = self.json("node", "inspect", "--config", config)
        self.assertEqual((told["height"], told["logSize"]), (status["height"], status["logSize"]))
        self.assertNotIn("differences", told)
        told = self.json("node", "inspect", "--config", config, "--replay")
        self.assertEqual((told["differences"], told["remaining"]), ([], []))


if __name__ == "__main__":
    unittest.main(verbosity=2)
