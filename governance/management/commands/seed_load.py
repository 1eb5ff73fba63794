"""Bulk data for benchmarks: the same rows for the same number, seed and day (interfaces.md)."""

import json
import time
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

from governance import seeding
from governance.management.commands.load_demo import moment
from governance.models import Unit, User

MOST = {"sqlite": 100_000, "postgresql": 10_000_000}


class Command(BaseCommand):
    """Each app that has a module `seeding` adds its part by `load`. JSON on stdout alone."""

    help = "为性能基准批量生成数据:十个样例县及其呼叫。只用于空库,绝不用于正式数据库。"

    def add_arguments(self, parser):
        parser.add_argument("--calls", type=int, required=True, help="呼叫件数")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--at", metavar="ISO", help="把这一刻当作现在")
        parser.add_argument("--force", action="store_true", help="已有其他用户或数据时仍然写入")

    def handle(self, *, calls, seed, at, force, **options):
        refuse(calls, force)
        now, began = moment(at), time.monotonic()
        with transaction.atomic():
            ground = seeding.ground()
        written = {"counties": len(ground)}

        def tell(words: str) -> None:
            self.stderr.write(f"{time.monotonic() - began:7.1f} 秒 {words}")

        for config in apps.get_app_configs():
            if config.name != "governance" and module_has_submodule(config.module, "seeding"):
                part = import_module(f"{config.name}.seeding")
                written |= part.load(ground, calls, seed, now, tell)
        self.stdout.write(json.dumps(written | {"seconds": round(time.monotonic() - began, 1)}))


def refuse(calls: int, force: bool) -> None:
    """Never beside people who really work here.

    Raises:
        CommandError: production settings, other users, a second load, too many for SQLite.
    """
    if settings.SETTINGS_MODULE.endswith("_production"):
        raise CommandError("生产环境不能写入批量样例数据。")
    if not 1 <= calls <= MOST[connection.vendor]:
        raise CommandError(f"呼叫件数应为 1 至 {MOST[connection.vendor]}(当前数据库)。")
    if force:
        return
    if User.objects.exclude(username__startswith=seeding.PREFIX).exists():
        raise CommandError("数据库中已有其他用户;确需写入请加 --force。")
    if Unit.objects.filter(kind=Unit.Kind.COUNTY).exists():
        raise CommandError("批量数据已写入过;确需再追加请加 --force。")
