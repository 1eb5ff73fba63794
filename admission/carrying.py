"""What the steps of duties, support and hand-over slips read and make. Called by the door alone."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.apps import apps
from django.utils import timezone

from governance import calendars
from governance.chains import office
from governance.lengths import Length
from governance.roles import Role
from governance.steps import Start

# Days as moments -------------------------------------------------------------


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def after_last_day(duty) -> datetime:
    """When a duty for a time has ended: the moment after its last day."""
    return midnight(duty.ends_on + timedelta(days=1))


def warned(duty) -> datetime:
    """When the end is announced: so many working days before (exit.warning)."""
    length = duty.rulebook.value("exit.warning")
    calendar = calendars.for_county(duty.county)
    if length.unit != "workdays":
        return midnight(duty.ends_on - timedelta(days=length.amount))
    return midnight(calendar.workday_shift(duty.ends_on, -length.amount))


def timer(name: str, label: str, moment, step: str) -> Start:
    """A timer that fires at a moment which the duty itself gives; none for a duty without end."""

    def began(duty, move) -> datetime:
        return moment(duty) - timedelta(hours=1)

    def length(duty) -> Length | None:
        return Length(1, "hours") if duty.ends_on else None

    return Start(
        name, label, length, "department_id", "GX-准入-15", timer=True, on_breach=step, since=began
    )


TERM = (
    timer("remind", "期满前提醒", warned, "remind"),
    timer("term", "工作时限", after_last_day, "lapse"),
)


def today(move) -> date:
    """The day of a step in this country."""
    return timezone.localdate(move.at)


def promising(support) -> date:
    """The day from which a promise runs; what is promised anew after its day keeps that day."""
    return min(support.promised_on, support.due_on)


def from_promise(support, move) -> datetime:
    """The promise runs from the day on which it was given."""
    return midnight(promising(support))


def until_promised(support) -> Length:
    """To the end of the promised day, in hours round the clock: a date that was agreed upon is
    that date, whatever the calendar of holidays.
    """
    return Length(24 * ((support.due_on - promising(support)).days + 1), "hours")


# Support ---------------------------------------------------------------------


def supported(duty, move):
    """What was promised in the request, one row per kind, owed until its day."""
    model, request = apps.get_model("admission.Support"), duty.request
    for kind, promise in request.support.items():
        row = model(
            county=duty.county,
            owner=duty.owner,
            rulebook=duty.rulebook,
            duty=duty,
            department=duty.department,
            unit=duty.unit,
            kind=kind,
            promise=promise[:500],
            due_on=request.support_due_on,
            promised_on=today(move),
        )
        yield row, "undertake", {}


def support_dropped(duty, move):
    """Nothing is owed any more for what has ended."""
    for row in duty.supports.filter(state__in=("promised", "delivered")).order_by("id"):
        yield row, "drop", {}


def delivered(support, move) -> None:
    """What has arrived, and when."""
    for name in ("delivery", "delivered_on", "people", "hours"):
        setattr(support, name, move.given.get(name))


def broken(duty, at):
    """Promises of support that have not been kept by their day, as a queryset."""
    return duty.supports.filter(state="promised", due_on__lt=timezone.localdate(at))


# Money -----------------------------------------------------------------------


def has_money(duty, at) -> bool:
    """Whether anything is left."""
    return duty.balance > 0


def entered(duty, move, kind: str) -> None:
    """Move the earmarked money and write its line; the form has checked it against the balance of
    the locked row, the database holds it as well.
    """
    amount: Decimal = move.given["amount"]
    if kind == "allot":
        duty.allotted += amount
    elif kind == "spend":
        duty.spent += amount
    else:
        duty.allotted -= amount
    apps.get_model("admission.FundEntry").objects.create(
        duty=duty,
        kind=kind,
        amount=amount,
        day=move.given["day"],
        purpose=move.given["purpose"],
        voucher=move.given.get("voucher") or "",
        balance=duty.balance,
        at=move.at,
        by=move.actor,
    )


def money_words(duty, move) -> str:
    """The trail's sentence."""
    return f"{move.given['amount']:,.2f}元,{move.given['purpose']},余额{duty.balance:,.2f}元"


# Hand-over -------------------------------------------------------------------


def issued(slip, move) -> None:
    """A slip of the platform: duty, township and number belong together."""
    duty = move.given["duty"]
    slip.channel, slip.duty, slip.unit = slip.Channel.PLATFORM, duty, duty.unit
    slip.department, slip.name = duty.department, duty.name
    slip.content, slip.stated_number = move.given["content"], duty.approval_number


def registered(slip, move) -> None:
    """A paper that has come: the number on it is looked up among the approvals."""
    slip.channel, slip.unit = slip.Channel.PAPER, slip.owner
    for name in ("department", "name", "content", "stated_number"):
        setattr(slip, name, move.given[name])
    slip.duty = matching(slip)


def matching(slip):
    """The duty that the stated number stands for: this department's, for this township."""
    if not slip.stated_number:
        return None
    rows = apps.get_model("admission.AdmittedDuty").objects.filter(
        approval_number=slip.stated_number, unit=slip.unit, department=slip.department
    )
    return rows.exclude(state="new").first()


def approved(slip, at) -> bool:
    """Whether the slip stands for a duty that binds the township today."""
    duty = slip.duty
    return (
        duty is not None
        and duty.state in ("pending", "active")
        and duty.approval_number == slip.stated_number
        and (duty.ends_on is None or timezone.localdate(at) <= duty.ends_on)
    )


def not_approved(slip, at) -> bool:
    """Whether the township may refuse."""
    return not approved(slip, at)


def begun(slip, at) -> bool:
    """Whether the time of the duty has begun."""
    return slip.duty is not None and timezone.localdate(at) >= slip.duty.starts_on


def begun_words(slip, at) -> str:
    """From when."""
    return f"工作时限自{slip.duty.starts_on:%Y年%-m月%-d日}起,届时再签收。"


def received(slip, move):
    """The first slip makes the duty the township's."""
    if slip.duty.state == "pending":
        yield slip.duty, "activate", {}


# End -------------------------------------------------------------------------


def may_suggest(duty, at) -> bool:
    """Where the county knows a township's suggestion, and wherever support was not delivered
    (GX-准入-13, decision 36).
    """
    return duty.rulebook.value("exit.township_suggestion") or broken(duty, at).exists()


def suggest_words(duty, at) -> str:
    """Why not."""
    return "保障已按承诺落实或尚未到期;本县由乡镇直接提出退出申请。"


def under_way(request):
    """Exits that somebody waits for; what an applicant merely drafts binds nobody."""
    rows = request.exits.exclude(state__in=("done", "refused", "withdrawn"))
    return rows.exclude(origin="applied", state="draft")


def leaving(duty):
    """Exits of this duty that are under way."""
    return [one for one in under_way(duty.request) if duty.unit_id in one.covers]


def not_leaving(duty, at) -> bool:
    """Whether no exit of this duty is under way."""
    return not leaving(duty)


def exit_suggested(duty, move):
    """The department finds the exit before it."""
    yield exit_of(duty, [duty.unit_id], "suggested", move.given["reason"])


def lapsed(duty, move):
    """At its end the exit opens by itself, once for all townships of the request; one that lies
    before its unit already is due from now on.
    """
    for leave in leaving(duty):
        if leave.state in ("draft", "returned") and not leave.clocks.running().exists():
            yield leave, "fall_due", {}
    taken = {unit for one in under_way(duty.request) for unit in one.covers}
    if duty.unit_id in taken:
        return
    ending = duty.request.duties.filter(ends_on=duty.ends_on).exclude(state="ended")
    ending = ending.exclude(unit__in=taken).order_by("unit__code", "id")
    covers = list(ending.values_list("unit_id", flat=True))
    yield exit_of(duty, covers, "lapsed", f"工作时限至{duty.ends_on:%Y年%-m月%-d日}期满")


def exit_of(duty, covers: list[int], origin: str, reason: str):
    """An exit file that lies before the department."""
    leaving = apps.get_model("admission.ExitRequest")(
        county=duty.county,
        owner=duty.department,
        rulebook=duty.rulebook,
        request=duty.request,
        covers=covers,
        origin=origin,
        reason=reason[:2000],
    )
    return leaving, "prepare", {}


def end_words(duty, move) -> str:
    """The trail's sentence."""
    return f"工作时限至{duty.ends_on:%Y年%-m月%-d日}"


# The list --------------------------------------------------------------------


def joins_list(duty, at) -> bool:
    """Whether what is handed down for good is listed in this county (TX-准入-14)."""
    return duty.rulebook.value("admission.joins_list") and duty.term == "regular"


def not_joining(duty, at) -> bool:
    """Whether no application for the list is under way or in force."""
    return duty.listing is None or duty.listing.state in ("declined", "refused", "withdrawn")


def list_application(duty, move):
    """A draft before 编办, with what the admission already says."""
    request = duty.request
    application = apps.get_model("checklist.Application")(
        county=duty.county, owner_id=office(duty.county, Role.BIANBAN) or duty.county_id
    )
    texts = {
        "name": duty.name,
        "county_duty": request.content or "",
        "township_duty": request.target or request.content or "",
        "main": duty.department.name,
        "coop": duty.unit.name,
    }
    given = {
        "kind": "add",
        "name": duty.name,
        "changes": {name: words for name, words in texts.items() if words},
        "argument": f"长期下放事项(批准表号{duty.approval_number}):{move.given['reason']}",
    }
    yield application, "prepare", given
    duty.listing = application
    duty.save(update_fields=["listing"])


# Units -----------------------------------------------------------------------


def department(record) -> list[int]:
    """Who has handed down."""
    return [record.department_id]


def township(record) -> list[int]:
    """Who has taken on."""
    return [record.unit_id]


def bianban(record) -> list[int]:
    """编办 of the county."""
    return [unit for unit in [office(record.county, Role.BIANBAN)] if unit]
