"""What the steps of a response read and make. Called by the door alone."""

from django.utils import timezone

from governance import calendars
from governance.models import Post
from governance.roles import Role
from governance.steps import Forbidden, Start
from governance.workdays import Length
from hucall import flow, oversight

OPENED_STATES = ("waiting", "working", "returning", "ruling", "suspended")

desks = flow.desks
desk_id = flow.desk_id


# Lengths ------------------------------------------------------------


def owes_an_answer(response) -> bool:
    """Who is only informed owes nothing."""
    return response.duty != "copy"


def owes_presence(response) -> bool:
    """Only urgent calls bind to be on site (GX-呼应-14)."""
    return response.call.is_urgent and owes_an_answer(response)


def platform_decides(response) -> bool:
    """The platform decides on a return, unless 编办 must."""
    return response.state == "returning"


def bianban_decides(response) -> bool:
    """编办 rules."""
    return response.state == "ruling"


def ladder(response) -> str:
    """Which ladder a broken promise climbs."""
    return response.pace


def statutory_length(response) -> Length:
    """From the dispatch to the statutory day, in calendar days (GX-呼应-11)."""
    opened = timezone.localdate(response.opened_at)
    return Length(max((response.statutory_due - opened).days, 1), "days")


def opened(response, move):
    """When the part was dispatched."""
    return response.opened_at


def review_length(response) -> Length:
    """From today to the review day of the suspension."""
    suspension = open_suspension(response)
    began = timezone.localdate(suspension.decided_at or suspension.asked_at)
    return Length(max((suspension.review_on - began).days, 1), "days")


REVIEW = Start("review", "挂账复核", review_length, "unit_id", "GX-呼应-11", "general")


# Conditions ------------------------------------------------------------


def opened_state(response, move) -> str:
    """An information copy owes no answer (decision 31)."""
    return "copied" if response.duty == "copy" else "waiting"


def is_urgent(response) -> bool:
    """Whether notices leave at any hour."""
    return response.call.is_urgent


def is_urgent_now(response, at) -> bool:
    """Only urgent calls ask for presence on site."""
    return response.call.is_urgent


def not_arrived(response, at) -> bool:
    """Nobody has been on site yet."""
    return response.arrived_at is None


def arrived_if_urgent(response, at) -> bool:
    """An urgent part ends only after somebody was there (GX-呼应-14)."""
    return not response.call.is_urgent or response.arrived_at is not None


def return_until(response, at):
    """Returning is possible inside a window from dispatch on (decision 5)."""
    calendar = calendars.for_county(response.county)
    return calendar.due(at, response.rulebook.value("call.return_window")).at


def return_window_open(response, at) -> bool:
    """Inside the window, and not refused before."""
    return response.return_until is not None and at <= response.return_until


def return_window_words(response, at) -> str:
    """Why a return is closed."""
    label = response.rulebook.value("call.return_window").label
    return f"退回须在派发后 {label}内提出,且未被驳回过。"


def not_ruled(response, at) -> bool:
    """A ruling is final for this call and the unit that it names, whoever held the part then."""
    unit = response.unit_id
    rulings = response.rulings.model.objects.filter(response__call=response.call_id, unit=unit)
    return not rulings.exclude(upheld=True, response__unit=unit).exists()


def returns_so_far(response) -> int:
    """How often this call has changed hands already (decision 28)."""
    return response.call.responses.filter(state__in=("returned", "transferred")).count()


def returning_state(response, move) -> str:
    """After N returns or transfers it is not the platform but 编办 who says whose it is."""
    limit = response.rulebook.value("call.returns_before_ruling")
    return "ruling" if returns_so_far(response) >= limit else "returning"


def resumed_state(response, move) -> str:
    """Back to where it stood before the return was asked for."""
    return "working" if response.signed_in_at else "waiting"


def bianban_id(response) -> int:
    """The unit that owes the ruling."""
    return next(iter(Post.objects.units_with(response.county_id, Role.BIANBAN)), response.county_id)


def ruling_desks(response) -> list[int]:
    """编办, where it must rule."""
    return [bianban_id(response)] if response.state == "ruling" else []


def plan_open(response, at) -> bool:
    """A plan can be changed until it is confirmed."""
    return response.plan_accepted_at is None


def plan_pending(response, at) -> bool:
    """A plan with a statutory day waits for confirmation."""
    return bool(response.plan and response.statutory_due and plan_open(response, at))


def before_expiry(response, at) -> bool:
    """Asked for before the limit has passed (decision 5)."""
    clock = response.clocks.running().filter(name="finish").first()
    return clock is not None and at <= clock.due_at


def extension_left(response, at) -> bool:
    """How often a limit may be moved is the rulebook's."""
    used = response.extensions.filter(decision__in=("granted", "pending")).count()
    return used < response.rulebook.value("call.extensions_max")


def extension_words(response, at) -> str:
    """Why an extension is closed."""
    return f"延期限 {response.rulebook.value('call.extensions_max')} 次,已用完。"


def extension_pending(response, at) -> bool:
    """An extension waits for a decision."""
    return response.extensions.filter(decision="pending").exists()


def suspension_pending(response, at) -> bool:
    """A suspension waits for a decision."""
    return response.suspensions.filter(decision="pending").exists()


def no_open_request(response, at) -> bool:
    """One request at a time."""
    return not extension_pending(response, at) and not suspension_pending(response, at)


def others_open(response) -> list[str]:
    """The units whose parts are still open."""
    others = response.call.responses.filter(state__in=OPENED_STATES).exclude(pk=response.pk)
    return [str(other.unit) for other in others.select_related("unit").order_by("id")]


def others_closed_if_lead(response, at) -> bool:
    """The lead consolidates, last of all (GX-呼应-12)."""
    return response.duty != "lead" or not others_open(response)


def others_words(response, at) -> str:
    """Who the lead is waiting for."""
    return f"{'、'.join(others_open(response))}尚未办结,牵头单位须最后汇总。"


def counted(response, at) -> bool:
    """Not excluded from the rates yet."""
    return not response.excluded


# Follow-up steps ---------------------------------------------------------------------------------


def redirected(response, move):
    """A returned or transferred part goes to the unit that is named; it gets fresh limits of its
    own. Where a lead leaves without a successor, another part leads.
    """
    unit, new_lead = move.given.get("to_unit"), move.given.get("new_lead")
    if unit is not None:
        yield flow.part(response.call, unit, response.duty, response.task), "open", {}
    elif new_lead is not None:
        yield new_lead, "take_lead", {}


def finished(response, move):
    """The township rates every response; the lead's end is the end of the call."""
    call = response.call
    ratings = call.ratings.model
    rating = ratings(
        call=call, county=call.county, owner=call.owner, response=response, round=response.round
    )
    yield rating, "open", {}
    if response.duty == "lead":
        yield call, "finish", {"result": move.given["result"]}


def dropped_rating(response, move):
    """A rating that was still open ends with its round."""
    for rating in response.ratings.filter(state="pending").order_by("id"):
        yield rating, "drop", {}


def supervision(response, move):
    """A 督办通知书 for this part: by the clock that broke, or with the words of who issues it."""
    yield oversight.notice_of(response, move), "issue", {}


# Words and children ------------------------------------------------------------


def opened_words(response, move) -> str:
    """The trail's sentence."""
    task = f":{response.task}" if response.task else ""
    return f"{response.unit}({response.get_duty_display()}){task}"


def rework_words(response, move) -> str:
    """The trail's sentence; the platform's own reason, never the rating."""
    return f"{response.unit} 第{response.round}轮办理:{move.given['reason']}"


def internal_unit(response, move) -> int | None:
    """The unit to which an internal note belongs."""
    return move.unit_id if move.given["audience"] == "internal" else None


def owner_unless_internal(response) -> list[int]:
    """An internal note is nobody else's news."""
    return [response.owner_id] if response.note_is_shared else []


def keep_extension(response, move) -> None:
    """Write the request down."""
    clock = response.clocks.running().get(name="finish")
    response.extensions.create(
        reason=move.given["reason"],
        workdays=move.given["workdays"],
        due_before=clock.due_at,
        asked_by=move.actor,
        asked_at=move.at,
    )


def extension_length(response, move) -> dict:
    """By how much the limit moves."""
    granted = response.extensions.filter(decision="granted").order_by("-id").first()
    return {"finish": Length(granted.workdays, "workdays")}


def decide_extension(response, move, granted: bool) -> None:
    """Write the decision down."""
    decide(response.extensions, move, granted)


def decide(requests, move, granted: bool) -> None:
    """The one pending request is decided, with opinion or reason."""
    request = requests.get(decision="pending")
    if move.actor is not None and request.asked_by_id == move.actor.pk:
        raise Forbidden("申请人不能审批自己的申请。", requests.instance.cites(move.step))
    request.decision = "granted" if granted else "refused"
    request.decided_by, request.decided_at = move.actor, move.at
    request.opinion = move.given.get("opinion") or move.given.get("reason") or ""
    request.save()


def keep_suspension(response, move) -> None:
    """Write the request down."""
    response.suspensions.create(
        reason=move.given["reason"],
        condition=move.given["condition"],
        review_on=move.given["review_on"],
        asked_by=move.actor,
        asked_at=move.at,
    )


def decide_suspension(response, move, granted: bool) -> None:
    """Write the decision down."""
    decide(response.suspensions, move, granted)


def suspension_asked(response, move):
    """Since when the limits rest: the platform's time for deciding is not the department's."""
    return open_suspension(response).asked_at


def suspended_words(response, move) -> str:
    """The trail's sentence; the limits began to rest before it."""
    asked = timezone.localtime(open_suspension(response).asked_at)
    return f"自申请之时({asked:%m月%d日 %H:%M})起暂停计时"


def open_suspension(response):
    """The suspension in force."""
    return response.suspensions.filter(decision="granted").order_by("-id").first()


def renew(response, move) -> None:
    """A new review day; the old one ends with its reason."""
    old = open_suspension(response)
    old.decision = "ended"
    old.save(update_fields=["decision"])
    response.suspensions.create(
        reason=move.given["reason"],
        condition=old.condition,
        review_on=move.given["review_on"],
        asked_by=move.actor,
        asked_at=move.at,
        decision="granted",
        decided_by=move.actor,
        decided_at=move.at,
    )


def end_suspension(response, move) -> None:
    """The condition is met, or the platform takes it off the shelf."""
    response.suspensions.filter(decision="granted").update(decision="ended")


def drop_requests(response, move) -> None:
    """What was asked for and not decided has become void."""
    response.extensions.filter(decision="pending").update(decision="dropped")
    response.suspensions.filter(decision="pending").update(decision="dropped")


def keep_ruling(response, move, upheld: bool) -> None:
    """A precedent: searchable, and shown when somebody returns the same item again."""
    response.rulings.create(
        county=response.county,
        item=response.call.item,
        unit=(move.given.get("to_unit") if upheld else None) or response.unit,
        upheld=upheld,
        text=move.given["text"],
        ruled_by=move.actor,
        ruled_at=move.at,
    )
