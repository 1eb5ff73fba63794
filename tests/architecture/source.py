"""Our own source as syntax trees, for the tests of how the house is built."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "checklist",
    "hucall",
    "admission",
    "dispatched",
    "enforcement",
    "meeting",
    "accountability",
    "evaluation",
)
PACKAGES = ("governance", *APPS)


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the product, migrations left out."""
    found = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return tuple(found)


@cache
def proofs() -> tuple[Path, ...]:
    """Every module of the tests, with what they share."""
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Each call with the last part of what is called: `x.y.update(...)` -> "update"."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


def receiver(node: ast.AST):
    """What a chain of calls and attributes begins with: `Call.objects.filter()` -> `Call`."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return ""
    return node.id


def namespace(path: Path) -> dict:
    """The names that a module of ours knows, imported."""
    return vars(import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"
