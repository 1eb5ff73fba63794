"""People and papers for the stories of list changes; everything through the door."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from checklist import services
from checklist.models import Application, Cause, Edition, Item
from governance.models import Unit
from governance.perform import perform
from governance.roles import Role
from tests.factories import checklist as lists
from tests.factories.governance import County, moment

NOW = moment("2026-09-10 10:00")
BEGAN = moment("2026-01-05 10:00")
CAUSE_ON = "2026-09-08"
REASON = {"reason": "依据不足"}
ROWS = ("秸秆禁烧", "河道采砂监管", "农村公路养护")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Scene:
    """A county of a preset with a published list, its reviewers and two applicants."""

    def __init__(self, preset="guanxian-2019", place=("冠县", "371525", "冠"), **changes):
        self.county = County(*place, preset=preset, **changes)
        self.row = self.county.row
        city = {"name": "某市", "short_name": "某市", "kind": "city"}
        city, _ = Unit.objects.get_or_create(code="C1", defaults=city)
        Unit.objects.filter(pk=self.row.pk).update(parent=city)
        self.row = Unit.objects.get(pk=self.row.pk)
        for name in ("县农业农村局", "县公安局", "县水利局", "清泉街道", "贾镇"):
            self.county.unit(name)
        for role in (Role.CITY_BIANBAN, Role.CITY_SIFA):
            self.county.user(role)
        Unit.objects.filter(short_name__in=County.CITY).update(parent=city)
        lists.seed_terms()
        self.bianban = self.county.user(Role.BIANBAN)
        self.sifa = self.county.user(Role.SIFA)
        self.chief = self.county.user(Role.COUNTY)
        self.meeting = self.county.user(Role.MEETING_OFFICE)
        self.city_bianban = self.county.user(Role.CITY_BIANBAN)
        self.city_sifa = self.county.user(Role.CITY_SIFA)
        self.clerk = self.county.user(Role.DEPARTMENT_CLERK, "县农业农村局")
        self.town = self.county.user(Role.TOWNSHIP_CLERK, "清泉街道")

    def publish(self, *names: str, **columns) -> Edition:
        """The county's first edition with these items (县农业农村局 carries them)."""
        rows = [self.line(name, **columns) for name in names or ROWS]
        sheet = (lists.sheet_b if self.layout == "B" else lists.sheet_a)(*rows)
        draft = services.import_sheet(self.row, sheet, "清单.xlsx").edition
        return perform(draft, "publish", at=BEGAN, facts={"document_number": "冠办发〔2026〕1号"})

    @property
    def layout(self) -> str:
        """How this county's list is laid out."""
        return "B" if "lead" in self.county.rulebook.value("checklist.columns") else "A"

    def line(self, name: str, **columns) -> list[str]:
        """One complete row of the county's list."""
        return (lists.row_b if self.layout == "B" else lists.row)(name, **columns)

    def item(self, name: str) -> Item:
        """An item of the list by its name."""
        return Item.objects.get(county=self.row, key__endswith=f"|{name}")

    def facts(self, **given) -> dict:
        """What a complete application asks for, unless told otherwise."""
        facts = {
            "kind": "add",
            "ground": "law",
            "cause_on": CAUSE_ON,
            "argument": "法律修订后增加了县乡共同承担的职责。",
            "affects_flow": "false",
            "flow": "清泉街道|巡查发现|1个工作日|巡查记录\n县农业农村局|立案查处|7日|立案文书",
        }
        return facts | given

    def new_item(self, name="扬尘治理", **columns) -> dict:
        """The columns of a new item."""
        a = ("category", "name", "county_duty", "township_duty", "basis", "main", "coop")
        b = ("name", "lead", "joint", *a[2:5], "policy_basis", *a[5:])
        cells = dict(zip(b if self.layout == "B" else a, self.line(name), strict=True))
        return {f"new_{column}": words for column, words in (cells | columns).items()}

    def application(self, owner: Unit | None = None) -> Application:
        """An unsaved application of the agriculture bureau (or of another unit)."""
        return Application(county=self.row, owner=owner or self.county.unit("县农业农村局"))

    def file(self, actor=None, at=NOW, owner=None, files=True, **given) -> Application:
        """File an application; by default one that adds an item."""
        facts = self.facts(**given)
        if facts["kind"] == "add":
            facts = self.new_item() | facts
        return perform(
            self.application(owner),
            "file",
            actor=actor or self.clerk,
            at=at,
            facts=facts,
            files=papers() if files else None,
        )

    def change(self, name: str, at=NOW, **columns) -> Application:
        """File a change of an item's text, in the kind that the county knows."""
        kind = "content" if "content" in self.county.rulebook.value("adjust.kinds") else "to_county"
        given = {f"new_{column}": words for column, words in columns.items()}
        return self.file(kind=kind, item=self.item(name).pk, at=at, **given)

    def accepted(self, application, at=NOW):
        """The receiver takes the application on."""
        desk = application.rulebook.value("adjust.receiver")
        actor = self.meeting if desk == "meeting_office" else self.bianban
        return perform(application, "accept", actor=actor, at=at, facts={"opinion": "材料齐全"})

    def reviewer(self, stage):
        """Who decides at a stage."""
        return {
            Role.BIANBAN: self.bianban,
            Role.SIFA: self.sifa,
            Role.COUNTY: self.chief,
            Role.MEETING_OFFICE: self.meeting,
            Role.CITY_BIANBAN: self.city_bianban,
            Role.CITY_SIFA: self.city_sifa,
        }[stage.role]

    def decide(self, application, name: str, how: str, actor=None, at=NOW, **given):
        """One stage decides; by its reviewer unless told otherwise."""
        stage = self.stage(application, name)
        facts = {"opinion": "同意", "document_number": "备〔2026〕3号"} | REASON | given
        return perform(stage, how, actor=actor or self.reviewer(stage), at=at, facts=facts)

    def agree(self, application, name: str, at=NOW, **given):
        """One stage agrees."""
        return self.decide(application, name, "agree", at=at, **given)

    def stage(self, application, name: str):
        """A stage of the current round."""
        return again(application).current().get(name=name)

    def approved(self, application, at=NOW) -> Application:
        """Through the whole chain up to the publication."""
        application = self.accepted(application, at)
        while True:
            open_now = again(application).current().filter(state="open").exclude(name="publish")
            if not open_now:
                return again(application)
            for stage in open_now:
                self.agree(again(application), stage.name, at)

    def compose(self, *applications, at=NOW) -> Edition:
        """A draft edition of these applications."""
        edition = Edition(county=self.row, owner=self.bianban.posts_held()[0].unit, state="new")
        facts = {"applications": [str(one.pk) for one in applications]}
        return perform(edition, "compose", actor=self.bianban, at=at, facts=facts)

    def put_out(self, edition, at=NOW, **given) -> Edition:
        """Publish a draft edition."""
        facts = {"document_number": "冠办发〔2026〕9号"} | given
        return perform(edition, "publish", actor=self.bianban, at=at, facts=facts)

    def cause(
        self, actor=None, unit="县农业农村局", occurred_on=CAUSE_ON, at=NOW, **given
    ) -> Cause:
        """Record a cause; by 编办 as a notice unless told otherwise."""
        actor = actor or self.bianban
        cause = Cause(county=self.row, owner=actor.posts_held()[0].unit)
        facts = {
            "unit": self.county.unit(unit).pk,
            "text": "《行政监察法》废止,由《监察法》取代",
            "occurred_on": occurred_on,
        }
        return perform(cause, "record", actor=actor, at=at, facts=facts | given)


def papers():
    """The argument, as a file."""
    from django.utils.datastructures import MultiValueDict

    upload = SimpleUploadedFile("论证材料.pdf", PDF, "application/pdf")
    return MultiValueDict({"files": [upload]})


def again(record):
    """The record as it stands now."""
    return type(record).objects.get(pk=record.pk)


def days_after(day: str, days: int) -> date:
    """A day some days later."""
    return date.fromisoformat(day) + timedelta(days=days)
