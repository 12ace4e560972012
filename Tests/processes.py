#!/usr/bin/env python3
"""Starts the processes of the tests, and ends them by their ids however a test ends.

What was started here, with all its children, is gone when the test has passed or failed, and also
when it was told to end by SIGTERM, SIGHUP or Ctrl-C: a node would go on for ever. Directories that
were made here are removed then. Standard library only.
"""

import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

#: Signals that ask a test to end.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: Seconds for what must come about, on a machine that is slow and has much else to do.
PATIENCE = 300
DEVNULL = subprocess.DEVNULL
#: Below what systems take for outgoing connections: those would have a port before a node starts.
PORTS = range(20_000, 32_768)
#: As many ports belong to one test, beside the first one, which it holds as long as it lives.
BLOCK = 64

_lock = threading.RLock()
_started = set()
#: What holds the blocks of ports that are this test's, and the ports of them that nobody has yet.
_guards = []
_ports = []
_actions = []
#: Whether the main thread is between a start and its being written down, and what it was told then.
_is_starting = False
_told = None


def start(command, **options):
    """As `subprocess.Popen`, for a process that does not outlive the test."""
    global _is_starting
    is_main = threading.current_thread() is threading.main_thread()
    with _lock:
        _is_starting = is_main
        try:
            process = subprocess.Popen(command, **options)
            _started.difference_update([one for one in _started if one.returncode is not None])
            _started.add(process)
        finally:
            _is_starting = False
    if is_main and _told:
        _end_of_test(_told, None)
    return process


def run(command, timeout=PATIENCE, check=False, **options):
    """As `subprocess.run` with its output as text; the process does not outlive the test."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True, **options)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException:
        end(process)
        process.communicate()
        raise
    if check and process.returncode != 0:
        raise AssertionError(f"{command}: {process.returncode}\n{out}{err}")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end(process):
    """Kills a process and those that it started, and waits until it is gone."""
    if process.poll() is None:
        _end_tree(process.pid)
    process.wait(timeout=PATIENCE)


def children(parent):
    """Ids of the processes that a process started and that it has not reaped."""
    found = []
    for number in filter(str.isdecimal, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(number))
        except OSError:
            pass
    return found


def _end_tree(number):
    try:
        # It stands still first: it reaps nobody, so its children's ids stay theirs.
        os.kill(number, signal.SIGSTOP)
        for child in children(number):
            _end_tree(child)
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        pass


def free_port():
    """A port that is free now and was not given before, nor to a test that runs beside this one.

    Before a node listens, and while it is away, its port is free to others: so each test takes its
    ports from a block of its own.
    """
    with _lock:
        while True:
            while _ports:
                port = _ports.pop()
                probe = _bound(port)
                if probe:
                    probe.close()
                    return port
            _take_block()


def _bound(port):
    """A socket at a port, or None where somebody has it."""
    one = socket.socket()
    try:
        one.bind(("127.0.0.1", port))
        return one
    except OSError:
        one.close()
        return None


def _take_block():
    """Makes a block of ports this test's, by its first one."""
    chance = random.SystemRandom()
    for first in chance.sample(PORTS[::BLOCK], len(PORTS[::BLOCK])):
        guard = _bound(first)
        if guard:
            _guards.append(guard)
            _ports.extend(chance.sample(range(first + 1, first + BLOCK), BLOCK - 1))
            return
    raise AssertionError(f"no block of {PORTS} is free")


def free_ports(count):
    """Ports that are free now, all different."""
    return [free_port() for _ in range(count)]


def poll(what, answer, patience=PATIENCE):
    """Asks until the answer is one; gives it."""
    deadline = time.monotonic() + patience
    while True:
        found = answer()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what() if callable(what) else what}")
        time.sleep(0.05)  # between questions, never instead of one


def at_end(action, *arguments, **options):
    """Does something when all processes have ended, the latest such thing first."""
    with _lock:
        _actions.append((action, arguments, options))


def folder(prefix):
    """A new directory for temporary files, which is removed at the end."""
    path = tempfile.mkdtemp(prefix=prefix)
    at_end(shutil.rmtree, path, ignore_errors=True)
    return path


def unmount(path):
    """Takes a file system away that the test mounted."""
    subprocess.run(["umount", path], capture_output=True)


def _end_all():
    with _lock:
        running = [process.pid for process in _started if process.poll() is None]
        _started.clear()
        for number in running:
            _end_tree(number)
        for number in running:
            _await_end(number)
        while _actions:
            action, arguments, options = _actions.pop()
            action(*arguments, **options)


def _await_end(number):
    """As `Popen.wait`, which may be what the main thread was doing when it was told to end."""
    deadline = time.monotonic() + PATIENCE
    try:
        while not os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            if time.monotonic() > deadline:
                return print(f"process {number} cannot be ended", file=sys.stderr)
            time.sleep(0.01)  # between questions, never instead of one
        os.waitpid(number, 0)
    except ChildProcessError:
        pass  # Another thread has reaped it.


def _end_of_test(number, _):
    """Ends everything, then this process, as the signal would have."""
    global _told
    _told = number
    if _is_starting:
        return
    # Other threads wait at the lock from here on, so nothing new starts.
    with _lock:
        _end_all()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


atexit.register(_end_all)
if threading.current_thread() is threading.main_thread():
    for _number in SIGNALS:
        signal.signal(_number, _end_of_test)


@unittest.skipUnless(os.path.isdir("/proc/self"), "processes are looked up in /proc")
class ProcessesTests(unittest.TestCase):
    """Programs that start processes and are told to end."""

    def program(self, body):
        """Starts a program that uses this module; its processes bear the mark."""
        self.mark = f"600.{os.getpid()}{time.monotonic_ns()}"
        text = textwrap.dedent(body).replace("MARK", self.mark)
        return start(
            [sys.executable, "-B", "-c", f"import processes, threading, time\n{text}"],
            cwd=os.path.dirname(os.path.abspath(__file__)), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def running(self):
        found = []
        for number in filter(str.isdecimal, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    # A program that is told of the mark sleeps for no such time.
                    if file.read().split(b"\0")[:2] == [b"sleep", self.mark.encode()]:
                        found.append(int(number))
            except OSError:
                pass
        return found

    def assert_gone(self):
        deadline = time.monotonic() + PATIENCE
        while self.running():
            self.assertLess(time.monotonic(), deadline, f"still there: {self.running()}")
            time.sleep(0.02)  # between questions, never instead of one

    #: What programs do while they are told to end; each says so when it has begun.
    BODIES = {
        "waits for a process": """
            one = processes.start(["sleep", "MARK"])
            print(processes.folder("drec-ended-"), flush=True)
            one.wait()
            """,
        "has processes that have processes": """
            processes.start(["bash", "-c", "sleep MARK & bash -c 'sleep MARK & wait' & wait"])
            while len(processes.children(processes.children(processes.os.getpid())[0])) < 2:
                time.sleep(0.01)
            print(processes.folder("drec-ended-"), flush=True)
            time.sleep(600)
            """,
        "has a process that stands still": """
            one = processes.start(["sleep", "MARK"])
            one.send_signal(processes.signal.SIGSTOP)
            print(processes.folder("drec-ended-"), flush=True)
            time.sleep(600)
            """,
        "has threads that start processes": """
            def write():
                for _ in range(100):
                    processes.start(["sleep", "MARK"])
            threads = [threading.Thread(target=write) for _ in range(3)]
            print(processes.folder("drec-ended-"), flush=True)
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(600)
            """,
        "starts processes": """
            print(processes.folder("drec-ended-"), flush=True)
            for _ in range(300):
                processes.start(["sleep", "MARK"])
            time.sleep(600)
            """,
    }

    def test_whoever_is_told_to_end_leaves_nothing(self):
        for what, body in self.BODIES.items():
            for number in SIGNALS:
                with self.subTest(what=what, signal=number.name):
                    program = self.program(body)
                    path = program.stdout.readline().strip()
                    self.assertTrue(os.path.isdir(path), path)
                    program.send_signal(number)
                    _, err = program.communicate(timeout=PATIENCE)
                    self.assertEqual((program.returncode, err), (-number, ""))
                    self.assert_gone()
                    self.assertFalse(os.path.exists(path))

    def test_whoever_fails_leaves_nothing(self):
        program = self.program("""
            processes.start(["sleep", "MARK"])
            processes.at_end(print, "done", flush=True)
            raise ValueError("failed")
            """)
        out, err = program.communicate(timeout=PATIENCE)
        self.assertEqual((program.returncode, out), (1, "done\n"))
        self.assertIn("ValueError: failed", err)
        self.assert_gone()

    def test_no_two_tests_are_given_the_same_port(self):
        programs = [self.program(f"""
            print(*processes.free_ports({2 * BLOCK}), flush=True)
            time.sleep(600)
            """) for _ in range(3)]
        ports = [int(port) for program in programs for port in program.stdout.readline().split()]
        for program in programs:
            program.terminate()
            program.communicate(timeout=PATIENCE)
        self.assertEqual(len(ports), 3 * 2 * BLOCK)
        self.assertEqual(len(set(ports)), len(ports))
        self.assertLessEqual(set(ports), set(PORTS))

    def test_what_takes_too_long_is_ended(self):
        self.mark = f"600.{os.getpid()}{time.monotonic_ns()}"
        with self.assertRaises(subprocess.TimeoutExpired):
            run(["bash", "-c", f"sleep {self.mark} & wait"], timeout=1)
        self.assert_gone()
        self.assertEqual(run(["bash", "-c", "echo one; echo two >&2; exit 3"]).returncode, 3)
        with self.assertRaisesRegex(AssertionError, "two"):
            run(["bash", "-c", "echo two >&2; exit 3"], check=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
