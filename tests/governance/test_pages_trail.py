"""A matter's trail and the evidence paper: newest first, sealed, to each reader what is theirs."""

import pytest

from governance import evidence, presentation, trail
from governance.models import Event
from governance.opaque import hide
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.governance.matters import fresh, noted, tamper, with_file
from tests.governance.visiting import address, text_of, visit

pytestmark = pytest.mark.django_db


# -- the matter's address -------------------------------------------------------------------


def test_the_address_in_the_ledgers_leads_to_the_page(county):
    call = make.dispatched(county)
    part = make.part(call, county)
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    assert client.get(address(call)).headers["Location"] == call.get_absolute_url()
    assert client.get(address(part)).headers["Location"] == part.get_absolute_url()


# -- trail ----------------------------------------------------------------------------------


def test_a_trail_is_newest_first_with_files_at_their_event(county):
    part, row = with_file(county)
    found = presentation.trail_of(part.call, county.user(Role.TOWNSHIP_CLERK))
    assert found.events[0]["label"] == "登记进展"
    assert [file["name"] for file in found.events[0]["files"]] == ["现场.png"]
    assert found.events[0]["files"][0]["url"] == f"/attachments/{row.pk}/"
    assert not any(event["files"] for event in found.events[1:])
    assert found.more is None and found.more_url == ""


def test_a_long_trail_is_read_page_by_page_without_loss(county, monkeypatch):
    monkeypatch.setattr(presentation, "TRAIL_PAGE", 5)
    part = make.working(county)
    for number in range(11):
        noted(county, part, note=f"第{number}次")
    user = county.user(Role.TOWNSHIP_CLERK)
    total = Event.objects.of_file(part.call).readable_by(user).count()
    seen, more = [], None
    while True:
        page = presentation.trail_of(part.call, user, more)
        seen += [event["facts"] for event in page.events]
        noted(county, part, note="翻页时的新进展") if len(seen) == 5 else None
        if not page.more:
            break
        more = page.more
    assert len(seen) == total


@pytest.mark.parametrize("before", ["x", "-3", "0", "9" * 30, "１", None])
def test_nonsense_for_a_position_is_the_newest_page(county, before):
    part = make.working(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    expected = presentation.trail_of(part.call, user).events
    found = presentation.trail_of(part.call, user, before).events
    assert len(found) == len(expected)


def test_a_trail_costs_the_same_however_long_it_is(county, django_assert_num_queries):
    part = make.working(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    user.posts_held()
    call = fresh(part.call)
    with django_assert_num_queries(2):
        presentation.trail_of(call, user)
    for _ in range(9):
        noted(county, part)
    with django_assert_num_queries(2):
        presentation.trail_of(call, user)


@pytest.mark.rule("GX-呼应-16")
def test_ratings_and_internal_notes_are_not_in_a_strangers_trail(county):
    call = make.finished(county)
    part = make.part(call, county)
    rating = call.ratings.get()
    given = {"level": "dissatisfied", "reason": "路面两天后又塌了"}
    perform(rating, "rate", actor=county.user(Role.TOWNSHIP_CLERK), at=make.FILED, facts=given)
    handler, township = county.user(Role.DEPARTMENT_CLERK), county.user(Role.TOWNSHIP_CLERK)
    client = visit(handler)
    page = text_of(client.get(address(call, "trail/")))
    for words in ("不满意", "又塌了", "评价"):
        assert words not in page
    assert "又塌了" in text_of(visit(township).get(address(call, "trail/")))
    assert client.get(address(rating, "trail/")).status_code == 404
    assert client.get(address(rating)).status_code == 404
    labels = {event["label"] for event in presentation.trail_of(call, handler).events}
    assert labels and not labels & {"评价", "待评价"}
    assert part is not None


@pytest.mark.rule("GX-呼应-16")
def test_the_trail_page_is_the_same_whatever_was_rated(county):
    """Two worlds that differ in a rating alone look the same to the department."""
    seen = []
    for level, reason in (("satisfied", ""), ("dissatisfied", "又塌了")):
        call = make.finished(county, at=make.FILED)
        given = {"level": level, "reason": reason}
        rating = call.ratings.get()
        perform(rating, "rate", actor=county.user(Role.TOWNSHIP_CLERK), at=make.FILED, facts=given)
        handler = county.user(Role.DEPARTMENT_CLERK)
        events = presentation.trail_of(call, handler).events
        clocks = presentation.clocks_of(call, handler, make.FILED)
        keep = ("at", "text", "who", "clause", "facts", "tone")
        seen.append(
            (
                [{key: event[key] for key in keep} for event in events],
                [(clock["label"], clock["state"], clock["due"]) for clock in clocks],
            )
        )
    first, second = (str(one).replace("1号", "2号") for one in seen)
    assert first == second


# -- evidence -------------------------------------------------------------------------------


def test_the_paper_says_which_seals_agree(county):
    part = make.working(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    lines, left_out = evidence.chain(part.call, user)
    assert {line.seal for line in lines} == {"open"} and left_out == 0
    trail.seal()
    lines, _ = evidence.chain(part.call, user)
    assert {line.seal for line in lines} == {"good"}
    tamper(Event.objects.of_file(part.call).order_by("id")[1].pk)
    lines, _ = evidence.chain(part.call, user)
    assert [line.seal for line in lines].count("bad") == 1
    page = text_of(visit(user).get(address(part.call, "trail/")))
    assert "核验不一致 1 条" in page


def test_the_paper_names_who_was_told_and_who_acted_first(county):
    clerk = county.user(Role.DEPARTMENT_CLERK)
    part = make.working(county)
    notice = clerk.notices.get()
    visit(clerk).get(f"/inbox/{hide(notice.pk)}/")
    lines, _ = evidence.chain(part.call, county.user(Role.TOWNSHIP_CLERK))
    told = [one for line in lines for one in line.told if one["name"] == clerk.name]
    assert [one["unit"] for one in told] == ["县公安局"] and told[0]["read_at"]
    firsts = [one["label"] for one in evidence.firsts(lines)]
    assert firsts == ["提交呼叫", "派发", "报到"]


def test_the_paper_tells_nothing_of_ids_and_chain_numbers(county):
    part = make.working(county)
    trail.seal()
    page = text_of(visit(county.user(Role.DEPARTMENT_CLERK)).get(address(part.call, "trail/")))
    assert "第1条" not in page and "留痕编号" not in page
    assert "校验码" in page and "全部核验一致" in page


def test_the_paper_costs_the_same_however_long_the_trail(county, django_assert_num_queries):
    part = make.working(county)
    trail.seal()
    user = county.user(Role.TOWNSHIP_CLERK)
    user.posts_held()
    call = fresh(part.call)
    str(call.owner), str(call.county)
    with django_assert_num_queries(6):
        evidence.chain(call, user)
    for _ in range(7):
        noted(county, part)
    trail.seal()
    with django_assert_num_queries(6):
        evidence.chain(call, user)
