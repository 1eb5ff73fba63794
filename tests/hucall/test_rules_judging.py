"""Rating by the township and callback by the platform: every part, in words, once."""

import pytest

from governance import sweep
from governance.models import Clock, Event, Notice
from governance.roles import Role
from hucall.models import Callback, CallbackAnswer, Rating
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.scene import People, clock, closed, do, fresh, invalid, not_allowed, told

pytestmark = pytest.mark.django_db
BAD = {"level": "dissatisfied", "reason": "坑洼仍在"}
ANSWERS = {"caller_level": "dissatisfied", "caller_words": "没修好", "note": "电话回访"}


@pytest.fixture
def county():
    load_calendar()
    county = County()
    county.amend(**{"call.callback_share": 0})
    return county


@pytest.fixture
def people(county):
    return People(county)


@pytest.fixture
def rating(county, people):
    return make.finished(county).ratings.get()


# ------------------------------------------------------------------ rating (三)


@pytest.mark.rule("GX-呼应-15", "TA-16")
def test_every_part_is_rated_by_itself(county, people):
    call = make.dispatched(county, assist=["县住建局"], copy=["县委宣传部"])
    lead = make.sign_in(county, make.part(call, county))
    make.finish(county, make.sign_in(county, make.part(call, county, "县住建局")))
    make.finish(county, lead)
    rows = call.ratings.select_related("response__unit")
    assert {str(row.response.unit): row.state for row in rows} == {
        "县公安局": "pending",
        "县住建局": "pending",
    }


@pytest.mark.rule("GX-呼应-15")
def test_the_township_has_five_working_days(county, people, rating):
    due = clock(rating, "rating")
    assert (str(due.owed_by), due.due_at) == ("清泉街道", moment("2026-11-17 17:30"))
    rating = do(rating, "rate", people.leader, "2026-11-12 10:00", level="satisfied")
    assert (rating.state, rating.rated_at) == ("rated", moment("2026-11-12 10:00"))
    assert clock(rating, "rating").met_at == moment("2026-11-12 10:00")


@pytest.mark.rule("GX-呼应-15")
def test_only_the_township_that_called_rates(county, people, rating):
    others = [
        *(people.platform, people.police, people.police_leader, people.ducha, people.county),
        *(county.user(Role.TOWNSHIP_CLERK, "贾镇"), people.village, None),
    ]
    not_allowed(rating, "rate", *others, level="satisfied")
    assert fresh(rating).state == "pending"


@pytest.mark.rule("GX-呼应-15", "TA-16")
@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, {"level"}),
        ({"level": "很好"}, {"level"}),
        ({"level": "mostly"}, {"reason"}),
        ({"level": "dissatisfied", "reason": "  "}, {"reason"}),
    ],
)
def test_below_satisfied_a_reason_is_given(county, people, rating, facts, fields):
    assert set(invalid(rating, "rate", people.clerk, **facts)) == fields


@pytest.mark.rule("GX-呼应-15")
def test_a_rating_is_given_once_and_nobody_overwrites_it(county, people, rating):
    do(rating, "rate", people.clerk, level="mostly", reason="略慢")
    closed(rating, "rate", people.leader, level="satisfied")
    assert fresh(rating).level == "mostly"


def test_nothing_is_rated_before_it_is_finished(county, people):
    make.working(county)
    assert not Rating.objects.exists()


@pytest.mark.rule("GX-呼应-15")
def test_an_overdue_rating_reminds_the_township_alone(county, people, rating):
    sweep.sweep(moment("2026-11-23 09:00"))
    assert clock(rating, "rating").level == 1  # 不再上报:知情者只有乡镇和平台
    told_of = {notice.recipient for notice in Notice.objects.filter(title__startswith="评价")}
    assert told_of == {people.clerk, people.platform}


# ------------------------------------------------------------------ who may know (三)


@pytest.mark.rule("GX-呼应-16")
def test_township_and_platform_see_ratings_and_nobody_else(county, people, rating):
    do(rating, "rate", people.clerk, **BAD)
    for user in (people.clerk, people.leader, people.platform):
        assert Rating.objects.visible_to(user).get() == rating
        assert Event.objects.of(rating).readable_by(user).exists()
    foreign = People(County("郊区", "230811", "郊", "jiaoqu-2022"))
    others = [
        *(people.police, people.police_leader, people.ducha, people.jiwei, people.bianban),
        *(people.county, people.village, people.head, county.user(Role.KAOHE)),
        *(county.user(Role.SYSADMIN), county.user(Role.AUDITOR), county.user(Role.SECADMIN)),
        *(foreign.platform, foreign.clerk),
    ]
    for user in others:
        assert not Rating.objects.visible_to(user).exists(), user
        assert not Callback.objects.visible_to(user).exists(), user
        assert not Event.objects.of(rating).readable_by(user).exists(), user
        assert not Clock.objects.of(rating).readable_by(user).exists(), user


@pytest.mark.rule("GX-呼应-16")
def test_a_clerk_of_the_office_who_is_no_platform_operator_learns_nothing(county, people):
    """县政府办 is the desk's home and may itself be called; its clerks are then the rated ones."""
    call = make.dispatched(county, lead="县政府办")
    part = make.finish(county, make.sign_in(county, make.part(call, county, "县政府办")))
    do(call.ratings.get(), "rate", people.clerk, **BAD)
    callback = Callback.objects.get()
    do(callback, "record", people.platform, **ANSWERS)
    clerk = people.of("县政府办")
    assert type(part).objects.visible_to(clerk).get() == part
    for matter in (call.ratings.get(), callback):
        assert not Event.objects.of(matter).readable_by(clerk).exists()
        assert not Clock.objects.of(matter).readable_by(clerk).exists()


@pytest.mark.rule("GX-呼应-16")
def test_a_callback_lets_no_unit_into_the_file(county, people, rating):
    units = set(rating.call.parties.values_list("unit", flat=True))
    do(rating, "rate", people.clerk, **BAD)
    assert set(rating.call.parties.values_list("unit", flat=True)) == units


@pytest.mark.rule("GX-呼应-16")
def test_a_rating_changes_nothing_that_a_department_can_see(county, people, rating):
    call, part = fresh(rating.call), fresh(rating.response)
    do(rating, "rate", people.clerk, **BAD)
    for before in (call, part):
        after = fresh(before)
        assert (after.version, after.state) == (before.version, before.state)
    assert told(people.police)[-1].startswith("新的呼叫待报到")


# ------------------------------------------------------------------ callback


@pytest.mark.rule("GX-呼应-05", "TA-16")
def test_every_dissatisfied_word_is_called_back_and_the_platform_learns_at_once(
    county, people, rating
):
    do(rating, "rate", people.clerk, **BAD)
    callback = Callback.objects.get()
    due = clock(callback, "callback")
    assert (callback.state, str(due.owed_by)) == ("pending", "县政府办")
    assert due.due_at == moment("2026-11-13 17:30")  # 周二 + 3 个工作日
    assert "收到不满意评价:集市东口道路塌陷" in told(people.platform)
    assert "办件待回访:集市东口道路塌陷" in told(people.platform)


@pytest.mark.rule("GX-呼应-05")
@pytest.mark.parametrize(("share", "count"), [(0, 0), (100, 3)])
def test_of_the_rest_a_share_is_called_back(county, people, share, count):
    if share:
        county.amend(**{"call.callback_share": share})
    for level, reason in (("satisfied", ""), ("mostly", "略慢"), ("satisfied", "")):
        rating = make.finished(county).ratings.get()
        do(rating, "rate", people.clerk, level=level, reason=reason)
    assert Callback.objects.count() == count


@pytest.mark.rule("GX-呼应-05")
def test_the_platform_asks_caller_and_people_served_and_notes_who_was_not_reached(
    county, people, rating
):
    do(rating, "rate", people.clerk, **BAD)
    callback = Callback.objects.get()
    not_allowed(callback, "record", people.clerk, people.police, people.ducha, **ANSWERS)
    assert set(invalid(callback, "record", people.platform)) == {"caller_level", "note"}
    facts = ANSWERS | {"served_level": "unreached"}
    callback = do(callback, "record", people.platform, "2026-11-12 10:00", **facts)
    assert (callback.state, callback.done_at) == ("done", moment("2026-11-12 10:00"))
    answers = list(
        CallbackAnswer.objects.order_by("who").values_list("who", "reached", "level", "words")
    )
    assert answers == [("caller", True, "dissatisfied", "没修好"), ("served", False, "", "")]
    closed(callback, "record", people.platform, **ANSWERS)


def test_a_callback_that_nobody_made_ends_with_the_archive(county, people, rating):
    from governance.tasks import fire

    do(rating, "rate", people.clerk, **BAD)
    at = moment("2026-11-24 17:30")
    sweep.sweep(at)
    fire(at)
    assert Callback.objects.get().state == "lapsed"
    assert not Clock.objects.of_file(fresh(rating.call)).running().exists()
