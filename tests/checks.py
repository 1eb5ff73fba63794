"""`make check`: lint (offline, the same everywhere) and audit (asks the advisory database).

python -m tests.checks lint|audit
"""

import json
import os
import subprocess
import sys
import tempfile
import time

# Nothing is contacted: these only satisfy the production settings.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "governance.settings_production",
    "SECRET_KEY": "only-for-check-deploy-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "platform.example",
    "DATABASE_URL": "postgres://user:password@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
Step = tuple[str, list[str], dict[str, str]]


def lint_steps() -> list[Step]:
    python, manage = [sys.executable, "-m"], [sys.executable, "manage.py"]
    schema = ["spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]
    return [
        ("代码检查 ruff", [*python, "ruff", "check", "--quiet", "."], {}),
        ("代码格式 ruff", [*python, "ruff", "format", "--check", "--quiet", "."], {}),
        ("模板 djlint", [*python, "djlint", "templates", "--lint", "--quiet"], {}),
        ("结构 import-linter", ["lint-imports", "--no-cache"], {}),
        (
            "安全设置 check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            PRODUCTION,
        ),
        ("迁移齐全", [*manage, "makemigrations", "--check", "--dry-run"], {}),
        ("接口描述 OpenAPI", [*manage, *schema], {}),
    ]


def lint() -> int:
    """Run every check, however many fail; 1 if any did."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for title, command, extra in lint_steps():
            started = time.monotonic()
            done = _run(command, {"VAR_DIR": folder, **extra})
            mark = "通过" if done.returncode == 0 else "未通过"
            print(f"{mark}  {title}({time.monotonic() - started:.1f} 秒)", flush=True)
            if done.returncode:
                failed.append(title)
                print(done.stdout + done.stderr, flush=True)
    if failed:
        print("未通过:" + "、".join(failed), file=sys.stderr)
    return bool(failed)


def audit() -> int:
    """Known flaws among the locked dependencies.

    A mirror without an advisory service answers nothing, and pip-audit then finds "nothing" too:
    what it could not ask about is said aloud and never counted as passed. AUDIT_REQUIRED=1 makes
    an unanswered audit a failure.
    """
    command = ["pip_audit", "-r", "requirements.txt", "--disable-pip", "--format", "json"]
    done = _run([sys.executable, "-m", *command], {})
    try:
        entries = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        entries = []
    unknown = [entry["name"] for entry in entries if "skip_reason" in entry]
    flawed = [entry for entry in entries if entry.get("vulns")]
    for entry in flawed:
        ids = "、".join(flaw["id"] for flaw in entry["vulns"])
        print(f"未通过  {entry['name']} {entry['version']}:{ids}")
    if not entries or unknown:
        about = f"{len(unknown)} 个依赖查不到" if entries else "查询失败"
        print(f"未完成  依赖审计:{about}漏洞信息(需要能访问漏洞库的网络),结果未知,不算通过。")
        if not entries:
            print((done.stderr.strip().splitlines() or [""])[-1])
        return bool(flawed) or os.environ.get("AUDIT_REQUIRED") == "1"
    if not flawed:
        print(f"通过  依赖审计({len(entries)} 个依赖)")
    return bool(flawed)


def _run(command: list[str], extra: dict[str, str]) -> subprocess.CompletedProcess:
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DEMO")}
    env["PATH"] = os.path.dirname(sys.executable) + os.pathsep + env["PATH"]
    return subprocess.run(command, env=env | extra, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit({"lint": lint, "audit": audit}[sys.argv[1]]())
