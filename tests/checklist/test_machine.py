"""Random people change the lists of two counties while time passes; what must always hold, holds.

Which people may do what stands in the hand-written matrix; the list in force is folded anew from
the applications that were published, and compared with every edition there is.
"""

from collections import defaultdict
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from checklist import grounds, selectors
from checklist.change_forms import CauseForm, DraftForm, FlowForm
from checklist.forms import PublishForm
from checklist.intake.rows import TEXT_FIELDS, item_key
from checklist.models import Application, Cause, Edition, Item
from checklist.models.states import AWAITING
from governance.models import Clock, Stage, User
from governance.roles import Role
from governance.stage_forms import DecidedForm
from tests.checklist import cells
from tests.checklist.scene import NOW, Scene, again
from tests.factories.governance import load_calendar
from tests.machine import SETTINGS, THOROUGH, MatterMachine

pytestmark = pytest.mark.sqlite  # rules that no database changes are walked once
NAMES = ("秸秆禁烧", "河道采砂监管", "农村公路养护", "扬尘治理", "噪声治理")
FLOW = "清泉街道|巡查发现|1个工作日|巡查记录\n县农业农村局|立案查处"
UNDER_WAY = ("submitted", "returned", "reviewing", "approved")
EITHER_WAY = ("县农业农村局", "各乡镇(街道)")


def cause_told(form, facts, pick: Random) -> None:
    """A day of the last weeks; kind and case are left to the unit."""
    facts |= {"occurred_on": recent(form, pick), "known_on": "", "kind": "", "ground": ""}


def recent(form, pick: Random) -> str:
    """A day of the last weeks, mostly of the last days."""
    back = pick.choice([0, 1, 2, 3, 5, 8, 30])
    return (timezone.localdate(form.at) - timedelta(days=back)).isoformat()


def change_told(form, facts, pick: Random) -> None:
    """A change that makes sense in the form's county: few names and codes, so that they meet."""
    book = form.book
    kind = pick.choice(["add", "add", *book.value("adjust.kinds")])
    case = pick.choice(grounds.of(book, kind))
    facts |= {"kind": kind, "ground": case.key, "cause_on": recent(form, pick), "known_on": ""}
    facts |= {"authority": "province", "ground_text": "确有需要", "flow": FLOW}
    facts |= {"affects_flow": pick.choice(["true", "false"]), "argument": "法律修订"}
    if pick.random() < 0.7:
        facts.pop("cause", None)
    for name in [name for name in facts if name.startswith("new_")]:
        del facts[name]
    if kind == "add":
        main, coop = pick.sample(EITHER_WAY, 2)
        facts |= {"new_category": "生态环境", "new_name": pick.choice(NAMES), "new_main": main}
        facts |= {"new_coop": coop, "new_basis": "《大气污染防治法》", "new_lead": EITHER_WAY[0]}
        facts |= {"new_county_duty": pick.choice(["执法", "监管"]), "new_township_duty": "巡查"}
        facts |= {"new_code": pick.choice(["", "", "A1", "A2"])}
        facts.pop("item", None)
    elif kind in ("to_township", "to_county"):
        main, coop = EITHER_WAY[::-1] if kind == "to_township" else EITHER_WAY
        facts |= {"new_main": main, "new_coop": coop}
    elif kind == "content" and pick.random() < 0.4:
        facts |= {"new_name": pick.choice(NAMES)}
    elif kind == "content":
        facts |= {pick.choice(["new_county_duty", "new_basis"]): f"第{pick.randint(1, 9)}稿"}
    if kind != "remove" and pick.random() < 0.2:
        facts["new_code"] = pick.choice(["A1", "A2"])


def told(**given):
    """Facts that every form of a kind takes."""
    return lambda form, facts, pick: facts.update(given)


class ListMachine(MatterMachine):
    """责任清单 of two counties: causes, applications, their stages, editions."""

    kinds = (Cause, Application, Stage, Edition)
    ended = {
        Cause: ("applied", "settled", "dismissed", "referred"),
        Application: ("in_force", "declined", "refused", "withdrawn"),
        Stage: ("agreed", "refused", "returned", "void"),
        Edition: ("published", "superseded", "dropped"),
    }
    extra = {
        CauseForm: cause_told,
        DraftForm: change_told,
        FlowForm: told(flow=FLOW),
        DecidedForm: told(decided_on="", document_number="备〔2026〕3号"),
        PublishForm: told(in_force_from="", document_number="冠办发〔2026〕9号"),
    }
    weights = {
        **dict.fromkeys(("withdraw", "dismiss", "decline", "return_for_correction"), 1),
        **dict.fromkeys(("send_back", "refuse", "reconsider", "drop", "supply_flow"), 1),
        **{"agree": 40, "accept": 20, "publish": 30, "resubmit": 10},
    }
    shares = {Stage: 8, Application: 4, Edition: 4, Cause: 1}
    own = ("不能审批自己提交", "不能受理自己提交")
    raising = 0.25
    start = NOW + timedelta(days=1)
    scenes: list[Scene] = []
    done = defaultdict(int)
    looked = None

    @initialize(opening=st.sampled_from(["approved", "approved", "in review", "joined", "nothing"]))
    def something_is_under_way(self, opening):
        """Most sequences begin in the middle, so that they come to an end."""
        for scene in self.scenes if opening != "nothing" else ():
            first = scene.file(at=NOW, **scene.new_item("扬尘治理"))
            second = scene.file(at=NOW, kind="remove", item=scene.item("农村公路养护").pk)
            scene.accepted(first)
            if opening != "in review":
                scene.approved(second)
            if opening == "joined":
                scene.compose(again(second))

    def raise_matter(self, pick: Random) -> None:
        """A cause, an application, or an edition."""
        scene = pick.choice(self.scenes)
        owner = pick.choice(self.units[scene])
        kind = pick.choice(["cause", "draft", "file", "file", "file", "compose", "compose"])
        if kind == "cause":
            record, name = Cause(county=scene.row, owner=owner), "record"
        elif kind == "compose":
            desk = scene.bianban.posts_held()[0].unit
            record, name = Edition(county=scene.row, owner=desk, state="new"), "compose"
        else:
            record = Application(county=scene.row, owner=owner)
            name = "file" if kind == "file" else "save_draft"
        self.attempt(record, name, self.somebody(record, name, pick), pick)

    def keys(self, kind) -> list[int]:
        """Those that are under way, and of what is over the newest two."""
        over = kind.objects.filter(state__in=self.ended[kind]).order_by("-pk")
        going = kind.objects.exclude(state__in=self.ended[kind])
        found = [*over.values_list("pk", flat=True)[:2], *going.values_list("pk", flat=True)]
        return sorted(found)

    def somebody(self, record, name: str, pick: Random):
        """Also for a record that has no rulebook yet."""
        if record.rulebook_id is None:
            record.rulebook = self.books[record.county_id]
        return super().somebody(record, name, pick)

    def listed(self, record, name, actor) -> bool:
        """By the hand-written matrix."""
        book = self.names[record.county_id]
        kind = record.owner.kind
        variant = {
            Cause: lambda: f"Cause/{kind}",
            Application: lambda: "Authority" if record.by_authority else f"Application/{kind}",
            Stage: lambda: f"Stage.{record.name}",
            Edition: lambda: "Edition.composed" if record.pk else "Edition.next",
        }[type(record)]()
        cell = (record.state, self.column(record, actor))
        return cell in cells.expected(variant, book).get(name, ())

    def column(self, record, actor) -> str:
        """Which column of the matrix a person is for this record."""
        (post,) = actor.posts_held()
        if post.role in (Role.CITY_BIANBAN, Role.CITY_SIFA):
            return f"{post.role}@city"
        if post.county_id != record.county_id:
            return f"{post.role}@foreign"
        if post.role not in cells.UNIT_ROLES:
            return f"{post.role}@county"
        return f"{post.role}@{'own' if post.unit_id == record.owner_id else 'other'}"

    # Invariants ------------------------------------------------------------

    @invariant()
    def editions_are_what_the_applications_say(self):
        """Folded over all that was published, no item is lost, doubled or altered; exactly one
        edition is in force, and on every day the one that was in force then.
        """
        rows = Edition.objects.filter(state__in=("published", "superseded"))
        look = (self.now.date(), list(rows.order_by("pk").values_list("pk", "state")))
        if look == self.looked:
            return
        self.looked = look
        for scene in self.scenes:
            editions = list(rows.filter(county=scene.row).order_by("serial"))
            assert [one.state for one in editions][:-1] == ["superseded"] * (len(editions) - 1)
            assert editions[-1].state == "published"
            lists: dict[int, dict] = {}
            folded: dict[int, dict[str, str]] = {}
            for edition in editions:
                fold(folded, edition)
                held = {one.item_id: one.texts() for one in selectors.revisions_of(edition)}
                assert held == folded, edition
                assert edition.members.count() == len(held)
                lists[edition.pk] = held
            keys = [item_key(t["category"], t["name"]) for t in folded.values()]
            assert len(set(keys)) == len(keys), keys
            codes = [texts["code"] for texts in folded.values() if texts["code"]]
            assert len(set(codes)) == len(codes), codes
            for item in Item.objects.filter(pk__in=folded):
                assert item.key == item_key(folded[item.pk]["category"], folded[item.pk]["name"])
            self.read_by_day(scene, editions)

    def read_by_day(self, scene, editions) -> None:
        """As of every day since the first edition."""
        day, last = editions[0].in_force_from, timezone.localdate(self.now)
        assert selectors.edition_as_of(scene.row, day - timedelta(days=1)) is None
        changes = {one.in_force_from for one in editions}
        while day <= last:
            if {day, day - timedelta(days=1), day + timedelta(days=1)} & changes or day == last:
                then = [one for one in editions if one.in_force_from <= day][-1]
                assert selectors.edition_as_of(scene.row, day) == then, day
            day += timedelta(days=1)

    @invariant()
    def nothing_is_in_force_without_every_stage(self):
        """Approved: all that decides has agreed. In force: all that comes before as well."""
        for one in Application.objects.filter(state__in=("approved", "in_force")):
            states = dict(one.current().values_list("name", "state"))
            late = set() if one.state == "in_force" else {"filing", "publish"}
            for row in one.chain():
                if row["stage"] not in late:
                    assert states[row["stage"]] == "agreed", (one.pk, one.state, states)
            joined = one.edition_id and one.edition.state
            assert joined in (("draft", None) if one.state == "approved" else
                              ("published", "superseded")), (one.pk, joined)  # fmt: skip
        rest = Application.objects.exclude(state__in=("approved", "in_force"))
        assert not rest.filter(edition__isnull=False).exists()

    @invariant()
    def stages_stand_as_their_application_stands(self):
        """Somebody's turn it is while an application is reviewed, and nobody's once it is over."""
        opened = defaultdict(set)
        for pk, turn in Stage.objects.filter(state="open").values_list("matter_id", "round"):
            opened[pk].add(turn)
        for pk, state, turn in Application.objects.values_list("pk", "state", "round"):
            wanted = {turn} if state in ("reviewing", "approved") else set()
            assert opened[pk] == wanted, (pk, state, opened[pk])

    @invariant()
    def a_cause_waits_with_its_clock_or_is_answered(self):
        """Who owes an application has the clock; what was applied for is really under way."""
        running = set(
            Clock.objects.running()
            .filter(matter_type=Cause.type())
            .values_list("matter_id", "name")
        )
        going = set(Application.objects.filter(state__in=UNDER_WAY).values_list("cause", flat=True))
        for cause in Cause.objects.select_related("rulebook"):
            if cause.state in ("open", "overdue"):
                assert (cause.pk, "apply") in running, (cause.pk, cause.state)
            if cause.state == "rectifying":
                assert (cause.pk, "rectify") in running, cause.pk
            if cause.state == "applied":
                assert cause.pk in going, cause.pk
            if cause.state in AWAITING:
                assert cause.pk not in going, (cause.pk, cause.state)
        pairs = Application.objects.filter(by_authority=True).exclude(
            state__in=("in_force", "declined", "refused", "withdrawn")
        )
        causes = list(pairs.values_list("cause", flat=True))
        assert len(set(causes)) == len(causes), causes


def fold(folded: dict[int, dict[str, str]], edition: Edition) -> None:
    """Apply what an edition has published to the list before it."""
    for one in edition.applications.order_by("pk"):
        if one.kind == "add":
            assert one.item_id not in folded, "a new item took another one's identity"
            folded[one.item_id] = dict.fromkeys(TEXT_FIELDS, "") | one.changes
        elif one.kind == "remove":
            del folded[one.item_id]
        else:
            folded[one.item_id] = folded[one.item_id] | one.changes


@pytest.fixture
def world(db):
    """冠县 with its six stages, 郊区 with filing and rectification; each with a first edition."""
    load_calendar()
    free = {"adjust.argument_required": False}
    near = Scene("guanxian-2019", **free)
    far = Scene("jiaoqu-2022", ("郊区", "230811", "郊"), **free)
    ListMachine.scenes = [near, far]
    ListMachine.counties = [near.row, far.row]
    ListMachine.books = {one.row.pk: one.county.rulebook for one in (near, far)}
    ListMachine.names = {near.row.pk: "guanxian", far.row.pk: "jiaoqu"}
    ListMachine.units = {}
    for scene in (near, far):
        county = scene.county
        for role in (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER):
            for name in ("县农业农村局", "县公安局"):
                county.user(role, name)
        for role in (Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER, Role.JIWEI, Role.SYSADMIN):
            county.user(role)
        ListMachine.units[scene] = [county.unit("县农业农村局"), county.unit("清泉街道")]
        added = [scene.file(at=NOW, **scene.new_item(name)) for name in NAMES[:3]]
        added = [scene.approved(one, at=NOW) for one in added]
        scene.put_out(scene.compose(*added, at=NOW), at=NOW)
    keys = sorted({pk for scene in (near, far) for pk in
                   (user.pk for user in scene.county.people.values())})  # fmt: skip
    ListMachine.people = [User.objects.get(pk=pk) for pk in keys]
    for user in ListMachine.people:
        user.posts_held()
    ListMachine.done = defaultdict(int)
    ListMachine.sequences = ListMachine.tried = 0


@pytest.mark.timeout(0 if THOROUGH else 600)
def test_whatever_people_do_the_lists_stay_whole(world):
    lean = SETTINGS if THOROUGH else settings(SETTINGS, max_examples=12)
    run_state_machine_as_test(ListMachine, settings=lean)
    print(f"{ListMachine.sequences} sequences, {sum(ListMachine.done.values())} steps done")
    print(f"{ListMachine.tried} tried:", dict(sorted(ListMachine.done.items())))
    done = {f"{kind}.{name}" for kind, name in ListMachine.done}
    # The machine is worth something only if it comes far.
    assert {"Application.file", "Stage.agree", "Edition.compose", "Edition.publish"} <= done
