"""What the steps of an application read and make. Called by the door alone."""

from checklist.models.cause import Cause
from checklist.models.states import AWAITING, DECIDED, ENDED, Kind
from governance.chains import voided
from governance.models import Post
from governance.models.stage import APPLICANTS
from governance.roles import Role

__all__ = ["APPLICANTS"]

RECEIVERS = frozenset({Role.BIANBAN, Role.MEETING_OFFICE})
DESKS = {"bianban": Role.BIANBAN, "meeting_office": Role.MEETING_OFFICE}
FIELDS = (
    *("kind", "item", "ground", "ground_text", "authority", "cause", "cause_on", "known_on"),
    *("argument", "legal_basis", "affects_flow", "flow", "changes", "base", "name"),
)


def fill(application, move) -> None:
    """Take over what the form asked for; the form has worked out `changes`, `base` and `name`."""
    for name in FIELDS:
        if name in move.given:
            setattr(application, name, move.given[name])


def prepare(application, move) -> None:
    """Begin a draft from a cause, or from what an import has shown (decision 34)."""
    cause = move.given.get("cause")
    if cause is not None:
        application.cause, application.cause_on = cause, cause.occurred_on
        application.known_on = cause.known_on
        application.kind, application.item = cause.kind, cause.item
        application.ground, application.argument = cause.ground, cause.text
    fill(application, move)


def filed(application, move) -> None:
    """An application keeps the day of filing; a draft may be older."""
    application.raised_at = move.at
    if not application.by_authority:
        application.raised_by = move.actor


# Follow-up steps ------------------------------------------------------------


def cause_recorded(application, move):
    """The ten days are counted from the moment the cause is known, draft or not."""
    if application.cause_id is None and application.cause_on and application.argument:
        cause = Cause(
            county=application.county, owner=application.owner, rulebook=application.rulebook
        )
        yield cause, "record", told_of(application)
        application.cause = cause
        application.save(update_fields=["cause"])


def told_of(application) -> dict:
    """The cause as the application tells it."""
    return {
        "unit": application.owner,
        "item": application.item,
        "kind": application.kind,
        "ground": application.ground,
        "text": application.argument[:2000],
        "occurred_on": application.cause_on,
        "known_on": application.known_on,
    }


def applied(application, move):
    """Filing answers the cause; too late stays on record (GX-清单-22)."""
    yield from cause_recorded(application, move)
    cause = locked(application)
    clock = cause.clocks.filter(name="apply").order_by("-id").first()
    application.late = bool(clock and move.at > clock.due_at)
    application.save(update_fields=["late"])
    if cause.state in AWAITING:
        yield cause, "apply", {}


def given_up(application, move):
    """A withdrawn or declined application leaves its cause unanswered: the duty comes back."""
    yield from voided(application, move)
    yield from closed(application, "reopen")


def settled(application, move):
    """Decided, one way or the other: the cause is answered for good."""
    yield from closed(application, "settle")


def closed(application, step: str):
    """What becomes of the cause when one of its applications ends: nothing while another is under
    way; and where any has been decided, it is settled whatever becomes of the last one.
    """
    cause = locked(application)
    if cause is None or cause.state != cause.State.APPLIED:
        return
    rows = type(application).objects.filter(cause=cause).exclude(pk=application.pk)
    if rows.exclude(state__in=(*ENDED, "draft")).exists():
        return
    yield cause, "settle" if rows.filter(state__in=DECIDED).exists() else step, {}


def locked(application) -> Cause | None:
    """The cause as it stands now: of two applications that end at once, the second must see that
    the first has ended, or the cause would wait for ever.
    """
    return Cause.objects.select_for_update().filter(pk=application.cause_id).first()


# Words and units ------------------------------------------------------------


def filed_words(application, move) -> str:
    """The trail's sentence."""
    how = "(依职权)" if application.by_authority else ""
    late = ",超过限期" if application.late else ""
    return f"{application.title}{how}{late}"


def desk(application) -> list[int]:
    """Who receives applications in this county (decision 33)."""
    role = DESKS[application.rulebook.value("adjust.receiver")]
    return Post.objects.units_with(application.county_id, role)


def publisher(application) -> list[int]:
    """编办, which publishes (GX-清单-04)."""
    return Post.objects.units_with(application.county_id, Role.BIANBAN)


def not_joined(application, at) -> bool:
    """Not part of an edition that is being put together."""
    return application.edition_id is None


def keeps_flow(application, at=None) -> bool:
    """Whether the county publishes run flows, and the item stays (TA-04)."""
    return application.rulebook.value("checklist.process") and application.kind != Kind.REMOVE


def needs_flow(application) -> bool:
    """Whether this change touches the item's run flow (GX-清单-27)."""
    if not keeps_flow(application):
        return False
    return application.kind == Kind.ADD or bool(application.affects_flow)
