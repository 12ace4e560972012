#!/usr/bin/env python3
"""Measures what others do on this machine: etcd with three members, PostgreSQL with two standbys.

    Network/beside.py                      both, one after the other
    Network/bench.py --drec … --beside     four authorities of drec, and then both, in one run

All are durable: each write of 300 bytes is on the disks of a quorum (etcd) or of all three
(PostgreSQL) when its client hears of it. Everything listens on 127.0.0.1 and lives in a temporary
directory. What is not installed is skipped and named; on Debian it is

    apt-get install etcd-server postgresql

Standard library only; clients of etcd speak gRPC over sockets here.
"""

import argparse
import glob
import os
import pathlib
import pwd
import selectors
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests"))
import processes  # noqa: E402 (it is beside the tests)

CLIENTS = 64
VALUE_BYTES = 300
MEMBERS = 3


class Figures:
    """What one system did."""

    def __init__(self, name, per_second, p50, p99):
        self.name, self.per_second, self.p50, self.p99 = name, per_second, p50, p99

    @classmethod
    def of(cls, name, milliseconds, seconds):
        cuts = statistics.quantiles(milliseconds, n=100)
        return cls(name, len(milliseconds) / seconds, cuts[49], cuts[98])

    def __str__(self):
        return (f"{self.name:58} {self.per_second:8.0f}/s  p50 {self.p50:6.1f} ms  "
                f"p99 {self.p99:6.1f} ms")


def free_ports(count):
    """Ports of 127.0.0.1 that are free now, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def until(what, seconds, condition):
    """Waits until something holds; ends the run when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    sys.exit(f"not within {seconds} s: {what}")


def syncs_per_second(folder):
    """4 KiB written and synchronised, one after the other."""
    with open(os.path.join(folder, "sync"), "wb", buffering=0) as file:
        began = time.monotonic()
        for _ in range(500):
            file.write(bytes(4096))
            os.fsync(file.fileno())
        took = time.monotonic() - began
    os.remove(file.name)
    return 500 / took


# MARK: etcd

def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class GRPCClient:
    """One connection that asks one thing at a time: RFC 9113 as far as etcd needs it."""

    PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW = 0, 1, 4, 6, 7, 8
    END_STREAM, END_HEADERS, ACK = 1, 4, 1

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = (
            b"\x83\x86"  # :method POST, :scheme http
            + self.literal(4, path) + self.literal(1, f"127.0.0.1:{port}".encode())
            + self.literal(31, b"application/grpc") + b"\x00\x02te\x08trailers")
        self.stream = -1
        self.buffer = bytearray()
        self.message = None
        # No table of headers to keep, and room for all answers.
        settings = struct.pack(">HIHI", 1, 0, 4, 1 << 30)
        self.socket.sendall(self.PREFACE + self.frame(self.SETTINGS, 0, 0, settings)
                            + self.frame(self.WINDOW, 0, 0, struct.pack(">I", 1 << 30)))

    @staticmethod
    def literal(name, value):
        """A header that is not to be remembered, its name from the static table (RFC 7541)."""
        prefix = bytes([name]) if name < 15 else bytes([15, name - 15])
        return prefix + bytes([len(value)]) + value

    @staticmethod
    def frame(kind, flags, stream, body):
        return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body

    def ask(self, message):
        self.stream += 2
        self.message = None
        self.socket.sendall(
            self.frame(self.HEADERS, self.END_HEADERS, self.stream, self.headers)
            + self.frame(self.DATA, self.END_STREAM, self.stream,
                         struct.pack(">BI", 0, len(message)) + message))

    def take(self):
        """Takes what has come; whether the answer is complete.

        An answer without a message, which is what an error is, ends the run.
        """
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("etcd closed a connection")
        self.buffer += data
        is_complete = False
        while len(self.buffer) >= 9:
            length = int.from_bytes(self.buffer[:3], "big")
            if len(self.buffer) < 9 + length:
                break
            kind, flags = self.buffer[3], self.buffer[4]
            body = bytes(self.buffer[9:9 + length])
            del self.buffer[:9 + length]
            if kind == self.DATA:
                self.message = (self.message or b"") + body
            elif kind in (self.SETTINGS, self.PING) and not flags & self.ACK:
                self.socket.sendall(
                    self.frame(kind, self.ACK, 0, body if kind == self.PING else b""))
            elif kind == self.GOAWAY:
                raise ConnectionError(f"etcd ended a connection: {body!r}")
            if kind in (self.DATA, self.HEADERS) and flags & self.END_STREAM:
                if not self.message:
                    raise ConnectionError("etcd refused a put")
                is_complete = True
        return is_complete


def put(key, value):
    """`etcdserverpb.PutRequest`."""
    return b"\x0a" + varint(len(key)) + key + b"\x12" + varint(len(value)) + value


def drive_etcd(ports, seconds):
    """Puts of all clients, spread over the members; milliseconds of each, and the time taken."""
    clients = [GRPCClient(ports[number % len(ports)], b"/etcdserverpb.KV/Put")
               for number in range(CLIENTS)]
    value = os.urandom(VALUE_BYTES)
    selector = selectors.DefaultSelector()
    milliseconds, count, asked = [], 0, {}

    def ask(client):
        nonlocal count
        count += 1
        asked[client] = time.monotonic()
        client.ask(put(f"entry-{count:012}".encode(), value))

    began = time.monotonic()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        ask(client)
    while asked:
        for key, _ in selector.select(timeout=30) or sys.exit("etcd does not answer"):
            client = key.data
            if client.take():
                now = time.monotonic()
                milliseconds.append(1000 * (now - asked.pop(client)))
                if now < began + seconds:
                    ask(client)
    took = time.monotonic() - began
    for client in clients:
        client.socket.close()
    return milliseconds, took


def kept_by_etcd(port):
    """How many entries a member has: `RangeRequest` of a prefix, `count_only`, linearizable."""
    client = GRPCClient(port, b"/etcdserverpb.KV/Range")
    client.ask(b"\x0a\x06entry-" + b"\x12\x06entry." + b"\x48\x01")
    while not client.take():
        pass
    client.socket.close()
    place, message = 0, client.message[5:]
    while place < len(message):
        tag, place = message[place], place + 1
        number, shift = 0, 0
        while True:
            byte, place = message[place], place + 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if tag == 0x20:  # count
            return number
        place += number if tag & 7 == 2 else 0
    return 0


def measure_etcd(folder, seconds):
    program = shutil.which("etcd")
    if not program:
        return print("etcd                      skipped: it is not installed (etcd-server)")
    ports = free_ports(2 * MEMBERS)
    clients, peers = ports[:MEMBERS], ports[MEMBERS:]
    cluster = ",".join(f"m{number}=http://127.0.0.1:{port}" for number, port in enumerate(peers))
    log = open(os.path.join(folder, "etcd.log"), "ab")
    members = []
    try:
        for number, (client, peer) in enumerate(zip(clients, peers)):
            members.append(processes.start(
                [program, "--name", f"m{number}", "--data-dir", os.path.join(folder, f"m{number}"),
                 "--listen-client-urls", f"http://127.0.0.1:{client}",
                 "--advertise-client-urls", f"http://127.0.0.1:{client}",
                 "--listen-peer-urls", f"http://127.0.0.1:{peer}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                 "--initial-cluster", cluster, "--initial-cluster-state", "new"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log))

        def is_healthy(port):
            try:
                with urllib.request.urlopen(
                        f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                    return b'"true"' in answer.read()
            except OSError:
                return False
        for port in clients:
            until("etcd is healthy", 60, lambda: is_healthy(port))
        milliseconds, took = drive_etcd(clients, seconds)
        for port in clients:
            kept = kept_by_etcd(port)
            if kept != len(milliseconds):
                sys.exit(f"etcd said {len(milliseconds)} puts are done and has {kept}")
        return Figures.of("etcd, three members, puts of 300 bytes", milliseconds, took)
    finally:
        for member in members:
            processes.end(member)
        log.close()


# MARK: PostgreSQL

class PostgreSQL:
    """A primary and two standbys, run by a user that is not root, as PostgreSQL demands."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = self.find()
        self.owner = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        self.ports = free_ports(MEMBERS)
        self.servers = []

    @staticmethod
    def find():
        """The directory of the newest version's programs; None where a program is missing."""
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(
            path.split("/")[-2]) if path.split("/")[-2].isdecimal() else 0)
        on_path = shutil.which("initdb")
        if on_path:
            folders.insert(0, os.path.dirname(os.path.realpath(on_path)))
        for folder in reversed(folders):
            if all(os.access(os.path.join(folder, name), os.X_OK)
                   for name in ("initdb", "postgres", "pg_basebackup", "pgbench", "psql")):
                return folder
        return None

    def command(self, name, *arguments):
        return [os.path.join(self.programs, name), *arguments]

    def run(self, name, *arguments):
        return processes.run(self.command(name, *arguments), check=True, timeout=300,
                             cwd=self.folder, **self.owner).stdout

    def ask(self, sql, number=0):
        return self.run("psql", "-h", "127.0.0.1", "-p", str(self.ports[number]), "-U", "bench",
                        "-d", "postgres", "-At", "-c", sql).strip()

    def data(self, number):
        return os.path.join(self.folder, f"p{number}")

    def start(self, number):
        with open(os.path.join(self.folder, f"p{number}.log"), "ab") as log:
            self.servers.append(processes.start(
                self.command("postgres", "-D", self.data(number), "-p", str(self.ports[number])),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **self.owner))

        def answers():
            try:
                return self.ask("SELECT 1", number) == "1"
            except AssertionError:
                return False
        until(f"server {number} answers", 60, answers)

    def bring_up(self):
        self.run("initdb", "-D", self.data(0), "-U", "bench", "-A", "trust", "--no-locale",
                 "-E", "UTF8")
        with open(os.path.join(self.data(0), "postgresql.conf"), "a", encoding="ascii") as file:
            file.write(f"""
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
shared_buffers = 128MB
max_wal_size = 4GB
wal_level = replica
hot_standby = on
fsync = on
synchronous_commit = on
synchronous_standby_names = 'FIRST 2 (s1, s2)'
""")
        self.start(0)
        for number in range(1, MEMBERS):
            self.run("pg_basebackup", "-D", self.data(number), "-R", "-X", "stream", "-c", "fast",
                     "-d", f"host=127.0.0.1 port={self.ports[0]} user=bench "
                     f"application_name=s{number}")
            self.start(number)
        until("both standbys are synchronous", 60, lambda: self.ask(
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "2")
        self.ask("CREATE TABLE entries (id bigserial PRIMARY KEY, value text NOT NULL)")

    def load(self, seconds):
        """Inserts; milliseconds of each, and the time taken."""
        script = os.path.join(self.folder, "insert.sql")
        with open(script, "w", encoding="ascii") as file:
            value = os.urandom(VALUE_BYTES // 2).hex()
            file.write(f"INSERT INTO entries (value) VALUES ('{value}');\n")
        self.run("pgbench", "-h", "127.0.0.1", "-p", str(self.ports[0]), "-U", "bench", "-n", "-M",
                 "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", script,
                 "-l", "--log-prefix", "bench", "postgres")
        milliseconds, ended, began = [], 0, float("inf")
        for path in glob.glob(glob.escape(self.folder) + "/bench.*"):
            with open(path, encoding="ascii") as file:
                for line in file:
                    _, _, taken, _, second, microsecond = line.split()[:6]
                    milliseconds.append(int(taken) / 1000)
                    moment = int(second) + int(microsecond) / 1e6
                    ended, began = max(ended, moment), min(began, moment - int(taken) / 1e6)
        return milliseconds, ended - began

    def end(self):
        # The standbys first; each ends its own processes on SIGINT (a fast shutdown).
        for server in reversed(self.servers):
            if server.poll() is None:
                server.send_signal(signal.SIGINT)
                try:
                    server.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    pass
            processes.end(server)


def measure_postgresql(folder, seconds):
    if not PostgreSQL.find():
        return print("PostgreSQL                skipped: it is not installed (postgresql)")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return print("PostgreSQL                skipped: there is no user postgres for it")
    servers = PostgreSQL(folder)
    try:
        servers.bring_up()
        milliseconds, took = servers.load(seconds)
        for number in range(MEMBERS):
            # A standby has what it confirmed, and may still be about to show it.
            until(f"server {number} has all inserts", 30, lambda: servers.ask(
                "SELECT count(*) FROM entries", number) == str(len(milliseconds)))
        return Figures.of(
            "PostgreSQL, two synchronous standbys, inserts of 300 bytes", milliseconds, took)
    finally:
        servers.end()


SYSTEMS = {"etcd": measure_etcd, "postgresql": measure_postgresql}


def measure(seconds, names=tuple(SYSTEMS)):
    """Measures the systems one after the other; figures of those that are installed."""
    found = []
    for name in names:
        folder = processes.folder(f"drec-{name}.")
        try:
            figures = SYSTEMS[name](folder, seconds)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if figures:
            found.append(figures)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=15, help="of each load")
    parser.add_argument("--only", choices=SYSTEMS, help="one of them")
    options = parser.parse_args()
    if not 1 <= options.seconds <= 600:
        parser.error("--seconds: 1 to 600")
    print(f"load of the machine       {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"fsync of 4 KiB            {syncs_per_second(processes.folder('drec-sync.')):.0f}/s")
    for figures in measure(options.seconds, [options.only] if options.only else tuple(SYSTEMS)):
        print(figures)


if __name__ == "__main__":
    main()
