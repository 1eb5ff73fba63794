"""Filing a call: who, through which channel, of which kind, after which self-check."""

import pytest

from governance.models import Clock, Counter, Event
from governance.roles import Role
from hucall.forms import FilingForm
from hucall.models import Call, Response
from hucall.models.states import CallKind, Channel
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.pages import item_of, listed_county
from tests.hucall.scene import People, clock, closed, do, fresh, invalid, not_allowed, told, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    load_calendar()
    return County()


@pytest.fixture
def people(county):
    return People(county)


# ------------------------------------------------------------------ channels (一)


@pytest.mark.rule("GX-呼应-02")
@pytest.mark.parametrize("channel", Channel.values)
def test_the_channel_of_a_call_is_on_record(county, channel):
    call = make.filed(county, by=county.user(Role.PLATFORM), channel=channel)
    assert call.channel == channel
    assert ["渠道", Channel(channel).label] in Event.objects.of(call).get().facts


@pytest.mark.rule("GX-呼应-02")
def test_公文传输_and_县长热线_are_channels_and_an_unknown_one_is_refused(county, people):
    assert {"公文传输", "县长热线"} <= set(Channel.labels)
    errors = invalid(make.new_call(county), "file", people.clerk, **make.CONTENT, channel="微信群")
    assert errors == {"channel": ["选择一个有效的选项。 微信群 不在可用的选项中。"]}


@pytest.mark.rule("GX-呼应-02")
def test_a_call_by_hotline_is_keyed_in_by_the_platform_for_the_township(county, people):
    call = make.filed(county, by=people.platform, channel="hotline")
    assert (call.owner.short_name, call.raised_by) == ("清泉街道", people.platform)
    assert call.state == "submitted"


# ------------------------------------------------------------------ kinds


@pytest.mark.rule("TA-13")
@pytest.mark.parametrize("kind", CallKind.values)
def test_complex_may_key_should_urgent_must_call(county, kind):
    units = {"units": [county.unit("县公安局").pk]} if kind == "urgent" else {}
    assert make.filed(county, kind=kind, **units).kind == kind
    assert [label.partition(" · ")[2] for label in CallKind.labels] == ["可呼", "要呼", "必呼"]


@pytest.mark.rule("TA-13")
def test_a_call_of_no_known_kind_is_refused(county, people):
    facts = make.CONTENT | {"kind": "其他"}
    assert set(invalid(make.new_call(county), "file", people.clerk, **facts)) == {"kind"}
    assert set(invalid(make.new_call(county), "file", people.clerk, **facts | {"kind": ""})) == {
        "kind"
    }


@pytest.mark.rule("TA-13")
def test_the_county_decides_which_kinds_are_in_use_and_what_they_are_called(county, people):
    county.amend(**{"call.kinds": ["complex", "urgent"], "call.kind.complex": "复杂类(可呼)"})
    facts = make.CONTENT | {"kind": "key"}
    assert set(invalid(make.new_call(county), "file", people.clerk, **facts)) == {"kind"}
    call = make.new_call(county, rulebook=county.rulebook)
    assert dict(FilingForm(record=call).fields["kind"].choices)["complex"] == "复杂类(可呼)"


@pytest.mark.rule("TA-13", "GX-呼应-13")
@pytest.mark.parametrize("kind", ["complex", "key"])
def test_only_an_urgent_call_takes_the_direct_path(county, kind):
    """Units sent along with a call that is not urgent open nothing."""
    call = make.filed(county, kind=kind, units=[county.unit("县公安局").pk])
    assert call.state == "submitted"
    assert not Response.objects.exists()


# ------------------------------------------------------------------ self-check (二)


@pytest.mark.rule("GX-呼应-07")
def test_nobody_calls_without_having_checked_that_the_township_cannot_do_it_itself(county, people):
    facts = make.CONTENT | {"self_check": ""}
    errors = invalid(make.new_call(county), "file", people.clerk, **facts)
    assert errors == {"self_check": ["请先自查:乡镇能自行处置的事项不应呼叫。"]}
    assert not Call.objects.exists()


@pytest.mark.rule("GX-呼应-07")
def test_where_the_list_gives_the_township_the_main_responsibility_the_reason_is_asked_for():
    load_calendar()
    county = listed_county()
    clerk, item = county.user(Role.TOWNSHIP_CLERK), item_of(county, "秸秆禁烧")
    facts = make.CONTENT | {"item": item.pk, "self_check_reason": ""}
    errors = invalid(make.new_call(county), "file", clerk, **facts)
    assert "该事项主体责任含乡镇" in errors["self_check_reason"][0]
    call = make.filed(county, item=item.pk, self_check_reason="需要县级执法权")
    assert (call.township_is_main, call.self_check) == (True, True)
    assert call.self_check_reason == "需要县级执法权"
    assert ["为什么不能自行解决", "需要县级执法权"] in Event.objects.of(call).get().facts


@pytest.mark.rule("GX-呼应-07")
def test_where_a_county_department_is_the_main_one_the_check_suffices():
    load_calendar()
    county = listed_county()
    item = item_of(county, "道路塌陷应急处置")
    call = make.filed(county, item=item.pk, self_check_reason="")
    assert not call.township_is_main


@pytest.mark.rule("GX-呼应-07")
def test_what_a_township_settles_itself_is_recorded_and_calls_nobody(county, people):
    facts = make.CONTENT | {"result": "综合执法队当场清理"}
    call = do(make.new_call(county), "record_self_handled", people.clerk, **facts)
    assert (call.state, call.number) == ("self_handled", "冠自〔2026〕1号")
    assert ["处置情况", "综合执法队当场清理"] in Event.objects.of(call).get().facts
    assert not Clock.objects.exists()
    assert told(people.platform) == []
    not_allowed(make.new_call(county), "record_self_handled", people.leader, people.platform)


# ------------------------------------------------------------------ the call sheet (二)


@pytest.mark.rule("GX-呼应-08")
def test_a_filed_call_has_a_number_a_trail_and_the_platforms_limit(county, people):
    call = make.filed(county)
    assert (call.state, call.number) == ("submitted", "冠呼〔2026〕1号")
    assert trail(call) == ["file"]
    verify = clock(call, "verify")
    assert verify.owed_by == county.unit("县政府办")
    # 周二 09:00 起 4 个工作小时:09:00–12:00、14:00–15:00
    assert verify.due_at == moment("2026-11-10 15:00")
    assert told(people.platform) == ["新的呼叫待核实派发:集市东口道路塌陷"]


@pytest.mark.rule("GX-呼应-08")
def test_a_township_calls_for_itself_only(county, people):
    call = make.new_call(county)
    others = [
        *(people.leader, people.police, people.ducha, people.bianban, people.village),
        county.user(Role.TOWNSHIP_CLERK, "贾镇"),
    ]
    not_allowed(call, "file", *others, **make.CONTENT)
    assert not Counter.objects.exists()


@pytest.mark.rule("GX-呼应-08")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "该字段是必填项。"),
        ("title", "塌" * 81, "确保该变量包含不超过 80 字符 (目前字符数 81)。"),
        ("text", "", "该字段是必填项。"),
        ("place", "", "该字段是必填项。"),
        ("caller_phone", "打我", "请填写电话号码。"),
        ("latitude", "91", "确保该值小于或等于90。"),
        ("item", "999999", "选择一个有效的选项： 该选择不在可用的选项中。"),
    ],
)
def test_an_incomplete_call_sheet_is_refused_at_the_field(county, people, field, value, words):
    facts = make.CONTENT | {field: value}
    assert invalid(make.new_call(county), "file", people.clerk, **facts) == {field: [words]}


@pytest.mark.rule("GX-呼应-08")
def test_a_draft_may_be_incomplete_and_is_nobody_elses_business(county, people):
    draft = do(make.new_call(county), "save_draft", people.clerk, kind="complex", title="先记一笔")
    assert (draft.state, draft.number) == ("draft", "")
    assert not Clock.objects.exists()
    for other in (people.platform, people.ducha, people.police):
        assert not Call.objects.visible_to(other).exists()
    assert Call.objects.visible_to(people.leader).get() == draft
    draft = do(draft, "save_draft", people.clerk, kind="complex", title="再改一次")
    call = do(draft, "file", people.clerk, **make.CONTENT)
    assert (call.pk, call.state, call.title) == (draft.pk, "submitted", make.CONTENT["title"])


@pytest.mark.rule("GX-呼应-08")
def test_a_place_on_the_map_is_optional_and_kept_to_six_digits(county):
    call = make.filed(county, latitude="36.48391234567", longitude="115.44270987654")
    assert (str(call.latitude), str(call.longitude)) == ("36.483912", "115.442710")


# ------------------------------------------------------------------ the leader's approval


def test_without_the_switch_nobody_approves(county, people):
    call = make.filed(county)
    assert call.state == "submitted"
    closed(call, "approve", people.leader)


@pytest.mark.rule("GX-呼应-08")
def test_where_the_county_wants_it_the_township_leader_approves_before_the_platform_sees_to_it(
    county, people
):
    county.amend(**{"call.leader_approval": True})
    call = make.filed(county)
    assert call.state == "approving"
    assert clock(call, "verify") is None
    assert told(people.leader) == ["呼叫待审批:集市东口道路塌陷"]
    assert told(people.platform) == []
    closed(call, "dispatch", people.platform)
    not_allowed(call, "approve", people.clerk, people.platform)
    call = do(call, "approve", people.leader, "2026-11-10 10:00")
    assert (call.state, call.approved_at) == ("submitted", moment("2026-11-10 10:00"))
    assert clock(call, "verify").started_at == moment("2026-11-10 10:00")


def test_a_call_the_leader_refuses_goes_back_with_the_reason_and_keeps_its_number(county, people):
    county.amend(**{"call.leader_approval": True})
    call = make.filed(county)
    assert set(invalid(call, "disapprove", people.leader)) == {"reason"}
    call = do(call, "disapprove", people.leader, reason="先自行处置")
    assert (call.state, call.reason, call.number) == ("draft", "先自行处置", "冠呼〔2026〕1号")
    call = do(call, "file", people.clerk, **make.CONTENT)
    assert (call.state, call.number) == ("approving", "冠呼〔2026〕1号")


@pytest.mark.parametrize("channel", ["document", "hotline", "12345", "phone"])
def test_a_clerk_does_not_get_round_the_approval_by_naming_another_channel(county, channel):
    county.amend(**{"call.leader_approval": True})
    assert make.filed(county, channel=channel).state == "approving"


def test_a_call_that_the_platform_keys_in_was_approved_on_its_way(county, people):
    """公文传输 and the hotline carry the township's own word already."""
    county.amend(**{"call.leader_approval": True})
    call = make.filed(county, by=people.platform, channel="document")
    assert call.state == "submitted"


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_does_not_wait_for_the_leader_and_is_approved_afterwards(county, people):
    county.amend(**{"call.leader_approval": True})
    call = make.urgent(county)
    assert (call.state, call.approved_at) == ("handling", None)
    not_allowed(call, "endorse", people.clerk, people.platform)
    call = do(call, "endorse", people.leader, "2026-11-10 11:00", opinion="情况属实")
    assert (call.state, call.approved_at) == ("handling", moment("2026-11-10 11:00"))
    assert closed(call, "endorse", people.leader).message == "本件无须补办审批,或已补办。"


def test_a_call_that_needed_no_approval_has_none_to_be_made_up(county, people):
    closed(make.urgent(county), "endorse", people.leader)


# ------------------------------------------------------------------ urgent calls (二)


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_goes_at_once_to_several_departments_and_agencies(county, people):
    market = people.of("县市场监管局")
    call = make.urgent(county, "县公安局", "清泉派出所", "县市场监管局")
    assert (call.state, call.dispatched_at) == ("handling", make.FILED)
    parts = {str(p.unit): (p.state, p.duty) for p in call.responses.all()}
    assert parts == {
        "县公安局": ("waiting", "lead"),
        "清泉派出所": ("waiting", "assist"),
        "县市场监管局": ("waiting", "assist"),
    }
    for user in (people.police, people.head, market):
        assert set(told(user)) == {"新的呼叫待报到:集市东口道路塌陷"}


@pytest.mark.rule("GX-呼应-13")
def test_the_unit_called_first_leads_whatever_its_kind(county):
    call = make.urgent(county, "清泉派出所", "县公安局")
    assert str(call.responses.get(duty="lead").unit) == "清泉派出所"
    call = make.urgent(county, "县市场监管局", "清泉派出所", "县公安局")
    assert str(call.responses.get(duty="lead").unit) == "县市场监管局"


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_names_whom_it_calls(county, people):
    facts = make.CONTENT | {"kind": "urgent", "units": []}
    errors = invalid(make.new_call(county), "file", people.clerk, **facts)
    assert errors == {"units": ["应急呼叫请至少选择一个部门或派驻机构。"]}


@pytest.mark.rule("GX-呼应-13")
def test_only_agencies_of_the_township_can_be_called_directly(county, people):
    county.unit("贾镇派出所", seat=county.unit("贾镇"))
    county.unit("清泉市场监管所")
    foreign = County("郊区", "230811", "郊", "jiaoqu-2022").unit("区公安局")
    for unit in (county.unit("贾镇派出所"), county.unit("贾镇"), county.unit("样例村"), foreign):
        facts = make.CONTENT | {"kind": "urgent", "units": [unit.pk]}
        assert set(invalid(make.new_call(county), "file", people.clerk, **facts)) == {"units"}
    covering = county.unit("贾镇派出所")
    covering.covers.add(county.unit("清泉街道"))
    assert make.urgent(county, "贾镇派出所", "清泉市场监管所").state == "handling"


@pytest.mark.rule("GX-呼应-13")
def test_an_urgent_call_is_verified_afterwards_within_its_limit(county, people):
    """Filed on Saturday night, verified by Monday noon: four working hours."""
    call = make.urgent(county, at=moment("2026-11-14 22:00"))
    verify = clock(call, "verify")
    assert verify.due_at == moment("2026-11-16 14:30")  # 周一 08:30–12:00、14:00–14:30
    assert call.verified_at is None
    assert set(invalid(call, "verify", people.platform, verified_true="yes")) == {"opinion"}
    not_allowed(call, "verify", people.clerk, people.police)
    call = do(
        call, "verify", people.platform, "2026-11-16 09:00", verified_true="yes", opinion="属实"
    )
    assert (call.verified_true, call.over_call) == (True, False)
    assert clock(call, "verify").met_at == moment("2026-11-16 09:00")
    assert closed(call, "verify", people.platform).message == "本件已核实。"


@pytest.mark.rule("GX-呼应-13", "GX-呼应-07")
def test_an_urgent_call_found_untrue_is_an_over_call_on_the_townships_side(county, people):
    call = do(
        make.urgent(county), "verify", people.platform, verified_true="no", opinion="并非紧急"
    )
    assert (call.verified_true, call.over_call, call.state) == (False, True, "handling")


# ------------------------------------------------------------------ villages


@pytest.mark.rule("TX-网格-01")
def test_villages_do_not_call_where_the_rulebook_does_not_let_them(county, people):
    call = make.new_call(county, village=county.unit("样例村"))
    refusal = closed(call, "propose", people.village, **make.CONTENT)
    assert (refusal.message, refusal.clause) == ("本县未开通村级呼叫。", "TX-网格-01")


@pytest.mark.rule("TX-网格-01")
def test_a_village_whistles_through_its_township_where_the_rulebook_lets_it(county, people):
    county.amend(**{"call.village": True})
    call = make.new_call(county, village=county.unit("样例村"))
    not_allowed(call, "propose", people.clerk, county.user(Role.VILLAGE_CLERK, "邻村"))
    not_allowed(call, "file", people.village, **make.CONTENT)
    call = do(call, "propose", people.village, **make.CONTENT)
    assert (call.state, call.number, call.raised_by) == ("proposed", "", people.village)
    assert told(people.clerk) == ["村级呼叫待提交:集市东口道路塌陷"]
    assert not Call.objects.visible_to(people.platform).exists()
    call = do(call, "file", people.clerk, **make.CONTENT)
    assert (call.state, str(call.village)) == ("submitted", "样例村")
    assert Call.objects.visible_to(people.village).get() == call
    assert not Call.objects.visible_to(county.user(Role.VILLAGE_CLERK, "邻村")).exists()


@pytest.mark.rule("TX-网格-01")
def test_同心_lets_villages_call():
    load_calendar()
    county = County("同心县", "640324", "同", "tongxin-2021")
    call = make.new_call(county, village=county.unit("样例村"))
    assert do(call, "propose", county.user(Role.VILLAGE_CLERK), **make.CONTENT).state == "proposed"


# ------------------------------------------------------------------ taking it back


def test_until_it_is_dispatched_the_township_may_take_its_call_back_with_a_reason(county, people):
    call = make.filed(county)
    assert set(invalid(call, "withdraw", people.clerk)) == {"reason"}
    not_allowed(call, "withdraw", people.leader, people.platform, people.police)
    call = do(call, "withdraw", people.clerk, reason="已自行处置")
    assert (call.state, call.number) == ("withdrawn", "冠呼〔2026〕1号")
    assert clock(call, "verify").cancelled
    closed(make.dispatched(county), "withdraw", people.clerk, reason="晚了")
    assert fresh(call).reason == "已自行处置"
