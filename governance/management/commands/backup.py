"""manage.py backup FILE: one archive of database and attachments (interfaces.md)."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from governance import access_log, backups
from governance.models import AccessLog


class Command(BaseCommand):
    help = "把数据库和附件备份到一个文件;同时核验留痕,有问题则以非零状态退出"

    def add_arguments(self, parser):
        parser.add_argument("file", help="备份文件,如 /备份/2026-11-21.tar")

    def handle(self, *, file, **options):
        path = Path(file).absolute()
        if not path.parent.is_dir():
            raise CommandError(f"没有这个文件夹:{path.parent}。")
        if path.exists():
            raise CommandError(f"文件已存在:{path};请换一个名字,不覆盖旧备份。")
        try:
            backups.refuse_broken()
            manifest = backups.write(path)
        except backups.BackupError as problem:
            raise CommandError(str(problem)) from problem
        access_log.record(AccessLog.Kind.EXPORT, subject="备份", detail=f"备份到 {path.name}")
        for key in manifest["missing"]:
            self.stderr.write(f"数据库登记的附件在磁盘上找不到:{key}")
        self.stdout.write(json.dumps(summary(manifest, path), ensure_ascii=False, indent=2))


def summary(manifest: dict, path: Path) -> dict:
    """What both commands answer."""
    members = manifest["members"]
    return {
        "file": str(path),
        "taken_at": manifest["taken_at"],
        "engine": manifest["engine"],
        "rows": sum(manifest["rows"].values()),
        "attachments": sum(name.startswith(backups.MEDIA) for name in members),
        "missing": len(manifest["missing"]),
        "heads": {code: {"seq": seq, "hash": head} for code, seq, head in manifest["heads"]},
    }
