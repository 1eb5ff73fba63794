"""The hand-written matrix of admission, the people of its columns, a record of each kind.

`clerk@department` and `leader@township` are those of the department and of the township that the
record is about, `@own` those of the unit that applies. A row with nobody is a step that only
follows from others, done by 系统. Rows of a record without a variety (`AdmittedDuty`) hold for all
its varieties (`AdmittedDuty.regular` …); `Stage.approve.exit` is a stage of the chain of an exit.
"""

from datetime import datetime

from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    Support,
    TemporaryHelp,
    TownshipOpinion,
)
from governance import chains
from governance.models import Stage
from governance.perform import enlist, perform
from governance.roles import Role
from tests.admission.scene import DEPARTMENT, NOW, OTHER, PRESETS, TOWN, Scene, again
from tests.factories.governance import County, load_calendar, moment
from tests.matrices import Row, opened, people, rows

MODELS = {
    model.__name__: model
    for model in (
        *(AdmissionRequest, TownshipOpinion, AdmittedDuty, Support, Slip),
        *(ExitRequest, TemporaryHelp, HandDown, Stage),
    )
}
LATE = moment("2026-11-02 10:00")
"""When answers, promises of support and corrections are overdue, and no duty has ended."""
UNIT_ROLES = {
    Role.TOWNSHIP_CLERK: (TOWN, OTHER),
    Role.TOWNSHIP_LEADER: (TOWN, OTHER),
    Role.DEPARTMENT_CLERK: (DEPARTMENT, "县公安局"),
    Role.DEPARTMENT_LEADER: (DEPARTMENT, "县公安局"),
    Role.AGENCY_HEAD: ("清泉派出所",),
    Role.AGENCY_MEMBER: ("清泉派出所",),
    Role.VILLAGE_CLERK: ("样例村",),
}
VARIETIES = {
    "AdmissionRequest": ("department", "township"),
    "TownshipOpinion": ("township", "department", "early"),
    "AdmittedDuty": ("stage", "regular", "unsupported"),
    "Support": ("promised",),
    "Slip": ("platform", "paper", "over"),
    "ExitRequest": ("department", "township", "lapsed", "suggested"),
    "TemporaryHelp": ("asked",),
    "HandDown": ("fresh", "overdue"),
}
ALONE = {"TownshipOpinion.department": ("tongxin",)}
"""Varieties that only some counties have."""


ROWS = rows(__file__, PRESETS)


def model_of(record: str) -> type:
    """The kind of matter behind a name of the matrix."""
    return MODELS[record.partition(".")[0]]


def rows_for(variant: str, book: str) -> list[Row]:
    """The rows that hold for one variety of record in one county."""
    names = {variant, variant.partition(".")[0]}
    return [row for row in ROWS if row.record in names and book in row.books]


def columns_of(row: Row, variant: str) -> set[str]:
    """The people of a row, as the columns are called."""
    kind = "township" if variant.endswith(".township") else "department"
    names = {f"{post}@own": f"{kind}_{post}@own" for post in ("clerk", "leader")}
    for unit in ("department", "township"):
        names |= {f"{post}@{unit}": f"{unit}_{post}@own" for post in ("clerk", "leader")}
    return {names.get(one, one) for one in row.who}


def expected(variant: str, book: str) -> dict[str, set]:
    """Step → the cells (state, column) that the matrix opens."""
    found: dict[str, set] = {}
    for row in rows_for(variant, book):
        who = columns_of(row, variant)
        found.setdefault(row.step, set()).update((s, w) for s in row.states for w in who)
    return found


class World:
    """One county in the middle of its admissions, a foreign county, the city, and everybody."""

    def __init__(self, preset: str):
        load_calendar()
        self.preset, self.book = preset, preset.partition("-")[0]
        self.scene = Scene(preset)
        self.foreign = County("乙县", "371526", "乙", preset)
        self.people = people(self.scene.county, self.foreign, UNIT_ROLES)

    def variants(self) -> list[str]:
        """The varieties of records that this county has."""
        found = [f"{name}.{one}" for name, kinds in VARIETIES.items() for one in kinds]
        found = [one for one in found if self.book in ALONE.get(one, (self.book,))]
        for kind in ("admission", "exit"):
            chain = self.scene.book.value(f"{kind}.flow")
            found += [f"Stage.{row['stage']}.{kind}" for row in chain]
        return found

    def made(self, variant: str) -> tuple:
        """A record on which every condition of its steps holds, and the moment of the walk."""
        name, _, kind = variant.partition(".")
        builder = {
            "AdmissionRequest": self.request,
            "TownshipOpinion": self.opinion,
            "AdmittedDuty": self.duty,
            "Support": self.support,
            "Slip": self.slip,
            "ExitRequest": self.exit,
            "TemporaryHelp": lambda kind: (self.scene.help(), NOW),
            "HandDown": self.report,
            "Stage": self.stage,
        }[name]
        record, at = builder(kind)
        return again(record), at

    def request(self, kind: str) -> tuple[AdmissionRequest, datetime]:
        """One to which every township has answered; a township's own wherever it may apply."""
        scene = self.scene
        request = scene.consult()
        for one in request.opinions_now():
            scene.reply(request, one.unit.short_name)
        if kind == "township":  # as it would stand in a county where townships apply
            AdmissionRequest.objects.filter(pk=request.pk).update(owner=scene.unit(TOWN))
        return request, NOW

    def opinion(self, kind: str) -> tuple[TownshipOpinion, datetime]:
        """One that nobody has answered yet: its limit has passed, unless it is `early`."""
        scene = self.scene
        if kind == "department":
            given = {"department": scene.department.pk, "actor": scene.town}
            request = scene.consult(TOWN, owner=scene.unit(TOWN), **given)
            return scene.opinion(request, DEPARTMENT), LATE
        return scene.opinion(scene.consult(), TOWN), NOW if kind == "early" else LATE

    def duty(self, kind: str) -> tuple[AdmittedDuty, datetime]:
        """One that is carried and has money; a regular one has no end."""
        given = {"term": "regular", "starts_on": "", "ends_on": ""} if kind == "regular" else {}
        duty = self.scene.carried(**given)
        self.scene.allot(duty)
        return duty, LATE if kind == "unsupported" else self.scene.day_of(duty)

    def support(self, kind: str) -> tuple[Support, datetime]:
        duty = self.scene.carried()
        return duty.supports.order_by("id").first(), self.scene.day_of(duty)

    def slip(self, kind: str) -> tuple[Slip, datetime]:
        """Handed over on the platform; on paper without a number; for a duty that has ended."""
        scene = self.scene
        if kind == "paper":
            facts = {"department": scene.department.pk, "name": "报表", "content": "每日上报"}
            slip = Slip(county=scene.row, owner=scene.unit(TOWN))
            return perform(slip, "register", actor=scene.town, at=NOW, facts=facts), NOW
        duty = scene.duty(scene.admitted())
        slip = scene.issue(duty)
        at = moment("2027-01-04 10:00") if kind == "over" else scene.day_of(duty)
        return slip, at

    def exit(self, kind: str) -> tuple[ExitRequest, datetime]:
        """One that was filed; the clock's and a township's own differ in who may drop it."""
        scene = self.scene
        duty = scene.carried()
        at = scene.day_of(duty)
        leave = scene.exit(duty.request, TOWN, at=at)
        rows = ExitRequest.objects.filter(pk=leave.pk)
        if kind == "township":
            rows.update(owner=scene.unit(TOWN))
        if kind in ("lapsed", "suggested"):
            rows.update(origin=kind)
        return leave, at

    def report(self, kind: str) -> tuple[HandDown, datetime]:
        """One that was ordered to be corrected; the overdue one after its limit."""
        return self.scene.order(self.scene.report()), LATE if kind == "overdue" else NOW

    def stage(self, kind: str) -> tuple[Stage, datetime]:
        """One stage of a chain, whether its turn has come or not."""
        name, _, chain = kind.partition(".")
        scene = self.scene
        matter = scene.filed() if chain == "admission" else self.exit("department")[0]
        matter = again(matter)
        had = matter.current().filter(name=name).first()
        if had:
            return had, NOW
        stage = chains.made(matter, next(row for row in matter.chain() if row["stage"] == name))
        stage.raised_at = NOW
        stage.save()
        enlist(stage, True)
        return stage, NOW


def walked(record, world: World, at) -> dict[str, set]:
    """Step → the cells (state, column) that the code opens."""
    found: dict[str, set] = {}
    now = record.state
    for state in type(record).State.values:
        record.__dict__["state"] = state
        for step, column in opened(record, world.people, at):
            found.setdefault(step, set()).add((state, column))
    record.__dict__["state"] = now
    return found
