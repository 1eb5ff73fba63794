"""Factories of the core: a county with its units, its people, its calendar and its rulebook."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from governance import calendars, rulebooks
from governance.models import CalendarDay, CalendarYear, Post, Rulebook, Unit, User
from governance.models.calendar import touch_calendar
from governance.roles import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "Guanxian-Test-2026!"
SCHEDULES: list[tuple[str, list]] = []
"""What writes the years and days as the first reading of this process has found them."""


def moment(text: str) -> datetime:
    """A moment in Shanghai, e.g. moment("2026-11-24 16:05")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# Asked for thousands of times: by hand, at a fraction of what a built query costs.
BY_NAME = "SELECT * FROM governance_unit WHERE short_name = %s"
BY_KEY = "SELECT * FROM governance_user WHERE id = %s"


class County:
    """A county ready for work: `county.unit("清泉街道")`, `county.user(Role.PLATFORM)`.

    Units and people are made on first use; a person is known by role and unit.
    """

    ROLES_HOME = {
        Role.PLATFORM: "县政府办",
        Role.BIANBAN: "县委编办",
        Role.SIFA: "县司法局",
        Role.COUNTY: "县委办",
        Role.DUCHA: "县督查机构",
        Role.JIWEI: "县纪委监委",
        Role.KAOHE: "县考核办",
        Role.ZUZHI: "县委组织部",
        Role.CAIZHENG: "县财政局",
        Role.MEETING_OFFICE: "联席会议办公室",
        Role.TOWNSHIP_CLERK: "清泉街道",
        Role.TOWNSHIP_LEADER: "清泉街道",
        Role.DEPARTMENT_CLERK: "县公安局",
        Role.DEPARTMENT_LEADER: "县公安局",
        Role.AGENCY_HEAD: "清泉派出所",
        Role.AGENCY_MEMBER: "清泉派出所",
        Role.VILLAGE_CLERK: "样例村",
        Role.SYSADMIN: "县政府办",
        Role.SECADMIN: "县政府办",
        Role.AUDITOR: "县政府办",
        Role.CITY_BIANBAN: "市委编办",
        Role.CITY_SIFA: "市司法局",
    }
    CITY = ("市委编办", "市司法局")

    def __init__(self, name="冠县", code="371525", mark="冠", preset="guanxian-2019", **changes):
        self.row = Unit.objects.create(
            code=code,
            name=f"{name}人民政府",
            short_name=name,
            kind=Unit.Kind.COUNTY,
            region_code=code,
            mark=mark,
        )
        data = rulebooks.load_preset(preset) | changes
        self.rulebook = rulebooks.adopt(self.row, data, date(2020, 1, 1))
        self.people: dict = {}

    def unit(self, name: str, kind: str = "", **fields) -> Unit:
        """A unit of the county by short name."""
        county = None if name in self.CITY else self.row
        place = "county_id IS NULL" if county is None else f"county_id = {county.pk}"
        found = list(Unit.objects.raw(f"{BY_NAME} AND {place}", [name]))
        if found:
            return found[0]
        kind = kind or self.kind_of(name)
        if kind == Unit.Kind.AGENCY:
            fields.setdefault("parent", self.unit("县公安局"))
            fields.setdefault("seat", self.unit("清泉街道"))
        if kind == Unit.Kind.VILLAGE:
            fields.setdefault("parent", self.unit("清泉街道"))
        code = f"{kind[0].upper()}{Unit.objects.count():04d}"
        return Unit.objects.create(
            county=county, code=code, name=name, short_name=name, kind=kind, **fields
        )

    @staticmethod
    def kind_of(name: str) -> str:
        """The kind that a name ends in."""
        endings = {
            ("街道", "镇", "乡", "开发区"): Unit.Kind.TOWNSHIP,
            ("所", "中队"): Unit.Kind.AGENCY,
            ("村", "社区"): Unit.Kind.VILLAGE,
        }
        for names, kind in endings.items():
            if name.endswith(names):
                return kind
        return Unit.Kind.DEPARTMENT

    def user(self, role: str, unit: str | Unit = "", **fields) -> User:
        """The person who holds `role` in `unit` (the role's usual unit by default)."""
        place = unit if isinstance(unit, Unit) else self.unit(unit or self.ROLES_HOME[role])
        key = (role, place.pk)
        if key not in self.people:
            number = User.objects.count()
            user = User(
                username=f"{role.replace('_', '.')}.{number}",
                name=fields.pop("name", f"{place.short_name[-4:]}{Role(role).label[-2:]}{number}"),
                password=hashed(PASSWORD),
                password_changed_at=timezone.now(),
                must_change_password=False,
                **fields,
            )
            # Past the signals: nobody is signed in whose session could end with a new post.
            User.objects.bulk_create([user])
            post = Post(user=user, unit=place, role=role, since=date(2020, 1, 1))
            Post.objects.bulk_create([post])
            self.people[key] = user
        # Fresh: posts are cached on the object.
        return User.objects.raw(BY_KEY, [self.people[key].pk])[0]

    def amend(self, **changes) -> Rulebook:
        """The county's next rulebook: `county.amend(**{"call.leader_approval": True})`."""
        self.rulebook = rulebooks.edit(self.row, changes, date(2020, 1, 1))
        return self.rulebook


hashed = cache(make_password)
"""The hash of a password, made once: people of tests share theirs."""


def written(model) -> tuple[str, list]:
    """A statement that writes all rows of a table again, and its values."""
    fields = model._meta.concrete_fields
    rows = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in model.objects.order_by("pk")
    ]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    statement = f"INSERT INTO {model._meta.db_table} ({names}) VALUES {places}"
    return statement, [value for row in rows for value in row]


def load_calendar() -> None:
    """The published schedules 2019–2026: read from the sheets once, written from memory later."""
    if CalendarYear.objects.exists():
        calendars.load_published()
        return
    if not SCHEDULES:
        calendars.load_published()
        SCHEDULES.extend([written(CalendarYear), written(CalendarDay)])
        return
    with connection.cursor() as cursor:
        for statement, values in SCHEDULES:
            cursor.execute(statement, values)
    touch_calendar()
