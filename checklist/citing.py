"""Which laws a wording names: read out of its texts, matched with the register.

A wording never changes, so its citations are derived once, when it is written; a name that is
registered later finds its citations by `relink`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from checklist.models import Citation, Edition, LegalBasis, Revision
from checklist.models.law import normal

FIELDS = ("basis", "policy_basis")
NUMERALS = "零〇一二三四五六七八九十百千\\d"
ARTICLE = (
    rf"第[{NUMERALS}]+[编章节条款项目](?:之[一二三四五六七八九十])?"
    rf"|第?\([{NUMERALS}]+\)[项款]?"
)
BETWEEN = "[、,和及至与—-]"
NAMED = re.compile(rf"《([^《》]{{1,200}})》(?:\([^()]{{1,60}}\))?((?:(?:{ARTICLE}){BETWEEN}?)*)")
BATCH = 500


@dataclass(frozen=True)
class Mention:
    """One law as a text names it: the name as written, the name as compared, the articles."""

    name: str
    key: str
    articles: str


def read(*texts: str) -> list[Mention]:
    """The laws that some texts name, each once, in order; several places of one law together."""
    found: dict[str, Mention] = {}
    for text in texts:
        plain = unicodedata.normalize("NFKC", text or "").replace("〔", "(").replace("〕", ")")
        for match in NAMED.finditer(re.sub(r"[ \t\u3000]", "", plain)):
            name, key = match[1], normal(match[1])
            if not key:
                continue
            parts = [found[key].articles] if key in found else []
            parts.append(re.sub(rf"{BETWEEN}+$", "", match[2]))
            articles = "、".join(dict.fromkeys(filter(None, parts)))[:200]
            found[key] = Mention(found[key].name if key in found else name, key, articles)
    return list(found.values())


def known(county_id: int) -> dict[str, int]:
    """Name as compared → id in the register; a county's own entry goes before a common one."""
    rows = LegalBasis.objects.filter(Q(county=None) | Q(county=county_id)).order_by("pk")
    short, full = {}, {}
    # Own entries last: they take the place of common ones. A full name is stronger than what
    # another entry is called for short.
    for basis in sorted(rows, key=lambda one: one.county_id is not None):
        first, *others = basis.keys()
        full[first] = basis.pk
        short |= dict.fromkeys(others, basis.pk)
    return short | full


def cite(revisions: Iterable[Revision]) -> int:
    """Write the citations of new wordings; returns how many there are."""
    rows, registers = [], {}
    for revision in revisions:
        county = revision.item.county_id
        if county not in registers:
            registers[county] = known(county)
        for place, one in enumerate(read(*(getattr(revision, name) for name in FIELDS))):
            basis = registers[county].get(one.key)
            rows.append(
                Citation(
                    revision=revision, basis_id=basis, name=one.name, key=one.key,
                    articles=one.articles, place=place,
                )
            )  # fmt: skip
    Citation.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def cite_missing() -> int:
    """Write the citations of all wordings that name a law and have none yet."""
    named = Q(basis__contains="《") | Q(policy_basis__contains="《")
    rows = Revision.objects.filter(named, citations=None).select_related("item").order_by("id")
    return cite(rows)


def relink() -> int:
    """Match every citation with the register as it stands now; returns how many moved."""
    counties = Citation.objects.values_list("revision__item__county", flat=True)
    moved = 0
    for county in counties.order_by().distinct():
        names = known(county)
        rows = Citation.objects.filter(revision__item__county=county)
        wrong = [one for one in rows if one.basis_id != names.get(one.key)]
        for one in wrong:
            one.basis_id = names.get(one.key)
        Citation.objects.bulk_update(wrong, ["basis"], batch_size=BATCH)
        moved += len(wrong)
    return moved


def of_edition(edition: Edition | None):
    """The citations of the wordings that stand in an edition."""
    if edition is None:
        return Citation.objects.none()
    return Citation.objects.filter(revision__memberships__edition=edition)


def unknown(edition: Edition | None) -> list[dict]:
    """Names in an edition that the register does not know: [{key, name, count}], most first."""
    rows = of_edition(edition).filter(basis=None).values("key").annotate(count=Count("id"))
    names = {one.key: one.name for one in of_edition(edition).filter(basis=None).order_by("-id")}
    found = [{"key": row["key"], "name": names[row["key"]], "count": row["count"]} for row in rows]
    return sorted(found, key=lambda row: (-row["count"], row["key"]))


def of_revision(revision: Revision) -> list[Citation]:
    """What a wording cites, with the register's entries, in order."""
    return list(revision.citations.select_related("basis__successor").order_by("place", "id"))
