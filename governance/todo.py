"""What a person has to do, and what the person's units wait for: reads over the open clocks.

Deadlines come from the ledger alone. Which of a unit's clocks are a person's own follows from the
steps that stop them: 核实派发 stops by a step of the platform, so it stands on the platform's
workbench and not on that of every clerk of the same office.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib import import_module

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from governance import calendars, flowcharts, kinds, opaque
from governance.models import Clock, Unit
from governance.presenting import clock_view
from governance.roles import LEADERS

PAGE = 20
CURSOR = re.compile(r"([0-9]{1,16})-([0-9a-f]{16})")


@dataclass(frozen=True)
class Page:
    """Some rows for ui/todo.html; `more` is the cursor of the next page, or empty."""

    items: list[dict]
    more: str = ""


def own_units(user) -> set[int]:
    """The units in which a person handles matters."""
    return {post.unit_id for post in kinds.business_posts(user)}


def mine(user):
    """The open promises that this person should keep or see kept, as a queryset.

    Those owed by the person's units (and the agencies a department has stationed), as far as a
    step of the person's role stops them or the person leads the unit; and those that anybody of
    the role in the county may stop.
    """
    posts = kinds.business_posts(user)
    homes = agencies_of(posts)
    wanted, wide = Q(pk__in=[]), False
    for post in posts:
        own = Q(owed_by__in=[post.unit_id, *homes.get(post.unit_id, ())])
        wanted |= own if post.role in LEADERS else own & ~others(post.role)
        anywhere = county_wide(post.role)
        if anywhere and post.county_id:
            wanted |= Q(county=post.county_id) & anywhere
            wide = True
    return narrowed(open_promises(user).filter(wanted), posts, homes, wide)


def agencies_of(posts) -> dict[int, list[int]]:
    """The agencies that the departments among the units of some posts have stationed: one query."""
    departments = {post.unit_id for post in posts if post.unit.kind == Unit.Kind.DEPARTMENT}
    found: dict[int, list[int]] = {}
    if departments:
        rows = Unit.objects.filter(parent__in=departments, kind=Unit.Kind.AGENCY)
        for parent, unit in rows.values_list("parent_id", "id"):
            found.setdefault(parent, []).append(unit)
    return found


def narrowed(rows, posts, homes: dict[int, list[int]], wide: bool):
    """The same rows, with a condition beside them that an index answers: the units that owe, or
    the counties.
    """
    counties = {post.county_id for post in posts}
    if not wide:
        units = {post.unit_id for post in posts}.union(*homes.values())
        return rows.filter(owed_by__in=units)
    return rows if None in counties else rows.filter(county__in=counties)


def others(role: str) -> Q:
    """The clocks that only people of other roles can stop."""
    return named(lambda people: bool(people) and not any(role in one.roles for one in people)) or Q(
        pk__in=[]
    )


def county_wide(role: str) -> Q | None:
    """The clocks that this role may stop wherever in the county it is held."""
    return named(lambda people: any(role in one.roles and one.of is None for one in people))


def named(fits) -> Q | None:
    """The clocks, kind by kind, whose stoppers `fits`; None where there are none."""
    found = None
    for model in kinds.kinds():
        names = [name for name, people in flowcharts.stoppers(model).items() if fits(people)]
        if names:
            part = Q(matter_type=model.type().pk, name__in=names)
            found = part if found is None else found | part
    return found


def awaited(user):
    """The open promises of others on matters that the person's units have raised."""
    units = own_units(user)
    return open_promises(user).filter(owner__in=units).exclude(owed_by__in=units)


def open_promises(user):
    """Promises that tick, as far as `user` may read them."""
    return Clock.objects.running().promises().filter(paused_at=None).readable_by(user)


def first_of_each(clocks):
    """Of several clocks of one record that one unit owes, the one that is due first; of several
    records of one file whose kind is `gathered`, likewise.
    """
    found = clocks.filter(~Exists(earlier("matter_type", "matter_id")))
    kinds_gathered = list(gathered())
    if kinds_gathered:
        in_file = earlier("matter_type", "root_type", "root_id")
        found = found.filter(~Q(matter_type__in=kinds_gathered) | ~Exists(in_file))
    return found


def earlier(*alike: str):
    """Ticking promises of the same unit that are due before the row's and are `alike` in these."""
    return (
        Clock.objects.running()
        .promises()
        .filter(
            Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), id__lt=OuterRef("id")),
            owed_by=OuterRef("owed_by"),
            paused_at=None,
            **{name: OuterRef(name) for name in alike},
        )
    )


def gathered() -> dict[int, str]:
    """The kinds of which a file has one line: content type → its words."""
    return {model.type().pk: model.gathered for model in kinds.kinds() if model.gathered}


def how_many(rows, user) -> dict[tuple, int]:
    """For rows of gathered kinds the number of promises behind the line: at most one query."""
    kinds_gathered = gathered()
    rows = [row for row in rows if row.matter_type_id in kinds_gathered]
    if not rows:
        return {}
    alike = ("matter_type", "root_type", "root_id", "owed_by")
    wanted = {name: {getattr(row, f"{name}_id") for row in rows} for name in alike[:2]}
    found = open_promises(user).filter(
        root_id__in={row.root_id for row in rows},
        **{f"{name}__in": values for name, values in wanted.items()},
    )
    counted = found.order_by().values_list(*alike).annotate(n=Count("pk"))
    return {tuple(key): n for *key, n in counted}


def counts(clocks, now: datetime) -> dict:
    """How many records are waiting, late, and due today: one query."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time.min, timezone.get_current_timezone())
    late = Q(due_at__lt=now)
    return clocks.aggregate(
        total=Count("pk"),
        late=Count("pk", filter=late),
        today=Count("pk", filter=Q(due_at__gte=now, due_at__lt=midnight)),
    )


def page_of(clocks, user, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """A page of clocks as ui/todo.html wants them, due first.

    Args:
        after: the cursor of the page before; nonsense counts as none.

    One query for the clocks, one per kind of matter among them, one for the calendar.
    """
    rows = clocks.select_related("owed_by").order_by("due_at", "id")
    start = read_cursor(after)
    if start:
        at, pk = start
        rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, id__gt=pk))
    page = list(rows[: size + 1])
    more = cursor(page[size - 1]) if len(page) > size else ""
    page = page[:size]
    roots = kinds.find_many({(row.root_type_id, row.root_id) for row in page}, user)
    numbers = how_many(page, user)
    known, units = calendars.current(), own_units(user)
    items = []
    for row in page:
        root = roots.get((row.root_type_id, row.root_id))
        if root is not None:
            line = item(row, root, known.of(row.county_id), now)
            place = (row.matter_type_id, row.root_type_id, row.root_id, row.owed_by_id)
            if place in numbers:
                line |= together(row, root, numbers[place])
            if row.owed_by_id not in units:
                line["meta"] = f"{row.owed_by} 承办 · {line['meta']}"
            items.append(line)
    return Page(items, more)


def item(clock: Clock, root, calendar, now: datetime) -> dict:
    """One line: what to do, of which matter, how long there is, by which clause."""
    view = clock_view(clock, calendar, now)
    return view | {
        "step": clock.label,
        "title": clock.title or root.title,
        "number": root.number,
        "meta": f"{root.owner} · {kinds.state_label(root)}",
        "unit": clock.owed_by,
        "url": reverse("matter", args=[clock.matter_type_id, clock.matter_id]),
    }


def together(clock: Clock, root, count: int) -> dict:
    """What such a line says: the file, and where it stands for several records of it how many."""
    if count < 2:
        return {"title": root.title}
    step = gathered()[clock.matter_type_id].format(count=count)
    return {"step": step, "title": root.title, "meta": f"{root.owner} · 按最早到期的一项计时"}


def cursor(clock: Clock) -> str:
    """Where a page ends: the due moment and the row, whose number counts confidential clocks."""
    return f"{round(clock.due_at.timestamp() * 1_000_000)}-{opaque.hide(clock.pk)}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """The moment and row of a cursor; None for anything else."""
    found = CURSOR.fullmatch(text or "")
    if found is None:
        return None
    seconds, micros = divmod(int(found[1]), 1_000_000)
    moment = datetime.fromtimestamp(seconds, timezone.get_current_timezone())
    return moment + timedelta(microseconds=micros), min(opaque.reveal(found[2]), 2**63 - 1)


# -- what has no clock ----------------------------------------------------------------------


@cache
def desks() -> tuple:
    """The modules `workbench` of the installed apps. Each may offer, for a user:

    waiting_for(user) → rows of work without a clock (drafts), [{step, title, url, number, meta,
    word, icon, tone}]; figures(user) → this month as ui/stat.html wants it; starts → buttons
    (label, url_name, roles[, icon]). Each with a constant number of queries.
    """
    return tuple(
        import_module(f"{config.name}.workbench")
        for config in apps.get_app_configs()
        if module_has_submodule(config.module, "workbench")
    )


def without_clock(user) -> list[dict]:
    """Matters that await the person without a promise running, as the apps tell it."""
    return [row for desk in desks() for row in asked(desk, "waiting_for", user)]


def figures(user) -> list[dict]:
    """This month's figures, as the apps tell them."""
    return [row for desk in desks() for row in asked(desk, "figures", user)]


def asked(desk, name: str, user) -> list[dict]:
    """What an app answers, if it offers this."""
    answer = getattr(desk, name, None)
    return list(answer(user)) if answer else []
