"""The demo's calls 样例: told step by step through the door, as they would have happened.

fixtures/demo/calls.toml tells each story. All steps of all stories are done in the order of time,
by the accounts that may do them; between two steps the sweep runs when it would have run. So
clocks, events, notices, 督办 and the archive are true, and nothing here writes a state.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from checklist import demo_changes
from checklist import selectors as checklist
from governance import calendars, demo
from governance.models import Notice, Unit, User
from governance.perform import check_open, perform, steps_of
from governance.roles import Role
from governance.steps import Invalid, Refused, StepClosed
from hucall import demo_bulletin, items
from hucall.demo_pictures import png
from hucall.demo_plan import Almanac, Step, Story, stories
from hucall.models import Call, Callback, Rating, Response, Supervision

FILE = settings.FIXTURES_ROOT / "demo" / "calls.toml"
READ_AFTER = timedelta(days=2)
"""Notices older than this have been read by everybody."""

WORDS_GO_TO = {
    **dict.fromkeys(("sign_in", "note", "record"), "note"),
    **dict.fromkeys(("uphold_return", "overrule_return"), "text"),
    **{"finish": "result", "propose_plan": "plan", "supervise": "ground"},
    **{"answer": "reply", "remark": "remark"},
    **dict.fromkeys(
        (
            *("dispatch", "accept_return", "accept_plan", "grant_extension", "grant_suspension"),
            *("resume", "close", "verify", "approve", "endorse"),
        ),
        "opinion",
    ),
}
"""The form field that a step's words fill; `reason` for all others."""
BEYOND_US = "乡镇已劝导和巡查,所需执法权限和专业力量在县级部门,不能自行解决。"
OPTIONAL = {"record", "answer", "close"}
"""Steps that are left out where there is nothing to call back or to answer."""
DEFAULTS = {
    "dispatch": {"parts": True, "difficulty": "general"},
    "add_units": {"parts": True},
    "note": {"audience": "shared"},
    "verify": {"verified_true": "yes"},
    "rate": {"level": "satisfied"},
}
CONTENT = (
    *("kind", "title", "text", "place", "latitude", "longitude", "channel", "result"),
    *("caller_name", "caller_phone", "self_check_reason"),
)
PARTS = (Response, Rating, Callback, Supervision)


def load(now: datetime) -> dict[str, int]:
    """Tell the stories of every demo county that has no call yet; returns how many calls."""
    counties = {
        county.region_code: Stage(county, now)
        for county in Unit.objects.filter(kind=Unit.Kind.COUNTY).select_related("county")
        if not Call.objects.filter(county=county).exists()
    }
    told = stories(FILE, {code: stage.almanac for code, stage in counties.items()})
    moves = [
        (step.at, partial(counties[story.county].move, story, step))
        for story in told
        for step in story.steps
    ]
    for stage in counties.values():
        moves += demo_bulletin.moves(stage)
        moves += demo_changes.moves(stage.county, stage.almanac.calendar, stage.almanac.day, now)
    for moment, move in sorted(moves, key=lambda one: one[0]):
        if moment <= now:
            demo.beat(moment)
            do(move, moment)
    if moves:
        demo.beat(now)
        Notice.objects.filter(created_at__lt=now - READ_AFTER, read_at=None).update(read_at=now)
    return {"calls": len(told)}


def do(move: partial, moment: datetime) -> None:
    """Do one move; a refusal says which line of the story it was."""
    try:
        move()
    except Refused as refusal:
        errors = refusal.form.errors.as_json() if isinstance(refusal, Invalid) else ""
        refusal.add_note(f"{moment:%m-%d %H:%M} {move.args[:2]} {errors}")
        raise


def is_open(record, step: Step) -> bool:
    """Whether there is such a record, and the step may be done now."""
    try:
        return record is not None and not check_open(
            record, step.name, steps_of(type(record))[step.name], step.at
        )
    except StepClosed:
        return False


class Stage:
    """One county with its people, and the calls told so far."""

    def __init__(self, county: Unit, now: datetime):
        self.county = county
        self.almanac = Almanac(calendars.for_county(county), now)
        self.units = {unit.code: unit for unit in Unit.objects.filter(county=county)}
        people = [
            user
            for user in User.objects.filter(is_active=True).order_by("pk")
            if any(post.county_id == county.pk for post in user.posts_held())
        ]
        # The desk may do much for others; here it does only what nobody else may.
        self.people = sorted(people, key=lambda user: user.holds(Role.PLATFORM))
        self.calls: dict[str, Call] = {}

    # -- steps of a story ---------------------------------------------------------------------

    def move(self, story: Story, step: Step) -> None:
        """Do one step, as the first of the county's people who may do it."""
        record = self.record(story, step)
        if step.name in OPTIONAL and not is_open(record, step):
            return
        files = [SimpleUploadedFile(name, png(name)) for name in self.photos(story, step)]
        done = self.do(
            record,
            step.name,
            step.at,
            self.facts(story, step, record),
            files={"files": files} if files else None,
            wanted=story.told.get("by", "") if step is story.steps[0] else "",
        )
        if isinstance(done, Call):
            self.calls[story.key] = done

    def do(self, record, name: str, at: datetime, facts: dict, files=None, wanted: str = ""):
        """Through the door, in the name of one of the county's people."""
        actor = self.actor(record, name, wanted)
        return perform(record, name, actor=actor, at=at, facts=facts, files=files)

    def record(self, story: Story, step: Step):
        """The matter that a step is about."""
        call = self.calls.get(story.key)
        if call is None:
            return Call(county=self.county, owner=self.units[story.told["township"]])
        if not step.target:
            return call
        part = Response.objects.filter(call=call, unit=self.units[step.target]).order_by("-id")
        part = part.first()
        model = next(model for model in PARTS if step.name in steps_of(model))
        if model is Response or part is None:
            return part
        return model.objects.filter(response=part).order_by("-id").first()

    def actor(self, record, name: str, wanted: str = "") -> User:
        """Who does it: the one named, else somebody of the very unit, else the first who may."""
        may = steps_of(type(record))[name].who
        able = {user: post for user in self.people if (post := may(record, user))}
        if not able:
            raise LookupError(f"demo: nobody may {name} {record}")
        unit = getattr(record, "unit_id", None)
        return min(able, key=lambda one: (one.username != wanted, able[one].unit_id != unit))

    def photos(self, story: Story, step: Step) -> list[str]:
        """Names of the pictures that a step brings."""
        first = step is story.steps[0]
        return story.told.get("photos", []) if first else step.facts.get("photos", [])

    def facts(self, story: Story, step: Step, record) -> dict:
        """What the step's form asks for."""
        facts = self.filing(story) if step is story.steps[0] else {}
        if step.words:
            facts[WORDS_GO_TO.get(step.name, "reason")] = step.words
        for name, value in (DEFAULTS.get(step.name, {}) | step.facts).items():
            facts |= self.fact(name, value, step, record)
        return facts

    def filing(self, story: Story) -> dict:
        """The content of a call."""
        told = story.told
        facts = {name: told[name] for name in CONTENT if name in told}
        edition = checklist.current_edition(self.county)
        revision = edition.revisions.get(name=told["item"])
        if items.township_is_main(revision):
            facts.setdefault("self_check_reason", BEYOND_US)
        units = [self.units[code].pk for code in told.get("units", ())]
        return {"kind": "complex", "self_check": True} | facts | {
            "item": revision.item_id, "units": units,
        }  # fmt: skip

    def fact(self, name: str, value, step: Step, record) -> dict:
        """One fact of a story in the words of the form: codes of units become their ids."""
        if name in ("lead", "assist", "copy"):
            return {}
        if name == "parts":
            return self.parts(step)
        if name in ("to_unit", "suggested"):
            return {name: self.units[value].pk}
        if name == "responses":
            units = [self.units[code] for code in value]
            parts = record.responses.filter(unit__in=units, state="finished")
            return {name: list(parts.values_list("pk", flat=True))}
        if name == "into":
            return {name: self.calls[value].pk}
        if name in ("review_on", "statutory_due"):
            return {name: self.almanac.date_after(value, step.at).isoformat()}
        if name == "ago":
            return {"arrived_at": step.at - timedelta(minutes=value)}
        return {} if name == "photos" else {name: value}

    def parts(self, step: Step) -> dict:
        """The rows of a dispatch."""
        duties = dict.fromkeys(step.facts.get("lead", "").split(), "lead")
        duties |= dict.fromkeys(step.facts.get("assist", ()), "assist")
        duties |= dict.fromkeys(step.facts.get("copy", ()), "copy")
        chosen = {self.units[code].pk: duty for code, duty in duties.items()}
        return {"units": list(chosen)} | {f"duty_{pk}": duty for pk, duty in chosen.items()}
