"""manage.py due START LENGTH: when a period ends, and why on that day."""

import json
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from governance import calendars
from governance.models.unit import Unit
from governance.workdays import TZ, Length, local


class Command(BaseCommand):
    help = "计算期限:从 START 起 LENGTH 的届满时间(JSON)"

    def add_arguments(self, parser):
        parser.add_argument(
            "start", nargs="?", metavar="START", help="起算时间,如 2026-09-18 或 2026-09-18T16:00"
        )
        parser.add_argument(
            "length", nargs="?", metavar="LENGTH", help="期限,如 “10 workdays”“30 minutes”"
        )
        parser.add_argument(
            "--county", metavar="CODE", help="县的行政区划代码,按该县的办公时间计算"
        )
        parser.add_argument("--explain", action="store_true", help="逐日列出计入与否及理由")

    def handle(self, *, start, length, county, explain, **options):
        if not (start and length):
            raise CommandError("请写明起算时间和期限,例如:manage.py due 2026-09-18 '10 workdays'")
        try:
            began, period = moment(start), Length.parse(length)
            if not period.amount:
                raise ValueError("期限应大于零")
            calendar = calendars.for_county(county_by_code(county) if county else None)
            due = calendar.due(began, period)
            lines = calendar.explain(began, period) if explain else []
        except DatabaseError as problem:
            raise CommandError(
                "读不到历法表,请先执行 make setup(或 manage.py migrate)"
            ) from problem
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        if not calendar.published:
            self.stderr.write("提示:尚未载入任何年度的放假安排,结果均为暂定")
        answer = {
            "due_at": due.at.isoformat(timespec="seconds"),
            "date": due.date.isoformat(),
            "provisional": due.provisional,
        }
        if explain:
            answer["days"] = [
                {"date": line.date.isoformat(), "counted": line.counted, "reason": line.reason}
                for line in lines
            ]
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def moment(text: str) -> datetime:
    """An ISO date or time; without an offset it is Beijing time. ValueError in Chinese."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"起算时间“{text}”无法识别,应写成 2026-09-18 或 2026-09-18T16:00 这样的形式"
        ) from None
    return local(read if read.tzinfo else read.replace(tzinfo=TZ))


def county_by_code(code: str) -> Unit:
    """The county with an administrative code; ValueError in Chinese if there is none."""
    counties = Unit.objects.filter(kind=Unit.Kind.COUNTY)
    county = counties.filter(region_code=code).first() or counties.filter(code=code).first()
    if county is None:
        raise ValueError(f"没有区划代码为“{code}”的县")
    return county
