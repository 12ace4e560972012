#!/usr/bin/env python3
"""Measures a network of four authorities on this machine, each a process with its own files.

    Network/bench.py --drec .build/release/drec
    Network/bench.py --drec .build/release/drec --beside

Founds the network, mints D-RECs, and then prints: finalised trades a second of 64 clients spread
over the nodes, as a share of V2/4, V2 being the machine's signature checks on two threads in the
same run; the time from submission to finality at two transactions a second; processor time of the
idle network; what the loss of one authority costs; how fast it catches up when it comes back.
With --beside, etcd and PostgreSQL are measured after it with as many clients, as beside.py says.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.dont_write_bytecode = True

import beside  # noqa: E402
import processes  # noqa: E402 (beside.py made it known)

AUTHORITIES = 4
CLIENTS = beside.CLIENTS


def run(*command, check=True, **options):
    """Runs a command and gives what it printed."""
    done = processes.run([str(part) for part in command], timeout=900, **options)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def until(what, seconds, condition):
    """Waits until something holds; ends the run when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    sys.exit(f"not within {seconds} s: {what}")


def ports():
    """Ports for `drec network new`, below those that systems give to clients."""
    base = 15_000 + os.getpid() % 15_000
    return ["--public-port", base, "--member-port", base + 100, "--peer-port", base + 200]


class Node:
    """One process of the network."""

    def __init__(self, drec, directory):
        self.drec = drec
        self.directory = directory
        settings = json.loads((directory / "node.json").read_text())["node"]
        self.public = f"http://127.0.0.1:{settings['public']['port']}"
        self.member = f"http://127.0.0.1:{settings['member']['port']}"
        self.process = None

    def start(self):
        with open(self.directory / "bench.log", "ab") as log:
            self.process = processes.start(
                [self.drec, "node", "run", "--config", self.directory / "node.json",
                 "--log-level", "info"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def status(self):
        try:
            with urllib.request.urlopen(self.public + "/v1/status", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def ticks(self):
        """Seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1]
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) // 1024

    def end(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            finally:
                processes.end(self.process)


def found(drec, work, nodes):
    """Accounts, a device, and reads of 200 days that mint 240 000 D-RECs."""
    keys = work / "net" / "keys"
    key = next(path for path in sorted(work.rglob("*.key")) if "initiative" in path.name)
    there = ["--public", nodes[0].public, "--member", nodes[0].member]
    ids = {}
    for kind, name in ("developer", "Seller"), ("buyer", "Buyer"):
        said = run(drec, "account", "register", "--kind", kind, "--name", name,
                   "--country", "KEN", "--new-key", keys / f"{name}.key", "--key", key,
                   "--account", "A1", *there)
        ids[name] = said.split()[0]
    seller = ["--key", keys / "Seller.key", "--account", ids["Seller"], *there]
    run(drec, "device", "register", "--external-id", "PLANT", "--capacity-kw", "250",
        "--country", "KEN", "--commissioned", "2020-01-01", "--latitude", "0", "--longitude", "37",
        *seller)
    days = [datetime.date.today() - datetime.timedelta(days=back) for back in range(202, 2, -1)]
    rows = [f"PLANT,{day}T00:00:00Z,{day + datetime.timedelta(days=1)}T00:00:00Z,1200000"
            for day in days]
    (work / "reads.csv").write_text("device,start,end,wh\n" + "\n".join(rows) + "\n")
    said = run(drec, "reads", "submit", work / "reads.csv", "--quiet", *seller)
    print("minted                    " + said.strip().splitlines()[-1])
    return seller, ids["Buyer"]


def load(drec, seller, buyer, nodes, *options):
    also = [part for node in nodes[1:] for part in ("--also", node.member)]
    return run(drec, "bench", "load", "--to", buyer, *seller[:4], "--public", nodes[0].public,
               "--member", nodes[0].member, *also, *options)


def agree(nodes):
    heads = [node.status() for node in nodes]
    return all(heads) and len({head["headHash"] for head in heads}) == 1 and heads[0]


def figures(said):
    """Those of `drec bench load`."""
    found = re.search(r"(\d+)/s +p50 ([\d.]+) ms +p99 ([\d.]+) ms", said)
    if not found:
        sys.exit(f"no figures in: {said}")
    return beside.Figures(
        "drec, four authorities, signed trades", *map(float, found.groups()))


def measure_network(drec, seconds, work):
    """Gives the figures of 64 clients."""
    net = work / "net"
    run(drec, "network", "new", net, "--name", "bench", "--authorities", AUTHORITIES, *ports())
    nodes = [Node(drec, net / f"node-{index}") for index in range(AUTHORITIES)]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            until("a node answers", 30, lambda: (node.status() or {}).get("ready"))
        seller, buyer = found(drec, work, nodes)
        print("== 64 clients, spread over four authorities")
        ticks = sum(node.ticks() for node in nodes)
        height = nodes[0].status()["height"]
        said = load(drec, seller, buyer, nodes, "--clients", CLIENTS, "--seconds", seconds)
        trades = int(re.search(r"\((\d+) in", said).group(1))
        ticks = sum(node.ticks() for node in nodes) - ticks
        blocks = nodes[0].status()["height"] - height
        measured = figures(said)
        print(said, end="")
        print(f"processor time of a node  {1e6 * ticks / trades / AUTHORITIES:.0f} µs each, "
              f"{trades / blocks:.0f} trades a block")
        print("== one transaction every half second")
        print(load(drec, seller, buyer, nodes[:1], "--clients", 8, "--rate", "2",
                   "--seconds", max(15, seconds)), end="")
        until("all agree", 30, lambda: agree(nodes))
        before = agree(nodes)["height"]
        # The timers of requests that were answered end within ten seconds.
        for title in ("== idle for 20 s, right after the last transaction", "-- and 20 s more"):
            ticks = [node.ticks() for node in nodes]
            time.sleep(20)
            used = [100 * (node.ticks() - tick) / 20 for node, tick in zip(nodes, ticks)]
            print(title)
            print("processor of each node    " + ", ".join(f"{share:.2f} %" for share in used))
        print(f"blocks                    {agree(nodes)['height'] - before}")
        print("memory, most so far       " + ", ".join(f"{node.memory()} MB" for node in nodes))
        print("== one authority is killed while 64 clients trade on the others")
        killed = nodes[-1]
        timer = threading.Timer(2, lambda: killed.end(signal.SIGKILL))
        timer.start()
        print(load(drec, seller, buyer, nodes[:-1], "--clients", CLIENTS, "--seconds",
                   seconds + 5), end="")
        timer.join()
        print("-- and after that")
        print(load(drec, seller, buyer, nodes[:-1], "--clients", CLIENTS, "--seconds",
                   seconds), end="")
        first = agree(nodes[:-1])["logSize"]
        began = time.monotonic()
        killed.start()
        until("it answers", 30, killed.status)
        own = killed.status()["logSize"]
        start, ticks = time.monotonic(), killed.ticks()
        progress = [(start, own)]

        def has_caught_up():
            size = (killed.status() or {}).get("logSize", 0)
            if size != progress[-1][1]:
                progress.append((time.monotonic(), size))
            return size >= first

        until("it caught up", 600, has_caught_up)
        # The first blocks that were seen come with the time that it took to ask for them.
        (came, size), (ended, _) = progress[1 if len(progress) > 2 else 0], progress[-1]
        print("== it comes back")
        print(f"caught up                 {first - own} transactions in {ended - start:.2f} s, "
              f"{start - began:.2f} s after its start")
        print(f"once blocks came          {(first - size) / (ended - came):.0f}/s, "
              f"{came - start:.2f} s after it answered; "
              f"{1e6 * (killed.ticks() - ticks) / (first - own):.0f} µs of processor time each")
        until("all agree", 60, lambda: agree(nodes))
        killed.end()
        said = run(drec, "node", "inspect", "--replay", "--config", killed.directory / "node.json")
        rate = next(line for line in said.splitlines() if line.startswith("executed"))
        print("replay of that chain      " + rate.split(None, 1)[1])
        return measured
    finally:
        for node in nodes:
            node.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--drec", default=".build/release/drec", help="the program, release build")
    parser.add_argument("--seconds", type=int, default=15, help="of each load")
    parser.add_argument("--beside", action="store_true", help="measure etcd and PostgreSQL, too")
    options = parser.parse_args()
    drec = pathlib.Path(options.drec).resolve()
    if not drec.exists():
        sys.exit(f"{drec} is not there: swift build -c release --product drec")
    print(f"load of the machine       {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    work = pathlib.Path(processes.folder("drec-bench."))
    print(f"fsync of 4 KiB            {beside.syncs_per_second(work):.0f}/s")
    try:
        ours = measure_network(drec, options.seconds, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if options.beside:
        print("== others, with as many clients, each write on the disks of a quorum or of all")
        table = [ours, *beside.measure(options.seconds)]
        for row in table:
            print(f"{row}  {row.per_second / ours.per_second:5.2f} x")


if __name__ == "__main__":
    main()
