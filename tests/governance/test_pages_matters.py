"""Trail and evidence, attachments, clocks, search: who gets what of a matter."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from governance import calendars, clocks, evidence, presentation, trail
from governance.models import Attachment, Clock, Event
from governance.opaque import hide
from governance.perform import perform
from governance.roles import Role
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.governance.visiting import address, text_of, visit

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def county():
    load_calendar()
    return County()


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def noted(county, part, at=make.FILED, audience="shared", **given):
    """A note of the part's clerk, with files perhaps."""
    clerk = county.user(Role.DEPARTMENT_CLERK, part.unit)
    files = given.pop("files", None)
    facts = {"audience": audience, "note": given.get("note", "进展")}
    return perform(
        fresh(part), "note", actor=clerk, at=at, facts=facts, files=files and {"files": files}
    )


def got(user, row, tail=""):
    """The answer to somebody who asks for an attachment, read to its end."""
    answer = visit(user).get(f"/attachments/{row.pk}/{tail}")
    answer.body = answer.getvalue() if answer.streaming else answer.content
    return answer


def with_file(county, name="现场.png", content=PNG, audience="shared"):
    """An attachment of a note on a part that is under way."""
    part = make.working(county)
    noted(county, part, audience=audience, files=SimpleUploadedFile(name, content))
    return part, Attachment.objects.get()


def office_file() -> bytes:
    """The smallest thing that passes for a Word file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


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


def tamper(pk: int) -> None:
    """What a database administrator could do behind the triggers' back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE governance_event SET summary = '改' WHERE id = %s", [pk])
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name = 'governance_event'"
        )
        guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute("UPDATE governance_event SET summary = '改' WHERE id = %s", [pk])
        for _, sql in guards:
            cursor.execute(sql)


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


# -- attachments ----------------------------------------------------------------------------


def test_a_picture_opens_and_is_tied_down(county):
    _, row = with_file(county, "现场 照片.png")
    answer = got(county.user(Role.TOWNSHIP_CLERK), row)
    assert answer.status_code == 200 and answer.body == PNG
    heads = answer.headers
    assert heads["Content-Type"] == "image/png"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in heads["Cache-Control"]
    name = "%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87.png"
    assert heads["Content-Disposition"] == f"inline; filename*=utf-8''{name}"


def test_a_document_is_saved_under_its_name(county):
    _, row = with_file(county, "方案.docx", office_file())
    answer = got(county.user(Role.TOWNSHIP_CLERK), row)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_a_pdf_opens_and_is_saved_on_request(county):
    _, row = with_file(county, "批复.pdf", PDF)
    user = county.user(Role.TOWNSHIP_CLERK)
    opened, saved = got(user, row), got(user, row, "?download")
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_an_attachment_is_for_those_who_may_see_its_matter(county):
    _, row = with_file(county)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.DEPARTMENT_CLERK, "县水利局"),
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        other.user(Role.PLATFORM),
    ):
        assert got(user, row).status_code == 404
    assert got(None, row).status_code == 302
    assert got(county.user(Role.DUCHA), row).status_code == 200


def test_a_file_of_an_internal_note_stays_inside(county):
    part, row = with_file(county, audience="internal")
    assert got(county.user(Role.DEPARTMENT_LEADER), row).status_code == 200
    for role in (Role.TOWNSHIP_CLERK, Role.PLATFORM, Role.DUCHA):
        assert got(county.user(role), row).status_code == 404
        assert row.name not in text_of(visit(county.user(role)).get(address(part.call, "trail/")))


def test_access_ends_with_the_post(county):
    _, row = with_file(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    assert got(user, row).status_code == 200
    user.posts.update(active=False)
    assert got(county.user(Role.TOWNSHIP_CLERK), row).status_code in (302, 404)


def test_a_lost_file_and_a_number_that_is_none_are_404(county):
    _, row = with_file(county)
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    row.file.storage.delete(row.file.name)
    assert client.get(f"/attachments/{row.pk}/").status_code == 404
    assert client.get(f"/attachments/{10**25}/").status_code == 404


# -- clocks ---------------------------------------------------------------------------------


def finish_clock(part) -> Clock:
    return part.clocks.get(name="finish")


def test_a_clock_is_explained_day_by_day(county):
    part = make.working(county, at=moment("2026-09-21 10:00"))
    clock = finish_clock(part)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get(f"/clocks/{hide(clock.pk)}/why/"))
    assert "中秋节放假" in page and "起算日不计" in page
    assert "2026年9月29日(周二) 17:30" in page
    assert "5个工作日" in page and "开始计时" in page


def test_the_receipt_names_who_approved_an_extension(county):
    part = make.working(county, at=moment("2026-11-10 09:00"))
    leader, platform = county.user(Role.DEPARTMENT_LEADER), county.user(Role.PLATFORM)
    at = moment("2026-11-11 09:00")
    given = {"reason": "管线交叉,须先改迁", "workdays": 3}
    asked = perform(fresh(part), "request_extension", actor=leader, at=at, facts=given)
    perform(asked, "grant_extension", actor=platform, at=at + timedelta(hours=2))
    clock = finish_clock(part)
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    for tail in ("", "?print"):
        page = text_of(client.get(f"/clocks/{hide(clock.pk)}/why/{tail}"))
        assert "延长" in page and platform.name in page and "同意延期" in page
        assert "2026年11月20日(周五) 17:30" in page
        assert "登记的" not in page, "the days shown lead to the date that stands"


def test_a_paused_clock_is_explained_from_where_it_went_on(county):
    part = make.working(county, at=moment("2026-11-10 09:00"))
    clock = finish_clock(part)
    calendar = calendars.for_county(county.row)
    clocks.pause(clock, moment("2026-11-11 10:00"), calendar)
    clocks.resume(clock, moment("2026-11-23 09:00"), calendar)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get(f"/clocks/{hide(clock.pk)}/why/"))
    assert "恢复计时后" in page and "登记的" not in page


def test_a_clock_is_for_readers_of_its_matter(county):
    part = make.working(county)
    clock = finish_clock(part)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SECADMIN),
        other.user(Role.DUCHA),
    ):
        assert visit(user).get(f"/clocks/{hide(clock.pk)}/why/").status_code == 404


@pytest.mark.rule("GX-呼应-16")
def test_the_clock_of_a_rating_is_not_for_the_rated(county):
    call = make.finished(county)
    clock = call.ratings.get().clocks.get()
    for role, status in ((Role.DEPARTMENT_CLERK, 404), (Role.DUCHA, 404), (Role.PLATFORM, 200)):
        assert visit(county.user(role)).get(f"/clocks/{hide(clock.pk)}/why/").status_code == status
    handler = county.user(Role.DEPARTMENT_CLERK)
    labels = {one["label"] for one in presentation.clocks_of(call, handler)}
    assert clock.label not in labels
    assert clock.label not in text_of(visit(handler).get(address(call, "trail/")))


# -- search ---------------------------------------------------------------------------------


def test_two_signs_find_a_word_inside_a_sentence(county):
    make.filed(county)
    page = text_of(visit(county.user(Role.TOWNSHIP_CLERK)).get("/search/", {"q": "塌陷"}))
    assert "集市东口道路<mark>塌陷</mark>" in page


def test_search_finds_only_what_the_reader_may_see(county):
    make.dispatched(county)
    other = County("阳谷县", "371521", "阳")
    for user in (
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
        county.user(Role.SYSADMIN),
        other.user(Role.PLATFORM),
    ):
        page = text_of(visit(user).get("/search/", {"q": "道路塌陷"}))
        assert "没有找到" in page and make.CONTENT["title"] not in page


def test_many_hits_come_page_by_page(county):
    for number in range(34):
        make.filed(county, title=f"第{number:02d}处路灯不亮")
    client = visit(county.user(Role.TOWNSHIP_CLERK))
    first = text_of(client.get("/search/", {"q": "路灯"}))
    assert first.count("处<mark>路灯</mark>不亮") == 5 and "更多呼叫" in first
    kind = make.filed(county).type().pk
    page = client.get("/search/", {"q": "路灯", "kind": kind})
    seen = text_of(page).count("处<mark>路灯</mark>不亮")
    assert seen == 30
    more = page.context["groups"][0]["more_url"]
    assert text_of(client.get(more)).count("处<mark>路灯</mark>不亮") == 4


@pytest.mark.parametrize(
    "words", ["", " ", "'", '"', "*", "%_", "\0", "a" * 5000, "((", "AND OR NOT", "𰻝", "<script>"]
)
def test_odd_words_are_answered(county, words):
    make.filed(county)
    user = county.user(Role.TOWNSHIP_CLERK)
    page = visit(user).get("/search/", {"q": words, "kind": words, "before": words})
    assert page.status_code == 200
    assert "<script>" not in text_of(page).replace("<script src", "")
