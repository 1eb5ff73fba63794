"""The monthly bulletin: who did not answer, who was late, who did not act (GX-呼应-18, TA-16)."""

import pytest

from governance import sweep
from governance.perform import perform
from governance.roles import Role
from hucall import bulletins, periods
from hucall.models import Bulletin, Response
from hucall.tasks import draft_bulletins
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.test_statistics import rated

DECEMBER = moment("2026-12-01 09:00")
NOVEMBER = periods.month(2026, 11).first
TOWNS = ("清泉街道", "贾镇", "柳林镇", "北馆陶镇", "东古城镇", "万善乡")


@pytest.fixture
def county(db):
    load_calendar()
    return County()


def drafted(county, at=DECEMBER, month=NOVEMBER) -> Bulletin:
    bulletin = Bulletin(county=county.row, owner=county.unit("县督查机构"), month=month)
    return perform(bulletin, "generate", actor=county.user(Role.DUCHA), at=at)


def between(text: str, begin: str, end: str) -> str:
    """The lines between two headings."""
    return text.split(begin)[1].split("\n", 1)[1].split(end)[0].strip()


def three(text: str) -> tuple[str, str, str]:
    """What stands under the three kinds."""
    return (
        between(text, "(一)不响应", "(二)迟响应"),
        between(text, "(二)迟响应", "(三)响应不作为"),
        between(text, "(三)响应不作为", "三、"),
    )


@pytest.mark.rule("GX-呼应-18", "TA-16")
def test_the_three_kinds_with_counts_and_numbers(county):
    """1号 never signed in; 2号 signed in a day late; 3号 finished three days late; 4号 in time."""
    make.dispatched(county, lead="县水利局", at=moment("2026-11-26 09:00"))
    late = make.dispatched(county, lead="县城管局")
    part = make.sign_in(county, make.part(late, county, "县城管局"), moment("2026-11-12 09:00"))
    make.finish(county, part, moment("2026-11-13 09:00"))
    slow = make.working(county)
    make.finish(county, slow, moment("2026-11-20 09:00"))
    make.finished(county)
    sweep.sweep(DECEMBER)
    bulletin = drafted(county)
    assert bulletin.title == "关于2026年11月“乡呼县应”情况的通报"
    silent, tardy, idle = three(bulletin.text)
    assert silent == "县水利局:1件(冠呼〔2026〕1号)。"
    assert tardy == "县城管局:1件(冠呼〔2026〕2号)。"
    assert idle == "县公安局:超期1件(冠呼〔2026〕3号)。"
    assert bulletin.figures["grounds"] == {
        str(county.unit("县水利局").pk): "不响应1件(冠呼〔2026〕1号)",
        str(county.unit("县城管局").pk): "迟响应1件(冠呼〔2026〕2号)",
        str(county.unit("县公安局").pk): "响应不作为1件(冠呼〔2026〕3号)",
    }
    assert "承接率75.00%(3/4),其中按时2件次" in bulletin.text
    assert "办结率75.00%(3/4),其中按时2件次" in bulletin.text


def test_who_signed_in_after_the_month_was_late_not_silent(county):
    call = make.dispatched(county, lead="县水利局", at=moment("2026-11-26 09:00"))
    make.sign_in(county, make.part(call, county, "县水利局"), moment("2026-12-01 08:45"))
    silent, tardy, _ = three(drafted(county).text)
    assert (silent, tardy) == ("无。", "县水利局:1件(冠呼〔2026〕1号)。")


def test_what_broke_in_another_month_is_not_in_this_one(county):
    make.dispatched(county, lead="县水利局", at=moment("2026-11-30 16:00"))
    assert three(drafted(county, at=moment("2027-01-04 09:00")).text)[0] == "无。"
    december = drafted(county, moment("2027-01-04 09:00"), periods.month(2026, 12).first)
    assert three(december.text)[0] == "县水利局:1件(冠呼〔2026〕1号)。"


def test_rework_and_excluded(county):
    part = make.finish(county, make.working(county))
    facts = {"responses": [part.pk], "reason": "现场仍有积水"}
    perform(part.call, "rework", actor=county.user(Role.PLATFORM), at=make.FILED, facts=facts)
    make.finish(county, Response.objects.get(pk=part.pk))
    out = make.part(make.dispatched(county, lead="县水利局"), county, "县水利局")
    ducha = county.user(Role.DUCHA)
    perform(out, "exclude", actor=ducha, at=make.FILED, facts={"reason": "不可抗力"})
    silent, _, idle = three(drafted(county).text)
    assert silent == "无。"
    assert idle == "县公安局:重办1件(冠呼〔2026〕1号)。"
    assert "现场仍有积水" not in drafted_again(county)


def drafted_again(county) -> str:
    """A draft can be generated anew until it is published."""
    bulletin = Bulletin.objects.get()
    return perform(bulletin, "generate", actor=county.user(Role.DUCHA), at=DECEMBER).text


def test_over_calls_and_few_calls(county):
    """Six townships, five calls each but one: the sixth is mentioned, and nothing is found."""
    for town in TOWNS[:5]:
        for _ in range(5):
            make.filed(county, owner=county.unit(town))
    call = make.filed(county, owner=county.unit(TOWNS[0]))
    facts = {"reason": "本级职责", "over_call": True}
    perform(call, "turn_back", actor=county.user(Role.PLATFORM), at=make.FILED, facts=facts)
    county.unit(TOWNS[5])
    text = drafted(county).text
    assert between(text, "(一)乱呼叫", "(二)呼叫数量") == "清泉街道:1件(冠呼〔2026〕26号)。"
    few = between(text, "(二)呼叫数量(仅供参考,不作认定)", "四、")
    assert "全县中位数为5件" in few and "万善乡未呼叫" in few and "不等于“不呼叫”" in few
    assert "贾镇" not in few
    bulletin = Bulletin.objects.get()
    assert bulletin.figures["few"] == [county.unit(TOWNS[5]).pk]
    assert str(county.unit(TOWNS[5]).pk) not in bulletin.figures["grounds"]


@pytest.mark.rule("GX-呼应-16")
def test_satisfaction_is_in_aggregate_and_only_of_enough(county):
    for town in TOWNS:
        rated(county, town, "dissatisfied" if town == "贾镇" else "satisfied")
    rated(county, "柳林镇", "mostly", lead="县公安局")
    text = drafted(county).text
    assert "县公安局:有效评价7份,满意率82.86%,其中不满意1份。" in text  # (5+0.6+0.2)/7
    assert "还有积水" not in text
    few = drafted_text_of_few(county)
    assert "满意率" not in few.split("二、")[0].replace("满意度", "")
    assert "按保密要求不予公布" in few


def drafted_text_of_few(county) -> str:
    """Another county in which two townships have rated."""
    other = County("样例县", "371599", "样")
    for town in TOWNS[:2]:
        rated(other, town, "dissatisfied")
    return drafted(other).text


def test_no_clause_is_given_for_the_monthly_rhythm(county):
    text = drafted(county).text
    assert "第" not in text.replace("第一", "") or "条" not in text
    assert "每月" not in text and "按月" not in text


def test_the_running_months_satisfaction_waits(county):
    for town in TOWNS:
        rated(county, town)
    assert "待月末汇总后公布" in drafted(county, at=moment("2026-11-20 09:00")).text


def test_long_months_stay_within_the_field(county, monkeypatch):
    monkeypatch.setattr(bulletins, "LONGEST_TEXT", 400)
    for _ in range(12):
        make.dispatched(county, lead="县水利局")
    text = drafted(county).text
    assert len(text) <= 400
    assert "县水利局:12件。" in text


def test_many_numbers_are_cut_and_counted(county):
    for _ in range(10):
        make.dispatched(county, lead="县水利局")
    silent = three(drafted(county).text)[0]
    assert silent.endswith("8号等10件)。") and silent.startswith("县水利局:10件(")


def test_statements_do_not_grow(county, django_assert_max_num_queries):
    for name in ("县水利局", "县城管局", "县公安局"):
        make.dispatched(county, lead=name)
    bulletin = drafted(county)
    with django_assert_max_num_queries(10):
        bulletins.compose(bulletin, DECEMBER)


# ------------------------------------------------------------------ each month by itself


@pytest.mark.rule("GX-呼应-18")
def test_drafted_once_on_the_first_working_day(county):
    """1 November 2026 is a Sunday: the draft comes on Monday, and only once."""
    make.dispatched(county, at=moment("2026-10-12 09:00"))
    assert draft_bulletins(moment("2026-11-01 10:00")) == 0
    assert draft_bulletins(moment("2026-11-02 10:00")) == 1
    assert draft_bulletins(moment("2026-11-02 11:00")) == 0
    bulletin = Bulletin.objects.get()
    assert (bulletin.state, bulletin.month) == ("draft", periods.month(2026, 10).first)


def test_a_missed_day_is_caught_up_and_an_unused_county_gets_none(county):
    assert draft_bulletins(moment("2026-11-09 10:00")) == 0
    make.dispatched(county, at=moment("2026-10-12 09:00"))
    assert draft_bulletins(moment("2026-11-09 10:00")) == 1


def test_edited_published_and_rectified(county):
    make.dispatched(county, lead="县水利局")
    bulletin = drafted(county)
    ducha = county.user(Role.DUCHA)
    facts = {"title": bulletin.title, "text": bulletin.text + "\n另行约谈。"}
    bulletin = perform(bulletin, "edit", actor=ducha, at=DECEMBER, facts=facts)
    unit = county.unit("县水利局")
    bulletin = perform(bulletin, "publish", actor=ducha, at=DECEMBER, facts={"units": [unit.pk]})
    rectification = bulletin.rectifications.get()
    assert rectification.ground == "不响应1件(冠呼〔2026〕1号)"
    assert bulletin.text.endswith("另行约谈。")
