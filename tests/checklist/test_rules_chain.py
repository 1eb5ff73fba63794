"""The reviews in the order of the county's rulebook, what ends them, and who sees what
(GX-清单-05, 23 to 25, 28; JQ-清单-05, 18 to 20; TX-准入-14; decision 37).
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from checklist.models import Application, Cause, Edition
from governance.models import Clock, Event, Party, Post, Stage
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, Stale, StepClosed
from tests.checklist.scene import NOW, Scene, again
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import address, step, visit
from tests.hucall.doors import undone

REASON = {"reason": "依据不足"}
PLACES = {
    "guanxian-2019": ("冠县", "371525", "冠"),
    "jiaoqu-2022": ("郊区", "230811", "郊"),
    "tongxin-2021": ("同心县", "640324", "同"),
}


@pytest.fixture(scope="module")
def scenes(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        load_calendar()
        found = {name.partition("-")[0]: Scene(name, place) for name, place in PLACES.items()}
        for scene in found.values():
            scene.publish()
        yield found


@pytest.fixture(autouse=True)
def taken_back(scenes, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture
def guanxian(scenes):
    return scenes["guanxian"]


@pytest.fixture
def jiaoqu(scenes):
    return scenes["jiaoqu"]


@pytest.fixture
def tongxin(scenes):
    return scenes["tongxin"]


def open_names(application) -> list[str]:
    return [one.name for one in again(application).current().filter(state="open")]


def decide(scene, application, name, how, actor=None, at=NOW, **facts):
    stage = scene.stage(application, name)
    given = {"opinion": "同意", "document_number": "备1号"} | REASON | facts
    return perform(stage, how, actor=actor or scene.reviewer(stage), at=at, facts=given)


# ------------------------------------------------------------------ 冠县


@pytest.mark.rule("GX-清单-23", "GX-清单-24", "GX-清单-25", "GX-清单-05")
@pytest.mark.django_db
def test_guanxian_in_the_order_of_its_article(guanxian):
    application = guanxian.accepted(guanxian.file())
    for group in (["research"], ["bianban", "sifa"], ["city_bianban", "city_sifa"], ["approve"]):
        assert open_names(application) == group
        for number, name in enumerate(group, start=1):
            decide(guanxian, application, name, "agree")
            if number < len(group):  # both are needed
                assert open_names(application) == group[number:]
        assert again(application).state == ("approved" if group == ["approve"] else "reviewing")
    assert open_names(application) == ["publish"]
    with pytest.raises(StepClosed, match="公布"):
        decide(guanxian, application, "publish", "agree")
    guanxian.put_out(guanxian.compose(again(application)))
    assert [one.state for one in application.current()] == ["agreed"] * 7
    cited = dict(
        Event.objects.of_file(application).filter(step="agree").values_list("summary", "clause")
    )
    assert cited["司法局合法性审查"] == "GX-清单-05"
    assert cited["县委、县政府研究同意"] == "GX-清单-23"


@pytest.mark.rule("GX-清单-23")
@pytest.mark.django_db
def test_without_the_countys_consent_it_ends(guanxian):
    application = guanxian.accepted(guanxian.file())
    decide(guanxian, application, "research", "refuse")
    application = again(application)
    assert (application.state, application.reason) == ("refused", "县委、县政府研究同意:依据不足")
    assert open_names(application) == []
    assert again(application.cause).state == "settled"
    with pytest.raises(Invalid):  # a no has its reasons in writing
        other = guanxian.accepted(guanxian.file(**guanxian.new_item("噪声治理")))
        decide(guanxian, other, "research", "refuse", reason=" ")


@pytest.mark.rule("GX-清单-05", "JQ-清单-05")
@pytest.mark.parametrize("book", ["guanxian", "jiaoqu"])
@pytest.mark.django_db
def test_without_the_legal_opinion_nothing_goes_up(scenes, book):
    scene = scenes[book]
    application = scene.accepted(scene.file())
    if book == "guanxian":
        decide(scene, application, "research", "agree")
    with pytest.raises(Invalid):
        decide(scene, application, "sifa", "agree", opinion="")
    decide(scene, application, "bianban", "agree")
    assert open_names(application) == ["sifa"]
    decide(scene, application, "sifa", "agree", opinion="内容合法")
    assert "sifa" not in open_names(application)
    assert scene.stage(application, "sifa").opinion == "内容合法"


@pytest.mark.rule("GX-清单-24")
@pytest.mark.django_db
def test_what_the_city_refuses_is_not_approved(guanxian):
    application = guanxian.accepted(guanxian.file())
    for name in ("research", "bianban", "sifa"):
        decide(guanxian, application, name, "agree")
    decide(guanxian, application, "city_bianban", "refuse")
    assert again(application).state == "refused"
    states = dict(application.current().values_list("name", "state"))
    assert states["city_sifa"] == "void" and "approve" not in states
    assert not Clock.objects.running().of_file(application).exists()


# ------------------------------------------------------------------ 郊区, 同心


@pytest.mark.rule("JQ-清单-18", "JQ-清单-19", "JQ-清单-20")
@pytest.mark.django_db
def test_jiaoqu_in_the_order_of_its_article(jiaoqu):
    application = jiaoqu.accepted(jiaoqu.file())
    for group in (["bianban", "sifa"], ["approve"], ["filing"]):
        assert open_names(application) == group
        if group == ["filing"]:
            assert again(application).state == "approved"
            with pytest.raises(Invalid):  # no filing without its number
                decide(jiaoqu, application, "filing", "agree", document_number="")
            for how in ("refuse", "send_back"):  # what is approved is not refused by its clerk
                with pytest.raises(StepClosed, match="退回重报"):
                    decide(jiaoqu, application, "filing", how)
            with pytest.raises(Invalid, match="请改正"):  # nothing takes effect before
                jiaoqu.compose(again(application))
        for name in group:
            decide(jiaoqu, application, name, "agree")
    assert open_names(application) == ["publish"]
    assert jiaoqu.stage(application, "filing").document_number == "备1号"


@pytest.mark.rule("JQ-清单-21")
@pytest.mark.django_db
def test_nothing_takes_effect_without_the_number_of_its_document(jiaoqu):
    edition = jiaoqu.compose(jiaoqu.approved(jiaoqu.file()))
    with pytest.raises(Invalid) as refusal:
        jiaoqu.put_out(edition, document_number="")
    assert refusal.value.form.errors["document_number"] == ["须填写印发文号,无文号不得生效。"]
    assert jiaoqu.put_out(edition).document_number


@pytest.mark.rule("JQ-清单-21")
@pytest.mark.django_db
def test_nor_does_a_first_edition_that_is_composed_of_applications():
    scene = Scene("jiaoqu-2022", ("西区", "230812", "西"))
    edition = scene.compose(scene.approved(scene.file()))
    assert edition.title
    with pytest.raises(Invalid):
        scene.put_out(edition, document_number="")


@pytest.mark.rule("TX-准入-14")
@pytest.mark.django_db
def test_tongxin_the_joint_meeting_reviews_powers_that_come_and_go(tongxin):
    """A power handed down joins the list; one that cannot be exercised any more leaves it, both
    by the procedure of admission: 联席会议, then the county.
    """
    for kind, ground in (("add", "functions"), ("remove", "law"), ("remove", "functions")):
        item = None if kind == "add" else tongxin.item("秸秆禁烧").pk
        with undone():
            application = tongxin.accepted(tongxin.file(kind=kind, ground=ground, item=item))
            assert application.cause.clocks.count() == 0  # 及时
            for name in ("meeting", "approve"):
                assert open_names(application) == [name]
                assert tongxin.stage(application, name).clause == "TX-准入-14"
                decide(tongxin, application, name, "agree")
            edition = tongxin.put_out(tongxin.compose(again(application)))
            names = {one.name for one in edition.revisions.all()}
            assert ("扬尘治理" in names) == (kind == "add")
            assert ("秸秆禁烧" in names) == (kind == "add")


@pytest.mark.django_db
def test_the_office_that_receives_sees_what_it_receives(tongxin):
    application = tongxin.file()
    client = visit(tongxin.meeting)
    url = step(application, "accept")
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": application.version}).status_code == 302
    assert again(application).state == "reviewing"


# ------------------------------------------------------------------ return, withdrawal, rounds


@pytest.mark.rule("GX-清单-28", "JQ-清单-22")
@pytest.mark.parametrize("book", ["guanxian", "jiaoqu"])
@pytest.mark.django_db
def test_without_argument_nothing_is_received(scenes, book):
    scene = scenes[book]
    with pytest.raises(Invalid) as refusal:
        scene.file(files=False)
    assert refusal.value.form.errors["files"] == ["请附论证材料(无论证不予受理)。"]
    with pytest.raises(Invalid):
        scene.file(argument=" ")
    # what the receiver has attached to its return is no argument
    facts = scene.new_item() | scene.facts()
    application = scene.file()
    application.attachments.update(step="return_for_correction")
    perform(application, "return_for_correction", actor=scene.bianban, at=NOW, facts=REASON)
    with pytest.raises(Invalid):
        perform(again(application), "resubmit", actor=scene.clerk, at=NOW, facts=facts)
    application.attachments.update(step="file")
    perform(again(application), "resubmit", actor=scene.clerk, at=NOW, facts=facts)


@pytest.mark.rule("GX-清单-28")
@pytest.mark.django_db
def test_returned_by_one_void_for_the_other_and_all_anew(guanxian):
    application = guanxian.accepted(guanxian.file())
    decide(guanxian, application, "research", "agree")
    decide(guanxian, application, "bianban", "agree")
    decide(guanxian, application, "sifa", "send_back")
    application = again(application)
    assert (application.state, application.round) == ("returned", 1)
    assert not Clock.objects.running().of_file(application).exists()
    facts = guanxian.new_item() | guanxian.facts(argument="补充论证")
    again_filed = perform(application, "resubmit", actor=guanxian.clerk, at=NOW, facts=facts)
    assert again_filed.number == application.number
    second = guanxian.accepted(again_filed)
    assert second.round == 2 and open_names(second) == ["research"]
    assert second.stages.filter(round=1, state="agreed").count() == 2  # of the first round


@pytest.mark.django_db
def test_withdrawn_in_the_middle_nothing_is_left_open(guanxian):
    application = guanxian.accepted(guanxian.file())
    decide(guanxian, application, "research", "agree")
    done = perform(again(application), "withdraw", actor=guanxian.clerk, at=NOW, facts=REASON)
    assert done.state == "withdrawn"
    assert set(done.current().values_list("state", flat=True)) == {"agreed", "void"}
    assert not Clock.objects.running().of_file(done).exists()
    for stage in done.current().filter(state="void"):
        with pytest.raises(StepClosed):
            perform(stage, "agree", actor=guanxian.reviewer(stage), at=NOW, facts={"opinion": "好"})


@pytest.mark.django_db
def test_a_chain_keeps_the_rulebook_under_which_it_was_filed(guanxian):
    application = guanxian.accepted(guanxian.file())
    flow = [{"stage": "approve", "order": 1}, {"stage": "publish", "order": 2}]
    guanxian.county.amend(**{"adjust.flow": flow})
    decide(guanxian, application, "research", "agree")
    assert open_names(application) == ["bianban", "sifa"]
    later = guanxian.accepted(guanxian.file(**guanxian.new_item("噪声治理")))
    assert open_names(later) == ["approve"]


@pytest.mark.django_db
def test_chains_without_publication_and_with_filing_afterwards(guanxian):
    flow = [{"stage": "approve", "order": 1}]
    guanxian.county.amend(**{"adjust.flow": flow})
    application = guanxian.accepted(guanxian.file())
    decide(guanxian, application, "approve", "agree")
    guanxian.put_out(guanxian.compose(again(application)))
    assert again(application).state == "in_force"
    late = [*flow, {"stage": "publish", "order": 2}, {"stage": "filing", "order": 3}]
    guanxian.county.amend(**{"adjust.flow": late, "adjust.filing": "after_effect"})
    second = guanxian.approved(guanxian.file(**guanxian.new_item("噪声治理")))
    guanxian.put_out(guanxian.compose(second))
    assert again(second).state == "in_force"
    assert open_names(second) == ["filing"]
    with pytest.raises(StepClosed):
        decide(guanxian, second, "filing", "refuse")
    decide(guanxian, second, "filing", "agree")
    assert open_names(second) == []
    assert again(second).state == "in_force"


# ------------------------------------------------------------------ who reviews


@pytest.mark.django_db
def test_nobody_receives_or_reviews_what_the_same_person_has_filed(guanxian):
    own = {"actor": guanxian.bianban, "owner": guanxian.bianban.posts_held()[0].unit}
    application = guanxian.file(**own)
    with pytest.raises(Forbidden, match="自己"):
        guanxian.accepted(application)
    other = guanxian.county.user(Role.DUCHA)
    unit, since = own["owner"], moment("2020-01-01 00:00").date()
    Post.objects.create(user=other, unit=unit, role=Role.BIANBAN, since=since)
    other = type(other).objects.get(pk=other.pk)
    perform(application, "accept", actor=other, at=NOW)
    decide(guanxian, application, "research", "agree")
    with pytest.raises(Forbidden, match="自己"):
        decide(guanxian, application, "bianban", "agree")
    assert guanxian.stage(application, "bianban").state == "open"


@pytest.mark.django_db
def test_who_files_a_correction_does_not_review_it_either(guanxian):
    application = guanxian.file()
    perform(application, "return_for_correction", actor=guanxian.bianban, at=NOW, facts=REASON)
    both = guanxian.county.user(Role.SIFA)
    clerk = {"unit": guanxian.county.unit("县农业农村局"), "role": Role.DEPARTMENT_CLERK}
    Post.objects.create(user=both, since=moment("2020-01-01 00:00").date(), **clerk)
    both = type(both).objects.get(pk=both.pk)
    facts = guanxian.new_item() | guanxian.facts()
    perform(again(application), "resubmit", actor=both, at=NOW, facts=facts)
    guanxian.accepted(again(application))
    decide(guanxian, application, "research", "agree")
    with pytest.raises(Forbidden, match="自己"):
        decide(guanxian, application, "sifa", "agree", actor=both)


@pytest.mark.django_db
def test_a_dissolved_reviewing_unit_has_a_successor(guanxian):
    application = guanxian.accepted(guanxian.file())
    decide(guanxian, application, "research", "agree")
    stage = guanxian.stage(application, "sifa")
    with pytest.raises(StepClosed, match="无须移交"):
        perform(stage, "hand_over", actor=guanxian.bianban, at=NOW)
    old = stage.unit
    type(old).objects.filter(pk=old.pk).update(active=False)
    new = guanxian.county.user(Role.SIFA, "县公安局")
    with pytest.raises(Forbidden):
        perform(
            stage, "agree", actor=type(new).objects.get(pk=new.pk), at=NOW, facts={"opinion": "好"}
        )
    assert not Application.objects.visible_to(new).exists()
    moved = perform(stage, "hand_over", actor=guanxian.bianban, at=NOW)
    assert moved.unit == guanxian.county.unit("县公安局")
    assert moved.clocks.running().get().owed_by == moved.unit
    assert Application.objects.visible_to(new).get() == application
    perform(moved, "agree", actor=new, at=NOW, facts={"opinion": "合法"})


@pytest.mark.rule("GX-清单-04")
@pytest.mark.django_db
def test_a_post_that_nobody_holds_keeps_the_application_at_the_desk(guanxian):
    application = guanxian.file()
    guanxian.sifa.is_active = False
    guanxian.sifa.save()
    try:
        with pytest.raises(StepClosed, match="司法局合法性审查尚无人任职"):
            guanxian.accepted(application)
    finally:
        guanxian.sifa.is_active = True


@pytest.mark.django_db
def test_a_stale_page_decides_nothing(guanxian):
    application = guanxian.accepted(guanxian.file())
    stage = guanxian.stage(application, "research")
    decide(guanxian, application, "research", "agree")
    with pytest.raises((Stale, StepClosed)):
        perform(stage, "refuse", actor=guanxian.chief, at=NOW, version=stage.version, facts=REASON)


# ------------------------------------------------------------------ who sees what


@pytest.mark.django_db
def test_the_city_sees_what_has_reached_its_stage_and_nothing_else(guanxian):
    application = guanxian.file()
    guanxian.file(**guanxian.new_item("噪声治理"))
    city, other_city = guanxian.city_bianban, guanxian.city_sifa
    client = visit(city)

    def visible() -> int:
        return Application.objects.visible_to(city).count()

    guanxian.accepted(application)
    for name in ("research", "bianban", "sifa"):
        assert visible() == 0 and Stage.objects.visible_to(city).count() == 0
        assert client.get(address(application)).status_code == 404
        decide(guanxian, application, name, "agree")
    assert list(Application.objects.visible_to(city)) == [application]
    assert list(Application.objects.visible_to(other_city)) == [application]
    assert Cause.objects.visible_to(city).count() == 0
    assert Edition.objects.visible_to(city).count() == 0
    assert "噪声治理" not in client.get("/search/", {"q": "治理"}).content.decode()
    attachment = application.attachments.get()
    assert client.get(f"/attachments/{attachment.pk}/").status_code in (200, 302)
    hidden = Application.objects.exclude(pk=application.pk).get()
    url = f"/attachments/{hidden.attachments.get().pk}/"
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_counties_are_blind_to_each_other(guanxian, jiaoqu):
    application = guanxian.accepted(guanxian.file())
    for user in (jiaoqu.bianban, jiaoqu.chief, jiaoqu.sifa, jiaoqu.clerk, jiaoqu.meeting):
        for model in (Application, Cause, Stage):
            assert not model.objects.visible_to(user).filter(county=guanxian.row).exists()
        assert not Edition.objects.visible_to(user).filter(county=guanxian.row).exists()
        assert visit(user).get(address(application)).status_code == 404
        with pytest.raises(Forbidden):
            decide(guanxian, application, "research", "agree", actor=user)
    parties = Party.objects.filter(matter_type=Application.type(), matter_id=application.pk)
    assert not parties.filter(unit__county=jiaoqu.row).exists()


@pytest.mark.django_db
def test_an_item_of_another_county_cannot_be_named(guanxian, jiaoqu):
    theirs = jiaoqu.item("秸秆禁烧").pk
    for item in (theirs, "999999999", "x", ""):
        with pytest.raises(Invalid):
            guanxian.file(kind="remove", item=item)
    cause = jiaoqu.cause().pk
    with pytest.raises(Invalid):
        guanxian.file(cause=cause)


# ------------------------------------------------------------------ hostile texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field", ["new_name", "new_county_duty", "flow", "argument", "ground_text"]
)
@pytest.mark.parametrize(
    "value", ["\0", "\ud800", "x" * 20_001, ["a", "b"], {"a": 1}, 7, True],
    ids=["nul", "surrogate", "long", "list", "dict", "number", "true"],
)  # fmt: skip
def test_hostile_values_are_refused_or_kept_as_text(guanxian, field, value):
    """The door answers every value; what it takes is text, and what it keeps can be read again."""
    given = guanxian.new_item() | {field: value}
    try:
        application = guanxian.file(**given)
    except Invalid as refusal:
        assert refusal.form.errors
        return
    stored = again(application)
    assert all(isinstance(words, str) for words in stored.changes.values())
    assert guanxian.approved(stored).state == "approved"


@pytest.mark.django_db
def test_twenty_thousand_characters_pass_through_to_the_edition(guanxian):
    long = "负责" + "职" * 19_990
    application = guanxian.file(**guanxian.new_item(county_duty=long))
    edition = guanxian.put_out(guanxian.compose(guanxian.approved(application)))
    assert edition.revisions.get(name="扬尘治理").county_duty == long


@pytest.mark.django_db
def test_a_program_is_no_argument(guanxian):
    from django.utils.datastructures import MultiValueDict

    bad = SimpleUploadedFile("论证.pdf", b"MZ\x90\x00" + b"\0" * 200, "application/pdf")
    facts = guanxian.new_item() | guanxian.facts()
    with pytest.raises(Invalid):
        perform(
            guanxian.application(), "file", actor=guanxian.clerk, at=NOW, facts=facts,
            files=MultiValueDict({"files": [bad]}),
        )  # fmt: skip


@pytest.mark.django_db
def test_a_foreign_county_has_no_say(guanxian):
    foreign = County("丁县", "371528", "丁")
    stage = guanxian.stage(guanxian.accepted(guanxian.file()), "research")
    for role in (Role.COUNTY, Role.BIANBAN, Role.SYSADMIN):
        with pytest.raises(Forbidden):
            perform(stage, "agree", actor=foreign.user(role), at=NOW, facts={"opinion": "好"})
