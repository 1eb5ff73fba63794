"""The platform under gunicorn on this test's own database, and people who ask it all at once."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client

from governance.processes import end_with_parent
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120
TOKEN = "a" * 32


def database_url() -> str:
    """The address of this test's database, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    return f"sqlite:///{name}"


@contextmanager
def serving(**environment):
    """gunicorn as `make run` starts it, on a free port; yields the port."""
    port, keeper = free_port(), os.getpid()
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        **environment,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "governance.wsgi"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, preexec_fn=lambda: end_with_parent(keeper)
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def wait_for(port: int, server: subprocess.Popen) -> None:
    """Until it answers; fails when it has ended or does not come up."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, "gunicorn has ended"
        try:
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("gunicorn does not answer")


def session_of(user) -> str:
    """The session cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.session.session_key


def ask(port: int, method: str, path: str, session: str = "", body=None, **headers):
    """One request over a connection of its own; (status, body as bytes)."""
    sent = {"Host": "127.0.0.1", **headers}
    if session:
        name = settings.SESSION_COOKIE_NAME
        sent |= {"Cookie": f"{name}={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        link.request(method, path, data, sent)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def at_once(count: int, act) -> list:
    """Run act(number) in `count` threads that all start at the same moment; results in order."""
    results: list = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
