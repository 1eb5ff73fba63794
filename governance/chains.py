"""The chain of stages 审批链: what the steps of a stage read and make (decision 2).

Called by the door alone. A chain is the list of rows that the county's rulebook holds under a
field of type 环节; rows of equal order stand side by side, and all of them must agree.
"""

from django.db.models import Q
from django.utils import timezone

from governance.lengths import Length
from governance.models.unit import Unit
from governance.models.user import Post
from governance.roles import CITY
from governance.rulebook_fields import schema
from governance.steps import Forbidden

OPEN = "open"
CLERICAL = frozenset(one.name for one in schema().stages.values() if one.clerical)
"""Stages that carry out what has been decided: 备案 and 印发公布."""


def office(county: Unit, role: str) -> int | None:
    """The unit in which a role of a chain is held today: of the county, or of its city."""
    home = Q(unit__county=county)
    if role in CITY:
        home = Q(unit__county=None)
        if county.parent_id:
            home &= Q(unit=county.parent_id) | Q(unit__parent=county.parent_id)
    posts = Post.objects.in_force().filter(home, role=role, user__is_active=True)
    return posts.order_by("unit_id").values_list("unit_id", flat=True).first()


def opening(matter, after: int = 0):
    """The stages whose turn comes after an order: the next ones of the chain, side by side."""
    later = [row for row in matter.chain() if row["order"] > after]
    for row in later:
        if row["order"] == later[0]["order"]:
            yield made(matter, row), "begin", {}


def made(matter, row: dict):
    """An unsaved stage of a matter's current round."""
    return matter.stages.model(
        matter=matter,
        county=matter.county,
        owner=matter.owner,
        rulebook=matter.rulebook,
        round=matter.round,
        name=row["stage"],
        order=row["order"],
        label=row["label"],
        role=row["role"],
        limit=str(row["limit"]) if row["limit"] else "",
        clause=row["clause"],
        unit_id=office(matter.county, row["role"]) or matter.county_id,
    )


def opened(matter, move):
    """The first stages of a round."""
    return opening(matter)


def passed(stage, move):
    """A stage has agreed: once all beside it have, the matter goes on."""
    matter = stage.matter
    if matter.current().filter(state=OPEN).exists():
        return
    if stage.order == decided_at(matter):
        yield matter, "approve", {}
    yield from opening(matter, stage.order)
    ends = stage.order == max(row["order"] for row in matter.chain())
    if ends and hasattr(matter, "complete"):
        yield matter, "complete", {}


def decided_at(matter) -> int:
    """The order of the last stage that decides anything; what follows carries it out."""
    deciding = [row["order"] for row in matter.chain() if row["stage"] not in CLERICAL]
    return max(deciding, default=0)


def approved(matter, move) -> None:
    """The day and the paper of the deciding stage, for matters that keep them."""
    last = matter.current().filter(state="agreed").order_by("-order", "-decided_at").first()
    matter.approved_on = last.decided_on if last else timezone.localdate(move.at)
    matter.approval_document = last.document_number if last else ""


def after_approval(matter, move):
    """What is approved takes its course at once, unless it must be filed above before."""
    if not matter.waits_for_filing():
        yield matter, matter.effect, {}


def after_chain(matter, move):
    """The whole chain is done: what waited for the filing takes its course."""
    if matter.state == matter.State.APPROVED:
        yield matter, matter.effect, {}


def reason_words(matter, move) -> str:
    """The trail's sentence of a return or a refusal."""
    return move.given["reason"]


def undecided(stage, at) -> bool:
    """Whether a no still has an effect: those who file what is approved do not refuse it."""
    return stage.order <= decided_at(stage.matter)


def moved_away(stage, at) -> bool:
    """Whether the stage's post is held elsewhere today, so that nobody can decide it here."""
    return office(stage.county, stage.role) not in (None, stage.unit_id)


def hand_over(stage, move) -> None:
    """The stage goes to the unit in which its post is held today."""
    stage.unit_id = office(stage.county, stage.role)


def voided(matter, move):
    """Every stage that is still open ends with the round."""
    for stage in matter.current().filter(state=OPEN):
        yield stage, "void", {}


def stopped(name: str):
    """A stage has said no: the others of the round end, and the matter hears the reason."""

    def follow(stage, move):
        yield from voided(stage.matter, move)
        yield stage.matter, name, {"reason": f"{stage.label}:{move.given['reason']}"}

    return follow


def allowed(stage) -> Length | None:
    """How long the county gives this stage; None where its text sets no limit."""
    return Length.parse(stage.limit) if stage.limit else None


def closed_by_review(stage, at) -> bool:
    """Whether a reviewer closes this stage."""
    return stage.name not in stage.matter.closed_elsewhere


def not_ones_own(matter, move, role: str, clause: str, doing: str = "审批") -> None:
    """Nobody decides what the same person has filed.

    Raises:
        Forbidden: the actor has filed it.
    """
    if move.actor is not None and matter.is_own(move.actor, role):
        raise Forbidden(f"不能{doing}自己提交的事项,请由其他人员办理。", clause)


def decided(stage, move) -> None:
    """Write down who decided, when, and with which document.

    Raises:
        Forbidden: nobody reviews what the same person has raised.
    """
    not_ones_own(stage.matter, move, stage.role, stage.cites(move.step))
    noted(stage, move)


def noted(stage, move) -> None:
    """The opinion, its signer, its day and its paper."""
    given = move.given
    stage.opinion = given.get("opinion") or given.get("reason") or ""
    stage.signer = given.get("signer") or str(move.actor or "")
    stage.decided_on = given.get("decided_on") or timezone.localdate(move.at)
    stage.document_number = given.get("document_number") or ""
    stage.decided_by, stage.decided_at = move.actor, move.at


def desk(stage) -> list[int]:
    """The unit whose turn it is."""
    return [stage.unit_id]
