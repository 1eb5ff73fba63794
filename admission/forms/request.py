"""What a request and the opinions on it ask for (GX-准入表, JQ-准入表, TX-准入-07)."""

from django import forms
from django.core.validators import MinLengthValidator

from admission import applying, gates
from admission.models.states import Attitude, Kind, Outcome, Term
from governance.forms import ChoicesField, FilesField, StepForm, text
from governance.models import Unit

from .fields import AdmissionForm, day, departments_of, money, phone, townships_of

ELEMENT, SUPPORT, VETO = "element_", "support_", "veto_"
YES_NO = [("no", "否"), ("yes", "是")]
LABELS = {
    # form of the county: {field: the words on its paper}
    "guanxian": {},
    "jiaoqu": {"name": "申请具体事项", "content": "职责主体及内容", "target": "职责任务"},
    "elements": {"name": "职责名称"},
}
REQUIRED = {
    "guanxian": ("name", "reason", "contact", "phone", "term", "content", "target", "funds"),
    "jiaoqu": ("name", "contact", "phone", "term", "content", "target"),
    "elements": ("name", "contact", "phone", "term"),
}
"""What stands on the county's paper has to be filled.

冠县: 事项 GX-准入表-03, 理由 GX-准入表-04, 联系人 GX-准入表-05, 电话 GX-准入表-06, 覆盖地域
GX-准入表-07, 时限 GX-准入表-09 and GX-准入表-10, 内容 GX-准入表-11, 目标任务 GX-准入表-12, 经费
GX-准入表-13. 郊区: 事项 JQ-准入表-03, 联系人 JQ-准入表-04, 电话 JQ-准入表-05, 时限 JQ-准入表-06,
职责主体及内容 JQ-准入表-07, 职责任务 JQ-准入表-08. The opinions on the paper are the stages of its
chain (编办 JQ-准入表-09, 司法局 JQ-准入表-10, 领导小组 JQ-准入表-11; in 同心 the members of the
joint meeting, TX-准入-05).
"""
NAMED = "职责名称"
"""The element that is the name of the duty itself."""
GRID = ("政法委", "民政局")
"""Who admits matters into the grid (TX-网格-08)."""


class DraftForm(AdmissionForm):
    """A request as far as it has got: nothing is required, what is said must be readable."""

    strict = False

    kind = forms.ChoiceField(label="类别", choices=Kind.choices, required=False)
    department = forms.ModelChoiceField(Unit.objects.none(), label="拟下放职责的部门")
    name = forms.CharField(label="申请交办事项", max_length=200)
    reason = text("申请准入理由", rows=3, max_length=3000)
    contact = forms.CharField(label="联系人", max_length=40)
    phone = forms.CharField(label="联系电话", max_length=30, validators=[phone])
    whole_county = forms.BooleanField(label="覆盖全县", required=False)
    townships = ChoicesField(
        Unit.objects.none(), label="覆盖乡镇", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    term = forms.ChoiceField(label="工作时限", choices=())
    starts_on = day("起始日", required=False)
    ends_on = day("截止日", required=False)
    content = text("工作内容", rows=4)
    target = text("目标任务", rows=3)
    funds = money("划拨工作经费(元)", least=0, help_text="没有经费的填 0")
    funds_source = forms.CharField(label="经费来源", max_length=200, required=False)
    support_due_on = day("保障落实日期", help_text="各项保障承诺落实到位的日期")
    gate_note = text("核对说明", rows=3, max_length=2000, required=False)
    files = FilesField(label="依据材料")

    def prepare(self):
        book, record = self.book, self.record
        self.layout = book.value("admission.form")
        self.own_township = record.owner.kind == Unit.Kind.TOWNSHIP
        for name, words in LABELS[self.layout].items():
            self.fields[name].label = words
        self.prepare_choices(book, record)
        self.prepare_parts(book)
        required = REQUIRED[self.layout]
        for name, field in self.fields.items():
            wanted = name in required or name.startswith((ELEMENT, SUPPORT, VETO))
            wanted = wanted or name in ("department", "support_due_on")
            wanted = wanted and name.removeprefix(VETO) not in self.references
            field.required = self.strict and wanted
        self.start()

    def prepare_choices(self, book, record):
        """Whom, how long, which kind: as the county's text has it."""
        self.fields["townships"].queryset = townships_of(record.county)
        terms = [
            (key, words) for key, words in Term.choices if key in book.value("admission.terms")
        ]
        self.fields["term"].choices = terms if self.strict else [("", "请选择"), *terms]
        if self.own_township:
            self.fields["department"].queryset = departments_of(record.county)
        else:
            del self.fields["department"]
        if not (book.value("admission.grid") and any(w in record.owner.name for w in GRID)):
            del self.fields["kind"]
        if self.layout == "elements":
            del self.fields["content"], self.fields["target"]

    def prepare_parts(self, book):
        """The parts of the 专项说明, the kinds of support, the cases to be declared."""
        self.elements = [one for one in book.value("admission.elements") if one != NAMED]
        for place, words in enumerate(self.elements):
            self.fields[f"{ELEMENT}{place}"] = text(words, rows=3, max_length=3000)
        kinds = gates.schema().fields["admission.support"].choices
        self.kinds = list(book.value("admission.support"))
        for kind in self.kinds:
            self.fields[SUPPORT + kind] = text(f"{kinds[kind]}保障", rows=2, max_length=500)
        self.cases = gates.asked(book)
        self.references = {key for key in self.cases if gates.referred(book, key)}
        for key in self.cases:
            self.fields[VETO + key] = forms.ChoiceField(
                label=gates.label(key), choices=YES_NO, widget=forms.RadioSelect
            )

    def start(self):
        """What the form shows first: what the draft says."""
        record = self.record
        for name in applying.FIELDS:
            if name in self.fields:
                self.initial.setdefault(name, getattr(record, name))
        self.initial.setdefault("townships", record.covers)
        for place, words in enumerate(self.elements):
            self.initial.setdefault(f"{ELEMENT}{place}", (record.elements or {}).get(words, ""))
        for kind in self.kinds:
            self.initial.setdefault(SUPPORT + kind, (record.support or {}).get(kind, ""))
        for key, said in (record.vetoes or {}).items():
            self.initial.setdefault(VETO + key, "yes" if said else "no")

    def clean(self):
        given = super().clean()
        record = self.record
        given["kind"] = given.get("kind") or Kind.DUTY
        given["department"] = given.get("department") if self.own_township else record.owner
        given["covers"] = self.covered(given)
        given["elements"] = {
            words: given.get(f"{ELEMENT}{place}", "") for place, words in enumerate(self.elements)
        }
        given["support"] = {
            kind: given[SUPPORT + kind] for kind in self.kinds if given.get(SUPPORT + kind)
        }
        given["vetoes"] = {
            key: given[VETO + key] == "yes" for key in self.cases if given.get(VETO + key)
        }
        self.check_days(given)
        return given

    def covered(self, given) -> list[int]:
        """Ids of the townships: all there are today, or those chosen."""
        if given.get("whole_county"):
            return list(townships_of(self.record.county).values_list("pk", flat=True))
        return [unit.pk for unit in given.get("townships") or ()]

    def check_days(self, given):
        """阶段性 has its days, 常规性 has no end (GX-准入表-09, 10)."""
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "截止日不能早于起始日。")
        promised = given.get("support_due_on")
        for name, value in (("starts_on", first), ("ends_on", last), ("support_due_on", promised)):
            if value and not 2000 <= value.year <= 2100:
                self.add_error(name, "请核对年份。")
        if given.get("term") == Term.REGULAR and last:
            self.add_error("ends_on", "常规性事项不填截止日;有截止日的请选择“阶段性”。")

    def told(self):
        """The facts as words; of the parts only what was said."""
        return [pair for pair in super().told() if pair[1] != ""]


class RequestForm(DraftForm):
    """A complete request, past the gate (GX-准入-02, 03, 06; GX-准入表; JQ-准入表)."""

    strict = True

    def clean(self):
        given = super().clean()
        if not given["covers"]:
            self.add_error("townships", "请选择覆盖全县或至少一个乡镇(街道)。")
        if self.own_township and self.record.owner_id not in given["covers"]:
            self.add_error("townships", "乡镇只能为包括本乡镇在内的范围申请。")
        self.check_term(given)
        self.check_promise(given)
        self.check_files(given)
        self.findings = gates.examine(
            self.book, self.record.county, given.get("department"), given, self.at
        )
        self.check_gate(given)
        return given

    def check_term(self, given):
        """A stage has a first and a last day, and the last one is still to come."""
        if given.get("term") != Term.STAGE:
            return
        for name, words in (("starts_on", "起始日"), ("ends_on", "截止日")):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"阶段性事项须填写{words}。")
        last = given.get("ends_on")
        if last and last < self.today and "ends_on" not in self.errors:
            self.add_error("ends_on", "截止日已过,不能再申请准入。")

    def check_promise(self, given):
        """Support comes while the work goes on: neither in the past nor after its end
        (GX-准入-13, TA-12).
        """
        day, last = given.get("support_due_on"), given.get("ends_on")
        if "support_due_on" in self.errors or not day:
            return
        if day < self.today and day != self.record.support_due_on:
            self.add_error("support_due_on", "保障落实日期不能早于今天。")
        if last and day > last and given.get("term") == Term.STAGE:
            self.add_error("support_due_on", "保障落实日期不能晚于工作时限的截止日。")

    def check_files(self, given):
        """The evidence stands apart (GX-准入表-16); what was attached before is kept."""
        own = ("save_draft", "consult", "file", "resubmit")
        kept = self.record.pk and self.record.attachments.filter(step__in=own).exists()
        if not given.get("files") and not kept and "files" not in self.errors:
            self.add_error("files", "请附依据材料。")

    def check_gate(self, given):
        """What binds stops the request at its field; the county's advice asks for a word about it;
        what only other counties have written asks for nothing.
        """
        for one in self.findings:
            if one.binding:
                field = one.field if one.field in self.fields else None
                clause = self.book.clause_for(one.clause)[0].label
                self.add_error(field, f"{one.text}({clause})")
        asks = [one for one in self.findings if not (one.binding or one.reference)]
        asks = [one for one in asks if one.field == "gate_note"]
        if asks and not (given.get("gate_note") or "").strip():
            for one in asks:
                self.add_error("gate_note", one.text)

    def told(self):
        """With what the gate has found beside: it stays on record."""
        notes = [one.text for one in self.findings if not one.binding]
        return super().told() + ([["把关提示", "\n".join(notes)]] if notes else [])


class ResubmitForm(RequestForm):
    """What was sent back, corrected. What was put to the townships stays (GX-准入-07)."""

    agreement = text("协商意见", rows=3, max_length=3000)

    def start(self):
        super().start()
        self.initial.setdefault("agreement", self.record.agreement)
        self.fields["agreement"].required = True

    def clean(self):
        given = super().clean()
        if not self.errors and self.differs(given):
            raise forms.ValidationError(
                "征求意见的内容(事项、范围、时限、内容、任务、经费、专项说明、保障)有变化的,"
                "请重新征求乡镇意见。"
            )
        return given

    def differs(self, given) -> bool:
        """Whether anything that the townships were asked about is to change."""
        record = self.record
        before = {name: getattr(record, name) for name in applying.FIELDS}
        for name in applying.FIELDS:
            if name in given:
                setattr(record, name, given[name])
        changed = applying.put_text(record) != record.put
        for name, value in before.items():
            setattr(record, name, value)
        return changed


class FileForm(AdmissionForm):
    """The agreement that was reached on what the townships have answered (GX-准入表-08), and what
    else belongs to the file (GX-准入-07, GX-准入-08).
    """

    agreement = text(
        "协商意见", rows=4, max_length=3000, validators=[MinLengthValidator(4)],
        help_text="书面征求意见后形成的协商意见,随审批表打印",
    )  # fmt: skip
    files = FilesField(label="补充材料")

    def prepare(self):
        self.fields["agreement"].initial = self.record.agreement


class OpinionForm(StepForm):
    """同意、不同意 or 意见, with its text (GX-准入-07)."""

    attitude = forms.ChoiceField(label="态度", choices=Attitude.choices, widget=forms.RadioSelect)
    text = text("意见", rows=4, max_length=2000, required=False)
    files = FilesField(label="复函")

    def prepare(self):
        self.fields["attitude"].initial = self.record.attitude
        self.fields["text"].initial = self.record.text

    def clean(self):
        given = super().clean()
        if given.get("attitude") in (Attitude.DISAGREE, Attitude.COMMENT) and not given.get("text"):
            self.add_error("text", "请写明理由或意见。")
        return given


class DivertForm(StepForm):
    """What becomes of a request that does not suit admission (GX-准入-16, 17)."""

    outcome = forms.ChoiceField(label="处理方式", choices=Outcome.choices)
    reason = text("理由", rows=3, max_length=2000)
    files = FilesField()

    def prepare(self):
        if not self.record.rulebook.value("admission.purchase"):
            choices = [one for one in Outcome.choices if one[0] != Outcome.PURCHASE]
            self.fields["outcome"].choices = choices
