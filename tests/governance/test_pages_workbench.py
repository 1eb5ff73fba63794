"""The workbench, its lists and the inbox: what stands on whose desk, in which order."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from governance import notices, todo
from governance.models import Clock, Notice
from governance.opaque import hide
from governance.roles import Role
from governance.views import workbench
from hucall.models import Call
from tests.factories import hucall as make
from tests.factories.governance import County
from tests.governance.visiting import text_of, visit

pytestmark = pytest.mark.django_db

LATER = make.FILED + timedelta(minutes=10)


def steps_of(user, now=LATER) -> list[str]:
    """The labels on a person's desk, in order."""
    page = todo.page_of(todo.first_of_each(todo.mine(user)), user, now)
    return [item["step"] for item in page.items]


def awaited(user) -> list[str]:
    return [item["step"] for item in todo.page_of(todo.awaited(user), user, LATER).items]


# -- whose desk -----------------------------------------------------------------------------


def test_a_promise_stands_on_the_desk_of_those_who_can_keep_it(county):
    """The platform's clock is not every clerk's who sits in the same office."""
    make.filed(county)
    office = county.unit("县政府办")
    assert steps_of(county.user(Role.PLATFORM)) == ["核实派发"]
    assert steps_of(county.user(Role.DEPARTMENT_CLERK, office)) == []
    assert steps_of(county.user(Role.TOWNSHIP_CLERK)) == []


def test_a_department_sees_what_it_owes_and_what_its_agencies_owe(county):
    make.urgent(county, "清泉派出所", "县水利局")
    assert steps_of(county.user(Role.AGENCY_HEAD)) == ["报到"]
    assert steps_of(county.user(Role.DEPARTMENT_CLERK)) == ["报到"], "县公安局 stationed it"
    assert steps_of(county.user(Role.DEPARTMENT_CLERK, "县水利局")) == ["报到"]
    assert steps_of(county.user(Role.DEPARTMENT_LEADER, "县水利局")) == ["报到"]
    assert steps_of(county.user(Role.DEPARTMENT_CLERK, "县财政局")) == []


def test_of_several_promises_of_one_record_the_first_is_shown(county):
    part = make.part(make.urgent(county), county)
    assert part.clocks.running().count() == 3
    clerk = county.user(Role.DEPARTMENT_CLERK)
    assert steps_of(clerk) == ["报到"]
    make.sign_in(county, part, LATER)
    assert steps_of(clerk) == ["到场"]


def test_a_paused_promise_is_on_no_desk(county):
    part = make.working(county)
    part.clocks.running().update(paused_at=LATER, next_at=None)
    assert steps_of(county.user(Role.DEPARTMENT_CLERK)) == []
    assert awaited(county.user(Role.TOWNSHIP_CLERK)) == []


def test_a_township_waits_for_others(county):
    make.dispatched(county, assist=("县水利局",))
    assert sorted(set(awaited(county.user(Role.TOWNSHIP_CLERK)))) == ["办结", "报到"]
    assert awaited(county.user(Role.DEPARTMENT_CLERK)) == []
    assert awaited(county.user(Role.TOWNSHIP_CLERK, "贾镇")) == []


@pytest.mark.rule("GX-呼应-16")
def test_a_ratings_clock_is_on_the_townships_desk_and_no_handlers(county):
    make.finished(county)
    assert "评价" in steps_of(county.user(Role.TOWNSHIP_CLERK))
    for role in (Role.DEPARTMENT_CLERK, Role.DEPARTMENT_LEADER, Role.DUCHA):
        user = county.user(role)
        assert "评价" not in steps_of(user) + awaited(user)
        assert "评价" not in text_of(visit(user).get("/")).replace("考核评价", "")


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR])
def test_administrators_have_an_empty_desk(county, role):
    make.filed(county)
    user = county.user(role)
    assert steps_of(user) == [] and awaited(user) == []
    page = visit(user).get("/")
    assert page.status_code == 200 and make.CONTENT["title"] not in text_of(page)


def test_another_county_sees_nothing(county):
    make.dispatched(county)
    other = County("阳谷县", "371521", "阳")
    for role in (Role.PLATFORM, Role.DEPARTMENT_CLERK, Role.TOWNSHIP_CLERK):
        assert steps_of(other.user(role)) == [] and awaited(other.user(role)) == []


# -- order and words ------------------------------------------------------------------------


def test_what_is_due_first_stands_first_with_state_word_and_clause(county):
    make.filed(county, title="第二件", at=make.FILED + timedelta(hours=2))
    make.filed(county, title="第一件", at=make.FILED)
    page = visit(county.user(Role.PLATFORM)).get("/")
    text = text_of(page)
    assert text.index("第一件") < text.index("第二件")
    assert "已超期" in text and "/clauses/GX-" in text
    assert "2 件,其中 2 件已超期" in text


def test_the_counts_tell_late_and_today(county):
    platform = county.user(Role.PLATFORM)
    make.filed(county)
    clocks = todo.mine(platform)
    due = clocks.get().due_at
    before = todo.counts(clocks, due - timedelta(minutes=5))
    after = todo.counts(clocks, due + timedelta(minutes=5))
    assert before == {"total": 1, "late": 0, "today": 1}
    assert after == {"total": 1, "late": 1, "today": 0}


def test_a_title_is_text_and_nothing_else(county):
    make.filed(county, title="<script>alert(1)</script>井盖")
    text = text_of(visit(county.user(Role.PLATFORM)).get("/"))
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;井盖" in text


# -- pages ----------------------------------------------------------------------------------


def test_a_long_list_is_read_to_its_end_without_loss_or_repetition(county):
    for number in range(23):
        make.filed(county, title=f"第{number:02d}件", at=make.FILED)
    platform = county.user(Role.PLATFORM)
    client = visit(platform)
    first = client.get("/")
    assert len(first.context["items"]) == todo.PAGE and "更多待办" in text_of(first)
    rows, after, seen = todo.first_of_each(todo.mine(platform)), "", []
    while True:
        page = todo.page_of(rows, platform, LATER, after, size=5)
        seen += [item["title"] for item in page.items]
        if not page.more:
            break
        after = page.more
    assert len(seen) == len(set(seen)) == 23
    second = client.get(f"/tasks/mine/?after={first.context['more']}")
    assert len(second.context["items"]) == 3


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "-",
        "1-",
        "9" * 40 + "-1",
        "1-" + "9" * 40,
        "１-１",
        "\0",
        "1-" + "f" * 16,
        "9" * 16 + "-" + "0" * 16,
    ],
)
def test_a_cursor_that_is_none_begins_at_the_beginning(county, after):
    make.filed(county)
    page = visit(county.user(Role.PLATFORM)).get("/tasks/mine/", {"after": after})
    assert page.status_code == 200 and len(page.context["items"]) <= 1


def test_a_cursor_does_not_count_confidential_clocks(county):
    """Numbers of rows that others may not read are nowhere in an address (GX-呼应-16)."""
    make.filed(county)
    clock = Clock.objects.get()
    assert str(clock.pk) != todo.cursor(clock).partition("-")[2].lstrip("0")
    assert todo.read_cursor(todo.cursor(clock)) == (clock.due_at, clock.pk)


def test_an_unknown_list_is_404(county):
    assert visit(county.user(Role.PLATFORM)).get("/tasks/everything/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/tasks/mine/", "/tasks/waiting/"])
def test_the_number_of_queries_does_not_grow(county, path, django_assert_max_num_queries):
    for _ in range(2):
        make.dispatched(county, assist=("县水利局",))
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    client.get(path)
    with django_assert_max_num_queries(30) as few:
        client.get(path)
    for _ in range(6):
        make.dispatched(county, assist=("县水利局",))
        make.finished(county)
    with django_assert_max_num_queries(30) as many:
        client.get(path)
    assert len(many) - len(few) <= 1, "one more kind of matter may be read, no more rows"


# -- what the apps offer --------------------------------------------------------------------


@pytest.fixture
def desk(monkeypatch):
    """One app's module `workbench`, in place of all that are installed."""
    desk = SimpleNamespace()
    monkeypatch.setattr(todo, "desks", lambda: (desk,))
    return desk


def test_an_app_may_offer_rows_without_clock_and_figures(county, desk):
    row = {"step": "提交", "title": "草稿一件", "url": "/x/", "word": "草稿"}
    desk.waiting_for = lambda user: [row]
    desk.figures = lambda user: [{"label": "本月发起", "value": 23, "unit": "件"}]
    text = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get("/"))
    assert "草稿一件" in text and "其他待办" in text and "本月发起" in text


@pytest.mark.parametrize(
    "entry",
    [
        ("推算时限", "deadlines", [Role.TOWNSHIP_CLERK]),
        {"label": "推算时限", "url_name": "deadlines", "roles": [Role.TOWNSHIP_CLERK]},
    ],
)
def test_the_buttons_to_begin_are_for_their_roles(county, desk, entry):
    desk.starts = [entry, ("没有的页", "nowhere", [])]
    clerk, police = county.user(Role.TOWNSHIP_CLERK), county.user(Role.DEPARTMENT_CLERK)
    assert [one["label"] for one in workbench.starts(clerk)] == ["推算时限"]
    assert workbench.starts(police) == []
    assert "推算时限</a>" in text_of(visit(clerk).get("/"))


# -- inbox ----------------------------------------------------------------------------------


def told(user, number: int, url="/deadlines/", **fields) -> Notice:
    return Notice.objects.create(
        recipient=user,
        dedupe=f"test:{number}",
        title=f"通知{number:03d}",
        url=url,
        created_at=timezone.now(),
        **fields,
    )


def test_a_notice_opens_its_matter_and_counts_as_read(county):
    user = county.user(Role.PLATFORM)
    make.filed(county)
    row = user.notices.get()
    client = visit(user)
    assert notices.unread(user) == 1
    answer = client.get(f"/inbox/{hide(row.pk)}/")
    assert answer.headers["Location"] == Call.objects.get().get_absolute_url()
    assert notices.unread(user) == 0


def test_nobody_reads_or_marks_another_ones_notice(county):
    row = told(county.user(Role.PLATFORM), 1)
    stranger = county.user(Role.DUCHA)
    client = visit(stranger)
    assert client.get(f"/inbox/{hide(row.pk)}/").status_code == 404
    client.post("/inbox/read/", {"pick": [hide(row.pk)]})
    client.post("/inbox/read/", {"all": "1"})
    assert Notice.objects.get(pk=row.pk).read_at is None
    assert "通知001" not in text_of(client.get("/inbox/"))


def test_marking_some_and_all(county):
    user = county.user(Role.PLATFORM)
    rows = [told(user, number) for number in range(4)]
    client = visit(user)
    client.post("/inbox/read/", {"pick": [hide(rows[0].pk), hide(rows[1].pk), "x", "9" * 40]})
    assert notices.unread(user) == 2
    answer = client.post("/inbox/read/", {"all": "1", "next": "//evil.example/"})
    assert notices.unread(user) == 0 and answer.headers["Location"] == "/inbox/"
    assert client.get("/inbox/read/").status_code == 405


def test_the_inbox_is_read_page_by_page_and_filtered(county):
    user = county.user(Role.PLATFORM)
    for number in range(53):
        told(user, number)
    client = visit(user)
    first = client.get("/inbox/")
    assert len(first.context["rows"]) == 50 and first.context["rows"][0]["title"] == "通知052"
    second = client.get(f"/inbox/{first.context['next_url']}")
    assert [row["title"] for row in second.context["rows"]] == ["通知002", "通知001", "通知000"]
    notices.mark_read(user)
    assert "没有未读通知" in text_of(client.get("/inbox/?show=unread"))
    for odd in ("x", "-1", "9" * 40):
        assert client.get("/inbox/", {"before": odd}).status_code == 200


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""]
)
def test_a_notice_never_leads_elsewhere(county, url):
    user = county.user(Role.PLATFORM)
    row = told(user, 1, url=url)
    assert visit(user).get(f"/inbox/{hide(row.pk)}/").headers["Location"] == "/inbox/"


def test_a_new_notice_shows_in_the_frame(county):
    user = county.user(Role.PLATFORM)
    told(user, 1)
    assert "1 条未读" in text_of(visit(user).get("/"))


def test_a_finished_promise_leaves_the_desk(county):
    call = make.filed(county)
    platform = county.user(Role.PLATFORM)
    assert steps_of(platform) == ["核实派发"]
    make.dispatched(county, call=call)
    assert "核实派发" not in steps_of(platform)
    assert Clock.objects.filter(name="verify", met_at=None).count() == 0
