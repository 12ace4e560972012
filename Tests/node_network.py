#!/usr/bin/env python3
"""Real processes: four authorities and an observer under writing clients, harmed in many ways.

After each harm the network is audited from outside: nothing acknowledged is lost, all nodes have the
same blocks and roots, and every watt-hour is in one place. What is waited for is asked for until a
deadline; nothing is slept away.

The links between nodes go through proxies of this test, which can cut them; node_network_links.py
does that. Standard library only. DREC names the program; the default is the debug build. DREC_SEED
chooses whom the harm befalls.
"""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import processes
from node_processes import DREC, SEED
from processes import PATIENCE, free_ports, poll

#: Seconds in which nothing may come about.
QUIET = 2


class Link:
    """Carries connections to a port, until it is cut.

    A cut link is silent: connections stay, and nothing comes through, as when a cable is pulled. A
    refusing one closes what there is and what comes.
    """

    def __init__(self, target):
        self.target = target
        self.flowing = threading.Event()
        self.flowing.set()
        self.is_refusing = False
        self.is_closed = False
        self.lock = threading.Lock()
        self.sockets = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(near,), daemon=True).start()

    def connect(self, near):
        if self.is_refusing:
            return near.close()
        self.flowing.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            return near.close()
        far.settimeout(None)
        with self.lock:
            if self.is_refusing or self.is_closed:
                near.close()
                return far.close()
            self.sockets |= {near, far}
        threading.Thread(target=self.carry, args=(near, far), daemon=True).start()
        self.carry(far, near)

    def carry(self, source, target):
        try:
            while True:
                data = source.recv(65536)
                self.flowing.wait()
                if not data:
                    break
                target.sendall(data)
        except OSError:
            pass
        self.end(source, target)

    def end(self, *sockets):
        with self.lock:
            for one in sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                one.close()
                self.sockets.discard(one)

    def cut(self, refusing=False):
        self.is_refusing = refusing
        if refusing:
            self.end(*list(self.sockets))
        else:
            self.flowing.clear()

    def heal(self):
        self.is_refusing = False
        self.flowing.set()

    def close(self):
        self.is_closed = True
        # Closing alone would not wake the thread that accepts.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.heal()
        self.end(*list(self.sockets))


class Node:
    """A node's directory and, while it runs, its process."""

    def __init__(self, network, name):
        self.network, self.name = network, name
        self.directory = os.path.join(network, name)
        self.configuration = os.path.join(self.directory, "node.json")
        self.log = os.path.join(network, name + ".log")
        self.process = None
        self.is_paused = False
        #: Where it listens, and what runs a command where the node is.
        self.host, self.place = "127.0.0.1", []
        settings = self.settings()
        self.public, self.member = settings["public"]["port"], settings["member"]["port"]
        self.peer = settings["peer"]["port"]

    def __repr__(self):
        return self.name

    @property
    def is_observer(self):
        return self.name.startswith("observer")

    def settings(self):
        with open(self.configuration, encoding="utf-8") as file:
            return json.load(file)["node"]

    def write(self, **settings):
        changed = {"node": {**self.settings(), **settings}}
        with open(self.configuration, "w", encoding="utf-8") as file:
            json.dump(changed, file)

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None

    def start(self, environment=None, flags=()):
        with open(self.log, "ab") as log:
            self.process = processes.start(
                [*self.place, DREC, "node", "run", "--config", self.configuration, "--log-level",
                 "notice", *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**bare_environment(), **(environment or {})})

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=PATIENCE)
        self.is_paused = False

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def pause(self):
        self.signal(signal.SIGSTOP)
        self.is_paused = True

    def resume(self):
        self.signal(signal.SIGCONT)
        self.is_paused = False

    def said(self, lines=20):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])

    def get(self, path, timeout=60, port=None):
        try:
            with urllib.request.urlopen(
                    f"http://{self.host}:{port or self.public}{path}", timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ask(self, path):
        status, body = self.get(path)
        if status != 200:
            raise AssertionError(f"{self.name}{path}: {status} {body}")
        return json.loads(body)

    def pages(self, path):
        """The items of a list, over all its pages."""
        cursor = ""
        while True:
            page = self.ask(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}")
            yield from page["items"]
            if not page["next"]:
                return
            cursor = "&cursor=" + page["next"]

    def status(self):
        """What the node says of itself, or None where it does not answer."""
        try:
            status, body = self.get("/v1/status", timeout=10)
            return json.loads(body) if status == 200 else None
        except (OSError, ValueError):
            return None

    def operation(self):
        """What the node tells its operator, or None where it does not answer."""
        try:
            status, body = self.get("/v1/operation", timeout=10, port=self.member)
            return json.loads(body) if status == 200 else None
        except (OSError, ValueError):
            return None

    def await_status(self):
        """What the node says of itself, once it answers."""
        return poll(self.account, self.status)

    def await_operation(self):
        """What the node tells its operator, once it answers."""
        return poll(self.account, self.operation)

    def await_agreement(self):
        """Where its agreement stands, once it has begun and tells it."""
        return poll(self.account, lambda: (self.operation() or {}).get("agreement"))

    def account(self):
        """All that helps to find out what is wrong."""
        return f"\n-- {self}\n{self.status()}\n{self.operation()}\n{self.said()}"

    def height(self):
        status = self.status()
        return status["height"] if status else None

    def is_ready(self):
        if not self.runs:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.said()}")
        status = self.status()
        return status is not None and status["ready"]


def bare_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("DREC_")}


class Network:
    """Four authorities and an observer, all linked through proxies."""

    def __init__(self, folder, authorities=4, observers=1):
        self.directory = os.path.join(folder, "net")
        self.drec("network", "new", self.directory, "--authorities", str(authorities),
                  "--observers", str(observers))
        names = ([f"node-{number}" for number in range(authorities)]
                 + [f"observer-{number}" for number in range(observers)])
        ports = iter(free_ports(3 * len(names)))
        for name in names:
            path = os.path.join(self.directory, name, "node.json")
            with open(path, encoding="utf-8") as file:
                settings = json.load(file)
            for endpoint in ("public", "member", "peer"):
                settings["node"][endpoint]["port"] = next(ports)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(settings, file)
        self.nodes = [Node(self.directory, name) for name in names]
        self.authorities = self.nodes[:authorities]
        #: By the names of two nodes, what the first one reaches the second one through.
        self.links = {}
        self.connect()

    def connect(self):
        """Makes the links, and tells each node where it finds the authorities."""
        for node in self.nodes:
            addresses = {}
            for number, other in enumerate(self.authorities):
                if other is not node:
                    link = self.links[node.name, other.name] = Link(other.peer)
                    addresses[f"authority-{number}"] = f"127.0.0.1:{link.port}"
            self.write_peers(node, addresses)

    def write_peers(self, node, addresses):
        path = os.path.join(self.directory, f"{node.name}-peers.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(addresses, file)
        node.write(peers=path)

    def drec(self, *arguments, node=None, code=0, timeout=PATIENCE):
        environment = bare_environment()
        if node:
            environment.update(DREC_PUBLIC=f"http://{node.host}:{node.public}",
                               DREC_MEMBER=f"http://{node.host}:{node.member}")
        result = processes.run([DREC, *arguments], env=environment, timeout=timeout)
        if code is not None and result.returncode != code:
            raise AssertionError(
                f"{arguments}: {result.returncode} {result.stdout}{result.stderr}")
        return result

    def start(self, *nodes, **more):
        for node in nodes or self.nodes:
            node.start(**more)
        for node in nodes or self.nodes:
            poll(lambda: f"{node.name} is ready: {node.status()} {node.said()}", node.is_ready)

    def between(self, *nodes):
        """The links of these nodes with all others."""
        names = {node.name for node in nodes}
        return [link for (near, far), link in self.links.items()
                if (near in names) != (far in names)]

    def await_same_head(self, nodes=None):
        """Waits until all are ready and have the same last block; gives what they say."""
        nodes = nodes or self.nodes

        def same():
            found = [node.is_ready() and node.status() for node in nodes]
            heads = {status and (status["headHash"], status["logRoot"], status["stateRoot"])
                     for status in found}
            return found[0] if len(heads) == 1 and None not in heads else None

        return poll(
            lambda: "the same head: " + "".join(node.account() for node in nodes), same)

    def close(self):
        for node in self.nodes:
            if node.runs:
                node.kill()
        for link in self.links.values():
            link.close()


class Ledger:
    """Accounts and D-RECs on a network, and what was done with them."""

    KILOWATT_HOURS = 90

    def __init__(self, network):
        self.network = network
        folder = network.directory
        node = network.authorities[0]

        def register(kind):
            key = os.path.join(folder, f"{kind}.key")
            told = network.drec(
                "account", "register", "--kind", kind, "--name", kind, "--country", "KEN",
                "--new-key", key, "--key", os.path.join(folder, "keys", "initiative.key"),
                "--account", "A1", node=node)
            return re.match(r"A\d+", told.stdout).group(), key

        developer, key = register("developer")
        self.buyer, _ = register("buyer")
        self.developer = ["--key", key, "--account", developer]
        network.drec(
            "device", "register", "--external-id", "roof", "--capacity-kw", "20", "--country",
            "KEN", "--commissioned", "2021-03-01", "--latitude", "-1.28", "--longitude", "36.82",
            "--kind", "Rooftop Solar", "--off-taker", "School", *self.developer, node=node)
        reads = os.path.join(folder, "reads.csv")
        with open(reads, "w", encoding="utf-8") as file:
            file.write("id,timestamp,value,unit\n")
            for day in range(1, 29):
                file.write(f"roof,2025-03-{day:02}T00:00:00Z,{self.KILOWATT_HOURS}.5,kWh\n")
        told = network.drec("reads", "submit", reads, "--quiet", *self.developer, node=node)
        lots = re.findall(r"minted (DREC\S+)-(\d+)\.\.(\d+)", told.stdout)
        self.series = lots[0][0]
        self.serials = iter(range(1, int(lots[-1][2]) + 1))
        self.lock = threading.Lock()
        #: Serials that a node said are traded, finally.
        self.acknowledged = []
        #: Serials whose trade nobody knows about: the client did not hear.
        self.unknown = []
        #: What those clients were told instead, if anything.
        self.excuses = []
        self.refused = []
        self.audited = 0

    def trade(self, node, timeout=40):
        """Trades the next D-REC through a node; whether that was acknowledged."""
        with self.lock:
            serial = next(self.serials)
        try:
            result = self.network.drec(
                "trade", f"{self.series}-{serial}", "--to", self.buyer, *self.developer,
                node=node, code=None, timeout=timeout)
        except subprocess.TimeoutExpired:
            self.unknown.append(serial)
            return False
        if result.returncode == 0:
            self.acknowledged.append(serial)
            return True
        (self.refused if result.returncode == 1 else self.unknown).append(serial)
        self.excuses.append(f"{serial} by {node}: {result.stderr.strip()}")
        return False

    def bought(self, node):
        """The serials that the buyer has, by a node's account."""
        serials = set()
        for lot in node.pages(f"/v1/lots?owner={self.buyer}"):
            first, last = re.fullmatch(r".*-(\d+)(?:\.\.(\d+))?", lot["range"]).groups()
            serials |= set(range(int(first), int(last or first) + 1))
        return serials

    def audit(self, test, nodes=None):
        """Looks through the public endpoints of all nodes."""
        nodes = nodes or self.network.nodes
        head = self.network.await_same_head(nodes)
        chains = []
        for node in nodes:
            blocks = {}
            # Of a node that began with a snapshot, the blocks after it.
            before = max(self.audited, (node.await_status()["history"] or {}).get("afterBlock", 0))
            for block in node.pages("/v1/blocks"):
                if block["height"] <= before:
                    break
                if block["height"] <= head["height"]:
                    blocks[block["height"]] = tuple(
                        block[name] for name in ("hash", "parentHash", "logRoot", "stateRoot"))
            chains.append(blocks)
            test.assertEqual(sorted(blocks), list(range(before + 1, head["height"] + 1)), node)
            known = {height: chains[0][height] for height in blocks}
            test.assertEqual(blocks, known, f"{node} and {nodes[0]} differ")
            bought = self.bought(node)
            test.assertEqual(set(self.acknowledged) - bought, set(), f"lost on {node}")
            test.assertEqual(
                bought - set(self.acknowledged) - set(self.unknown), set(), f"made up by {node}")
            for project in node.pages("/v1/projects"):
                for series in project["series"]:
                    whole = sum(
                        series[f"{status}KilowattHours"] for status in
                        ("active", "listed", "registryLocked", "redeemed", "retired"))
                    test.assertEqual(
                        int(series["issuedWattHours"]), 1000 * whole + series["openWattHours"])
        self.audited = head["height"]
        test.assertEqual(self.refused, [], self.excuses)
        return head


class Writers:
    """Clients that trade through nodes, one after the other, until they are told to end."""

    def __init__(self, ledger, nodes, count=2):
        self.ledger, self.nodes = ledger, list(nodes)
        self.is_ending = threading.Event()
        self.threads = [
            threading.Thread(target=self.write, args=(number,)) for number in range(count)]

    def write(self, number):
        while not self.is_ending.is_set():
            number += 1
            nodes = self.nodes  # may be others at any time
            self.ledger.trade(nodes[number % len(nodes)])

    def await_more(self, count=3):
        """Waits until so many more trades are acknowledged."""
        wanted = len(self.ledger.acknowledged) + count
        poll(lambda: f"{count} more trades: {self.ledger.unknown} {self.ledger.excuses} "
             + "".join(node.account() for node in self.ledger.network.nodes
                       if node.runs and not node.is_paused),
             lambda: len(self.ledger.acknowledged) >= wanted)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_ending.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE)


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
class NetworkTestCase(unittest.TestCase):
    """A network for all tests of a class; each leaves it whole."""

    @classmethod
    def setUpClass(cls):
        cls.chance = random.Random(SEED)
        print(f"seed {SEED}", file=sys.stderr)
        cls.folder = processes.folder("drec network ")  # with a space in it
        cls.network = None
        try:
            cls.network = cls.found()
            cls.prepare()
            cls.network.start()
            cls.ledger = Ledger(cls.network)
        except BaseException:
            cls.remove()
            raise

    @classmethod
    def found(cls):
        return Network(cls.folder)

    @classmethod
    def prepare(cls):
        """What is to be done before the nodes start."""

    @classmethod
    def tearDownClass(cls):
        try:
            cls.audit_stopped()
        finally:
            cls.remove()

    @classmethod
    def audit_stopped(cls):
        """All nodes stop in good order, and each chain replays to equal tables."""
        running = [node for node in cls.network.nodes if node.runs]
        for node in running:
            node.signal(signal.SIGTERM)
        for node in running:
            status = node.process.wait(timeout=PATIENCE)
            if status != 0:
                raise AssertionError(f"{node} ended with {status}: {node.said()}")
        for node in cls.network.nodes:
            told = cls.network.drec("node", "inspect", "--config", node.configuration, "--replay")
            if "all tables are equal" not in told.stdout:
                raise AssertionError(f"{node}: {told.stdout}")

    @classmethod
    def remove(cls):
        if cls.network:
            cls.network.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        self.others = []
        self.addCleanup(self.finish)
        self.began = time.monotonic()

    def heal(self):
        """The network is whole again, whatever was done to it."""
        for link in self.network.links.values():
            link.heal()
        for node in self.network.nodes:
            if node.runs and node.is_paused:
                node.resume()
        for process in self.others:
            processes.end(process)
        gone = [node for node in self.network.nodes if not node.runs]
        if gone:
            self.network.start(*gone)

    def finish(self):
        self.heal()
        print(f"{self.id().rsplit('.')[-1]}: {time.monotonic() - self.began:.1f} s",
              file=sys.stderr)

    @property
    def authorities(self):
        return self.network.authorities

    def choose(self, count):
        """Some authorities, by the seed, and the others."""
        some = self.chance.sample(self.authorities, count)
        return some, [node for node in self.authorities if node not in some]

    def assert_stands_still(self, nodes):
        """Nothing becomes final on any of these nodes, although somebody asks for it."""
        def heights():
            return [node.await_status()["height"] for node in nodes]

        def ask(node):
            self.assertFalse(self.ledger.trade(node, timeout=QUIET), "final without a quorum")

        # What was on its way when the harm was done, a block or two, may still arrive meanwhile.
        for node in [*nodes, *nodes]:
            before = heights()
            ask(node)
            if heights() == before:
                break
        before = heights()
        ask(nodes[-1])
        self.assertEqual(heights(), before)


class Losses:
    """Processes that end, stand still, or lose their files."""

    def test_the_loss_of_one_stops_nobody(self):
        for harm, end in ((Node.kill, None), (Node.pause, Node.resume)):
            with self.subTest(harm=harm.__name__):
                self.heal()
                (lost,), rest = self.choose(1)
                with Writers(self.ledger, rest) as writers:
                    writers.await_more()
                    harm(lost)
                    writers.await_more(5)
                    if end:
                        end(lost)
                    else:
                        self.network.start(lost)
                    writers.await_more()
                self.ledger.audit(self)

    def test_the_loss_of_two_stops_finality_until_one_is_back(self):
        for harm, end in ((Node.kill, None), (Node.pause, Node.resume)):
            with self.subTest(harm=harm.__name__):
                self.heal()
                lost, rest = self.choose(2)
                with Writers(self.ledger, rest) as writers:
                    writers.await_more()
                for node in lost:
                    harm(node)
                self.assert_stands_still(rest)
                if not end:
                    poll(lambda: rest[0].account(), lambda: self.blames(rest[0], lost))
                for node in lost:
                    if end:
                        end(node)
                    else:
                        self.network.start(node)
                    with Writers(self.ledger, rest) as writers:
                        writers.await_more()
                self.ledger.audit(self)

    @staticmethod
    def blames(node, lost):
        """Whether a node tells in one line why nothing becomes final, and who is away."""
        reason = (node.operation() or {}).get("stalledBecause") or ""
        return reason.startswith("3 of 4 authorities are needed and 2 are connected here") and all(
            "authority-" + one.name.removeprefix("node-") in reason for one in lost)

    def test_all_may_be_killed_at_once(self):
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
            for node in self.network.nodes:
                node.process.kill()
            for node in self.network.nodes:
                node.kill()
        self.network.start()
        self.ledger.audit(self)
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
        self.ledger.audit(self)

    def test_all_may_be_stopped_and_started(self):
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
        for node in self.network.nodes:
            node.signal(signal.SIGTERM)
        for node in self.network.nodes:
            self.assertEqual(node.process.wait(timeout=PATIENCE), 0, node.said())
        self.network.start()
        self.ledger.audit(self)

    def test_a_wiped_observer_catches_up(self):
        observer = self.network.nodes[-1]
        self.assertTrue(observer.is_observer)
        observer.kill()
        for name in os.listdir(observer.directory):
            if ".sqlite" in name:
                os.remove(os.path.join(observer.directory, name))
        refused = self.network.drec("node", "run", "--config", observer.configuration, code=2)
        self.assertIn("there is no chain", refused.stderr)
        settings = observer.settings()
        self.network.drec(
            "node", "init", observer.directory, "--genesis", settings["genesis"], "--observer",
            "--tls-key", settings["tlsKey"], "--peers", settings["peers"], "--public-port",
            str(observer.public), "--member-port", str(observer.member), "--peer-port",
            str(observer.peer))
        with Writers(self.ledger, self.authorities) as writers:
            writers.await_more()
            self.network.start(observer)
            writers.await_more()
        self.ledger.audit(self)

    def test_an_authority_without_its_record_of_votes_does_not_sign(self):
        (lost,), rest = self.choose(1)
        with Writers(self.ledger, rest) as writers:
            writers.await_more()
            lost.kill()
            removed = [name for name in os.listdir(lost.directory) if name.startswith("safety")]
            self.assertTrue(removed)
            for name in removed:
                os.remove(os.path.join(lost.directory, name))
            lost.start()
            # It follows without a vote, and says how to go on.
            poll(lost.account, lambda: "--resume-signing" in lost.said(200)
                 and lost.await_agreement()["silentBecause"])
            writers.await_more()
            lost.kill()
            self.network.start(lost, flags=["--resume-signing"])
            poll(lost.account, lambda: not lost.await_agreement()["silentBecause"])
            writers.await_more()
        self.ledger.audit(self)
        # The word was for one start.
        lost.stop()
        self.network.start(lost)
        self.ledger.audit(self)


class NetworkTests(Losses, NetworkTestCase):
    """All of it on one network."""


@unittest.skipUnless(os.access(DREC, os.X_OK), f"there is no program at {DREC}")
@unittest.skipUnless(os.path.isdir("/proc/self"), "processes are looked up in /proc")
class UpTests(unittest.TestCase):
    """`drec network up`, which runs all nodes of a directory, and `drec network status`."""

    def setUp(self):
        self.folder = processes.folder("drec up ")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.network = Network(self.folder, authorities=2)
        self.addCleanup(self.network.close)
        self.up = processes.start(
            [DREC, "network", "up", self.network.directory, "--log-level", "warning"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=bare_environment())
        self.addCleanup(self.end)
        poll(self.survey, lambda: (self.survey(0) or {}).get("sameHead"))

    def end(self):
        if self.up.poll() is None:
            self.up.terminate()
            self.up.communicate(timeout=PATIENCE)
        # Whatever went wrong, no node is left.
        for process in self.processes():
            os.kill(process, signal.SIGKILL)

    def processes(self, name=""):
        """Of nodes of this network, by their command lines."""
        prefix = os.path.join(self.network.directory, name).encode()
        found = []
        for number in filter(str.isdecimal, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    arguments = file.read().split(b"\0")
            except OSError:
                continue
            if b"run" in arguments and any(part.startswith(prefix) for part in arguments):
                found.append(int(number))
        return found

    def survey(self, code=None):
        told = self.network.drec(
            "network", "status", self.network.directory, "--json", code=None)
        if told.returncode != code and code is not None:
            return None
        return json.loads(told.stdout)

    def test_all_nodes_run_and_stop_with_it(self):
        def are_all_told_of():
            # A node that has much to do is asked again.
            told = self.network.drec("network", "status", self.network.directory, code=None)
            return told.returncode == 0 and all(
                re.search(f"{node.name} +height .* ready", told.stdout)
                for node in self.network.nodes)
        poll(self.survey, are_all_told_of)
        self.assertEqual(len(self.processes()), 3)
        self.up.terminate()
        out, err = self.up.communicate(timeout=PATIENCE)
        self.assertEqual(self.up.returncode, 0, out + err)
        self.assertEqual(self.processes(), [])
        told = self.network.drec("network", "status", self.network.directory, code=2)
        self.assertEqual(told.stdout.count("connection refused"), 3)

    def test_a_node_that_ends_is_told_of_and_can_be_run_alone(self):
        victim = self.network.nodes[-1]
        process, = self.processes(victim.name)
        os.kill(process, signal.SIGKILL)
        line = self.up.stderr.readline()
        self.assertIn(f"{victim.name} ended, signal 9", line)
        survey = poll(self.survey, lambda: self.survey(2))
        self.assertIsNone(survey["nodes"][-1]["status"])
        alone = processes.start(
            [DREC, "network", "up", self.network.directory, "--node", victim.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=bare_environment())
        try:
            poll(self.survey, lambda: (self.survey(0) or {}).get("sameHead"))
        finally:
            alone.terminate()
            self.assertEqual(alone.wait(timeout=PATIENCE), 0)
        self.up.terminate()
        _, err = self.up.communicate(timeout=PATIENCE)
        self.assertEqual(self.up.returncode, 2)
        self.assertIn(f"not stopped in good order: {victim.name}", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
