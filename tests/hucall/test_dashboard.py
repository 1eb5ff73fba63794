"""Dashboards: whose figures, behind which links, and what a department can never tell (T2)."""

import io

import openpyxl
import pytest
import time_machine
from django.test import Client

from governance.perform import perform
from governance.roles import Role
from hucall import boards, digests, periods
from hucall.models import Digest
from hucall.views import dashboard
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.test_statistics import done, rate, rated

URL = "/hucall/dashboard/"
NOW = moment("2026-12-03 10:00")
TOWNS = ("清泉街道", "贾镇", "柳林镇", "北馆陶镇", "东古城镇", "万善乡")


@pytest.fixture
def county(db):
    load_calendar()
    return County()


@pytest.fixture(autouse=True)
def _december():
    with time_machine.travel(NOW, tick=False):
        yield


def client(user) -> Client:
    visitor = Client()
    visitor.force_login(user)
    return visitor


def page(county, role, unit="", **query):
    return client(county.user(role, unit)).get(URL, query)


def sections(response) -> dict:
    return {one.name: one for one in response.context["sections"]}


def words(rows) -> list[list]:
    return [[boards.plain(cell) for cell in row] for row in rows]


# ------------------------------------------------------------------ the county


def test_the_county_by_hand(county):
    """Two calls: one finished in time, one never signed in and by now overdue."""
    make.finished(county)
    make.dispatched(county)
    response = page(county, Role.COUNTY)
    assert response.status_code == 200
    found = sections(response)
    rates = words(found["rates"].rows)[0]
    assert rates == [
        *("县公安局", "2", "50.00%(1/2)", "50.00%(1/2)", "50.00%(1/2)", "50.00%(1/2)"),
        *("1", "1", "0", "0", "0", "0"),
    ]
    weeks = {row[0]: row[1] for row in found["weeks"].rows}
    assert weeks["2026-11-09"] == "2"
    assert sum(map(int, weeks.values())) == 2
    towns = {row[0]: row[1:] for row in words(found["towns"].rows)}
    assert towns["清泉街道"] == ["2", "0", "1", "0", "0"]
    heat = found["heat"].heat
    assert heat["rows"][0]["cells"][0]["value"] == 2
    assert [row[0]["note"] for row in found["oldest"].rows] == ["冠呼〔2026〕2号"]
    assert "数据截至" in response.content.decode()


def test_each_figure_leads_to_the_list_behind_it(county):
    make.dispatched(county)
    visitor = client(county.user(Role.PLATFORM))
    response = visitor.get(URL)
    links = [
        cell["url"]
        for section in response.context["sections"]
        for row in section.rows
        for cell in row
        if isinstance(cell, dict) and cell.get("url")
    ]
    links += [
        cell["url"] for row in sections(response)["heat"].heat["rows"] for cell in row["cells"]
    ]
    links += [one["url"] for one in response.context["stats"] if one.get("url")]
    assert len(set(links)) > 10
    for link in sorted(set(filter(None, links))):
        assert visitor.get(link.split("#")[0]).status_code == 200, link


def test_suspended_stays_in_sight_with_its_condition(county):
    part = make.working(county)
    facts = {"reason": "待规划批复", "condition": "批复下达", "review_on": "2026-12-01"}
    leader = county.user(Role.DEPARTMENT_LEADER)
    part = perform(part, "request_suspension", actor=leader, at=make.FILED, facts=facts)
    perform(part, "grant_suspension", actor=county.user(Role.PLATFORM), at=make.FILED)
    found = sections(page(county, Role.KAOHE))
    row = words(found["suspended"].rows)[0]
    assert row == ["集市东口道路塌陷", "县公安局", "批复下达", "2026-12-01(已到复核日)"]
    assert words(found["rates"].rows)[0][1] == "0"


def test_every_section_is_a_workbook_of_the_same_rows(county):
    make.dispatched(county)
    visitor = client(county.user(Role.PLATFORM))
    for section in visitor.get(URL).context["sections"]:
        answer = visitor.get(URL, {"sheet": section.name})
        assert answer["Cache-Control"] == "no-store"
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert "截至" in rows[0][0]
        assert [cell for cell in rows[1] if cell] == [one["label"] for one in section.columns]
        assert len(rows) - 2 == len(section.rows)
    assert visitor.get(URL, {"sheet": "secrets"}).status_code == 404


@pytest.mark.parametrize("text", ["2026-11", "2026", "", "2026-13", "abc", "1900", "2199-01", "'"])
def test_any_period_in_the_address_is_answered(county, text):
    assert page(county, Role.COUNTY, period=text).status_code == 200


def test_hostile_names_are_inert(county):
    make.dispatched(county, call=make.filed(county, title="<script>alert(1)</script>{{ 7*7 }}"))
    body = page(county, Role.PLATFORM).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in body


# ------------------------------------------------------------------ who sees what


SEES = {
    Role.PLATFORM: {"satisfaction", "pairs", "rates", "towns"},
    Role.KAOHE: {"satisfaction", "rates", "towns"},
    Role.BIANBAN: {"satisfaction", "rates", "towns"},
    Role.COUNTY: {"satisfaction", "rates", "towns"},
    Role.DUCHA: {"satisfaction", "rates", "towns"},
    Role.JIWEI: {"rates", "towns"},
    Role.DEPARTMENT_CLERK: {"satisfaction"},
    Role.DEPARTMENT_LEADER: {"satisfaction"},
    Role.TOWNSHIP_CLERK: {"ratings"},
    Role.TOWNSHIP_LEADER: {"ratings"},
}
GUARDED = {"satisfaction", "pairs", "rates", "towns", "ratings"}


@pytest.mark.rule("GX-呼应-16")
@pytest.mark.parametrize("role", SEES)
def test_who_sees_which_figure(county, role):
    """Decision 11, role by role."""
    rated(county, "清泉街道")
    assert set(sections(page(county, role))) & GUARDED == SEES[role]


@pytest.mark.parametrize("role", [Role.VILLAGE_CLERK, Role.AGENCY_HEAD, Role.SIFA, Role.SYSADMIN])
def test_others_have_no_dashboard(county, role):
    assert page(county, role).status_code in (302, 403)  # administrators: second factor first


def test_a_township_sees_itself_alone(county):
    rated(county, "清泉街道", "dissatisfied")
    rated(county, "贾镇", "mostly")
    response = page(county, Role.TOWNSHIP_CLERK, "贾镇")
    found = sections(response)
    assert response.context["stats"][0]["value"] == 1
    assert found["ratings"].rows[:3] == [["满意", "0"], ["基本满意", "1"], ["不满意", "0"]]
    assert [line["label"] for line in found["heat"].heat["rows"]] == ["贾镇"]
    assert "清泉街道" not in response.content.decode().replace("清泉街道经办", "")


def test_county_leaders_see_no_live_satisfaction(county):
    """What was said in December is not to be had before December is over."""
    for town in TOWNS:
        rated(county, town, at=moment("2026-12-02 09:00"))
    rows = words(sections(page(county, Role.COUNTY))["satisfaction"].rows)
    assert rows == []
    with time_machine.travel(moment("2027-01-04 09:00"), tick=False):
        rows = words(sections(page(county, Role.COUNTY, period="2026"))["satisfaction"].rows)
    assert rows == [
        ["县公安局", "6", "6", "0", "0", "100.00%"],
        ["全县", *"66"[:1], "6", "0", "0", "100.00%"],
    ]


def test_a_small_group_is_withheld_and_nothing_gives_it_away(county):
    """Four townships have rated: neither the department nor the sum is shown."""
    for town in TOWNS[:4]:
        rated(county, town)
    rows = words(sections(page(county, Role.COUNTY))["satisfaction"].rows)
    assert rows == [["县公安局", *["样本不足"] * 5]]


def test_a_batch_stands_whatever_is_said_later(county):
    """Nobody can tell one vote from the difference of two looks at a closed month."""
    for town in TOWNS[:5]:
        rated(county, town)
    before = words(sections(page(county, Role.COUNTY))["satisfaction"].rows)
    rated(county, TOWNS[5], "dissatisfied")
    Digest.objects.filter(kind="running").delete()
    assert words(sections(page(county, Role.COUNTY))["satisfaction"].rows) == before
    assert before[0] == ["县公安局", "5", "5", "0", "0", "100.00%"]


@pytest.mark.rule("GX-呼应-16")
def test_a_department_reads_its_satisfaction_from_published_bulletins_only(county):
    for town in TOWNS[:5]:
        rated(county, town, "satisfied")
    assert sections(page(county, Role.DEPARTMENT_CLERK))["satisfaction"].rows == []
    bulletin = dashboard.Bulletin(
        county=county.row, owner=county.unit("县督查机构"), month=periods.month(2026, 11).first
    )
    ducha = county.user(Role.DUCHA)
    bulletin = perform(bulletin, "generate", actor=ducha, at=NOW)
    assert sections(page(county, Role.DEPARTMENT_CLERK))["satisfaction"].rows == []
    perform(bulletin, "publish", actor=ducha, at=NOW, facts={"units": []})
    rows = words(sections(page(county, Role.DEPARTMENT_CLERK))["satisfaction"].rows)
    assert rows == [["2026年11月", "5", "5", "0", "0", "100.00%"]]
    other = sections(page(county, Role.DEPARTMENT_CLERK, "县水利局"))["satisfaction"].rows
    assert words(other) == [["2026年11月", *["样本不足"] * 5]]


def test_a_department_gets_closed_periods_only(county):
    make.dispatched(county, at=moment("2026-12-01 09:00"))
    response = page(county, Role.DEPARTMENT_CLERK, period="2026-12")
    assert response.context["period"].key == "2026-11"
    assert response.context["stats"][0]["value"] == 0


# ------------------------------------------------------------------ two worlds (T2)


def world(swapped: bool) -> dict[str, bytes]:
    """Everything that 县公安局 can get, in a world where six townships have rated.

    In the other world two of them have said what the other one said.
    """
    county = County(**{"call.callback_share": 0})
    said = dict.fromkeys(TOWNS, "satisfied") | {TOWNS[0]: "dissatisfied", TOWNS[1]: "mostly"}
    if swapped:
        said[TOWNS[0]], said[TOWNS[1]] = said[TOWNS[1]], said[TOWNS[0]]
    parts = {town: done(county, town) for town in TOWNS}
    for town, part in parts.items():
        rate(county, part, town, said[town])
    ducha = county.user(Role.DUCHA)
    bulletin = dashboard.Bulletin(
        county=county.row, owner=county.unit("县督查机构"), month=periods.month(2026, 11).first
    )
    bulletin = perform(bulletin, "generate", actor=ducha, at=NOW)
    bulletin = perform(bulletin, "publish", actor=ducha, at=NOW, facts={"units": []})
    visitor = client(county.user(Role.DEPARTMENT_CLERK))
    call = first_call(county)
    addresses = [
        *(URL, f"{URL}?period=2026-11", f"{URL}?sheet=satisfaction", f"{URL}?sheet=breaches"),
        *(f"{URL}?fresh=1", f"/hucall/calls/{call.pk}/paper/", bulletin.get_absolute_url()),
        *(f"/hucall/bulletins/{bulletin.pk}/paper/", call.get_absolute_url()),
        *("/hucall/calls/", "/hucall/responses/", "/hucall/calls/?sort=due", "/hucall/bulletins/"),
        *("/hucall/calls/?state=finished", "/hucall/calls/?q=不满意", "/hucall/ratings/"),
        *("/api/v1/hucall/calls/", "/api/v1/hucall/responses/", "/api/v1/hucall/ratings/"),
        *("/api/v1/hucall/bulletins/", f"/api/v1/hucall/calls/{call.pk}/events/", "/"),
        *(f"/api/v1/hucall/calls/{call.pk}/clocks/", f"/api/v1/hucall/calls/{call.pk}/steps/"),
    ]
    return {address: body(visitor.get(address)) for address in addresses}


def first_call(county):
    from hucall.models import Call

    return Call.objects.filter(county=county.row).order_by("pk").first()


def body(response) -> bytes:
    """The status and the bytes; of a workbook its cells (a zip carries the time of writing)."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if "spreadsheet" in response.get("Content-Type", ""):
        sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
        raw = repr(list(sheet.iter_rows(values_only=True))).encode()
    return b"%d " % response.status_code + raw


class Undo(Exception):
    """The world is taken back."""


@pytest.mark.rule("GX-呼应-16")
def test_two_worlds_whose_ratings_are_swapped_look_the_same_to_a_department(
    transactional_db, settings
):
    """T2: not a byte differs in page, export, list, API, paper or bulletin."""
    from django.db import connection, transaction
    from django.middleware import csrf

    seen = []
    for swapped in (False, True):
        load_calendar()
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Undo), transaction.atomic():
            patch.setattr(csrf, "_get_new_csrf_string", lambda: "a" * 32)
            patch.setattr(csrf, "_mask_cipher_secret", lambda secret: secret * 2)
            restart(connection)
            seen.append(world(swapped))
            raise Undo
    plain, other = seen
    for address, raw in plain.items():
        assert raw.startswith((b"200", b"403", b"302", b"404")), (address, raw[:200])
        assert raw == other[address], (address, first_difference(raw, other[address]))
    served = [address for address, raw in plain.items() if raw.startswith(b"200")]
    assert len(served) >= 16, [address for address in plain if address not in served]


def first_difference(one: bytes, two: bytes) -> tuple[str, str]:
    """What stands around the first byte that differs."""
    place = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    return tuple(
        raw[max(place - 150, 0) : place + 60].decode("utf-8", "replace") for raw in (one, two)
    )


def restart(connection) -> None:
    """Begin every id at the same number again, so that two worlds can be compared."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 'ALTER SEQUENCE ' || quote_ident(sequencename) || ' RESTART WITH 5001'"
                " FROM pg_sequences WHERE schemaname = current_schema()"
            )
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)


# ------------------------------------------------------------------ cost


def test_a_dashboard_reads_one_row_however_many_calls(county, django_assert_max_num_queries):
    for name in ("县公安局", "县城管局", "县水利局"):
        make.working(county, unit=name)
    user = county.user(Role.COUNTY)
    digests.refresh(county.row, periods.year(2026), NOW)
    visitor = client(user)
    visitor.get(URL)  # the closed months are drawn once
    with django_assert_max_num_queries(16) as counted:
        visitor.get(URL)
    before = len(counted)
    for _ in range(5):
        make.working(county)
    digests.refresh(county.row, periods.year(2026), NOW)
    with django_assert_max_num_queries(before):
        visitor.get(URL)


def test_computing_is_a_constant_number_of_statements(county, django_assert_num_queries):
    make.working(county)
    with django_assert_num_queries(10):
        digests.build(county.row, periods.year(2026), NOW)
    for town in TOWNS[:3]:
        rated(county, town)
    with django_assert_num_queries(10):
        digests.build(county.row, periods.year(2026), NOW)


def test_dear_figures_are_kept_and_recomputed_on_demand(county):
    year = periods.year(2026)
    row = digests.running(county.row, year, NOW)
    Digest.objects.filter(pk=row.pk).update(took_ms=digests.CHEAP_MS + 1)
    make.dispatched(county)
    soon, later = moment("2026-12-03 10:00:30"), moment("2026-12-03 10:05")
    assert digests.running(county.row, year, soon).data["rates"] == []
    assert digests.running(county.row, year, soon, fresh=True).data["rates"] == []
    assert digests.running(county.row, year, later).data["rates"] == []
    assert len(digests.running(county.row, year, later, fresh=True).data["rates"]) == 1


def test_the_task_keeps_up_what_is_looked_at(county):
    year = periods.year(2026)
    digests.running(county.row, year, NOW)
    make.dispatched(county)
    assert digests.refresh_all(moment("2026-12-03 10:03")) == 1
    assert len(Digest.objects.get(kind="running").data["rates"]) == 1
    assert digests.refresh_all(moment("2026-12-09 10:03")) == 0
