"""What the steps of a call read and make: its items, its desks, its parts.

These functions take the record (and the move); they assign fields and name follow-up steps. They
are called by the door alone.
"""

from checklist import selectors as checklist
from governance.forms import LONGEST_PK
from governance.models import Post
from governance.roles import Role
from governance.steps import Forbidden, Start, param
from hucall import items

FIELDS = (
    *("kind", "title", "text", "place", "latitude", "longitude", "channel"),
    *("caller_name", "caller_phone", "item", "self_check", "self_check_reason"),
)


def fill(call, move) -> None:
    """Take over what the form asked for; a call raised by a village keeps the village."""
    for name in FIELDS:
        if name in move.given:
            value = move.given[name]
            setattr(call, name, "" if value is None and name in ("text", "place") else value)


def stamp_item(call) -> None:
    """Stamp the edition in force and the item's wording in it: later editions change nothing."""
    call.edition = call.revision = None
    call.township_is_main = False
    if call.item_id is None:
        return
    edition = checklist.current_edition(call.county)
    revision = checklist.revision_in(edition, call.item_id)
    if revision:
        call.edition, call.revision = edition, revision
        call.township_is_main = items.township_is_main(revision)


# Conditions ------------------------------------------------------------


def villages_may_call(call, at) -> bool:
    """Whether the county lets villages raise calls through their township (TX-网格-01)."""
    return call.rulebook.value("call.village")


def approval_wanted(call) -> bool:
    """Whether the county wants the township leader's approval before a call (decision 24)."""
    return call.rulebook.value("call.leader_approval")


def not_ones_own(call, move) -> None:
    """Who holds both posts in a township does not approve what the same person filed.

    Raises:
        Forbidden: the actor has filed the call.
    """
    if call.raised_by_id == move.actor.pk:
        raise Forbidden("不能审批自己提交的呼叫。", call.cites(move.step))


def approval_outstanding(call, at) -> bool:
    """An urgent call skips the approval and is approved afterwards."""
    return call.is_urgent and approval_wanted(call) and call.approved_at is None


def unverified(call, at) -> bool:
    """An urgent call goes out at once and is verified afterwards (GX-呼应-13)."""
    return call.verified_at is None


def all_parts_closed(call, at) -> bool:
    """No department still works on it."""
    return not call.responses.filter(state__in=call.responses.model.OPEN).exists()


def is_urgent(call) -> bool:
    """Whether notices leave at any hour."""
    return call.is_urgent


def filed_state(call, move) -> str:
    """Where filing leads: urgent straight to the departments; else to the leader or the desk.

    What the platform keys in (公文传输, hotline, telephone) bears the township's word already; a
    clerk gets round the leader by no choice of channel.
    """
    if call.is_urgent:
        return call.State.HANDLING
    keyed_in = move.post is not None and move.post.role == Role.PLATFORM
    if approval_wanted(call) and not keyed_in:
        return call.State.APPROVING
    return call.State.SUBMITTED


# Desks ------------------------------------------------------------


def desks(record) -> list[int]:
    """The units in which the county's platform operators sit (县政府办); a record asks once."""
    if not hasattr(record, "_desks"):
        record._desks = Post.objects.units_with(record.county_id, Role.PLATFORM)
    return record._desks


def desk_id(record) -> int:
    """The unit that owes what the platform owes; the county itself where no desk is set up."""
    return next(iter(desks(record)), record.county_id)


def desks_at_work(call) -> list[int]:
    """The platform, unless the township's leader decides first."""
    return [] if call.state == call.State.APPROVING else desks(call)


def owner_awaiting_approval(call) -> list[int]:
    """The raising unit, where its leader must approve."""
    return [call.owner_id] if call.state == call.State.APPROVING else []


def everybody(call) -> list[int]:
    """All who take part."""
    parts = call.responses.exclude(state="void").order_by("id")
    return [call.owner_id, *parts.values_list("unit_id", flat=True)]


def before_the_desk(call) -> bool:
    """Verification begins when the call lies before the desk, not while the leader decides."""
    return call.state != call.State.APPROVING


VERIFY = Start(
    "verify",
    "核实派发",
    param("call.verify.{record.pace}", when=before_the_desk),
    desk_id,
    "GX-呼应-09",
    "general",
)


# Parts ------------------------------------------------------------


def part(call, unit, duty: str, task: str = ""):
    """An unsaved response of `unit` to `call`."""
    return call.responses.model(
        call=call, county=call.county, owner=call.owner, unit=unit, duty=duty, task=task[:1000]
    )


def direct_responses(call, move):
    """An urgent call goes straight to departments or stationed agencies, several at once.

    The first one chosen leads until the platform says otherwise (GX-呼应-13).
    """
    if not call.is_urgent:
        return
    for place, unit in enumerate(move.given["units"]):
        yield part(call, unit, "lead" if place == 0 else "assist"), "open", {}


def dispatched_responses(call, move):
    """One response per department that the platform has chosen (GX-呼应-12)."""
    for chosen in move.given["parts"]:
        yield part(call, chosen.unit, chosen.duty, chosen.task), "open", {}


def joined(call, move):
    """The call that takes another one in learns of it, and its township is let in."""
    into = move.given["into"]
    yield into, "take_in", {"from": call}


def call_to_join(call, facts):
    """The call that takes this one in, as far as the facts name one of the county's."""
    into = str(facts.get("into", ""))
    if not into.isdecimal() or len(into) > LONGEST_PK:
        return ()
    return type(call).objects.filter(county=call.county_id, pk=into)


def joined_words(call, move) -> str:
    """The trail's sentence."""
    other = move.given["from"]
    return f"{other.owner} {other.number}“{other.title}”并入本件"


def voided_responses(call, move):
    """Every part that is still open ends with the call."""
    for response in call.responses.filter(state__in=call.responses.model.OPEN).order_by("id"):
        yield response, "void", {}


def reopened_responses(call, move):
    """The parts that the platform sends back (decision 11: its own reason, never the rating)."""
    for response in move.given["responses"]:
        yield response, "reopen", {"reason": move.given["reason"]}


def lapsed_ratings(call, move):
    """On its day a call is archived; what was not rated is marked 未评 (decision 29)."""
    for rating in call.ratings.filter(state="pending").order_by("id"):
        yield rating, "lapse", {}
    for callback in call.callbacks.filter(state="pending").order_by("id"):
        yield callback, "lapse", {}
