"""What the steps about unauthorised hand-downs read and make. Called by the door alone."""

from django.utils import timezone

from governance.chains import office
from governance.lengths import Length
from governance.models import Referral
from governance.models.ledger import place
from governance.roles import Role
from governance.steps import Start

FIELDS = ("department", "slip", "manner", "name", "happened_on", "text")


def fill(report, move) -> None:
    """Take over what the form asked for."""
    for name in FIELDS:
        if name in move.given:
            setattr(report, name, move.given[name])


LIMIT = Start(
    "correct",
    "纠正擅自交办",
    lambda report: Length(report.limit, "workdays"),
    "department_id",
    "GX-准入-02",
    on_breach="refer",
)
"""As long as the order says."""


def ordered(report, move) -> None:
    """Withdraw it, or have it admitted; within so many working days."""
    report.demand, report.limit = move.given["demand"], move.given["limit"]
    report.order_text, report.ordered_on = move.given["text"], timezone.localdate(move.at)


def overdue(report, at) -> bool:
    """Whether the limit of the order has passed."""
    return report.clocks.running().filter(name="correct", due_at__lte=at).exists()


def refer(report, move) -> None:
    """A row that those who hold units accountable will read; one per report."""
    if Referral.objects.filter(matter_type=report.type(), matter_id=report.pk).exists():
        return
    Referral.objects.create(
        **place(report),
        unit_id=report.department_id,
        ground=referral_words(report, move)[:200],
        clause=report.cited("GX-准入-02"),
        at=move.at,
    )


def referral_words(report, move) -> str:
    """The trail's sentence."""
    return f"{report.department}未经准入交办“{report.name}”,逾期未纠正"


def order_words(report, move) -> str:
    """The trail's sentence."""
    return f"{report.get_demand_display()},期限{report.limit}个工作日"


def desk(report) -> list[int]:
    """编办."""
    return [unit for unit in [office(report.county, Role.BIANBAN)] if unit]


def department(report) -> list[int]:
    """Who has handed down."""
    return [report.department_id]


def township(report) -> list[int]:
    """Who has reported."""
    return [report.owner_id]


def both(report) -> list[int]:
    """The two."""
    return [report.department_id, report.owner_id]
