"""准入事项: the ledger and the page of one duty, for whoever takes part."""

import io

import openpyxl
import pytest
import time_machine

from admission.models import FundEntry
from governance.perform import perform
from governance.roles import Role
from tests.admission.scene import OTHER, TOWN, Scene, again, papers
from tests.factories.governance import load_calendar, moment
from tests.governance.visiting import step, text_of, visit

pytestmark = pytest.mark.django_db
DAY = moment("2026-09-14 10:00")
LEDGER = "/admission/duties/"


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    with time_machine.travel(DAY, tick=False):
        yield made


@pytest.fixture
def duty(scene):
    return scene.carried()


def page(user, duty) -> str:
    """The duty's page."""
    answer = visit(user).get(duty.get_absolute_url())
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.rule("GX-准入-12", "GX-准入-13", "GX-准入-14")
def test_the_page_tells_number_dates_support_and_money(scene, duty):
    scene.allot(duty, "1000")
    scene.spend(duty, "400")
    support = scene.support(duty)
    facts = {"delivery": "已派业务骨干驻点", "delivered_on": "2026-09-14", "hours": "8"}
    perform(support, "deliver", actor=scene.clerk, at=DAY, facts=facts)
    text = page(scene.town, duty)
    for words in (
        *(duty.approval_number, "2026年9月14日", "2026年12月31日", "承接中", "剩 108 天"),
        *("已派业务骨干驻点", "确认保障到位", "反映保障未落实", "按需保障到位"),
        *("普查员补助", "400.00", "600.00", "登记支出", "建议退出"),
        *("整件申请,由 2 个乡镇共用", "县级农业普查专项经费"),
    ):
        assert words in text, words
    assert "steps/deliver/" not in text and "开具交办单" not in text
    text = page(scene.clerk, duty)
    assert "steps/deliver/" in text and "开具交办单" in text and "拨付经费" in text
    assert "确认保障到位" not in text


def test_a_support_is_delivered_disputed_and_confirmed_on_the_page(scene, duty):
    support, town, office = scene.support(duty), visit(scene.town), visit(scene.clerk)

    def post(client, name, **facts):
        given = facts | {"version": again(support).version}
        return client.post(step(support, name), given)

    facts = {"delivery": "已培训", "delivered_on": "2026-09-14", "hours": "4"}
    assert post(office, "deliver", **facts)["Location"] == duty.get_absolute_url()
    assert post(town, "dispute", reason="只来了半天").status_code == 302
    text = page(scene.clerk, duty)
    assert "只来了半天" in text and "待落实" in text
    post(office, "deliver", **facts)
    assert post(town, "confirm").status_code == 302
    assert "乡镇已确认" in page(scene.clerk, duty)


def test_who_sees_a_duty(scene, duty):
    for user in (scene.town, scene.clerk, scene.bianban, scene.treasury):
        assert visit(user).get(duty.get_absolute_url()).status_code == 200
    for user in (scene.other_town, scene.county.user(Role.DEPARTMENT_CLERK, "县城管局")):
        assert visit(user).get(duty.get_absolute_url()).status_code == 404
    assert visit(scene.county.user(Role.SYSADMIN)).get(LEDGER).status_code == 403
    assert visit().get(LEDGER).status_code == 302


def rows_of(answer) -> list:
    """The lines of a sheet, without its headings."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]


def test_the_ledger_filters_and_exports_what_is_filtered(scene, duty):
    other = scene.duty(duty.request, OTHER)
    scene.allot(duty)
    office = visit(scene.clerk)

    def shown(**query):
        text = text_of(office.get(LEDGER, query))
        return {one for one in (duty, other) if one.get_absolute_url() in text}

    assert shown() == {duty, other}
    assert shown(unit=duty.unit_id) == {duty}
    assert shown(state="pending") == {other} and shown(state="open") == {duty, other}
    assert shown(ending="107") == set() and shown(ending="108") == {duty, other}
    assert shown(term="regular") == set() and shown(q="普查") == {duty, other}
    assert shown(q=duty.approval_number) == {duty, other}
    assert shown(support="money") == {duty} == shown(support="balance")
    assert shown(support="overdue") == set() == shown(support="staff")
    assert shown(department="99", ending="x", unit="-1", q="\0") == {duty, other}
    with time_machine.travel(moment("2026-11-02 09:00"), tick=False):
        office = visit(scene.clerk)
        assert shown(support="overdue") == {duty, other}
    heads, *lines = rows_of(office.get(f"{LEDGER}export/", {"unit": duty.unit_id}))
    assert len(lines) == 1
    line = dict(zip(heads, lines[0], strict=True))
    assert line["批准表号"] == duty.approval_number and line["已拨付(元)"] == "1000.00"
    assert line["应落实保障"] == "6" and line["距到期"] == "剩 108 天"
    own = text_of(visit(scene.other_town).get(LEDGER))
    assert other.get_absolute_url() in own and duty.get_absolute_url() not in own


def test_the_ledger_costs_the_same_however_long_it_is(scene, duty, django_assert_max_num_queries):
    office = visit(scene.clerk)
    office.get(LEDGER)
    with django_assert_max_num_queries(30) as few:
        office.get(LEDGER)
    scene.admitted(TOWN, OTHER, name="人口抽样")
    with django_assert_max_num_queries(len(few)):
        office.get(LEDGER)


def test_money_goes_in_and_out_by_the_page(scene, duty):
    office, town = visit(scene.clerk), visit(scene.town)
    given = {"amount": "1000", "day": "2026-09-14", "purpose": "普查经费", "voucher": "拨1"}
    version = {"version": again(duty).version}
    assert office.post(step(duty, "allot"), given | version).status_code == 302
    spent = {"amount": "1000.01", "day": "2026-09-14", "purpose": "补助"}
    version = {"version": again(duty).version}
    refused = town.post(step(duty, "spend"), spent | version)
    assert refused.status_code == 400 and "超出余额" in text_of(refused)
    assert town.post(step(duty, "spend"), spent | version | {"amount": "10"}).status_code == 302
    assert FundEntry.objects.filter(kind="spend").count() == 1
    _heads, *lines = rows_of(town.get(f"{duty.get_absolute_url()}funds/"))
    assert [line[1] for line in lines] == ["拨付", "支出"]
    assert visit(scene.other_town).get(f"{duty.get_absolute_url()}funds/").status_code == 404


def test_an_ended_duty_says_when_and_why(scene, duty):
    exit_ = scene.exit(duty.request, TOWN, at=DAY)
    scene.reviewed(exit_, at=DAY)
    assert "退出申请" in page(scene.clerk, duty)


# -- temporary help -------------------------------------------------------------------------


def new_help(scene, **given) -> dict:
    facts = {"unit": scene.unit(TOWN).pk, "kind": "survey", "name": "秋粮入户调查"}
    facts |= {"content": "协助入户", "starts_on": "2026-09-14", "ends_on": "2026-09-18"}
    return facts | {"fee": "3000", "pay_by": "2026-09-30"} | given


@pytest.mark.rule("GX-准入-16")
def test_help_is_agreed_paid_and_confirmed_by_pages(scene):
    office, town = visit(scene.clerk), visit(scene.town)
    assert "提出临时协助" in text_of(office.get("/admission/helps/"))
    refused = office.post("/admission/helps/new/", new_help(scene, fee=""))
    assert refused.status_code == 400 and "秋粮入户调查" in text_of(refused)
    made = office.post("/admission/helps/new/", new_help(scene))
    assert made.status_code == 302
    from admission.models import TemporaryHelp

    record = TemporaryHelp.objects.get()
    text = text_of(town.get(record.get_absolute_url()))
    assert "同意协助" in text and "3,000 元" in text and "联席会议批准" not in text

    def post(client, name, **facts):
        return client.post(step(record, name), facts | {"version": again(record).version})

    post(town, "agree")
    post(office, "pay", amount="3000", day="2026-09-14", voucher="付1")
    assert "确认收到费用" in text_of(town.get(record.get_absolute_url()))
    post(town, "confirm")
    assert again(record).state == "done"
    assert "已办结" in text_of(office.get("/admission/helps/", {"state": "done"}))
    assert visit(scene.other_town).get(record.get_absolute_url()).status_code == 404
    assert visit(scene.town).get("/admission/helps/new/").status_code == 403
    assert rows_of(office.get("/admission/helps/export/"))[1][0] == "秋粮入户调查"


@pytest.mark.rule("TA-11")
def test_in_taian_help_goes_through_the_meeting():
    load_calendar()
    scene = Scene("taian-2019", ("某县", "370921", "某"))
    with time_machine.travel(DAY, tick=False):
        office = visit(scene.clerk)
        assert "联席会议审批" in text_of(office.get("/admission/helps/new/"))
        record = scene.help()
        text = text_of(visit(scene.town).get(record.get_absolute_url()))
        assert "同意并报联席会议" in text and "联席会议批准" in text


# -- without admission ----------------------------------------------------------------------


@pytest.mark.rule("GX-准入-02", "TW-37")
def test_the_department_sees_a_report_only_once_it_is_ordered_to_correct_it(scene):
    town, office, desk = visit(scene.town), visit(scene.clerk), visit(scene.bianban)
    given = {"department": scene.department.pk, "manner": "pledge", "name": "秸秆禁烧包保"}
    given |= {"happened_on": "2026-09-08", "text": "要求各村立下保证"}
    refused = town.post("/admission/handdowns/new/", given)
    assert refused.status_code == 400 and "请附证据材料" in text_of(refused)
    assert "要求各村立下保证" in text_of(refused)
    made = town.post("/admission/handdowns/new/", given | {"files": papers()["files"]})
    assert made.status_code == 302
    url = made["Location"]
    from admission.models import HandDown

    record = HandDown.objects.get()
    for closed in (office, visit(scene.other_town)):
        assert closed.get(url).status_code == 404
        assert "秸秆禁烧包保" not in text_of(closed.get("/admission/handdowns/"))
        assert len(rows_of(closed.get("/admission/handdowns/export/"))) == 1
    assert "认定不属擅自交办" in text_of(desk.get(url))
    order = {"demand": "withdraw", "limit": "5", "text": "请收回责任状"}
    desk.post(step(record, "order"), order | {"version": record.version})
    text = text_of(office.get(url))
    assert "请收回责任状" in text and "报告纠正情况" in text
    assert "秸秆禁烧包保" in text_of(office.get("/admission/handdowns/"))
    answer = {"correction": "已收回", "version": again(record).version}
    assert office.post(step(record, "answer"), answer).status_code == 302
    assert "确认已纠正" in text_of(desk.get(url))
    desk.post(step(record, "close"), {"version": again(record).version})
    assert "已纠正" in text_of(town.get(url))
    assert office.get("/admission/handdowns/new/").status_code == 403
    assert visit(scene.treasury).get("/admission/handdowns/").status_code == 403
