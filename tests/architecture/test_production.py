"""What an operator relies on: refusals of production, complete migrations, a valid interface."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.checks import PRODUCTION, lint_steps

SCRUBBED = {*PRODUCTION, "DEMO", "TLS", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def manage(tmp_path, *arguments, **env):
    """Run a command in a process and a var folder of its own."""
    clean = {key: value for key, value in os.environ.items() if key not in SCRUBBED}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "governance.settings"}
        | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_refuses_to_start_without(tmp_path, name):
    """Each of the four is needed, and the refusal names it."""
    done = manage(tmp_path, "check", **{k: v for k, v in PRODUCTION.items() if k != name})
    assert done.returncode != 0
    assert name in done.stderr and "平台没有启动" in done.stderr


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1"}, "DEMO"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": "sqlite:////nowhere/db.sqlite3"}, "PostgreSQL"),
    ],
)
def test_production_refuses(tmp_path, change, word):
    """Demo data, any host name and a file database have no place in production."""
    done = manage(tmp_path, "check", **(PRODUCTION | change))
    assert done.returncode != 0 and word in done.stderr


def test_demo_refuses_other_hosts(tmp_path):
    """Demo accounts share one password, so they answer to this machine's names only."""
    done = manage(tmp_path, "check", DEMO="1", ALLOWED_HOSTS="127.0.0.1,platform.example")
    assert done.returncode != 0 and "演示数据" in done.stderr


@pytest.mark.parametrize(
    "step", [s for s in lint_steps() if "manage.py" in s[1]], ids=lambda s: s[0]
)
def test_make_check_passes(tmp_path, step):
    """check --deploy, missing migrations, OpenAPI: the same commands as `make check`."""
    _, command, env = step
    done = manage(tmp_path, *command[2:], **env)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
