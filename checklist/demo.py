"""The demo's lists 样例: imported and published by the ordinary services."""

from datetime import datetime, time

from django.conf import settings
from django.utils import timezone

from checklist import demo_suggestions, flow_intake, laws, selectors, services
from checklist.models import CollectiveTerm, Edition
from checklist.terms import seed
from governance import calendars
from governance.models import Unit, User
from governance.perform import perform

FOLDER = settings.FIXTURES_ROOT / "checklist"
LISTS = (
    # (county, sheet, title, account that imports; 系统 publishes where the county has no 编办)
    (
        "371525", "guanxian-sample.xlsx",
        "冠县县乡“属地管理”事项主体责任和配合责任清单(样例)", "bianban",
    ),
    ("230811", "jiaoqu-sample.tsv", "郊区乡镇(街道)职责任务清单(样例)", None),
)  # fmt: skip
FLOWS = {"371525": "guanxian-flows.tsv"}
"""The run flows of some items, where a county publishes them."""
WORKDAYS_AGO = 45
"""When the lists were published: before the first call of the demo."""


def load(now: datetime) -> dict[str, int]:
    """Import and publish the list of each demo county that has none; returns the items added."""
    seed(CollectiveTerm)
    laws.load()
    added = 0
    for code, sheet, title, username in LISTS:
        county = Unit.objects.get(kind=Unit.Kind.COUNTY, region_code=code)
        demo_suggestions.publish_channels(county)
        if not Edition.objects.filter(county=county).exists():
            actor = username and User.objects.get(username=username)
            added += publish(county, FOLDER / sheet, title, actor, now)
    return {"items": added}


def publish(county: Unit, path, title: str, actor, now: datetime) -> int:
    """One county's first edition, published some weeks before `now`; returns its items."""
    outcome = services.import_sheet(
        county, path, path.name, actor=actor, title=title, sample=True, replace=True
    )
    if outcome.faults:
        raise ValueError(f"{path.name}:{outcome.faults[0].as_dict()}")
    if flows := FLOWS.get(county.region_code):
        flow_intake.import_flows(outcome.edition, (FOLDER / flows).read_bytes(), flows)
    day = calendars.for_county(county).workday_shift(timezone.localdate(now), -WORKDAYS_AGO)
    at = datetime.combine(day, time(9, 30), timezone.get_current_timezone())
    # Only a draft's own dates; its state moves through the door.
    Edition.objects.filter(pk=outcome.edition.pk).update(raised_at=at)
    perform(outcome.edition, "publish", actor=actor, at=at, facts={"in_force_from": f"{day}"})
    return len(selectors.revisions_of(outcome.edition))
