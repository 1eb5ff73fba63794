"""The reviews in the order of the county's rulebook, and what ends them
(GX-清单-05, 23 to 25, 28; JQ-清单-05, 18 to 22; TX-准入-14).
"""

import pytest

from governance.models import Clock, Event
from governance.perform import perform
from governance.steps import Invalid, StepClosed
from tests.checklist.scene import NOW, REASON, Scene, again
from tests.governance.visiting import step, visit
from tests.hucall.doors import undone

pytestmark = pytest.mark.usefixtures("taken_back")


def open_names(application) -> list[str]:
    return [one.name for one in again(application).current().filter(state="open")]


# ------------------------------------------------------------------ 冠县


@pytest.mark.rule("GX-清单-23", "GX-清单-24", "GX-清单-25", "GX-清单-05")
@pytest.mark.django_db
def test_guanxian_in_the_order_of_its_article(guanxian):
    application = guanxian.accepted(guanxian.file())
    for group in (["research"], ["bianban", "sifa"], ["city_bianban", "city_sifa"], ["approve"]):
        assert open_names(application) == group
        for number, name in enumerate(group, start=1):
            guanxian.decide(application, name, "agree")
            if number < len(group):  # both are needed
                assert open_names(application) == group[number:]
        assert again(application).state == ("approved" if group == ["approve"] else "reviewing")
    assert open_names(application) == ["publish"]
    with pytest.raises(StepClosed, match="公布"):
        guanxian.decide(application, "publish", "agree")
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
    guanxian.decide(application, "research", "refuse")
    application = again(application)
    assert (application.state, application.reason) == ("refused", "县委、县政府研究同意:依据不足")
    assert open_names(application) == []
    assert again(application.cause).state == "settled"
    with pytest.raises(Invalid):  # a no has its reasons in writing
        other = guanxian.accepted(guanxian.file(**guanxian.new_item("噪声治理")))
        guanxian.decide(other, "research", "refuse", reason=" ")


@pytest.mark.rule("GX-清单-05", "JQ-清单-05")
@pytest.mark.parametrize("book", ["guanxian", "jiaoqu"])
@pytest.mark.django_db
def test_without_the_legal_opinion_nothing_goes_up(scenes, book):
    scene = scenes[book]
    application = scene.accepted(scene.file())
    if book == "guanxian":
        scene.decide(application, "research", "agree")
    with pytest.raises(Invalid):
        scene.decide(application, "sifa", "agree", opinion="")
    scene.decide(application, "bianban", "agree")
    assert open_names(application) == ["sifa"]
    scene.decide(application, "sifa", "agree", opinion="内容合法")
    assert "sifa" not in open_names(application)
    assert scene.stage(application, "sifa").opinion == "内容合法"


@pytest.mark.rule("GX-清单-24")
@pytest.mark.django_db
def test_what_the_city_refuses_is_not_approved(guanxian):
    application = guanxian.accepted(guanxian.file())
    for name in ("research", "bianban", "sifa"):
        guanxian.decide(application, name, "agree")
    guanxian.decide(application, "city_bianban", "refuse")
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
                jiaoqu.decide(application, "filing", "agree", document_number="")
            for how in ("refuse", "send_back"):  # what is approved is not refused by its clerk
                with pytest.raises(StepClosed, match="退回重报"):
                    jiaoqu.decide(application, "filing", how)
            with pytest.raises(Invalid, match="请改正"):  # nothing takes effect before
                jiaoqu.compose(again(application))
        for name in group:
            jiaoqu.decide(application, name, "agree")
    assert open_names(application) == ["publish"]
    assert jiaoqu.stage(application, "filing").document_number == "备〔2026〕3号"


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
                tongxin.decide(application, name, "agree")
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
    guanxian.decide(application, "research", "agree")
    guanxian.decide(application, "bianban", "agree")
    guanxian.decide(application, "sifa", "send_back")
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
    guanxian.decide(application, "research", "agree")
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
    guanxian.decide(application, "research", "agree")
    assert open_names(application) == ["bianban", "sifa"]
    later = guanxian.accepted(guanxian.file(**guanxian.new_item("噪声治理")))
    assert open_names(later) == ["approve"]


@pytest.mark.django_db
def test_chains_without_publication_and_with_filing_afterwards(guanxian):
    flow = [{"stage": "approve", "order": 1}]
    guanxian.county.amend(**{"adjust.flow": flow})
    application = guanxian.accepted(guanxian.file())
    guanxian.decide(application, "approve", "agree")
    guanxian.put_out(guanxian.compose(again(application)))
    assert again(application).state == "in_force"
    late = [*flow, {"stage": "publish", "order": 2}, {"stage": "filing", "order": 3}]
    guanxian.county.amend(**{"adjust.flow": late, "adjust.filing": "after_effect"})
    second = guanxian.approved(guanxian.file(**guanxian.new_item("噪声治理")))
    guanxian.put_out(guanxian.compose(second))
    assert again(second).state == "in_force"
    assert open_names(second) == ["filing"]
    with pytest.raises(StepClosed):
        guanxian.decide(second, "filing", "refuse")
    guanxian.decide(second, "filing", "agree")
    assert open_names(second) == []
    assert again(second).state == "in_force"
