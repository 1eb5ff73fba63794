"""The rule catalogue, and where it is kept: clauses read from fixtures/rules.tsv (no Django).

The catalogue states each rule of the regulations in our own words and keeps three things apart:
`statement` and `violation` are what the document says, `remark` and `handling` are ours (推导).
Pages may never show the second pair as a clause (`Entry.ours`).

The second half scans the code for citations and the tests for `@pytest.mark.rule` marks.
"""

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "fixtures" / "rules.tsv"
ENFORCEMENT = {"硬": "enforced", "录": "recorded", "示": "displayed"}
ENFORCEMENT_LABELS = {"enforced": "软件强制", "recorded": "登记留痕", "displayed": "展示提示"}
RULE_ID = re.compile(r"(?<![A-Za-z])(?:GX|TA|JQ|TW|TX)-(?:[\u4e00-\u9fff]{1,4}-)?\d{2}(?!\d)")
DIGITS = "零一二三四五六七八九"


class ClauseText:
    """How a clause reads; shared by the entry of the file and the row in the database."""

    @property
    def label(self) -> str:
        """The tag of the clause: short document and article, e.g. 动态管理办法 第九条第一款."""
        return f"{self.short} {self.article_label}"

    @property
    def article_label(self) -> str:
        """The article in words, e.g. 第五条第(一)项."""
        return article_in_words(self.article)

    @property
    def enforcement(self) -> str:
        """enforced, recorded or displayed: the first word of the catalogue's 执行 column."""
        return ENFORCEMENT[self.enforce[0]]

    @property
    def enforcement_label(self) -> str:
        """The same in Chinese, with what the catalogue says about how."""
        how = re.search(r"\((.+?)\)", self.enforce)
        label = ENFORCEMENT_LABELS[self.enforcement]
        return f"{label}({how[1]})" if how else label

    @property
    def ours(self) -> str:
        """What the platform adds to the clause and the document does not say, or nothing."""
        return ";".join(part for part in (self.remark, self.handling) if part)


@dataclass(frozen=True)
class Entry(ClauseText):
    """One rule of the catalogue, as the file has it."""

    rule_id: str
    document: str
    short: str
    issued: str
    article: str
    statement: str
    remark: str
    actor: str
    trigger: str
    deadline: str
    product: str
    violation: str
    handling: str
    app: str
    enforce: str


def in_chinese(number: int) -> str:
    """1 to 99 as Chinese numerals: 9 → 九, 12 → 十二, 40 → 四十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def article_in_words(article: str) -> str:
    """An article of the catalogue as a person writes it.

    9① → 第九条第一款; 5(一) → 第五条第(一)项; 6-5 → 第六条第5项; 13–14 → 第十三条至第十四条;
    三(一)1 → 第三部分(一)第1项; 行4 → 第4行; anything else as it stands.
    """
    if found := re.fullmatch(r"(\d+)[–-](\d+)", article):
        first, second = int(found[1]), int(found[2])
        if second > first and "–" in article:
            return f"第{in_chinese(first)}条至第{in_chinese(second)}条"
        return f"第{in_chinese(first)}条第{second}项"
    if found := re.fullmatch(r"(\d+)([①②③④])?(?:\((.)\))?(末)?", article):
        number, paragraph, item, last = found.groups()
        parts = [f"第{in_chinese(int(number))}条"]
        parts += [f"第{DIGITS['①②③④'.index(paragraph) + 1]}款"] if paragraph else []
        parts += [f"第({item})项"] if item else []
        parts += ["末款"] if last else []
        return "".join(parts)
    if found := re.fullmatch(r"([一二三四五六七八九十])(\(.+?\))?([\d、–-]+)?", article):
        part, section, items = found.groups()
        return f"第{part}部分{section or ''}" + (f"第{items}项" if items else "")
    if found := re.fullmatch(r"行(\d+)", article):
        return f"第{found[1]}行"
    return {"末": "文末", "总": "总述"}.get(article, article)


@cache
def entries() -> dict[str, Entry]:
    """Every rule of the catalogue by id, in the file's order; read once per process."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [Entry(rule_id=row.pop("id"), **row) for row in rows]
    by_id = {entry.rule_id: entry for entry in found}
    if len(by_id) != len(found):
        raise ValueError("条款目录里有重复的编号")
    return by_id


def entry(rule_id: str) -> Entry:
    """One rule; LookupError with a Chinese sentence if the catalogue does not hold it."""
    try:
        return entries()[rule_id]
    except KeyError:
        raise LookupError(f"条款目录中没有“{rule_id}”") from None


# -- where a rule lives -------------------------------------------------------------------

CODE_SUFFIXES = {".py", ".toml", ".html"}
NOT_CODE = {
    *("tests", "static", "staticfiles", "docs", "bench", "node_modules", "var", "media"),
    *("__pycache__", "migrations", "seeds"),
}


@dataclass(frozen=True)
class Place:
    """A line of a file of the repository."""

    path: str
    line: int

    def __str__(self):
        return f"{self.path}:{self.line}"


def code_files(root: Path = ROOT) -> Iterator[Path]:
    """The files in which a citation counts as code: .py, .toml, .html outside tests and docs."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in NOT_CODE:
            continue
        if path.is_dir():
            yield from code_files(path)
        elif path.suffix in CODE_SUFFIXES:
            yield path


def citations(root: Path = ROOT) -> dict[str, list[Place]]:
    """For each rule id, the lines of code that name it."""
    found = defaultdict(list)
    for path in code_files(root):
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            for rule_id in dict.fromkeys(RULE_ID.findall(line)):
                found[rule_id].append(Place(path.relative_to(root).as_posix(), number))
    # What acts on a rule comes before the data that mentions it.
    return {
        rule_id: sorted(places, key=lambda place: not place.path.endswith(".py"))
        for rule_id, places in found.items()
    }


def marks(root: Path = ROOT) -> dict[str, list[str]]:
    """For each rule id, the tests that carry `pytest.mark.rule` with it, as path::name."""
    found = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for name, rule_ids in marked_tests(tree):
            for rule_id in dict.fromkeys(rule_ids):
                found[rule_id].append(f"{path.relative_to(root).as_posix()}::{name}")
    return dict(found)


def marked_tests(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Each test of a module with the rule ids on it, its class, its cases and its module."""
    names = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    whole = _rules_in([names["pytestmark"]], names) if "pytestmark" in names else []
    yield from _tests_of(tree.body, names, whole, "")


def _tests_of(body, names, inherited, prefix):
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            own = [
                statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and any(getattr(t, "id", "") == "pytestmark" for t in statement.targets)
            ]
            rules = inherited + _rules_in([*node.decorator_list, *own], names)
            yield from _tests_of(node.body, names, rules, f"{prefix}{node.name}::")
        elif getattr(node, "name", "").startswith("test"):
            yield prefix + node.name, inherited + _rules_in(node.decorator_list, names)


def _rules_in(nodes: Iterable[ast.AST], names: dict[str, ast.AST], depth: int = 3) -> list[str]:
    """The arguments of every rule mark under the nodes; module constants are looked up."""
    found = []
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Call) and _is_rule_mark(node.func, names):
            found += [text for argument in node.args for text in _strings(argument, names)]
        elif isinstance(node, ast.Name) and depth and node.id in names:
            found += _rules_in([names[node.id]], names, depth - 1)
    return found


def _is_rule_mark(func: ast.AST, names: dict[str, ast.AST]) -> bool:
    if isinstance(func, ast.Name) and func.id in names:
        func = names[func.id]
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "rule"
        and getattr(func.value, "attr", getattr(func.value, "id", "")) == "mark"
    )


def _strings(node: ast.AST, names: dict[str, ast.AST]) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
        elif isinstance(inner, ast.Name) and inner.id in names:
            yield from _strings(names[inner.id], {})
