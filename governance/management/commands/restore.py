"""manage.py restore FILE [--force]: database and attachments as they were (interfaces.md)."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from governance import access_log, backups
from governance.management.commands.backup import summary
from governance.models import AccessLog


class Command(BaseCommand):
    help = "从备份文件恢复数据库和附件;已有数据时须加 --force。请先停止网页、后台和定时服务"

    def add_arguments(self, parser):
        parser.add_argument("file", help="backup 命令写出的文件")
        parser.add_argument("--force", action="store_true", help="覆盖现有数据")

    def handle(self, *, file, force, **options):
        path = Path(file).absolute()
        try:
            manifest = backups.restore(path, force=force)
        except backups.BackupError as problem:
            raise CommandError(str(problem)) from problem
        detail = f"从 {path.name} 恢复,备份时间 {manifest['taken_at']}"
        access_log.record(AccessLog.Kind.REGISTRY, subject="恢复备份", detail=detail)
        self.stdout.write(json.dumps(summary(manifest, path), ensure_ascii=False, indent=2))
