"""What supervision and bulletins read and make (GX-呼应-05, 18; decision 27)."""

from django.utils import timezone

from governance.models import Post, Unit
from governance.roles import Role

DEMAND = "请立即办理并在期限内书面反馈;逾期将逐级报主要负责人、督查机构,并作为问责线索移送。"


def desks(record) -> list[int]:
    """The platform's and the supervision's units."""
    return [
        *Post.objects.units_with(record.county_id, Role.PLATFORM),
        *Post.objects.units_with(record.county_id, Role.DUCHA),
    ]


def supervised(record) -> list[int]:
    """The unit that is told off."""
    return [record.unit_id]


def of_urgent_call(supervision) -> bool:
    """Whether the notice leaves at any hour."""
    return supervision.call.is_urgent


def notice_of(response, move):
    """An unsaved 督办通知书 for a part: with the words given, or for the clocks it has broken."""
    ground = move.given.get("ground") or broken_promises(response, move.at)
    return response.supervisions.model(
        call=response.call,
        county=response.county,
        owner=response.owner,
        response=response,
        unit=response.unit,
        ground=ground[:300],
        demand=(move.given.get("demand") or DEMAND)[:500],
    )


def broken_promises(response, at) -> str:
    """Which limits of a part have passed, in words."""
    late = response.clocks.running().promises().filter(due_at__lte=at, paused_at=None)
    words = [
        f"{clock.label}应于{timezone.localtime(clock.due_at):%Y年%m月%d日 %H:%M}前完成"
        for clock in late.order_by("due_at", "id")
    ]
    return ";".join(words) + ",至今未完成" if words else "办理不力"


def issued_words(supervision, move) -> str:
    """The trail's sentence."""
    return f"督办{supervision.unit}:{supervision.ground}"


# Bulletins ---------------------------------------------------------------------------------------


def compose(bulletin, move) -> None:
    """Fill a draft from the records of its month; can be repeated until it is published."""
    from hucall import bulletins

    bulletin.title, bulletin.text, bulletin.figures = bulletins.compose(bulletin, move.at)


def month_over(bulletin, at) -> bool:
    """A month is judged when it is over."""
    today = timezone.localdate(at)
    return (today.year, today.month) > (bulletin.month.year, bulletin.month.month)


def named_units(bulletin) -> list[int]:
    """The units that must rectify."""
    return list(bulletin.rectifications.order_by("id").values_list("unit_id", flat=True))


def all_units(bulletin) -> list[int]:
    """Every department and township of the county."""
    kinds = [Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP]
    units = Unit.objects.active().filter(county=bulletin.county_id, kind__in=kinds)
    return list(units.order_by("id").values_list("id", flat=True))


def rectifications(bulletin, move):
    """One 限期整改 per unit that the publisher has chosen."""
    for unit in move.given["units"]:
        ground = bulletin.figures.get("grounds", {}).get(str(unit.pk), "见通报")
        yield (
            bulletin.rectifications.model(
                bulletin=bulletin,
                county=bulletin.county,
                owner=bulletin.owner,
                unit=unit,
                ground=ground[:500],
            ),
            "open",
            {},
        )
