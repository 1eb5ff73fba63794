"""manage.py verify_trail [--county CODE]: walk the hash chain of one county or of all."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from governance import trail
from governance.management.commands.due import county_by_code
from governance.models import Unit


class Command(BaseCommand):
    help = "核验留痕的封存链:完好则输出链头(JSON),否则以非零状态退出并指出第一条有问题的记录"

    def add_arguments(self, parser):
        parser.add_argument("--county", metavar="CODE", help="只核验这个县(行政区划代码)")

    def handle(self, *, county, **options):
        try:
            counties = [county_by_code(county)] if county else counties_all()
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        verdicts = [trail.verify(one) for one in counties]
        shown = [told(verdict) for verdict in verdicts]
        answer = shown[0] if county else {"counties": shown}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        broken = [verdict for verdict in verdicts if verdict.broken]
        for verdict in broken:
            self.stderr.write(f"{verdict.county}:{verdict.broken}")
        if broken:
            sys.exit(1)


def counties_all() -> list[Unit]:
    """Every county of the deployment."""
    return list(Unit.objects.filter(kind=Unit.Kind.COUNTY).order_by("code"))


def told(verdict: trail.Verdict) -> dict:
    """What was found in one county."""
    answer = {
        "county": verdict.county.region_code or verdict.county.code,
        "name": str(verdict.county),
        "entries": verdict.entries,
        "unsealed": verdict.unsealed,
        "head": verdict.head,
    }
    return answer | ({"broken": verdict.broken} if verdict.broken else {})
