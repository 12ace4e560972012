#!/usr/bin/env python3
"""Webhooks of a running node: messages of Standard Webhooks to targets that behave in all ways.

DREC names the program; the default is the debug build.
"""

import base64
import http.server
import json
import signal
import threading
import time
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from command_line import FAILED, USAGE, RunningNetwork
from events import Listener
from processes import PATIENCE


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
                if callable(status):
                    return status(self)
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

    def test_a_target_whose_answer_has_no_end_is_told_of_the_next_event(self):
        stop = threading.Event()

        def drip(handler):
            handler.send_response(200)
            handler.send_header("content-length", "1000")
            handler.end_headers()
            try:
                while not stop.wait(1):
                    handler.wfile.write(b"a")
            except OSError:
                stop.set()  # so the node ended it

        def flood(handler):
            handler.send_response(200)
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(b"a" * 65_536)
            except OSError:
                flooded.set()

        flooded = threading.Event()
        receiver = Receiver([flood, drip])
        identifier = json.loads(self.webhook(
            "add", f"http://127.0.0.1:{receiver.port}/", "--after", "B0", "--kind",
            "registration", "--allow-private", "--json").stdout)["webhook"]["id"]
        posts = receiver.await_posts(lambda posts: len(posts) > 2)
        ids = [headers["webhook-id"] for headers, _ in posts]
        self.assertEqual(len(set(ids)), len(ids), "what was taken did not come again")
        for ended in (flooded, stop):
            self.assertTrue(ended.wait(PATIENCE))
        self.webhook("remove", identifier)
        receiver.close()

    def test_verbs_at_once_lose_nothing(self):
        threads = [threading.Thread(target=self.webhook, args=(
            "add", f"https://{number}.example/", "--kind", "retirement")) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        added = [identifier for identifier, line in self.listed().items()
                 if line["webhook"]["url"].endswith(".example/")]
        self.assertEqual(len(added), 8)
        threads = [threading.Thread(target=self.webhook, args=("remove", identifier))
                   for identifier in added]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(self.listed()) & set(added), set())

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
