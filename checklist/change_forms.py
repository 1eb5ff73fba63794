"""What causes, applications and new editions ask for (GX-清单-06…28, JQ-清单-06…22)."""

from django import forms
from django.db import connection
from django.utils import timezone

from checklist import composing, grounds, selectors
from checklist.intake.layouts import LABELS
from checklist.intake.rows import TEXT_FIELDS, read_one
from checklist.models import Application, Cause, Item, Revision
from checklist.models.states import AWAITING, Kind
from governance import rulebooks
from governance.forms import FilesField, StepForm, text
from governance.models import Unit

NEW = "new_"
"""Before the name of a column, in the form: the text that is to stand there."""
LONG = ("county_duty", "township_duty", "basis", "policy_basis", "main", "coop", "lead", "joint")
MOST_STEPS = 60
FLOW_HINT = "每行一步:办理单位|办理内容|时限|材料(后两项可空)"


def day(label: str, **kwargs) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


def hold(rows) -> None:
    """Lock rows for the step that is being done; a form that is only shown again locks nothing."""
    if connection.in_atomic_block:
        list(rows.select_for_update(of=("self",), no_key=True))


def told_flow(rows: list[dict[str, str]]) -> list[list[str]]:
    """A run flow for the trail: the record keeps the newest one only."""
    lines = [
        f"{place}. {'|'.join(filter(None, row.values()))}" for place, row in enumerate(rows, 1)
    ]
    return [["运行流程", "\n".join(lines)]] if lines else []


def check_days(form, given: dict, began: str) -> None:
    """Nobody knows of a cause before it arises."""
    first, known = given.get(began), given.get("known_on")
    if first and known and known < first:
        form.add_error("known_on", "知悉日不能早于事由发生日。")


class FlowField(forms.CharField):
    """A run flow, one step a line: 单位|内容|时限|材料."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "调整后的运行流程")
        kwargs.setdefault("help_text", FLOW_HINT)
        kwargs.setdefault("max_length", 20_000)
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join("|".join(one.get(n, "") for n in composing.FLOW_FIELDS).rstrip("|")
                             for one in value)  # fmt: skip
        return value

    def clean(self, value):
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        rows, problems = [], []
        for number, line in enumerate(filter(None, lines), start=1):
            cells = [cell.strip() for cell in line.replace("\uff5c", "|").split("|")]
            if len(cells) < 2 or not cells[0] or not cells[1] or len(cells) > 4:
                problems.append(f"第{number}步应写成“办理单位|办理内容|时限|材料”,单位和内容必填。")
                continue
            row = dict(zip(composing.FLOW_FIELDS, [*cells, "", ""], strict=False))
            for name, most in (("unit", 100), ("action", 300), ("limit", 60), ("material", 300)):
                if len(row[name]) > most:
                    problems.append(f"第{number}步文字过长,最多{most}字。")
            rows.append(row)
        if len(rows) > MOST_STEPS:
            problems.append(f"最多 {MOST_STEPS} 步。")
        if problems:
            raise forms.ValidationError(problems)
        return rows


class GroundForm(StepForm):
    """What a cause and an application have in common: kind, item, case of the article, days."""

    kind = forms.ChoiceField(label="调整类型", choices=Kind.choices)
    item = forms.ModelChoiceField(Item.objects.none(), label="清单事项", required=False)
    ground = forms.ChoiceField(label="情形", choices=())

    @property
    def book(self):
        """The rulebook under which the record stands."""
        return self.record.rulebook or rulebooks.in_force(
            self.record.county, timezone.localdate(self.at)
        )

    def prepare(self):
        known = self.book.value("adjust.kinds")
        kinds = self.fields["kind"]
        kinds.choices = [(key, label) for key, label in Kind.choices if key in known]
        edition = selectors.current_edition(self.record.county)
        rows = Item.objects.filter(memberships__edition=edition) if edition else Item.objects.none()
        self.fields["item"].queryset = rows.distinct()
        self.edition = edition
        chosen = self.chosen("kind")
        cases = [case for key, _ in kinds.choices if chosen in (key, None, "")
                 for case in grounds.of(self.book, key)]  # fmt: skip
        self.fields["ground"].choices = list(
            {one.key: (one.key, one.words) for one in cases}.values()
        )

    def chosen(self, name):
        """What is being asked for, before it is cleaned."""
        if self.is_bound:
            return self.data.get(name)
        return self.initial.get(name, getattr(self.record, name, ""))

    def past(self, name: str):
        """A day that lies neither in the future nor before any such list existed."""
        value = self.cleaned_data.get(name)
        if value and value > timezone.localdate(self.at):
            raise forms.ValidationError("不能晚于今天。")
        if value and value.year < 2000:
            raise forms.ValidationError("日期过早,请核对。")
        return value


class CauseForm(GroundForm):
    """A cause as a unit records it for itself, or as 编办 notifies it to another."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="应申请单位")
    text = text("事由", rows=4, max_length=2000)
    occurred_on = day("事由发生日", help_text="10个工作日自次日起算")
    known_on = day("知悉日", required=False, help_text="另行登记,供认定时参考")
    files = FilesField()

    field_order = ["unit", "kind", "item", "ground", "text", "occurred_on", "known_on", "files"]

    def prepare(self):
        super().prepare()
        for name in ("kind", "ground"):
            self.fields[name].required = False
            self.fields[name].choices = [("", "由申请单位确定"), *self.fields[name].choices]
        county = self.record.county
        units = Unit.objects.filter(county=county, kind__in=("department", "township"), active=True)
        owner = self.record.owner_id
        wide = self.actor is None or any(
            post.role == "bianban" and post.county_id == county.pk
            for post in self.actor.posts_held()
        )
        field = self.fields["unit"]
        field.queryset = units if wide else units.filter(pk=owner)
        if not wide:
            field.initial, field.required = owner, False

    def clean_unit(self):
        return self.cleaned_data["unit"] or self.record.owner

    def clean_occurred_on(self):
        return self.past("occurred_on")

    def clean_known_on(self):
        return self.past("known_on")

    def clean(self):
        given = super().clean()
        check_days(self, given, "occurred_on")
        given["source"] = self.record.source
        if given["source"] == Cause.Source.SELF and given.get("unit") != self.record.owner:
            given["source"] = Cause.Source.NOTICE
        return given


class DraftForm(GroundForm):
    """Whatever there is of an application so far; nothing typed is lost."""

    cause = forms.ModelChoiceField(Cause.objects.none(), label="对应的调整事由", required=False)
    ground_text = forms.CharField(
        label="情形说明", max_length=500, required=False, help_text="选“其他”时必填"
    )
    authority = forms.ChoiceField(label="作出决定的机关", choices=(), required=False)
    cause_on = day("事由发生日", help_text="10个工作日自次日起算")
    known_on = day("知悉日", required=False)
    argument = text("论证说明", rows=5)
    legal_basis = text("法律依据", rows=3, required=False)
    affects_flow = forms.NullBooleanField(
        label="是否涉及运行流程变化", required=False,
        widget=forms.Select(choices=(("", "请选择"), ("true", "是"), ("false", "否"))),
    )  # fmt: skip
    flow = FlowField(required=False)
    files = FilesField(label="论证材料")
    strict = False

    untold = ("files",)

    def prepare(self):
        super().prepare()
        causes = Cause.objects.filter(county=self.record.county, unit=self.record.owner)
        if self.record.by_authority:
            causes = Cause.objects.filter(pk=self.record.cause_id)
        self.fields["cause"].queryset = causes.filter(state__in=(*AWAITING, "applied"))
        self.fields["authority"].choices = [("", "不适用"), *grounds.levels(self.book)]
        layout = composing.usual_layout(self.record.county)
        for name in columns(layout):
            self.fields[NEW + name] = forms.CharField(
                label=LABELS[name], required=False, max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 4}) if name in LONG else forms.TextInput(),
            )  # fmt: skip
        self.layout = layout
        if not self.strict:
            for field in self.fields.values():
                field.required = False
        if self.chosen("cause") or self.record.cause_id:  # the cause says the day
            self.fields["cause_on"].required = False
        self.start()

    def start(self):
        """What the form shows first: what the draft says, else the wording in force."""
        record = self.record
        for name in ("kind", "item", "ground", "ground_text", "authority", "cause", "cause_on",
                     "known_on", "argument", "legal_basis", "affects_flow", "flow"):  # fmt: skip
            self.initial.setdefault(name, getattr(record, name))
        item = self.initial.get("item")
        old = selectors.revision_in(self.edition, item) if item else None
        now = (old.texts() if old else {}) | (record.changes or {})
        for name in columns(self.layout):
            self.initial.setdefault(NEW + name, now.get(name, ""))

    def clean_cause_on(self):
        return self.past("cause_on")

    def clean_known_on(self):
        return self.past("known_on")

    def clean(self):
        given = super().clean()
        cause = given.get("cause") or self.record.cause
        given["cause"] = cause
        if cause is not None:  # its day is the cause's, whatever was typed or left out
            given["cause_on"] = cause.occurred_on
            self.errors.pop("cause_on", None)
        check_days(self, given, "cause_on")
        old = None
        if given.get("item") and given.get("kind") != Kind.ADD:
            old = selectors.revision_in(self.edition, given["item"])
        if given.get("kind") == Kind.ADD:
            given["item"] = None
        given["base"] = old
        given["changes"] = self.changed(old, given)
        given["name"] = (given["changes"].get("name") or (old.name if old else ""))[:200]
        given["flow"] = given.get("flow") or []
        return given

    def changed(self, old: Revision | None, given: dict) -> dict[str, str]:
        """The columns whose text is to change. A column that was not sent stays as it is."""
        if given.get("kind") == Kind.REMOVE:
            return {}
        before = old.texts() if old else dict.fromkeys(TEXT_FIELDS, "")
        sent = {
            name: (given.get(NEW + name) or "").replace("\r\n", "\n").strip()
            for name in columns(self.layout)
            if NEW + name in self.data
        }
        return {name: words for name, words in sent.items() if words != before[name]}

    def told(self):
        """The facts, and of the columns only those that change, old and new."""
        plain = [pair for pair in super().told() if pair[0] not in self.column_labels()]
        given = self.cleaned_data
        before = given["base"].texts() if given.get("base") else {}
        columns = [
            [LABELS[name], f"{before.get(name) or '(无)'} → {words or '(删去)'}"]
            for name, words in given["changes"].items()
        ]
        return plain + columns + told_flow(given["flow"])

    def column_labels(self) -> set[str]:
        return {LABELS[name] for name in columns(self.layout)} | {"调整后的运行流程"}


class ApplicationForm(DraftForm):
    """A complete application: its case, its day, its argument, its text (GX-清单-22, 28)."""

    strict = True

    def clean(self):
        given = super().clean()
        if self.record.by_authority and given.get("cause") is None:
            given["cause"] = self.record.cause
        self.check_ground(given)
        self.check_argument(given)
        self.check_item(given)
        if given.get("kind") and not self.errors.get("item"):
            self.check_text(given)
            self.check_flow(given)
        return given

    def check_ground(self, given):
        """The case is one of the article's; 其他 is explained, a superior's decision attributed."""
        ground = given.get("ground")
        if ground == grounds.OTHER and not given.get("ground_text"):
            self.add_error("ground_text", "选择“其他”情形的,请写明具体情形。")
        if ground == grounds.SUPERIOR and not given.get("authority"):
            self.add_error("authority", "请选择作出决定的机关。")

    def check_argument(self, given):
        """Without evidence of argument nothing is accepted (GX-清单-28)."""
        if not self.book.value("adjust.argument_required"):
            return
        own = ("save_draft", "file", "resubmit")
        kept = self.record.pk and self.record.attachments.filter(step__in=own).exists()
        if not given.get("files") and not kept:
            self.add_error("files", "请附论证材料(无论证不予受理)。")

    def check_item(self, given):
        """Everything but an addition concerns an item of the list in force."""
        kind = given.get("kind")
        if kind and kind != Kind.ADD and given.get("base") is None:
            self.add_error("item", "请选择现行清单中的事项。")
        if kind == Kind.ADD and not given["name"]:
            self.add_error(NEW + "name", "请填写新增事项的名称。")
        if given.get("item"):
            hold(Item.objects.filter(pk=given["item"].pk))
        if given.get("item") and under_way(self.record, given["item"]):
            self.add_error("item", "该事项已有一件调整申请在办,不能重复申请。")

    def check_text(self, given):
        """The new wording has all elements, knows its units, and does what the kind says."""
        kind, old = given["kind"], given.get("base")
        if kind == Kind.REMOVE:
            return
        if not given["changes"]:
            raise forms.ValidationError("调整后的文本与现行文本完全相同,没有可调整的内容。")
        texts = (old.texts() if old else dict.fromkeys(TEXT_FIELDS, "")) | given["changes"]
        layout = old.layout if old else self.layout
        found, faults = read_one(
            composing.told(texts, layout), layout, selectors.directory(self.record.county)
        )
        for name, words in faults.items():
            self.add_error(NEW + name if NEW + name in self.fields else None, words)
        if found is None:
            return
        clash = composing.taken(
            self.record.county, texts, composing.wordings(self.edition), old and old.item_id
        )
        if clash:
            self.add_error(NEW + "name", clash + "。")
        self.check_direction(kind, old, found)

    def check_direction(self, kind, old, found):
        """主体责任 moves the way the application says (GX-清单-14…21)."""
        if kind not in (Kind.TO_TOWNSHIP, Kind.TO_COUNTY):
            return
        main = [part for part in found.parts if part.role == "main"]
        township = any(part.named.township for part in main)
        county = any(not part.named.township for part in main)
        was = old.township_part == Revision.Township.MAIN
        if kind == Kind.TO_TOWNSHIP and (was or not township):
            self.add_error(NEW + "main", "主体责任应由县级部门调整为乡镇(街道)。")
        if kind == Kind.TO_COUNTY and (not was or township or not county):
            self.add_error(NEW + "main", "主体责任应由乡镇(街道)调整为县级部门。")

    def check_flow(self, given):
        """Where the county publishes run flows, the applicant says whether this one changes."""
        if not self.book.value("checklist.process") or given["kind"] == Kind.REMOVE:
            given["flow"], given["affects_flow"] = [], None
            return
        if given["kind"] == Kind.ADD:
            given["affects_flow"] = True
        if given.get("affects_flow") is None:
            self.add_error("affects_flow", "请说明是否涉及运行流程变化。")


def columns(layout: str) -> tuple[str, ...]:
    """The columns that an application of a county with this layout can change."""
    apart = {"A": {"lead", "joint"}, "B": set(), "D": {"joint"}}[layout]
    return tuple(name for name in TEXT_FIELDS if name not in apart)


def under_way(record, item) -> bool:
    """Whether another application for the same item is on its way."""
    states = ("submitted", "returned", "reviewing", "approved")
    rows = Application.objects.filter(county=record.county, item=item, state__in=states)
    return rows.exclude(pk=record.pk).exists()


class FlowForm(StepForm):
    """The run flow as it is to be."""

    flow = FlowField()

    def prepare(self):
        self.fields["flow"].initial = self.record.flow

    def told(self):
        return told_flow(self.cleaned_data["flow"])
