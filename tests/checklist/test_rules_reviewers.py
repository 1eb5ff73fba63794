"""Who receives and reviews an application, and who sees what of it (GX-清单-04; decision 37)."""

import pytest

from checklist.models import Application, Cause, Edition
from governance.models import Party, Post, Stage
from governance.perform import perform
from governance.roles import Role
from governance.steps import Forbidden, Invalid, Stale, StepClosed
from tests.checklist.scene import NOW, REASON, again
from tests.factories.governance import County, moment
from tests.governance.visiting import address, visit

pytestmark = pytest.mark.usefixtures("taken_back")


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
    guanxian.decide(application, "research", "agree")
    with pytest.raises(Forbidden, match="自己"):
        guanxian.decide(application, "bianban", "agree")
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
    guanxian.decide(application, "research", "agree")
    with pytest.raises(Forbidden, match="自己"):
        guanxian.decide(application, "sifa", "agree", actor=both)


@pytest.mark.django_db
def test_a_dissolved_reviewing_unit_has_a_successor(guanxian):
    application = guanxian.accepted(guanxian.file())
    guanxian.decide(application, "research", "agree")
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
    guanxian.decide(application, "research", "agree")
    with pytest.raises((Stale, StepClosed)):
        perform(stage, "refuse", actor=guanxian.chief, at=NOW, version=stage.version, facts=REASON)


@pytest.mark.django_db
def test_a_foreign_county_has_no_say(guanxian):
    foreign = County("丁县", "371528", "丁")
    stage = guanxian.stage(guanxian.accepted(guanxian.file()), "research")
    for role in (Role.COUNTY, Role.BIANBAN, Role.SYSADMIN):
        with pytest.raises(Forbidden):
            perform(stage, "agree", actor=foreign.user(role), at=NOW, facts={"opinion": "好"})


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
        guanxian.decide(application, name, "agree")
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
            guanxian.decide(application, "research", "agree", actor=user)
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
