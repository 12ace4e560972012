#!/usr/bin/env python3
"""Downloads of lists as CSV from a node that is stopped or killed in their midst.

Whoever downloads can tell that a file is not whole: by the last chunk that is missing, and where
somebody in between hides that, by the last line. Standard library only. DREC names the program; the
default is the debug build.
"""

import csv
import http.client
import io
import signal
import socket
import unittest

from command_line import RunningNetwork
from processes import PATIENCE

DEVICES = 1_500
PATH = "/v1/devices?format=csv"


class CutDownloadTests(RunningNetwork):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        columns = ("externalId,latitude,longitude,countryCode,fuelCode,deviceTypeCode,capacity,"
                   "commissioningDate\n")
        # More than the buffers between a node and a client hold.
        with open(cls.path("devices.csv"), "w", encoding="utf-8") as file:
            file.write(columns + "".join(
                f"roof {number},-1.2,36.8,KEN,ES100,TC120,20,2021-03-01\n"
                for number in range(DEVICES)))
        cls.network.run("device", "import", cls.path("devices.csv"), *cls.developer)

    def ask(self, version="1.1"):
        """Asks for all devices and reads nothing, through a buffer that holds little."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.network.public))
        connection.sendall(f"GET {PATH} HTTP/{version}\r\nHost: a\r\n\r\n".encode())
        # The download has begun.
        self.assertTrue(connection.recv(1, socket.MSG_PEEK))
        return connection

    def rows(self, text):
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))

    def rest(self, connection):
        """What comes until the connection ends, in whatever way."""
        found = b""
        try:
            while part := connection.recv(65_536):
                found += part
        except ConnectionResetError:
            pass
        connection.close()
        return found

    def test_whole_ones_are_whole(self):
        answer = http.client.HTTPResponse(self.ask())
        answer.begin()
        text = answer.read().decode()
        self.assertTrue(text.endswith("\r\n"))
        self.assertEqual(len(self.rows(text)), 1 + DEVICES)
        head, body = self.rest(self.ask("1.0")).split(b"\r\n\r\n", 1)
        self.assertTrue(head.startswith(b"HTTP/1.0 200 "))
        self.assertNotIn(b"chunked", head.lower())
        self.assertEqual(body.decode(), text)

    def test_what_a_node_that_ends_leaves_is_not_taken_for_whole(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(how=how.name):
                connection, old = self.ask(), self.ask("1.0")
                self.network.kill(how)
                answer = http.client.HTTPResponse(connection)
                with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)) as told:
                    answer.begin()
                    answer.read()
                if isinstance(told.exception, http.client.IncompleteRead):
                    self.assertLess(len(told.exception.partial), 100 * DEVICES)
                connection.close()
                # Without chunks there is the last line alone, which tells where it is not cut off
                # just behind the break before it.
                text = self.rest(old).decode()
                self.assertLess(text.count("\r\n"), DEVICES)
                self.network.start()

    def test_whoever_goes_in_the_midst_disturbs_nobody(self):
        for _ in range(50):
            self.ask().close()
        answer = http.client.HTTPResponse(self.ask())
        answer.begin()
        self.assertEqual(len(self.rows(answer.read().decode())), 1 + DEVICES)


if __name__ == "__main__":
    unittest.main()
