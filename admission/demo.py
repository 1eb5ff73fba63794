"""The demo's admissions 样例: requests, duties, exits, help and reports in the states wanted.

Told step by step through the door by the accounts that may do them, in the order of time, with the
sweep between two steps: what falls due does so by itself. Comes after the calls (load_demo).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from admission import gates
from admission.demo_stories import STORIES
from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    Support,
    TemporaryHelp,
)
from checklist.demo_changes import PDF
from governance import calendars, demo, rulebooks
from governance.models import Notice, Unit, User
from governance.perform import perform

MODELS = {
    "save_draft": AdmissionRequest,
    "consult": AdmissionRequest,
    "exit": ExitRequest,
    "propose": TemporaryHelp,
    "report": HandDown,
}
"""The steps that make a record."""
DAYS = {
    *("starts_on", "ends_on", "support_due_on", "day", "delivered_on", "pay_by", "happened_on"),
    "effective_on",
}
WITH_FILES = {"consult", "report", "exit"}
READ_AFTER = timedelta(days=2)


def load(now: datetime) -> dict[str, int]:
    """Tell the stories of every demo county that has no request yet; how many requests."""
    moves: list[tuple[datetime, partial]] = []
    for code, stories in STORIES.items():
        county = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=code).first()
        if county and not AdmissionRequest.objects.filter(county=county).exists():
            moves += told(county, stories, now)
    for moment, move in sorted(moves, key=lambda one: one[0]):
        demo.beat(moment)
        try:
            move()
        except Exception as error:
            error.add_note(f"{moment:%m-%d %H:%M} {move.args}")
            raise
    if moves:
        demo.beat(now)
        Notice.objects.filter(created_at__lt=now - READ_AFTER, read_at=None).update(read_at=now)
    return {"admissions": AdmissionRequest.objects.count() if moves else 0}


def told(county: Unit, stories, now: datetime) -> list[tuple[datetime, partial]]:
    """(moment, what happens) of every step; days count back from the last whole working day."""
    calendar = calendars.for_county(county)
    day = calendar.workday_shift(timezone.localdate(now), -1)
    found = []
    for number, story in enumerate(stories):
        teller = Teller(county, calendar, day)
        for back, clock, name, who, facts in story:
            when = datetime.combine(
                calendar.workday_shift(day, -back),
                time.fromisoformat(clock),
                timezone.get_current_timezone(),
            ) + timedelta(seconds=number)
            found.append((when, partial(teller.do, name, who, when, facts)))
    return [one for one in found if one[0] <= now]


class Teller:
    """One story: its request or other file, from step to step."""

    def __init__(self, county: Unit, calendar, day: date):
        self.county, self.calendar, self.day = county, calendar, day
        self.record = None

    def do(self, name: str, who: str, when: datetime, facts: dict) -> None:
        """One step through the door; the words before a dot say on which part."""
        actor = User.objects.get(username=who)
        given = {key: self.fact(key, value) for key, value in facts.items()}
        if name in ("consult", "save_draft"):
            given = self.complete(given, when.date())
        files = None
        if name in WITH_FILES:
            upload = SimpleUploadedFile("依据材料(样例).pdf", PDF, "application/pdf")
            files = MultiValueDict({"files": [upload]})
        target, step = self.target(name, actor, given)
        done = perform(target, step, actor=actor, at=when, facts=given, files=files)
        if name in MODELS:
            self.record = done
        elif self.record is not None:
            self.record = type(self.record).objects.get(pk=self.record.pk)

    def target(self, name: str, actor: User, given: dict):
        """The record that a step is about, and the step's own name."""
        if model := MODELS.get(name):
            if name == "exit":
                given["request"] = self.record.pk
            made = model(county=self.county, owner=actor.posts_held()[0].unit)
            return made, "file" if name == "exit" else name
        if name.startswith("@") and "." not in name:
            return self.record.current().get(name=name[1:], state="open"), "agree"
        if "." not in name:
            return self.record, name
        part, step = name.split(".")
        if part.startswith("@"):
            return self.record.current().get(name=part[1:], state="open"), step
        return self.part(part, actor, given), step

    def part(self, part: str, actor: User, given: dict):
        """An opinion, a duty, a slip or a support of the request at hand."""
        if part == "opinion":
            return self.record.opinions_now().get(unit=actor.posts_held()[0].unit)
        code = given.pop("town", None)
        duties = AdmittedDuty.objects.filter(request=self.record)
        unit = Unit.objects.get(county=self.county, code=code) if code else None
        duty = duties.get(unit=unit or actor.posts_held()[0].unit)
        if part == "duty":
            return duty
        if part == "slip":
            found = Slip.objects.filter(duty=duty, state="issued").first()
            given.setdefault("duty", duty.pk)
            return found or Slip(county=self.county, owner=duty.department)
        return Support.objects.get(duty=duty, kind=part)

    def fact(self, key: str, value):
        """A fact in the words of the form: codes become ids, offsets days."""
        if key in DAYS:
            return f"{self.calendar.workday_shift(self.day, -value)}"
        if key == "townships":
            units = Unit.objects.filter(county=self.county, code__in=value.split())
            return list(units.values_list("pk", flat=True))
        if key in ("unit", "department"):
            return Unit.objects.get(county=self.county, code=value).pk
        return value

    def complete(self, given: dict, day: date) -> dict:
        """A request with the parts that its county asks for, unless the story tells them."""
        book = rulebooks.in_force(self.county, day)
        kinds = gates.schema().fields["admission.support"].choices
        facts = {
            "contact": "联络员(样例)",
            "phone": "0635-0000000",
            "funds_source": "部门专项经费(样例)",
            "gate_note": "与清单内事项的对象和内容均不同,已核对。",
        }
        for place, words in enumerate(book.value("admission.elements")):
            facts[f"element_{place}"] = ELEMENTS.get(words, f"{words}:按附件执行(样例)。")
        for kind in book.value("admission.support"):
            facts[f"support_{kind}"] = f"{kinds[kind]}由交办部门按专项说明落实。"
        facts |= {f"veto_{key}": "no" for key in gates.asked(book)}
        return facts | given


ELEMENTS = {
    "主体责任": "部门负责组织、培训、审核和汇总,对结果负责。",
    "配合责任": "乡镇(街道)安排人员协助入户、引导群众。",
    "办事流程": "部门培训、乡镇协助、部门审核、结果反馈。",
    "完成时限": "按申请的起止日期完成。",
    "保障措施": "经费随事项划拨,部门派员驻点指导。",
}
