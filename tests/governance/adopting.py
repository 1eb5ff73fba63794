"""Counties that adopt a rulebook, who edits it there, and presets with something changed."""

import re
from datetime import date
from urllib.parse import unquote

from governance import rulebooks
from governance.models import Clock, Event, Post, Unit, User

PRESETS = ["guanxian-2019", "jiaoqu-2022", "taian-2019", "tongwei-2020", "tongxin-2021"]
DAY = date(2026, 1, 1)
LONG_AGO = date(2020, 1, 1)


def make_county(name="冠县", code="371525", preset="guanxian-2019") -> Unit:
    """A county, its rulebook in force for years; without any where `preset` is empty."""
    county = Unit.objects.create(
        code=code, name=name, short_name=name, kind="county", region_code=code
    )
    if preset:
        rulebooks.adopt(county, preset, LONG_AGO)
    return county


def make_user(county, role, username) -> User:
    """Somebody with a post in a unit of the county."""
    unit = Unit.objects.create(
        code=f"D-{username}", name=f"{county}{role}", short_name=role, kind="department",
        county=county, parent=county,
    )  # fmt: skip
    user = User.objects.create_user(username, "Pass-word-12!", name="张三")
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    Post.objects.create(user=user, unit=unit, role=role, since=LONG_AGO)
    return user


def preset(name="guanxian-2019", **changes) -> dict:
    """The values of a preset, some of them changed."""
    return rulebooks.load_preset(name) | changes


def cited_abroad(county) -> list[tuple[str, str]]:
    """Steps and limits of a county that cite another county's clause although its own text, or
    the generic one (冠县's), has the matter: none, if all is right.
    """
    book = rulebooks.latest(county)
    homes = tuple({f"{book.stored('family')}-", "GX-"})
    moves = Event.objects.filter(county=county).values_list("label", "clause")
    limits = Clock.objects.filter(county=county).values_list("label", "clause")
    cited = [(label, clause) for label, clause in {*moves, *limits} if clause]
    assert cited
    return [
        (label, clause)
        for label, clause in cited
        if book.cited(clause) != clause or not clause.startswith(homes)
    ]


def linked_abroad(book, page: str) -> list[str]:
    """Clauses that a page links although the county's own text has them; some are linked."""
    linked = set(re.findall(r"/clauses/([^/\"]+)/", unquote(page)))
    assert linked
    return sorted(clause for clause in linked if book.cited(clause) != clause)
