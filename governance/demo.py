"""The demo's ground: two counties with units, rulebooks, contacts and accounts, all 样例.

What the apps show on this ground is theirs: `manage.py load_demo` asks each app in turn.
"""

import csv
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Min
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from governance import calendars, demo_accounts, registry, rulebooks, sweep, tasks
from governance.models import Clock, Post, Unit, User
from governance.roles import ADMINISTRATORS

FOLDER = settings.FIXTURES_ROOT
SINCE = date(2024, 1, 2)
"""From when on the demo's people hold their posts: before anything that the demo lets happen."""


class Ground(NamedTuple):
    """One demo county: where its units stand, and what it is ruled by."""

    region_code: str
    units: str
    preset: str
    effective_from: date
    dialling: str
    edits: dict


COUNTIES = (
    Ground("371525", "guanxian.tsv", "guanxian-2019", date(2019, 9, 20), "0635", {}),
    Ground(
        "230811", "jiaoqu.tsv", "jiaoqu-2022", date(2022, 1, 1), "0454",
        {"call.leader_approval": True},
    ),
)  # fmt: skip
BEAT = timedelta(seconds=40)
"""How long after a moment the minute's sweep comes by."""
WITHOUT_CONTACT = {"D27", "T900"}
"""Left incomplete, so that the completeness check has something to say."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def load(now: datetime) -> dict[str, int]:
    """Load both counties; what stands already is left alone.

    Returns how many units and users were added.
    """
    calendars.load_published()
    rulebooks.load_clauses()
    units = sum(load_county(ground) for ground in COUNTIES)
    return {"units": units, "users": load_accounts()}


def beat(until: datetime) -> None:
    """What the sweep and its due steps would have done by then, each in its own minute."""
    open_clocks = Clock.objects.filter(met_at=None, paused_at=None, next_at__lte=until)
    while (due := open_clocks.aggregate(first=Min("next_at"))["first"]) is not None:
        moment = min(due + BEAT, until)
        sweep.sweep(now=moment)
        tasks.fire(moment)


def holds_others() -> bool:
    """Whether people who are not of the demo work with this database."""
    return User.objects.exclude(username__in=usernames()).exists()


def is_loaded() -> bool:
    """Whether the demo's accounts stand already."""
    return User.objects.filter(username__in=usernames()).exists()


# -- counties ---------------------------------------------------------------------------------


def load_county(ground: Ground) -> int:
    """Units, rulebook and contacts of one county; returns how many units were added."""
    there = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=ground.region_code).first()
    added = 0
    if there is None:
        outcome = registry.load(FOLDER / "units" / ground.units)
        if outcome.errors:
            raise ValueError(f"{ground.units}:{outcome.errors[0]}")
        there, added = outcome.county, outcome.created
        fill_contacts(there, ground.dialling)
    if rulebooks.latest(there) is None:
        rulebooks.adopt(there, ground.preset, ground.effective_from, note="样例:采用预设")
        if ground.edits:
            rulebooks.edit(there, ground.edits, SINCE, note="样例:呼叫须先经乡镇负责人同意")
    return added


def fill_contacts(county: Unit, dialling: str) -> None:
    """Invent who is to be reached, in numbers that nobody has."""
    units = list(Unit.objects.filter(county=county).exclude(code__in=WITHOUT_CONTACT))
    for place, unit in enumerate(units, start=1):
        unit.contact_office = "“属地管理”联络科室(样例)"
        unit.contact_person = f"{SURNAMES[place % len(SURNAMES)]}某(样例)"
        unit.contact_phone = f"{dialling}-000{place:04d}"
    Unit.objects.bulk_update(units, ["contact_office", "contact_person", "contact_phone"])


# -- accounts ---------------------------------------------------------------------------------


class Account(NamedTuple):
    """One line of fixtures/demo/accounts.tsv."""

    username: str
    name: str
    county: str
    unit: str
    role: str


def accounts() -> list[Account]:
    """The demo's accounts, those of interfaces.md first."""
    with open(FOLDER / "demo" / "accounts.tsv", encoding="utf-8", newline="") as file:
        return [Account(*row) for row in list(csv.reader(file, delimiter="\t"))[1:]]


def usernames() -> list[str]:
    return [account.username for account in accounts()]


def load_accounts() -> int:
    """Accounts with one common password and no forced change; returns how many were added."""
    password = demo_accounts.password()
    known = {user.username: user for user in User.objects.filter(username__in=usernames())}
    hashed = shared_hash(password, known)
    added = 0
    for place, account in enumerate(accounts(), start=1):
        user = known.get(account.username)
        if user is None:
            unit = unit_of(account)
            user = new_user(account, place, unit, hashed)
            post = Post(user=user, unit=unit, role=account.role, since=SINCE)
            post.full_clean()
            post.save()
            added += 1
        if account.role in ADMINISTRATORS and not TOTPDevice.objects.filter(user=user).exists():
            TOTPDevice.objects.create(user=user, name="演示动态口令", confirmed=True)
    return added


def shared_hash(password: str, known: dict[str, User]) -> str:
    """One hash for all: they share the password anyway, and thirty hashes take their time.

    Where DEMO_PASSWORD has changed since the last start, those who still had the old one get
    the new one.
    """
    old = next((user.password for user in known.values()), "")
    if old and check_password(password, old):
        return old
    fresh = make_password(password)
    if old:
        User.objects.filter(username__in=known, password=old).update(password=fresh)
    return fresh


def new_user(account: Account, place: int, unit: Unit, hashed: str) -> User:
    """One account; its phone is a number that nobody has."""
    user = User(
        username=account.username,
        name=account.name,
        phone=f"130-0000-{place:04d}",
        county=unit.county,
        password=hashed,
        must_change_password=False,
        password_changed_at=timezone.now(),
    )
    user.full_clean()
    user.save()
    return user


def unit_of(account: Account) -> Unit:
    """The unit of an account: one of its county, or of the city above it."""
    county = Unit.objects.get(kind=Unit.Kind.COUNTY, region_code=account.county)
    if account.unit == county.code:
        return county
    found = Unit.objects.filter(county=county, code=account.unit).first()
    return found or Unit.objects.get(
        county=None, code=account.unit, region_code__startswith=account.county[:4]
    )
