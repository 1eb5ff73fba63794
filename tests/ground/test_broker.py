"""The embedded broker: private, durable, replaceable by a folder, at home in any path."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
import redis
from celery import Celery
from celery.exceptions import OperationalError
from django.conf import settings

from governance import broker
from governance.processes import spawn


@pytest.fixture
def started():
    """(var_dir) -> a started server, stopped when the test ends."""
    servers = []

    def start(var_dir):
        server = broker.EmbeddedBroker(var_dir, spawn=spawn)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


def client(server):
    return redis.Redis(unix_socket_path=str(server.socket), decode_responses=True)


def test_only_its_owner_can_reach_it(tmp_path, started):
    """A private folder, and no TCP port at all."""
    server = started(tmp_path)
    assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
    assert client(server).config_get("port") == {"port": "0"}


def test_what_was_queued_survives_a_kill(tmp_path, started):
    """SIGKILL, and the next start finds the message and no stale lock or socket in its way."""
    server = started(tmp_path)
    client(server).rpush("work", "message")
    # appendfsync everysec protects against losing the machine; a killed process lost nothing.
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.stop()
    assert client(started(tmp_path)).lrange("work", 0, -1) == ["message"]


def test_a_path_too_long_for_a_socket(tmp_path, started):
    """A deep folder does not keep the platform from starting."""
    deep = tmp_path / ("深" * 40) / "var"
    server = started(deep)
    assert client(server).ping()
    assert broker.url(deep) == f"redis+socket://{server.socket}"


def test_two_places_have_two_brokers(tmp_path):
    """Even where their sockets cannot stand beside their data."""
    one, two = (broker.socket_path(tmp_path / ("x" * 100) / name) for name in "ab")
    assert one != two


def test_without_a_binary_messages_are_files(tmp_path, monkeypatch):
    """The fallback's address and folders."""
    monkeypatch.setattr(broker, "binary", lambda: None)
    address = broker.url(tmp_path)
    options = broker.transport_options(address, tmp_path)
    assert address == "filesystem://"
    assert Path(options["data_folder_in"]).is_dir()
    assert options["data_folder_in"] == options["data_folder_out"]


@pytest.fixture
def deaf():
    """A server that hangs up on everybody; (address, how often somebody called)."""
    door, calls = socket.socket(), []
    door.bind(("127.0.0.1", 0))
    door.listen(50)

    def hang_up():
        try:
            while True:
                door.accept()[0].close()
                calls.append(1)
        except OSError:  # the test is over
            return

    Thread(target=hang_up, daemon=True).start()
    yield f"redis://127.0.0.1:{door.getsockname()[1]}/0", calls
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def test_a_page_calls_a_broker_that_is_down_once_and_goes_on(tmp_path, deaf):
    """No retries while somebody waits, and no wait without an end."""
    address, calls = deaf
    # Never the current one: the platform's own tasks would go where nobody answers ever after.
    app = Celery("page", broker=address, set_as_current=False)
    app.conf.broker_transport_options = broker.transport_options(address, tmp_path)
    app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
    for number in (1, 2):
        with pytest.raises(OperationalError):
            app.send_task("anything")
        assert len(calls) == number
    options = app.conf.broker_transport_options
    assert 0 < options["socket_timeout"] <= 5 and 0 < options["socket_connect_timeout"] <= 5


def test_a_binary_that_cannot_run_is_reported(tmp_path, monkeypatch, started):
    """In a sentence, so that `make run` can go on with the folder."""
    monkeypatch.setattr(broker, "binary", lambda: Path("/bin/false"))
    with pytest.raises(broker.BrokerFailed, match="启动即退出"):
        started(tmp_path)
    broker.use_folder(tmp_path, True)
    monkeypatch.undo()
    assert broker.url(tmp_path) == "filesystem://"
    broker.use_folder(tmp_path, False)
    assert broker.url(tmp_path).startswith("redis+socket://")


def test_the_server_ends_with_its_keeper(tmp_path):
    """A keeper killed outright leaves no server behind."""
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from governance import broker; from governance.processes import spawn;"
        f"server = broker.EmbeddedBroker(Path({str(tmp_path)!r}), spawn=spawn); server.start();"
        "print(server.process.pid, flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as keeper:
        pid = int(keeper.stdout.readline())
        keeper.kill()
    assert gone(pid)


def gone(pid: int) -> bool:
    """Whether the process has ended (a zombie has), waiting for it as long as a test may."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        process.wait(30)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True
