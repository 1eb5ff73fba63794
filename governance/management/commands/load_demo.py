"""The demo: two counties, accounts, a published list, matters in every state (interfaces.md).

Each app that has a module `demo` adds its part by `load(now)`, lower apps first.
"""

import json
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import module_has_submodule

from governance import demo, demo_accounts


class Command(BaseCommand):
    """All or nothing, and a second time nothing. JSON on stdout, words on stderr."""

    help = "装入演示数据:冠县与第二个县的单位、账号、清单和各种状态的办件(均为样例)。"

    def add_arguments(self, parser):
        parser.add_argument("--at", metavar="ISO", help="把这一刻当作现在,如 2026-11-20T15:00")

    def handle(self, *, at=None, **options):
        refuse_where_unwanted()
        now = moment(at)
        added: dict[str, int] = {}
        with transaction.atomic():
            for config in apps.get_app_configs():
                if module_has_submodule(config.module, "demo"):
                    added |= import_module(f"{config.name}.demo").load(now)
        words = "、".join(f"{LABELS.get(key, key)} {count}" for key, count in added.items())
        self.stderr.write(f"演示数据(样例)已就绪,本次新增:{words}。")
        # `make run` tells the accounts itself, once everything is up.
        if getattr(self, "_called_from_command_line", False):
            self.stdout.write(json.dumps(added, ensure_ascii=False))
            self.stderr.write("\n".join(demo_accounts.describe()))


LABELS = {
    "units": "单位",
    "users": "账号",
    "items": "清单事项",
    "calls": "呼叫",
    "admissions": "准入申请",
}


def refuse_where_unwanted() -> None:
    """Demo accounts share one password: never beside people who really work here.

    Raises:
        CommandError: production settings, or a database that holds other users.
    """
    if settings.SETTINGS_MODULE.endswith("_production"):
        raise CommandError("生产环境不能装入演示数据。")
    if demo.holds_others() and not demo.is_loaded():
        raise CommandError("数据库中已有其他用户,不能装入演示数据。请改用一个空的数据库。")


def moment(text: str | None):
    """The given moment, or now."""
    if not text:
        return timezone.now().replace(second=0, microsecond=0)
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"时间“{text}”应写成 2026-11-20T15:00 这样的形式。")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
