"""What the steps of a request and of the opinions on it read and make. Called by the door alone."""

from django.apps import apps
from django.utils import timezone

from governance.chains import voided
from governance.models import Unit

FIELDS = (
    *("kind", "department", "name", "applied_on", "reason", "contact", "phone", "whole_county"),
    *("covers", "term", "starts_on", "ends_on", "content", "target", "funds", "funds_source"),
    *("elements", "support", "support_due_on", "vetoes", "gate_note"),
)
PUT = (
    *("department_id", "name", "covers", "term", "starts_on", "ends_on", "content", "target"),
    *("funds", "elements", "support", "support_due_on"),
)
"""What the townships are asked about. Whoever changes it asks anew."""

BOUND = ("consulting", "reviewing", "returned", "approved", "in_force")
"""States in which the request is complete."""


def fill(request, move) -> None:
    """Take over what the form asked for."""
    for name in FIELDS:
        if name in move.given:
            setattr(request, name, move.given[name])


def put_text(request) -> dict:
    """What is put to the townships, as it compares."""
    return {name: _plain(getattr(request, name)) for name in PUT}


def _plain(value):
    return value if value is None or isinstance(value, list | dict | int) else str(value)


def put(request) -> None:
    """A consultation begins on the text as it stands."""
    request.consultation += 1
    request.put = put_text(request)


def whom(request) -> list[int]:
    """The units to be asked: never the applicant itself (GX-准入-07); the department whose work a
    township asks for as well (TX-准入-07).
    """
    wanted = [*request.covers, request.department_id]
    return [pk for pk in dict.fromkeys(wanted) if pk not in (request.owner_id, None)]


def asked(request, move):
    """Earlier letters end, every unit gets a new one."""
    yield from opinions_ended(request, move)
    if not request.rulebook.value("admission.consult_required"):
        return
    model = apps.get_model("admission.TownshipOpinion")
    for unit in Unit.objects.in_bulk(whom(request)).values():
        opinion = model(
            county=request.county,
            owner=request.owner,
            rulebook=request.rulebook,
            request=request,
            unit=unit,
            round=request.consultation,
        )
        yield opinion, "ask", {}


def opinions_ended(request, move):
    """Whoever was asked about what is no longer asked."""
    for opinion in request.opinions.exclude(state="void").order_by("id"):
        yield opinion, "void", {}


def asked_words(request, move) -> str:
    """The trail's sentence."""
    if not request.rulebook.value("admission.consult_required"):
        return "本县不要求征求意见"
    return f"第{request.consultation}次征求意见,共{len(whom(request))}个单位"


def answered(request, at) -> bool:
    """Nobody who was asked is missing."""
    return not request.opinions_now().filter(state="asked").exists()


def unanswered_words(request, at) -> str:
    """Whose answer is missing."""
    units = [str(one.unit) for one in request.opinions_now().filter(state="asked")]
    return f"{'、'.join(units)}尚未答复意见;期满仍未答复的,可作出说明后提交。"


def not_imposed(request, at) -> bool:
    """Where nothing may be imposed, a township that does not agree is not covered (TX-准入-10)."""
    return not imposed(request)


def imposed(request) -> list[str]:
    """Names of the townships that do not agree, where the county's text forbids to impose."""
    if "assigned" not in request.rulebook.value("admission.vetoes"):
        return []
    unwilling = request.opinions_now().filter(state="answered", attitude="disagree")
    return [str(one.unit) for one in unwilling if one.unit_id in request.covers]


def imposed_words(request, at) -> str:
    """Who does not agree."""
    return (
        f"{'、'.join(imposed(request))}不同意承接,不得硬性指派;请继续协商,"
        "或调整覆盖地域后重新征求意见。"
    )


def consulted(request, at) -> bool:
    """Whether the request has been put to the townships, and nobody is missing."""
    return request.consultation > 0 and answered(request, at)


def begun(matter, move) -> None:
    """The day of filing and a new round of stages, of a request or an exit."""
    matter.round += 1
    matter.raised_at, matter.raised_by = move.at, move.actor
    matter.applied_on, matter.answer = timezone.localdate(move.at), ""


def filed(request, move) -> None:
    """Filing adds to the request the agreement that was reached."""
    begun(request, move)
    for name in ("agreement", "gate_note"):
        if name in move.given:
            setattr(request, name, move.given[name])


def dropped(request, move):
    """Whatever was still open ends with the request."""
    yield from voided(request, move)
    for opinion in request.opinions.filter(state="asked").order_by("id"):
        yield opinion, "void", {}


# Approval and effect --------------------------------------------------------


def in_force(request, move) -> None:
    """From this day on the townships may be given the work."""
    request.in_force_on = timezone.localdate(move.at)


def over(request) -> bool:
    """Whether the time for which was asked had passed before anything took effect."""
    return bool(request.ends_on and request.ends_on < request.in_force_on)


def admitted(request, move):
    """One duty per township, under the number of the approval form (GX-准入-12)."""
    if over(request):
        return
    model = apps.get_model("admission.AdmittedDuty")
    for unit in Unit.objects.in_bulk(request.covers).values():
        duty = model(
            county=request.county,
            owner=request.department,
            rulebook=request.rulebook,
            request=request,
            department=request.department,
            unit=unit,
            name=request.name,
            approval_number=request.number,
            term=request.term,
            starts_on=max(filter(None, [request.starts_on, request.in_force_on])),
            ends_on=request.ends_on,
        )
        yield duty, "admit", {}


# Words and units ------------------------------------------------------------


def effect_words(request, move) -> str:
    """The trail's sentence."""
    if over(request):
        return "生效前工作时限已过,不再交办"
    return f"批准表号{request.number},覆盖{len(request.covers)}个乡镇(街道)"


def townships(request) -> list[int]:
    """Whoever was asked in the last consultation."""
    return list(request.opinions_now().values_list("unit_id", flat=True))


# Opinions -------------------------------------------------------------------


def asked_unit(opinion) -> list[int]:
    """Who is asked."""
    return [opinion.unit_id]


def still_asking(opinion, at) -> bool:
    """Whether the request still waits for opinions."""
    return opinion.request.state == "consulting"


def overdue(opinion, at) -> bool:
    """Whether the limit for the answer has passed."""
    return still_asking(opinion, at) and opinion.clocks.running().filter(due_at__lt=at).exists()


def replied(opinion, move) -> None:
    """The attitude, the words, the day."""
    opinion.attitude, opinion.text = move.given["attitude"], move.given["text"]
    opinion.answered_on = timezone.localdate(move.at)


def opinion_words(opinion, move) -> str:
    """The trail's sentence."""
    return f"{opinion.unit}:{opinion.get_attitude_display()}"
