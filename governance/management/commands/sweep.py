"""manage.py sweep [--at ISO]: one sweep over the clocks that are due, and the steps they fire."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import tasks
from governance.management.commands.due import moment
from governance.sweep import sweep


class Command(BaseCommand):
    help = "执行一次时限巡查:提醒、判定超期、逐级升级(JSON),并办理由此到期的系统步骤"

    def add_arguments(self, parser):
        parser.add_argument("--at", metavar="ISO", help="按这一时刻巡查,默认为现在")

    def handle(self, *, at, **options):
        try:
            now = moment(at) if at else timezone.now()
        except ValueError as problem:
            raise CommandError(str(problem).replace("起算时间", "时间")) from problem
        count = sweep(now)
        fired = tasks.fire(now)
        self.stderr.write(f"系统步骤办理 {fired} 件")
        self.stdout.write(json.dumps(count.as_dict(), ensure_ascii=False))
