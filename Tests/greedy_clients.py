#!/usr/bin/env python3
"""A node among clients that are slow, silent and greedy, as many as there may be.

They hold connections and send a byte a second, ask for large answers and read nothing, ask a hundred
things at once, listen to events without reading them. Meanwhile somebody asks decent questions, each
on a new connection, and a member submits transactions. DREC names the program; the default is the
debug build. GREEDY is the number of connections.
"""

import datetime
import http.client
import json
import os
import resource
import socket
import statistics
import threading
import time
import unittest

import processes
from command_line import RunningNetwork

#: Connections of a test that nobody told how many: more than a port takes.
WANTED = int(os.environ.get("GREEDY", "9000"))
LEAST = 2_000
#: What the node may hold at its peak, in MiB: a few KiB a connection, and the answers that wait.
MEMORY_LIMIT = 600
#: Decent questions that must be answered while the others are there.
QUESTIONS = 300
SECONDS = 25


class Crowd(threading.Thread):
    """Connections that behave badly, each in one of some ways, driven by one thread."""

    WAYS = ("silent", "slow head", "slow body", "takes nothing", "asks a hundred", "listens")
    LARGE = "/openapi.json"

    def __init__(self, port, count):
        super().__init__()
        self.port, self.count = port, count
        self.open, self.refused, self.opened, self.lost = {}, 0, 0, 0
        self.has_begun, self.shall_end = threading.Event(), threading.Event()

    def beginning(self, way):
        get = f"GET {self.LARGE} HTTP/1.1\r\nHost: a\r\n\r\n"
        return {
            "silent": "", "slow head": "GET /v1/status HTTP/1.1\r\nHost: a\r\nX: ",
            "slow body": "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
                         "\r\nContent-Length: 100000\r\n\r\n{",
            "takes nothing": get * 4, "asks a hundred": get * 100,
            "listens": "GET /v1/events?after=B0 HTTP/1.1\r\nHost: a\r\n\r\n",
        }[way].encode()

    def connect(self, number):
        way = self.WAYS[number % len(self.WAYS)]
        one = socket.socket()
        try:
            # As little as the system lets it have is taken in without being read.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            one.settimeout(20)
            one.connect(("127.0.0.1", self.port))
            one.setblocking(False)
            text = self.beginning(way)
            if text:
                one.send(text)
            self.open[one] = way
            self.opened += 1
        except OSError:
            self.refused += 1
            one.close()

    def run(self):
        for number in range(self.count):
            if self.shall_end.is_set():
                break
            self.connect(number)
        self.has_begun.set()
        while not self.shall_end.wait(1):
            for one, way in list(self.open.items()):
                try:
                    if way.startswith("slow"):
                        one.send(b"a")
                    elif way == "silent" and one.recv(1, socket.MSG_PEEK) == b"":
                        raise ConnectionError
                except BlockingIOError:
                    pass
                except OSError:
                    self.lost += 1
                    del self.open[one]
                    one.close()
        for one in self.open:
            one.close()


class GreedyClients(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The node inherits it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.permitted = hard
        super().setUpClass()
        cls.network.run(
            "device", "register", "--external-id", "ROOF", "--capacity-kw", "200", "--country",
            "KEN", "--commissioned", "2020-01-01", "--latitude", "-1.25", "--longitude", "36.75",
            *cls.developer)
        day = datetime.date.today() - datetime.timedelta(days=3)
        with open(cls.path("reads.csv"), "w", encoding="utf-8") as file:
            file.write(f"device,start,end,wh\nROOF,{day}T00:00:00Z,{day}T12:00:00Z,500400\n")
        cls.network.run("reads", "submit", cls.path("reads.csv"), "--quiet", *cls.developer)
        cls.drecs = f"DREC101-{day.year}-1..9"

    def memory(self):
        """The most that the node held, in MiB."""
        first = self.network.process.pid
        peaks = []
        for node in [first, *processes.children(first)]:
            with open(f"/proc/{node}/status", encoding="utf-8") as file:
                peaks += [int(line.split()[1]) // 1_024 for line in file
                          if line.startswith("VmHWM")]
        return max(peaks)

    def ask(self, path):
        """One question on a connection of its own; gives the seconds that it took."""
        began = time.monotonic()
        one = http.client.HTTPConnection(
            "127.0.0.1", self.network.public, timeout=processes.PATIENCE)
        one.request("GET", path)
        answer = one.getresponse()
        body = json.loads(answer.read())
        one.close()
        self.assertEqual(answer.status, 200, body)
        return time.monotonic() - began, body

    def test_decent_clients_are_served_among_greedy_ones(self):
        count = min(WANTED, self.permitted - 500)
        self.assertGreaterEqual(count, LEAST, "the limit of descriptors is too low for this test")
        before, height = self.memory(), self.ask("/v1/status")[1]["height"]
        crowd = Crowd(self.network.public, count)
        crowd.start()
        try:
            self.assertTrue(crowd.has_begun.wait(2 * processes.PATIENCE))
            self.assertGreaterEqual(crowd.opened, LEAST)
            took, asked, began = [], 0, time.monotonic()
            registered = 0
            while asked < QUESTIONS or time.monotonic() - began < SECONDS:
                for path in ("/v1/status", f"/v1/drecs/{self.drecs}/provenance"):
                    took.append(self.ask(path)[0])
                    asked += 1
                if asked % 60 == 0:
                    self.register("buyer")
                    registered += 1
            self.assertGreater(registered, 0)
            grown = self.ask("/v1/status")[1]["height"]
            self.assertGreaterEqual(grown, height + registered)
        finally:
            crowd.shall_end.set()
            crowd.join()
        peak = self.memory()
        took.sort()
        print(f"{crowd.opened} greedy connections, {crowd.refused} refused, {crowd.lost} let go; "
              f"{asked} questions: median {statistics.median(took) * 1e3:.0f} ms, 99 % "
              f"{took[len(took) * 99 // 100] * 1e3:.0f} ms; {registered} transactions; "
              f"VmHWM {before} -> {peak} MiB")
        self.assertLessEqual(peak, MEMORY_LIMIT)
        # It recovers: as many listeners as before find room.
        self.assertEqual(self.ask("/v1/status")[1]["ready"], True)


if __name__ == "__main__":
    unittest.main()
