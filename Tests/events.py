#!/usr/bin/env python3
"""Events of final blocks at a running node: server-sent events that are resumed, and webhooks.

DREC names the program; the default is the debug build.
"""

import base64
import datetime
import http.server
import json
import re
import signal
import socket
import threading
import time
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from command_line import FAILED, USAGE, RunningNetwork

PATIENCE = 60


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

    def frames(self):
        """What stands between empty lines, as fields by name; the latest id is kept."""
        while chunk := self.chunk():
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
        """Events with data: kind, id and data of each."""
        for fields in self.frames():
            if "data" in fields:
                yield fields["event"], fields["id"], json.loads(fields["data"])

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


class Receiver:
    """Takes webhooks, answering by a script and with 204 after it."""

    def __init__(self, script=()):
        self.script, self.posts, self.condition = list(script), [], threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver.condition:
                    receiver.posts.append((dict(self.headers), body))
                    status = receiver.script.pop(0) if receiver.script else 204
                    receiver.condition.notify_all()
                self.send_response(status)
                self.send_header("content-length", "0")
                if status in (301, 302, 307):
                    self.send_header("location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def await_posts(self, wanted):
        with self.condition:
            if not self.condition.wait_for(lambda: wanted(self.posts), PATIENCE):
                raise AssertionError(f"still: {self.posts}")
            return list(self.posts)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


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
        listener = Listener(self.network.public, last="yesterday")
        self.assertEqual(listener.status, 400)
        listener.close()

    def test_a_quiet_stream_shows_that_it_lives_and_where_it_is(self):
        listener = Listener(self.network.public, "?kind=retirement")
        frames = listener.frames()
        for _ in range(3):
            fields = next(frames)
            self.assertNotIn("data", fields)
            self.assertIn("comment", fields)
        listener.close()
        head = json.loads(self.network.get("/v1/status")[1])["height"]
        self.assertEqual(listener.last, f"B{head}")

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


class WebhookTests(RunningNetwork):
    def webhook(self, *arguments, code=0, says=()):
        return self.drec(
            "node", "webhook", *arguments, "--config", self.path("net/node-0/node.json"),
            code=code, says=says)

    def listed(self):
        lines = self.webhook("list", "--json").stdout.splitlines()
        return {line["webhook"]["id"]: line for line in map(json.loads, lines)}

    def await_state(self, identifier, wanted):
        deadline = time.monotonic() + PATIENCE
        while not wanted(self.listed()[identifier]["state"]):
            self.assertLess(time.monotonic(), deadline, self.listed())
            time.sleep(0.2)  # between questions, never instead of one

    def test_bad_targets_are_refused(self):
        for url in ("ftp://example.org", "example.org", "https://user@example.org", "https://"):
            self.webhook("add", url, code=USAGE)
        for options in (("--kind", "burn"), ("--account", "17"), ("--device", "A1"),
                        ("--after", "12")):
            self.webhook("add", "https://example.org", *options, code=USAGE)
        self.webhook("remove", "0011", code=FAILED, says="there is no webhook 0011")
        self.webhook("resume", "0011", code=FAILED, says="there is no webhook 0011")
        self.drec("node", "webhook", "list", "--config", self.path("nothing.json"), code=FAILED)

    def test_nothing_is_sent_to_private_addresses(self):
        receiver = Receiver()
        for host in ("127.0.0.1", "localhost", "2130706433"):
            added = json.loads(self.webhook(
                "add", f"http://{host}:{receiver.port}/", "--after", "B0", "--json").stdout)
            identifier = added["webhook"]["id"]
            self.await_state(identifier, lambda state: state["failures"] > 0)
            state = self.listed()[identifier]["state"]
            self.assertIn("private network", state["lastFailure"])
            self.webhook("remove", identifier)
        self.assertEqual(receiver.posts, [])
        receiver.close()

    def test_all_events_arrive_signed_in_order_and_go_on_after_a_restart(self):
        # Taken, then refused, then sent elsewhere: both are tried again.
        receiver = Receiver([204, 500])
        added = json.loads(self.webhook(
            "add", f"http://127.0.0.1:{receiver.port}/hook?x=1", "--after", "B0",
            "--kind", "registration", "--allow-private", "--json").stdout)
        key = Ed25519PublicKey.from_public_bytes(
            base64.b64decode(added["publicKey"].removeprefix("whpk_")))
        identifier = added["webhook"]["id"]
        receiver.await_posts(lambda posts: len(posts) >= 3)
        self.assertEqual(self.network.kill(signal.SIGTERM), 0)
        self.network.start()
        self.register("buyer")
        head = json.loads(self.network.get("/v1/status")[1])["height"]
        listener = Listener(self.network.public, "?after=B0&kind=registration,block")
        wanted = [event for event in listener.until(lambda event: event[1] == f"B{head}")
                  if event[0] == "registration"]
        listener.close()
        posts = receiver.await_posts(
            lambda posts: posts[-1][0]["webhook-id"].endswith(wanted[-1][1]))
        ids = []
        for headers, body in posts:
            signed = (f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body)
            version, signature = headers["webhook-signature"].split(",")
            self.assertEqual(version, "v1a")
            key.verify(base64.b64decode(signature), signed)
            with self.assertRaises(InvalidSignature):
                key.verify(base64.b64decode(signature), signed + b" ")
            message = json.loads(body)
            self.assertEqual(message["type"], "drec.registration")
            ids.append(headers["webhook-id"])
        once = list(dict.fromkeys(ids))
        self.assertEqual([one.rsplit("_", 1)[1] for one in once], [place for _, place, _ in wanted])
        self.assertEqual([json.loads(body)["data"] for headers, body in posts
                          if headers["webhook-id"] == once[-1]][0], wanted[-1][2])
        self.assertGreater(len(ids), len(once), "one was refused and came again")
        operation = json.loads(self.network.get("/v1/operation", self.network.member)[1])
        self.assertEqual(
            [(one["id"], one["givenUpBecause"]) for one in operation["webhooks"]],
            [(identifier, None)])
        self.webhook("remove", identifier)
        receiver.close()

    def test_a_target_that_is_gone_is_given_up_and_can_be_resumed(self):
        receiver = Receiver([410])
        identifier = json.loads(self.webhook(
            "add", f"http://127.0.0.1:{receiver.port}/", "--after", "B0", "--allow-private",
            "--json").stdout)["webhook"]["id"]
        self.await_state(identifier, lambda state: state["givenUpBecause"])
        self.assertEqual(len(receiver.posts), 1)
        self.webhook("resume", identifier)
        receiver.await_posts(lambda posts: len(posts) > 3)
        self.await_state(identifier, lambda state: state["givenUpBecause"] is None)
        self.webhook("remove", identifier)
        receiver.close()


if __name__ == "__main__":
    unittest.main()
