"""Rows 10 and 11: reading 50,000 rows with validation, and exporting as many.

Each measurement runs in a process of its own, so that its peak memory is its own; time is the
median of five rounds,
in processor time (other work on the machine does not count).
"""

import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROWS = 50_000
ROUNDS = 5
HEADINGS = ["序号", "事项编码", "类别", "事项", "县级部门职责", "乡镇(街道)职责", "职责依据",
            "主体责任", "配合责任", "备注"]  # fmt: skip
DEPARTMENTS = ["县公安局", "县司法局", "县水利局", "县民政局", "县农业农村局"]
TOWNSHIPS = ["清泉街道", "崇文街道", "烟庄街道"]


def rows(count: int) -> Iterator[list]:
    """Rows as a list has them: some texts of their own, some that many share."""
    for number in range(count):
        main = DEPARTMENTS[number % 5]
        yield [
            number + 1,
            f"GX{number:06d}",
            f"类别{number // 100}",
            f"第{number}项事项的名称",
            f"{main}:1.负责第{number}项的执法检查;\n2.负责督查和考核。",
            f"1.负责第{number}项的日常巡查;\n2.发现后上报。",
            "《大气污染防治法》《行政处罚法》",
            f"{main}(城区);各乡镇(街道)(乡村)",
            f"清泉、崇文、烟庄街道;{DEPARTMENTS[(number + 1) % 5]}",
            "",
        ]


def directory():
    """A county's names, without a database."""
    from checklist.intake.names import Directory, Entry

    names = [*DEPARTMENTS, *TOWNSHIPS, *(f"县第{number}局" for number in range(40))]
    entries = [(name, Entry("unit", at, name)) for at, name in enumerate(names)]
    return Directory([*entries, ("各乡镇(街道)", Entry("term", 1, "各乡镇(街道)", True))])


def bare_read(path: str) -> None:
    """The bare library: every cell as a Python value."""
    from python_calamine import CalamineWorkbook

    with open(path, "rb") as handle:
        CalamineWorkbook.from_filelike(io.BytesIO(handle.read())).get_sheet_by_index(0).to_python()


def own_read(path: str) -> None:
    """Ours: survey, parse, header, every cell checked, every name resolved, twins refused."""
    from checklist.intake.rows import read_items
    from governance import sheets

    reading = read_items(sheets.read(Path(path), path), directory())
    if len(reading.items) != ROWS or reading.faults:
        raise SystemExit(f"{len(reading.items)} 项,{reading.faults[:3]}")


def bare_write(path: str, count: int = ROWS) -> None:
    """The bare library in constant memory."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate([HEADINGS, *()]):
        sheet.write_row(line, 0, row)
    for line, row in enumerate(rows(count), start=1):
        for column, value in enumerate(row):
            sheet.write(line, column, value)
    book.close()


def own_write(path: str, count: int = ROWS) -> None:
    """Ours: text as text, formulas disarmed."""
    from governance import sheets

    with open(path, "wb") as target:
        sheets.write_xlsx(target, [("清单", HEADINGS, rows(count))])


WORK: dict[str, Callable] = {
    "bare_read": bare_read,
    "own_read": own_read,
    "bare_write": bare_write,
    "own_write": own_write,
    "own_write_tenth": lambda path: own_write(path, ROWS // 10),
}


def child(name: str, path: str) -> None:
    """Measure one piece of work in this process and print seconds and peak memory."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        WORK[name](path)
        times.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(times), "peak_mb": peak}))


def measured(name: str, path: Path) -> dict:
    """The figures of one piece of work, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.sheets", name, str(path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    return json.loads(done.stdout)


def measure() -> list[dict]:
    """Rows 10 and 11 of the goals."""
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.xlsx"
        bare_write(str(sample))
        reading = {name: measured(name, sample) for name in ("bare_read", "own_read")}
        writing = {
            name: measured(name, Path(folder) / f"{name}.xlsx")
            for name in ("bare_write", "own_write", "own_write_tenth")
        }
    time_ratio = reading["own_read"]["seconds"] / reading["bare_read"]["seconds"]
    memory_ratio = reading["own_read"]["peak_mb"] / reading["bare_read"]["peak_mb"]
    write_ratio = writing["own_write"]["seconds"] / writing["bare_write"]["seconds"]
    flat = writing["own_write"]["peak_mb"] / writing["own_write_tenth"]["peak_mb"]
    return [
        {
            "row": 10,
            "what": "读取 50,000 行表格并逐行校验",
            "goal": "≤ 4 × calamine;内存 ≤ 3 ×",
            "met": time_ratio <= 4 and memory_ratio <= 3,
            "时间比": round(time_ratio, 2),
            "内存比": round(memory_ratio, 2),
            "calamine 秒": round(reading["bare_read"]["seconds"], 2),
            "本平台秒": round(reading["own_read"]["seconds"], 2),
            "calamine MB": round(reading["bare_read"]["peak_mb"]),
            "本平台 MB": round(reading["own_read"]["peak_mb"]),
        },
        {
            "row": 11,
            "what": "导出 50,000 行到 .xlsx",
            "goal": "≤ 1.5 × xlsxwriter;内存不随行数增长",
            "met": write_ratio <= 1.5 and flat <= 1.15,
            "时间比": round(write_ratio, 2),
            "十倍行数内存比": round(flat, 2),
            "xlsxwriter 秒": round(writing["bare_write"]["seconds"], 2),
            "本平台秒": round(writing["own_write"]["seconds"], 2),
        },
    ]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        child(*sys.argv[1:])
    else:
        print(json.dumps(measure(), ensure_ascii=False, indent=1))
