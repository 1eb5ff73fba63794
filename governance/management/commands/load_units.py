"""Load units from a sheet: interfaces.md has `import_checklist` for the list, this is for units."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from governance import registry
from governance.models import Unit


class Command(BaseCommand):
    """JSON on stdout alone; any error: exit 1 and nothing written."""

    help = "从 tsv、csv、xls、xlsx 载入单位;重复载入只更新有变化的单位。"

    def add_arguments(self, parser):
        parser.add_argument("file", help="单位表")
        parser.add_argument("--county", default="", help="县的区划代码;表中含县一行时可省略")
        parser.add_argument("--dry-run", action="store_true", help="只检查,不写入")

    def handle(self, *, file, county, dry_run, **options):
        path = Path(file)
        if not path.is_file():
            raise CommandError(f"找不到文件:{path}")
        home = Unit.objects.filter(kind=Unit.Kind.COUNTY, region_code=county).first()
        if county and home is None:
            raise CommandError(f"没有区划代码为 {county} 的县。")
        try:
            outcome = registry.load(path, county=home, dry_run=dry_run)
        except registry.RegistryError as problem:
            raise CommandError(str(problem)) from None
        answer = outcome.as_dict() | {"dry_run": dry_run}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        if outcome.errors:
            self.stderr.write(f"有 {len(outcome.errors)} 处错误,没有写入任何内容。")
            raise SystemExit(1)
