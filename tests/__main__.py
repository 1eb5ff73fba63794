"""`make test`: the whole suite on SQLite, then on a real PostgreSQL and Valkey.

    python -m tests [sqlite|postgres] [pytest arguments]

What need not run twice runs once (tests/conftest.py marks it): tests that touch no database run
in the first round, browser journeys in the second. Ends with pytest's own summary, which repeats
the first round's failures, and with the worse of the two exit codes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import services

ROUNDS = {
    "sqlite": "not postgres and not browser",
    "postgres": "not sqlite and not pure",
}
# What a round says itself. Bytecode goes to the round's own folder even where the shell wants none:
# dozens of processes start in a run, and each would compile everything anew.
SET_HERE = {"DATABASE_URL", "REDIS_URL", "DEMO", "PYTHONDONTWRITEBYTECODE"}
# pytest's code for "no test was selected": no failure when the other round ran some.
NOTHING_SELECTED = 5


def run(name: str, arguments: list[str], env: dict[str, str]) -> int:
    """One round of pytest."""
    titles = {"sqlite": "第一轮:SQLite", "postgres": "第二轮:PostgreSQL + Valkey,含浏览器"}
    print(f"\n=== {titles[name]} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", ROUNDS[name], *arguments]
    if not any(argument.startswith("-n") for argument in arguments):
        command += ["-n", "2", "--dist", "worksteal"]
    return subprocess.run(command, env=env, check=False).returncode


def main(arguments: list[str]) -> int:
    rounds = [arguments.pop(0)] if arguments[:1] and arguments[0] in ROUNDS else list(ROUNDS)
    clean = {k: v for k, v in os.environ.items() if k not in SET_HERE}
    codes = []
    with tempfile.TemporaryDirectory(prefix="rounds-") as folder:
        clean["FAILED_BEFORE"] = str(Path(folder) / "failed")
        clean["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        if "sqlite" in rounds:
            codes.append(run("sqlite", arguments, clean))
        if "postgres" in rounds:
            with services.running() as running:
                env = {
                    **clean,
                    "DATABASE_URL": running.database_url,
                    "REDIS_URL": running.redis_url,
                }
                codes.append(run("postgres", arguments, env))
    ran = [code for code in codes if code != NOTHING_SELECTED]
    return max(ran) if ran else NOTHING_SELECTED


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except services.ServiceMissing as error:
        sys.exit(f"测试需要的服务没有启动:{error}")
