#!/usr/bin/env python3
"""Events of final blocks at a running node: server-sent events that are resumed.

DREC names the program; the default is the debug build.
"""

import datetime
import json
import math
import random
import re
import signal
import socket
import threading
import unittest

from command_line import RunningNetwork
from processes import PATIENCE


class Listener:
    """Reads a stream of events from a plain socket, as the standard says (WHATWG HTML 9.2)."""

    def __init__(self, port, query="", last=None, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        head = f"GET /v1/events{query} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n"
        if last:
            head += f"Last-Event-ID: {last}\r\n"
        self.socket.sendall((head + "\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while line := self.file.readline().strip():
            name, value = line.decode().split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.last, self.rest, self.ended_well = None, b"", False

    def chunk(self):
        """The next chunk of the body; empty at its end, None where the connection breaks off."""
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            return None
        data = self.file.read(int(line, 16) + 2)
        return data[:-2] if data.endswith(b"\r\n") else None

    def frames(self, limit=math.inf):
        """What stands between empty lines of so many bytes, as fields by name; the latest id is
        kept."""
        while limit > 0 and (chunk := self.chunk()):
            chunk = chunk[:min(len(chunk), limit)]
            limit -= len(chunk)
            self.rest += chunk
            while b"\n\n" in self.rest:
                frame, self.rest = self.rest.split(b"\n\n", 1)
                fields = {}
                for line in frame.decode().split("\n"):
                    name, _, value = line.partition(":")
                    fields[name or "comment"] = value.removeprefix(" ")
                self.last = fields.get("id", self.last)
                yield fields
        self.ended_well = chunk == b""

    def events(self):
        """Events with data: kind, place and data of each."""
        for fields in self.frames():
            if "data" in fields:
                yield fields["event"], self.place(fields["id"]), json.loads(fields["data"])

    @staticmethod
    def place(id):
        """The place in an id, without the network that it is in."""
        place, network = id.split("@")
        if not re.fullmatch("[0-9a-f]{16}", network):
            raise AssertionError(f"an id of no network: {id}")
        return place

    def until(self, wanted):
        """Events up to the first one that is wanted."""
        found = []
        for event in self.events():
            found.append(event)
            if wanted(event):
                return found
        raise AssertionError(f"the stream ended after {found}")

    def close(self):
        self.file.close()
        self.socket.close()


class EventTests(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counter = 0

    @classmethod
    def mint(cls):
        """Registers a device with reads; gives its id and the first serial's series."""
        cls.counter += 1
        name = f"ROOF{cls.counter}"
        cls.network.run(
            "device", "register", "--external-id", name, "--capacity-kw", "200", "--country",
            "KEN", "--commissioned", "2020-01-01", "--latitude", "-1.25", "--longitude", "36.75",
            *cls.developer)
        day = datetime.date.today() - datetime.timedelta(days=3)
        with open(cls.path(f"{name}.csv"), "w", encoding="utf-8") as file:
            file.write(f"device,start,end,wh\n{name},{day}T00:00:00Z,{day}T12:00:00Z,50400\n")
        cls.network.run("reads", "submit", cls.path(f"{name}.csv"), "--quiet", *cls.developer)
        return day.year

    def all_ids(self, query=""):
        """The ids of all events so far."""
        head = json.loads(self.network.get("/v1/status")[1])["height"]
        listener = Listener(self.network.public, "?after=B0" + query)
        found = listener.until(lambda event: event[1] == f"B{head}")
        listener.close()
        return [event[1] for event in found]

    def test_the_life_of_certificates_is_heard_in_order(self):
        listener = Listener(self.network.public)
        self.assertEqual(listener.status, 200)
        self.assertEqual(listener.headers["content-type"], "text/event-stream")
        year = self.mint()
        series = self.json("lot", "list")["items"][0]["range"].rsplit("-", 1)[0]
        lots = [item["range"] for item in self.json("lot", "list")["items"]
                if item["owner"] == "A4" and item["status"] == "active"]
        first = int(re.search(r"-(\d+)(\.\.\d+)?$", lots[-1]).group(1))
        self.network.run("trade", f"{series}-{first}..{first + 9}", "--to", "A3", *self.developer)
        self.network.run(
            "retire", f"{series}-{first + 20}", "--reason", "voluntary", *self.developer)
        self.network.run(
            "redeem", f"{series}-{first}..{first + 3}", "--beneficiary", "Blue Lake",
            "--location", "DEU", "--purpose", "Office", "--from", f"{year}-01-01", "--until",
            f"{year}-12-31", *self.buyer)
        found = listener.until(lambda event: event[0] == "redemption")
        listener.close()
        kinds = [kind for kind, _, _ in found if kind not in ("block", "change")]
        self.assertEqual(kinds, ["registration", "registration", "reads", "mint", "trade",
                                 "retirement", "redemption"]
                         if kinds.count("registration") == 2 else
                         ["registration", "reads", "mint", "trade", "retirement", "redemption"])
        entries = [data["entry"] for kind, _, data in found if kind != "block"]
        self.assertEqual(entries, sorted(entries))
        for kind, place, data in found:
            self.assertEqual(data["kind"], kind)
            self.assertEqual(
                place, f"B{data['block']}" if kind == "block" else
                f"E{data['entry']}.{data['number']}")

    def test_whoever_was_away_hears_all_and_nothing_twice(self):
        before = self.all_ids()
        listener = Listener(self.network.public, f"?after={before[-1]}")
        self.mint()
        heard = [event[1] for event in listener.until(lambda event: event[0] == "mint")]
        listener.close()
        for how in (None, signal.SIGTERM, signal.SIGKILL):
            # Events while nobody listens, then a node that was stopped or killed.
            self.mint()
            if how:
                self.network.kill(how)
                self.network.start()
            listener = Listener(self.network.public, f"?after={before[-1]}", last=heard[-1])
            head = json.loads(self.network.get("/v1/status")[1])["height"]
            if heard[-1] != f"B{head}":
                heard += [event[1] for event in
                          listener.until(lambda event: event[1] == f"B{head}")]
            listener.close()
        everything = self.all_ids()
        self.assertEqual(everything[:len(before)], before)
        self.assertEqual(everything[len(before):][:len(heard)], heard)

    def test_whoever_is_cut_off_again_and_again_misses_nothing_and_hears_nothing_twice(self):
        before = self.all_ids()
        chance, heard, last = random.Random(20261126), [], before[-1]
        writer = threading.Thread(target=lambda: [self.mint() for _ in range(4)])
        writer.start()
        cuts = 0
        while writer.is_alive() or cuts < 100:
            listener = Listener(self.network.public, last=last)
            # At any byte, often between what a stream begins with and its first event.
            left = chance.randrange(1, chance.choice((120, 1_500)))
            listener.socket.settimeout(0.2)
            try:
                for fields in listener.frames(left):
                    last = listener.last
                    if "data" in fields:
                        heard.append(Listener.place(fields["id"]))
            except TimeoutError:
                pass
            listener.close()
            cuts += 1
        writer.join()
        head = json.loads(self.network.get("/v1/status")[1])["height"]
        if not heard or heard[-1] != f"B{head}":
            listener = Listener(self.network.public, last=last)
            heard += [event[1] for event in listener.until(lambda event: event[1] == f"B{head}")]
            listener.close()
        # Another block may have come since.
        self.assertEqual(self.all_ids()[len(before):][:len(heard)], heard)

    def test_listeners_that_are_gone_take_nobody_s_place(self):
        # More than there may be, none of which hears anything.
        for _ in range(1_100):
            listener = Listener(self.network.public, "?kind=retirement")
            self.assertEqual(listener.status, 200)
            listener.close()

    def test_a_filter_lets_through_what_was_asked_for(self):
        self.mint()
        device = self.json("device", "list")["items"][-1]["id"]
        head = json.loads(self.network.get("/v1/status")[1])["height"]
        listener = Listener(
            self.network.public, f"?after=B0&device={device}&kind=block,reads,mint")
        found = listener.until(lambda event: event[1] == f"B{head}")
        listener.close()
        self.assertEqual([kind for kind, _, _ in found if kind != "block"], ["reads", "mint"])

    def test_bad_questions_are_refused_and_named(self):
        for query, name in (("?after=12", "after"), ("?kind=burn", "kind"),
                            ("?account=D1", "account"), ("?device=x", "device"),
                            ("?colour=red", "colour")):
            listener = Listener(self.network.public, query)
            body = json.loads(listener.file.read(int(listener.headers["content-length"])))
            listener.close()
            self.assertEqual((listener.status, body["errors"][0]["parameter"]), (400, name))
        # The latter is of a network that was founded at this address before.
        for last, code in (("yesterday", "badParameter"), ("B1@0123456789abcdef", "otherNetwork")):
            listener = Listener(self.network.public, last=last)
            body = json.loads(listener.file.read(int(listener.headers["content-length"])))
            listener.close()
            self.assertEqual((listener.status, body["code"]), (400, code))
            self.assertEqual(body["errors"][0]["parameter"], "Last-Event-ID")

    def test_a_quiet_stream_shows_that_it_lives_and_where_it_is(self):
        def head():
            return json.loads(self.network.get("/v1/status")[1])["height"]

        listener = Listener(self.network.public, "?kind=retirement")
        frames, began = listener.frames(), head()
        for _ in range(3):
            fields = next(frames)
            self.assertNotIn("data", fields)
            self.assertIn("comment", fields)
        listener.close()
        # A block may come at any time, also between an answer and the next question.
        network = json.loads(self.network.get("/v1/status")[1])["network"]["hash"]
        self.assertIn(listener.last, [
            f"B{height}@{network[:16]}" for height in range(began, head() + 1)])

    def test_a_stop_ends_streams_and_does_not_wait_for_those_who_do_not_read(self):
        listeners = [Listener(self.network.public, "?after=B0") for _ in range(20)]
        silent = socket.create_connection(("127.0.0.1", self.network.public))
        silent.sendall(b"GET /v1/events?after=B0 HTTP/1.1\r\nHost: a\r\n\r\n")
        reader = threading.Thread(target=lambda: list(listeners[0].events()))
        reader.start()
        self.assertEqual(self.network.kill(signal.SIGTERM), 0)
        reader.join(PATIENCE)
        self.assertTrue(listeners[0].ended_well)
        for one in listeners:
            one.close()
        silent.close()
        self.network.start()


if __name__ == "__main__":
    unittest.main()
