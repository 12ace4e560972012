#!/usr/bin/env python3
"""Compares a node with nginx on this machine: both serve the same bytes, and wrk asks both in turn.

    Network/bench_static.py --drec .build/release/drec

A tile of the log, a final transaction as JSON, and a page. Each round asks nginx and the node one
after the other; the median of the rounds counts. Needs nginx and wrk, both in Debian.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True

import beside  # noqa: E402,F401 (it makes processes known)
import processes  # noqa: E402

CONNECTIONS = 32
THREADS = 2
BAR = 0.3

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def await_answer(url):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return fetch(url)
        except OSError:
            time.sleep(0.05)
    sys.exit(f"no answer: {url}")


def found(drec, folder):
    """A network of one with some entries in its log; gives its public address."""
    public, member = processes.free_ports(2)
    environment = dict(os.environ, DREC_PUBLIC=f"http://127.0.0.1:{public}",
                       DREC_MEMBER=f"http://127.0.0.1:{member}")
    processes.run([drec, "network", "new", folder / "net", "--public-port", str(public),
                   "--member-port", str(member)], check=True)
    processes.start([drec, "network", "up", folder / "net", "--log-level", "warning"],
                    stdin=subprocess.DEVNULL)
    await_answer(f"http://127.0.0.1:{public}/readyz")
    for number in range(8):
        processes.run(
            [drec, "account", "register", "--kind", "buyer", "--name", f"Buyer {number}",
             "--country", "DEU", "--new-key", folder / f"{number}.key", "--key",
             folder / "net/keys/initiative.key", "--account", "A1"],
            check=True, env=environment)
    return f"http://127.0.0.1:{public}"


def rate(url, seconds):
    """Requests a second, by wrk; all answers must be 200."""
    done = processes.run(["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds}s",
                          url], check=True, timeout=seconds + 60)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        sys.exit(f"{url}\n{done.stdout}")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--drec", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--seconds", type=int, default=4, help="of each run of wrk")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    for program in ("nginx", "wrk"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    folder = pathlib.Path(processes.folder("drec-static-"))
    # nginx gives up root's rights, and its workers must read the files.
    folder.chmod(0o755)
    node = found(chosen.drec, folder)
    size = json.loads(fetch(f"{node}/v1/status"))["logSize"]
    first = json.loads(fetch(f"{node}/v1/entries/0"))["id"]
    objects = {
        "tile of the log": f"/log/tile/0/000.p/{size}",
        "final transaction": f"/v1/transactions/{first}",
        "page": "/verify",
    }
    files = folder / "files"
    for path in objects.values():
        (files / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (files / path[1:]).write_bytes(fetch(node + path))
    port = processes.free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    processes.start(["nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    nginx = f"http://127.0.0.1:{port}"
    print(f"load before: {os.getloadavg()[0]:.2f}; wrk: {THREADS} threads, {CONNECTIONS} "
          f"connections, {chosen.rounds} rounds of {chosen.seconds} s", flush=True)
    misses = 0
    for name, path in objects.items():
        bytes_ = await_answer(nginx + path)
        if bytes_ != fetch(node + path):
            sys.exit(f"{path}: the bytes differ")
        rates = [(rate(nginx + path, chosen.seconds), rate(node + path, chosen.seconds))
                 for _ in range(chosen.rounds)]
        theirs, ours = (statistics.median(side) for side in zip(*rates))
        misses += ours < BAR * theirs
        print(f"{name}, {len(bytes_)} bytes: nginx {theirs:.0f}/s, node {ours:.0f}/s, "
              f"{ours / theirs:.2f}", flush=True)
    print(f"load after: {os.getloadavg()[0]:.2f}; the bar is {BAR}"
          + (f", missed by {misses}" if misses else ""))


if __name__ == "__main__":
    main()
