"""Import a county's responsibility list from a spreadsheet (interfaces.md)."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from checklist import services
from governance.models import Unit
from governance.steps import Refused


class Refuse(Exception):
    """Roll back what was written and report `errors`."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Command(BaseCommand):
    """JSON on stdout alone; any error: exit 1 and nothing written."""

    help = "导入责任清单(.xlsx、.xls、.csv)为草稿"

    def add_arguments(self, parser):
        parser.add_argument("file", help="清单文件")
        parser.add_argument("--county", required=True, help="县的区划代码,如 371525")
        parser.add_argument("--sheet", default="", help="只读取的工作表")
        parser.add_argument("--title", default="", help="清单名称")
        parser.add_argument("--dry-run", action="store_true", help="只检查,不写入")
        parser.add_argument("--replace", action="store_true", help="表中没有的事项移出草稿")
        parser.add_argument("--publish", action="store_true", help="公布(仅限本县第一版)")
        parser.add_argument("--sample", action="store_true", help="标记为样例")

    def handle(self, *args, **options):
        county = Unit.objects.filter(kind="county", region_code=options["county"]).first()
        if county is None:
            raise CommandError(f"没有区划代码为 {options['county']} 的县。")
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"找不到文件:{path}")
        try:
            with transaction.atomic():
                outcome = self.work(county, path, options)
        except Refuse as refusal:
            self.answer({"rows": 0, "created": 0, "changed": 0, "unchanged": 0, "removed": 0,
                         "errors": [{"sheet": "", "row": None, "column": "",
                                     "message": refusal.message}]})  # fmt: skip
            raise SystemExit(1) from None
        self.answer(outcome.as_dict() | {"dry_run": options["dry_run"]})
        if outcome.faults:
            self.stderr.write(f"有 {len(outcome.faults)} 处错误,没有写入任何内容。")
            raise SystemExit(1)

    def work(self, county: Unit, path: Path, options: dict) -> services.Outcome:
        """Check, and unless it is a dry run write, and publish if asked to."""
        try:
            if options["publish"]:
                services.refuse_second_publication(county)
            if options["dry_run"]:
                outcome, _ = services.examine(
                    county, path, path.name, sheet=options["sheet"], replace=options["replace"]
                )
                return outcome
            outcome = services.import_sheet(
                county, path, path.name, sheet=options["sheet"], title=options["title"],
                replace=options["replace"], sample=options["sample"],
            )  # fmt: skip
            if options["publish"] and not outcome.faults and outcome.edition:
                outcome.edition = services.publish_first(outcome.edition)
        except Refused as refusal:
            raise Refuse(refusal.message) from refusal
        return outcome

    def answer(self, content: dict) -> None:
        """Print the JSON answer."""
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))
