"""Load the rule catalogue and, when asked, adopt a preset for a county that has no rulebook."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import rulebooks
from governance.models import Unit
from governance.rulebooks import RulebookError


class Command(BaseCommand):
    help = "载入条款目录;给出 --county 时为尚无制度方案的县采用预设。重复执行不会重复写入。"

    def add_arguments(self, parser):
        parser.add_argument("--county", metavar="CODE", help="县的行政区划代码,如 371525")
        parser.add_argument("--preset", default="guanxian-2019", help="预设名称")
        parser.add_argument("--from", dest="day", help="生效日期,如 2026-01-01;默认今天")

    def handle(self, *, county, preset, day, **options):
        result = {"clauses": rulebooks.load_clauses(), "presets": rulebooks.preset_names()}
        try:
            for name in result["presets"]:
                rulebooks.load_preset(name)
            if county:
                result["rulebook"] = self.adopt(county, preset, day)
        except (RulebookError, LookupError) as problem:
            raise CommandError(str(problem.args[0])) from None
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def adopt(self, code: str, preset: str, day: str | None) -> dict:
        """The county's rulebook; adopted from the preset only if there is none yet."""
        county = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=code).first()
        if county is None:
            raise CommandError(f"没有行政区划代码为“{code}”的县")
        try:
            first = date.fromisoformat(day) if day else timezone.localdate()
        except ValueError:
            raise CommandError(f"生效日期“{day}”应写成 2026-01-01 这样的形式") from None
        book = rulebooks.latest(county)
        adopted = book is None
        book = book or rulebooks.adopt(county, preset, first, note="初次采用预设")
        return {"county": code, "version": book.version, "adopted": adopted}
