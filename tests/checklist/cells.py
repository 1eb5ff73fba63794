"""The hand-written matrix of list changes, the people of its columns, a record of each kind.

`clerk@own` and `leader@own` are those of the unit that applies: a department's for a record of a
department, a township's for one of a township. A row with nobody is a step that only follows from
others, done by 系统. Rows of `Stage`, `Edition` and `Suggestion` hold for all their kinds
(`Stage.research`, `Edition.first` …). `Authority` is an application of 县委、县政府, `Converted`
one that 编办 has from an imported sheet. A suggestion keyed in by a unit lies with one of the other
kind: `clerk@handling` are that one's people.
"""

from checklist import services
from checklist.models import Application, Cause, Edition, Suggestion
from governance import chains
from governance.models import Post, Stage, User
from governance.perform import enlist, perform
from governance.roles import Role
from tests.checklist.scene import BEGAN, NOW, Scene, again, papers
from tests.factories import checklist as lists
from tests.factories.governance import County, load_calendar, moment
from tests.matrices import Row, opened, people, rows

PRESETS = ("guanxian-2019", "jiaoqu-2022", "tongxin-2021", "taian-2019", "tongwei-2020")
MODELS = {
    "Cause": Cause,
    "Application": Application,
    "Stage": Stage,
    "Edition": Edition,
    "Suggestion": Suggestion,
}
APPLICATIONS = ("Application", "Authority", "Converted")
WITHOUT_UNIT = ("new", "received")
"""States in which a suggestion has been routed to nobody."""
HOME = {"department": "县农业农村局", "township": "清泉街道"}
UNIT_ROLES = {
    Role.TOWNSHIP_CLERK: ("清泉街道", "贾镇"),
    Role.TOWNSHIP_LEADER: ("清泉街道", "贾镇"),
    Role.DEPARTMENT_CLERK: ("县农业农村局", "县公安局"),
    Role.DEPARTMENT_LEADER: ("县农业农村局", "县公安局"),
    Role.AGENCY_HEAD: ("清泉派出所",),
    Role.AGENCY_MEMBER: ("清泉派出所",),
    Role.VILLAGE_CLERK: ("样例村",),
}
LATE = moment("2026-11-02 09:00")


ROWS = rows(__file__, PRESETS)


def model_of(record: str) -> type:
    """The kind of matter behind a name of the matrix."""
    name = record.partition(".")[0]
    return MODELS["Application" if name in APPLICATIONS else name]


def rows_for(variant: str, book: str) -> list[Row]:
    """The rows that hold for one kind of record in one county."""
    record = variant.partition("/")[0]
    names = {record, record.partition(".")[0]}
    return [row for row in ROWS if row.record in names and book in row.books]


def columns_of(row: Row, variant: str) -> set[str]:
    """The people of a row, as the columns are called beside this record (`World.column`)."""
    kind = variant.partition("/")[2]
    other = {"department": "township", "township": "department"}.get(kind)
    own = f"{kind or 'department'}_{{}}@own"
    handling = f"{other}_{{}}@elsewhere" if other else own
    names = {
        f"{post}@{place}": pattern.format(post)
        for place, pattern in (("own", own), ("handling", handling))
        for post in ("clerk", "leader")
    }
    return {names.get(one, one) for one in row.who}


def expected(variant: str, book: str) -> dict[str, set]:
    """Step → the cells (state, column) that the matrix opens."""
    found: dict[str, set] = {}
    for row in rows_for(variant, book):
        who = columns_of(row, variant)
        found.setdefault(row.step, set()).update((s, w) for s in row.states for w in who)
    return found


class World:
    """One county with its list, a foreign county, the city, and everybody in them."""

    def __init__(self, preset: str):
        load_calendar()
        self.preset, self.book = preset, preset.partition("-")[0]
        self.scene = Scene(preset)
        self.foreign = County("乙县", "371526", "乙", preset)
        self.people = people(self.scene.county, self.foreign, UNIT_ROLES)
        home = self.scene.bianban.posts_held()[0].unit
        self.colleague = User.objects.create_user("colleague.one", "Guanxian-Test-2026!", name="乙")
        Post.objects.create(user=self.colleague, unit=home, role=Role.BIANBAN, since=BEGAN.date())
        self.draft = services.import_sheet(
            self.scene.row, self.sheet("秸秆禁烧", "河道采砂监管", "农村公路养护"), "清单.xlsx"
        ).edition
        self.first = walked(self.draft, self, "Edition.first")
        self.edition = perform(
            again(self.draft), "publish", at=BEGAN, facts={"document_number": "冠办发〔2026〕1号"}
        )
        self.application = self.scene.file(owner=None, name="扬尘治理")

    def sheet(self, *names: str) -> bytes:
        """A sheet of the county's list."""
        make = lists.sheet_b if self.scene.layout == "B" else lists.sheet_a
        return make(*(self.scene.line(name) for name in names))

    def column(self, column: str, variant: str) -> str:
        """What a column is called beside this record: with a department's record all townships
        are others, and the other way round.
        """
        role, _, place = column.partition("@")
        kind = variant.partition("/")[2]
        away = kind and place == "own" and not role.startswith(kind)
        return f"{role}@elsewhere" if away else column

    def variants(self) -> list[str]:
        """The kinds of records that this county has."""
        found = [f"{name}/{kind}" for name in ("Cause", "Application") for kind in HOME]
        found += [f"Suggestion.unit/{kind}" for kind in HOME] + ["Suggestion.desk", "Converted"]
        found += ["Edition.composed", "Edition.imported", "Edition.next", "Stage.moved"]
        found += [f"Stage.{row['stage']}" for row in self.application.chain()]
        return found + (["Authority"] if self.book == "guanxian" else [])

    def record(self, variant: str):
        """A record on which every condition of its steps holds."""
        name, _, kind = variant.partition("/")
        name, _, part = name.partition(".")
        if name == "Stage":
            return self.stage(part)
        return getattr(self, name.lower())(kind or part)

    def applicant(self, kind: str):
        """Who applies for the unit of this kind."""
        return self.scene.town if kind == "township" else self.scene.clerk

    def cause(self, kind: str) -> Cause:
        actor = self.applicant(kind)
        cause = Cause(county=self.scene.row, owner=actor.posts_held()[0].unit)
        facts = {"text": "机构职能调整", "occurred_on": "2026-09-08"}
        return perform(cause, "record", actor=actor, at=NOW, facts=facts)

    def application_of(self, kind: str) -> Application:
        actor = self.applicant(kind)
        return self.scene.file(actor=actor, owner=actor.posts_held()[0].unit)

    def authority(self, kind: str) -> Application:
        cause = self.cause("department")
        perform(cause, "fall_due", at=LATE)
        return Application.objects.get(cause=cause, by_authority=True)

    def converted(self, kind: str) -> Application:
        """What 编办 has drafted from an imported sheet and filed (decision 34): one of its people,
        for nobody receives what the same person has filed.
        """
        sheet = self.sheet("秸秆禁烧", "河道采砂监管", "农村公路养护", "烟花爆竹")
        draft = services.import_sheet(self.scene.row, sheet, "清单.xlsx").edition
        actor = self.colleague
        perform(draft, "convert", actor=actor, at=NOW, facts={"argument": "导入的差异"})
        application = Application.objects.get(name="烟花爆竹")
        assert application.owner == actor.posts_held()[0].unit
        facts = self.scene.new_item("烟花爆竹") | self.scene.facts()
        return perform(application, "file", actor=actor, at=NOW, facts=facts, files=papers())

    def suggestion(self, kind: str) -> Suggestion:
        """One that has been routed, also where the county has stopped hearing them since."""
        home = {**HOME, "desk": self.scene.bianban.posts_held()[0].unit.short_name}[kind]
        away = HOME["township" if kind == "department" else "department"]
        return Suggestion.objects.create(
            county=self.scene.row,
            owner=self.scene.county.unit(home),
            unit=self.scene.county.unit(away),
            rulebook=self.scene.county.rulebook,
            state="routed",
            number=f"冠建〔2026〕{Suggestion.objects.count() + 1}号",
            channel="phone",
            phone="13000000001",
            text="职责不清,建议写明由谁巡查。",
            raised_at=NOW,
        )

    def stage(self, name: str) -> Stage:
        application = self.scene.accepted(again(self.application))
        chain = {row["stage"]: row for row in application.chain()}
        moved = name == "moved"
        stage = chains.made(application, chain["approve" if moved else name])
        if moved:
            stage.unit = self.scene.county.unit("县农业农村局")
        had = application.current().filter(name=stage.name).first()
        if had:
            return had
        stage.raised_at = NOW
        stage.save()
        enlist(stage, True)
        return again(stage)

    def edition_of(self, kind: str) -> Edition:
        if kind == "composed":
            return self.scene.compose(self.scene.approved(again(self.application)))
        if kind == "imported":
            sheet = self.sheet("秸秆禁烧", "烟花爆竹")
            return services.import_sheet(self.scene.row, sheet, "清单.xlsx").edition
        owner = self.scene.bianban.posts_held()[0].unit
        book = self.application.rulebook
        return Edition(county=self.scene.row, owner=owner, state="new", rulebook=book)


# `application` names the filed one of every world, so builders are looked up by these names.
BUILDERS = {"application": World.application_of, "edition": World.edition_of}


def made(world: World, variant: str):
    """A record of this kind."""
    name, _, kind = variant.partition("/")
    name, _, part = name.partition(".")
    builder = BUILDERS.get(name.lower())
    record = builder(world, kind or part) if builder else world.record(variant)
    if record.rulebook_id is None:
        record.rulebook = world.scene.county.rulebook
    return record


def states_of(record, variant: str) -> list[str]:
    """All states of a kind of record; an edition that is not saved yet has only its first."""
    if variant == "Edition.next":
        return ["new"]
    states = list(type(record).State.values)
    return [one for one in states if one != "new"] if isinstance(record, Edition) else states


def walked(record, world: World, variant: str) -> dict[str, set]:
    """Step → the cells (state, column) that the code opens."""
    found: dict[str, set] = {}
    if record.rulebook_id is None:
        record.rulebook = world.scene.county.rulebook
    now, unit = record.state, getattr(record, "unit_id", None)
    for state in states_of(record, variant):
        record.__dict__["state"] = state
        if isinstance(record, Suggestion):
            record.unit_id = None if state in WITHOUT_UNIT else unit
        for step, column in opened(record, world.people, NOW):
            found.setdefault(step, set()).add((state, world.column(column, variant)))
    record.__dict__["state"] = now
    return found
