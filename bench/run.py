"""`make bench`: runs every benchmark and writes the table of ratios to bench/results/.

    python -m bench.run [name ...]          only these modules of bench/

A benchmark is a module of bench/ with `measure()` (or `run()`), which returns one dict per row of
the performance goals, or a list of them: row, what, goal, met, and the measured figures. With
`NEEDS = "database"` it runs on the PostgreSQL and Redis given by the environment, else on real
ones started for the run, whose commits wait for the disk as a production server's do
(tests/services.py, DURABLE); Django is then set up. Each benchmark has a process of its own, so
that none pays for what another one loaded; nothing runs side by side.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
ASIDE = {"run", "__init__"}
COMMON = ("row", "what", "goal", "met")
VERSIONS = ("django", "djangorestframework", "celery", "psycopg2-binary", "gunicorn", "numpy")


def entry(module):
    """The function of a benchmark module that measures, or None where it has none."""
    return getattr(module, "measure", None) or getattr(module, "run", None)


def names() -> list[str]:
    """Every benchmark, by what its source says: nothing is imported here."""
    found = []
    for path in sorted(HERE.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.stem not in ASIDE and ("def measure(" in source or "def run(" in source):
            found.append(path.stem)
    return found


def needs_database(name: str) -> bool:
    return 'NEEDS = "database"' in (HERE / f"{name}.py").read_text(encoding="utf-8")


def run_one(name: str, target: Path) -> None:
    """In the child: measure one module and write its rows to `target`."""
    if needs_database(name):
        import django

        django.setup()
    rows = entry(importlib.import_module(f"bench.{name}"))()
    rows = [rows] if isinstance(rows, dict) else list(rows)
    target.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def run_all(chosen: list[str]) -> tuple[list[dict], list[str]]:
    """(rows of all, names of those that failed)."""
    rows, failed = [], []
    with ExitStack() as stack:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "governance.settings"}
        if any(map(needs_database, chosen)) and "DATABASE_URL" not in env:
            from tests import services

            running = stack.enter_context(services.running(durable=True))
            env |= {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env.setdefault("VAR_DIR", str(folder / "var"))
        for name in chosen:
            print(f"正在测量 {name} ……", file=sys.stderr, flush=True)
            target = folder / f"{name}.json"
            done = subprocess.run(
                [sys.executable, "-m", "bench.run", "--one", name, str(target)],
                env=env,
                cwd=HERE.parent,
                check=False,
            )
            if done.returncode or not target.exists():
                failed.append(name)
                continue
            rows += [{"module": name, **row} for row in json.loads(target.read_text())]
    return sorted(rows, key=_order), failed


def _order(row: dict):
    number = str(row.get("row", ""))
    digits = "".join(c for c in number if c.isdigit())
    return (int(digits or 999), number)


def machine() -> dict:
    """What the figures were measured on, without naming it."""
    processor = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        models = [line for line in described.read_text().splitlines() if "model name" in line]
        processor = models[0].partition(":")[2].strip() if models else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        **{name: version(name) for name in VERSIONS},
    }


def as_markdown(report: dict) -> str:
    """The table a person reads."""
    lines = [
        f"# 性能基准 {report['date']}",
        "",
        "比值在同一次运行中与裸写法对照得出;1.5 倍以内视为持平。",
        "",
        "| 行 | 测什么 | 目标 | 达到 | 测得 |",
        "|---|---|---|---|---|",
    ]
    for row in report["rows"]:
        figures = ";".join(
            f"{key} {value}" for key, value in row.items() if key not in (*COMMON, "module")
        )
        met = {True: "是", False: "**否**"}.get(row.get("met"), "—")
        lines.append(
            f"| {row.get('row', '')} | {row.get('what', '')} | {row.get('goal', '')} | {met} "
            f"| {figures} |"
        )
    machine_line = ";".join(f"{key} {value}" for key, value in report["machine"].items())
    lines += ["", f"机器与版本:{machine_line}", ""]
    if report["failed"]:
        lines += [f"未能测量:{'、'.join(report['failed'])}", ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    chosen = arguments or names()
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"没有这个基准:{'、'.join(sorted(unknown))}", file=sys.stderr)
        return 2
    rows, failed = run_all(chosen)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    report = {
        "date": f"{now:%Y-%m-%d}",
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "rows": rows,
        "failed": failed,
    }
    text = as_markdown(report)
    print(text)
    if not arguments:  # a part of the table is for the screen only
        RESULTS.mkdir(exist_ok=True)
        stem = RESULTS / report["date"]
        stem.with_suffix(".md").write_text(text, encoding="utf-8")
        stem.with_suffix(".json").write_text(
            json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        print(f"已写入 bench/results/{report['date']}.md")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
