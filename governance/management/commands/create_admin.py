"""manage.py create_admin --role …: the first accounts of a production install (三员)."""

import json
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from governance import access_log, accounts
from governance.models import Post, Unit
from governance.roles import Role

ROLES = {"system": Role.SYSADMIN, "security": Role.SECADMIN, "audit": Role.AUDITOR}


class Command(BaseCommand):
    help = "建立系统、安全或审计管理员(三员);初始密码只显示一次,首次登录须修改并绑定第二因素"

    def add_arguments(self, parser):
        parser.add_argument("--role", required=True, choices=ROLES, help="系统、安全或审计")
        parser.add_argument("--username", help="账号(不写则询问)")
        parser.add_argument("--name", help="姓名(不写则询问)")
        parser.add_argument("--unit", help="所在单位的编码、全称或简称(不写则询问)")
        parser.add_argument("--county-code", help="还没有任何单位时:县的行政区划代码,如 371525")
        parser.add_argument("--county-name", help="还没有任何单位时:县名,如 冠县")
        parser.add_argument("--password", help="初始密码(不写则生成;命令行会留下痕迹,建议不写)")

    def handle(self, *, role, **options):
        role = ROLES[role]
        try:
            with transaction.atomic():
                unit = self.unit(options)
                user, initial = accounts.open_account(
                    by=None,
                    username=options["username"] or self.ask("账号"),
                    name=options["name"] or self.ask("姓名"),
                    password=options["password"] or "",
                    county=unit.county,
                )
                post = Post(user=user, unit=unit, role=role)
                post.full_clean()
                post.save()
                access_log.record(
                    access_log.Kind.POST, subject=user, detail=f"授予岗位:{post}(命令行)"
                )
        except ValidationError as refusal:
            raise CommandError("没有建立账号:" + "".join(refusal.messages)) from refusal
        answer = {"username": user.username, "role": role.value, "unit": unit.name}
        if not options["password"]:
            answer["initial_password"] = initial
            self.stderr.write("初始密码只显示这一次;首次登录须修改,并绑定动态口令。")
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def ask(self, what: str) -> str:
        """Ask on the terminal; without one the option is needed."""
        if not sys.stdin.isatty():
            raise CommandError(f"请写明{what}(参数见 --help)。")
        return input(f"{what}:").strip()

    def unit(self, options) -> Unit:
        """The unit of the post; on an empty database its county is made first."""
        if not Unit.objects.exists():
            return self.first_county(options)
        wanted = options["unit"] or options["county_code"] or self.ask("所在单位(编码或名称)")
        found = list(
            Unit.objects.filter(code=wanted)
            | Unit.objects.filter(name=wanted)
            | Unit.objects.filter(short_name=wanted)
        )
        if len(found) != 1:
            raise CommandError(
                f"没有找到单位“{wanted}”。" if not found else f"单位“{wanted}”不止一个,请写编码。"
            )
        return found[0]

    def first_county(self, options) -> Unit:
        """The county of a fresh installation."""
        code = options["county_code"] or self.ask("县的行政区划代码(6 位)")
        name = options["county_name"] or self.ask("县名")
        if not (len(code) == 6 and code.isascii() and code.isdigit()):
            raise CommandError("行政区划代码应为 6 位数字,如 371525。")
        county = Unit(
            code=code,
            name=name,
            short_name=name,
            kind=Unit.Kind.COUNTY,
            region_code=code,
            source="首次安装时建立",
        )
        county.full_clean()
        county.save()
        return Unit.objects.get(pk=county.pk)
