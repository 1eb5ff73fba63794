"""manage.py statechart RECORD: the process of one kind of matter, drawn from its code."""

from django.core.management.base import BaseCommand, CommandError

from governance import flowcharts, kinds


class Command(BaseCommand):
    help = "输出一类办件的状态图(Mermaid 文本),由程序中的步骤画出"

    def add_arguments(self, parser):
        parser.add_argument("record", metavar="RECORD", help="办件类别,写作 应用.记录 或 记录")

    def handle(self, *, record, **options):
        model = kinds.kind_named(record)
        if model is None:
            known = "、".join(f"{m._meta.label}({m._meta.verbose_name})" for m in kinds.kinds())
            raise CommandError(f"没有名为“{record}”的办件类别,可用:{known or '无'}")
        self.stdout.write(flowcharts.mermaid(model), ending="")
