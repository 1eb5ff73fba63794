"""Servers and visitors for the page benchmarks: real gunicorn, real HTTP, eight at a time."""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

ROOT = Path(__file__).resolve().parents[1]
CONCURRENCY, WORKERS = 8, 2


@contextmanager
def server(application: str, database_url: str):
    """gunicorn on a free port, as the product runs it (gunicorn.conf.py): two workers with four
    threads each, loaded before they fork; yields (port, process).
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--log-level", "critical"]
    env = os.environ | {
        "DATABASE_URL": database_url,
        "LOG_LEVEL": "ERROR",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(WORKERS),
    }
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        wait(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def wait(port: int, process) -> None:
    """Until it answers."""
    for _ in range(600):
        try:
            if ask(port, "GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            raise RuntimeError("服务没有启动")
    raise RuntimeError("服务没有应答")


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict
    seconds: float


def ask(port: int, method: str, path: str, body=None, headers=None) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    took = time.perf_counter() - began
    connection.close()
    return Answer(response.status, data, dict(response.getheaders()), took)


@dataclass
class Visitor:
    """Somebody who has signed in."""

    port: int
    cookies: dict = field(default_factory=dict)
    token: str = ""

    def headers(self, **more) -> dict:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookie, "X-CSRFToken": self.cookies.get("csrftoken", "")} | more

    def keep(self, answer: Answer, raw: list) -> None:
        for name, value in raw:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]

    def sign_in(self, username: str, password: str) -> "Visitor":
        """Through the real form."""
        page = self.raw("GET", "/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1].decode()
        form = {"csrfmiddlewaretoken": token, "username": username, "password": password}
        self.raw(
            "POST",
            "/login/",
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if "sessionid" not in self.cookies:
            raise RuntimeError("未能登录")
        return self

    def raw(self, method, path, body=None, more=None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, self.headers(**(more or {})))
        response = connection.getresponse()
        data = response.read()
        self.keep(None, response.getheaders())
        connection.close()
        return data

    def get(self, path: str) -> Answer:
        return ask(self.port, "GET", path, headers=self.headers())

    def post(self, path: str, facts: dict) -> Answer:
        body = json.dumps(facts)
        return ask(
            self.port, "POST", path, body, self.headers(**{"Content-Type": "application/json"})
        )


@dataclass(frozen=True)
class Load:
    """Requests a second and the slow end, of one round or the median of several."""

    rate: float
    p95: float


def load(work, count: int) -> Load:
    """Run `work(i)` count times, eight at a time; every answer must be a good one."""
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        began = time.perf_counter()
        answers = list(pool.map(work, range(count)))
        took = time.perf_counter() - began
    bad = [answer.status for answer in answers if answer.status >= 300]
    if bad:
        raise RuntimeError(f"{len(bad)} 个应答不成功,如 {bad[0]}")
    seconds = sorted(answer.seconds for answer in answers)
    return Load(count / took, seconds[int(len(seconds) * 0.95) - 1])


def rounds(works: dict, count: int, times: int = 5) -> dict[str, Load]:
    """Medians of several loads, measured in turn so that a noisy moment hits all alike."""
    found: dict[str, list[Load]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            found[name].append(load(work, count))
    return {
        name: Load(
            statistics.median(each.rate for each in loads),
            statistics.median(each.p95 for each in loads),
        )
        for name, loads in found.items()
    }


def memory(process) -> float:
    """MB of a server: its workers and the master with which they share what was loaded before
    the fork (PSS where the system tells it, so that what is shared counts once).
    """
    master = psutil.Process(process.pid)
    full = [one.memory_full_info() for one in (master, *master.children())]
    return sum(getattr(each, "pss", each.rss) or each.rss for each in full) / 1024 / 1024
