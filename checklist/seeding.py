"""A published list for each county of the bulk data: the sample list under the county's name."""

from django.conf import settings
from django.utils import timezone

from checklist import services
from checklist.models import CollectiveTerm, Edition
from checklist.terms import seed
from governance.perform import perform

SHEET = settings.FIXTURES_ROOT / "checklist" / "guanxian-sample.tsv"


def load(ground, calls: int, number: int, now, tell) -> dict[str, int]:
    """Import and publish; how many calls and which seed plays no part here."""
    seed(CollectiveTerm)
    text = SHEET.read_text(encoding="utf-8")
    for county in ground:
        if not Edition.objects.filter(county=county.unit).exists():
            data = text.replace("冠县", county.unit.name).encode()
            outcome = services.import_sheet(county.unit, data, "list.tsv", sample=True)
            if outcome.faults:
                raise ValueError(outcome.faults[0].as_dict())
            day = timezone.localdate(now).replace(month=1, day=2)
            perform(outcome.edition, "publish", at=now, facts={"in_force_from": f"{day}"})
    return {"editions": len(ground)}
