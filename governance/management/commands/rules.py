"""The rule coverage table: where the code cites each rule, which tests carry it."""

import unicodedata

from django.core.management.base import BaseCommand, CommandError

from governance import catalogue

SHOWN_PLACES = 2


def width(text: str) -> int:
    """Columns that a text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, columns: int) -> str:
    """The text, cut or filled up to a number of terminal columns."""
    while width(text) > columns:
        text = text[:-2] + "…"
    return text + " " * (columns - width(text))


def listed(items: list[str], none: str) -> str:
    """The first few of a list, and how many more there are."""
    if not items:
        return none
    more = len(items) - SHOWN_PLACES
    return ", ".join(items[:SHOWN_PLACES]) + (f" 等{len(items)}处" if more > 0 else "")


class Command(BaseCommand):
    requires_system_checks = ()
    help = "每条规则在代码何处引用、由哪些测试证明,以及执行方式;--missing 有缺失时以 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("--app", help="只看一个应用,如 hucall、checklist、other:joint")
        parser.add_argument("--missing", action="store_true", help="只列缺代码或缺测试的规则")

    def handle(self, *, app, missing, **options):
        entries = list(catalogue.entries().values())
        if app:
            entries = [entry for entry in entries if entry.app == app]
            if not entries:
                apps = sorted({entry.app for entry in catalogue.entries().values()})
                raise CommandError(f"条款目录里没有应用“{app}”,可用:{'、'.join(apps)}")
        code, tests = catalogue.citations(), catalogue.marks()
        self.refuse_unknown(code, tests)
        lacking = [e for e in entries if e.rule_id not in code or e.rule_id not in tests]
        for entry in lacking if missing else entries:
            self.write(entry, code.get(entry.rule_id, []), tests.get(entry.rule_id, []))
        self.summarise(entries, code, tests)
        if missing and lacking:
            ids = "、".join(entry.rule_id for entry in lacking)
            raise CommandError(f"有 {len(lacking)} 条规则缺代码或缺测试:{ids}")

    def refuse_unknown(self, code, tests):
        """An id that the catalogue does not hold is a slip of the pen in code or test."""
        known = catalogue.entries()
        unknown = [
            f"{rule_id}({places[0]})" for rule_id, places in code.items() if rule_id not in known
        ]
        unknown += [
            f"{rule_id}({names[0]})" for rule_id, names in tests.items() if rule_id not in known
        ]
        if unknown:
            raise CommandError(f"引用了条款目录中没有的编号:{'、'.join(unknown)}")

    def write(self, entry, places, names):
        """One rule: id and enforcement, statement, places in the code, tests."""
        kind = f"{entry.enforcement} {catalogue.ENFORCEMENT_LABELS[entry.enforcement]}"
        self.stdout.write(
            f"{pad(entry.rule_id, 14)}{pad(kind, 20)}{pad(entry.label, 34)}{entry.statement}"
        )
        self.stdout.write(f"{'':14}代码 {listed([str(place) for place in places], '—')}")
        self.stdout.write(f"{'':14}测试 {listed(names, '—')}")

    def summarise(self, entries, code, tests):
        """How many rules there are of each kind, and how many have code and tests."""
        for kind, label in catalogue.ENFORCEMENT_LABELS.items():
            some = [entry for entry in entries if entry.enforcement == kind]
            in_code = sum(entry.rule_id in code for entry in some)
            in_tests = sum(entry.rule_id in tests for entry in some)
            self.stdout.write(
                f"{pad(kind + ' ' + label, 20)}共 {len(some)} 条,有代码 {in_code},有测试 {in_tests}"
            )
        both = sum(entry.rule_id in code and entry.rule_id in tests for entry in entries)
        self.stdout.write(f"合计 {len(entries)} 条,代码与测试齐全 {both} 条")
