"""manage.py calendar load FILE: take over a year's schedule and move the open clocks."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction

from governance import calendars, clocks


class Command(BaseCommand):
    help = "维护放假与调休安排"

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", metavar="load", title="操作")
        load = actions.add_parser(
            "load", help="载入国务院办公厅公布的年度放假安排(.tsv/.csv/.xlsx/.xls)"
        )
        load.add_argument(
            "file", nargs="?", metavar="FILE", help="列:日期、类型(放假/调休上班)、名称"
        )
        load.add_argument("--dry-run", action="store_true", help="只核对,不写入")

    def handle(self, *, action, **options):
        if action != "load" or not options["file"]:
            raise CommandError("请写明操作和文件,例如:manage.py calendar load 2027.tsv")
        try:
            loaded, moved = load_schedule(options["file"], dry_run=options["dry_run"])
        except calendars.ScheduleError as problem:
            raise CommandError(f"放假安排有误,未作任何改动:\n{problem}") from problem
        except DatabaseError as problem:
            raise CommandError(
                "读不到历法表,请先执行 make setup(或 manage.py migrate)"
            ) from problem
        for warning in loaded.warnings:
            self.stderr.write(f"提示:{warning}")
        answer = {"days": loaded.days, "clocks_moved": moved, "years": list(loaded.years)}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def load_schedule(path: str, *, dry_run: bool) -> tuple[calendars.Loaded, int]:
    """Load and recompute in one transaction; a dry run is the same work, rolled back."""
    with transaction.atomic():
        loaded = calendars.load(path)
        moved = clocks.recompute(None, *loaded.span) if loaded.span else 0
        transaction.set_rollback(dry_run)
    return loaded, moved
