"""Templates and styles obey the content security policy and ask nothing of other hosts."""

import re

import pytest

from tests.architecture.source import PACKAGES, ROOT

FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*="),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>"),
    "style element": re.compile(r"<style\b"),
    "other host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//"),
    "javascript address": re.compile(r"=\s*[\"']javascript:", re.I),
    "unescaped output": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}
# Papers are printed from one file, by a program that loads nothing: they carry their own style.
PAPER = ("papers", "paper", "print", "pdf")


def templates():
    folders = [ROOT / "templates", *(ROOT / name / "templates" for name in PACKAGES)]
    return sorted(path for folder in folders for path in folder.rglob("*.html"))


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_template_has(kind):
    """One test per kind of offence."""
    offenders = []
    for path in templates():
        place = path.relative_to(ROOT).as_posix()
        if kind == "style element" and any(part in place for part in PAPER):
            continue
        text = re.sub(
            r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text("utf-8"), flags=re.S
        )
        for match in FORBIDDEN[kind].finditer(text):
            offenders.append(f"{place}:{text[: match.start()].count(chr(10)) + 1}")
    assert not offenders, "\n".join(offenders)


def test_styles_load_nothing_from_elsewhere():
    """Every font and picture is served by ourselves."""
    offenders = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "static").rglob("*.css"))
        for match in re.finditer(
            r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\s]+", path.read_text()
        )
    ]
    assert not offenders, "\n".join(offenders)
