"""Keeping a few child processes together: all run, or none does.

Every child leads a process group of its own, so that Ctrl-C reaches the keeper alone and a stop
reaches grandchildren too. On Linux the kernel ends a child whose keeper was killed outright.
Knows nothing of Django.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
TAIL_LINES = 20


def _libc():
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


_LIBC = _libc()


def end_with_parent(expected_parent: int) -> None:
    """Ask the kernel for SIGTERM when this process's parent dies (Linux; elsewhere nothing)."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != expected_parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGTERM)


def spawn(command: list[str], **options) -> subprocess.Popen:
    """Popen in a group of its own, tied to the life of this process."""
    keeper = os.getpid()
    return subprocess.Popen(
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: end_with_parent(keeper),
        **options,
    )


def signal_group(process: subprocess.Popen, number: int) -> None:
    """Signal a child and everything it started."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # all gone, or only zombies (macOS)
        pass


@dataclass
class Child:
    name: str
    process: subprocess.Popen
    log: Path


class Keeper:
    """Starts children, waits until one ends or somebody asks to stop, and stops them all."""

    def __init__(self, log_dir: Path):
        self.log_dir = log_dir
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self._asked = 0

    def listen(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to stop; a second one stops at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def start(self, name: str, command: list[str], env: Mapping[str, str]) -> Child:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        log = self.log_dir / f"{name}.log"
        with open(log, "wb") as output:
            process = spawn(command, env=env, stdout=output, stderr=subprocess.STDOUT)
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def ended(self) -> Child | None:
        """The first child that is no longer running."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def wait(self) -> Child | None:
        """Block until a child ended (returned) or a stop was asked for (None)."""
        while not self.stopping.wait(0.3):
            if child := self.ended():
                return child
        return None

    def stop(self, patience: float = 20) -> None:
        """Ask every child to finish, then kill what is left of any group after `patience` s."""
        for child in self.children:
            # The leader alone: it knows in which order its own children end.
            if child.process.poll() is None:
                child.process.terminate()
        for _ in range(int(patience * 10)):
            if all(child.process.poll() is not None for child in self.children) or self._asked > 1:
                break
            threading.Event().wait(0.1)
        for child in self.children:
            signal_group(child.process, signal.SIGKILL)
            child.process.wait()

    def _ask(self, number, frame) -> None:
        self._asked += 1
        self.stopping.set()


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, for the person whose process died."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
