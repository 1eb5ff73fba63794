"""Writing an application: narrowed cases, present text, nothing lost, sent once."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from checklist.models import Application, Cause
from governance.perform import perform
from governance.roles import Role
from tests.checklist.scene import CAUSE_ON, NOW, PDF, Scene, again
from tests.factories.governance import load_calendar, moment

pytestmark = pytest.mark.django_db
NEW = "/checklist/applications/new/"


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


@pytest.fixture
def clerk(scene):
    return client_of(scene.clerk)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("论证材料.pdf", PDF, "application/pdf")


def sent(scene, **given) -> dict:
    """A whole form as a browser sends it."""
    facts = scene.facts() | scene.new_item() | {"action": "file", "token": "t" * 32}
    facts |= {"files": proof()} | given
    return {name: value for name, value in facts.items() if value is not None}


def typed(page: str, name: str) -> str:
    """What stands in a textarea."""
    return re.search(rf'<textarea name="{name}"[^>]*>\s*([^<]*)</textarea>', page)[1]


# ------------------------------------------------------------------ choosing


def test_the_kind_narrows_the_cases_each_with_its_clause(scene, clerk):
    page = clerk.get(NEW).content.decode()
    assert "选择调整类型后" in page and 'name="ground"' not in page
    page = clerk.post(NEW, {"kind": "to_township", "action": "load"}).content.decode()
    assert "直接面向群众" in page and "未列入清单" not in page
    assert "/clauses/GX-清单-16/" in page.replace("%E6%B8%85%E5%8D%95", "清单")
    assert not Application.objects.exists()


def test_an_item_brings_its_present_text_without_javascript(scene, clerk):
    item = scene.item("秸秆禁烧").pk
    given = {"kind": "to_township", "item": item, "argument": "已写好的论证", "action": "load"}
    page = clerk.post(NEW, given).content.decode()
    assert typed(page, "new_main") == "县农业农村局"
    assert '<div class="old">县农业农村局</div>' in page
    assert "已写好的论证" in page and f'name="loaded" value="{item}"' in page
    # A column in which somebody has typed stays; the others follow the item.
    other = scene.item("河道采砂监管").pk
    given |= {"item": other, "loaded": item, "new_main": "清泉街道"}
    given |= {"new_county_duty": typed(page, "new_county_duty")}
    page = clerk.post(NEW, given).content.decode()
    assert typed(page, "new_main") == "清泉街道"
    assert typed(page, "new_county_duty") == "负责河道采砂监管的执法"


def test_the_same_comes_as_a_part_of_the_page(scene, clerk, django_assert_max_num_queries):
    given = {"kind": "remove", "item": scene.item("秸秆禁烧").pk}
    page = clerk.post("/checklist/applications/parts/", given).content.decode()
    assert page.startswith('<div id="parts"') and "整项移出清单" in page
    with django_assert_max_num_queries(25):
        clerk.post("/checklist/applications/parts/", given)
    for nonsense in ({"kind": "x", "item": "abc"}, {"kind": "add", "item": "9" * 30}, {}):
        assert clerk.post("/checklist/applications/parts/", nonsense).status_code == 200


def test_the_page_warns_of_an_application_under_way(scene, clerk):
    item = scene.item("秸秆禁烧").pk
    scene.file(kind="to_township", item=item, new_main="清泉街道")
    page = clerk.get(f"{NEW}?item={item}").content.decode()
    assert "已有一件调整申请在办" not in page
    given = {"kind": "to_township", "item": item}
    page = clerk.post("/checklist/applications/parts/", given).content.decode()
    assert "已有一件调整申请在办" in page
    page = clerk.post(
        NEW, sent(scene, kind="to_township", item=item, new_main="清泉街道")
    ).content.decode()
    assert "不能重复申请" in page


@pytest.mark.rule("GX-清单-22")
def test_the_limit_is_told_from_the_day_of_the_cause(clerk, scene):
    with time_machine.travel(moment("2026-09-10 10:00"), tick=False):
        part = client_of(scene.clerk).get("/checklist/applications/due/?cause_on=2026-09-08")
    text = part.content.decode()
    assert "自事由发生之日(2026年9月8日)起 10个工作日内" in text
    assert "2026年9月21日(周一) 17:30" in text.replace("&nbsp;", " ")
    assert "param=adjust.apply&amp;start=2026-09-08" in text
    with time_machine.travel(moment("2026-09-23 10:00"), tick=False):
        late = client_of(scene.clerk).get("/checklist/applications/due/?cause_on=2026-09-08")
    assert "逾期提出" in late.content.decode()
    for nonsense in ("", "abc", "2999-01-01", "0001-01-01"):
        url = f"/checklist/applications/due/?cause_on={nonsense}"
        assert "显示到期日" in clerk.get(url).content.decode()


# ------------------------------------------------------------------ sending


def test_a_double_click_files_once(scene, clerk):
    first, second = clerk.post(NEW, sent(scene)), clerk.post(NEW, sent(scene))
    assert first.status_code == second.status_code == 302 and first.url == second.url
    application = Application.objects.get()
    assert application.state == "submitted" and application.number
    assert application.attachments.count() == 1
    other = clerk.post(NEW, sent(scene, **scene.new_item("散煤治理")))
    assert other.url != first.url and Application.objects.count() == 2


@pytest.mark.rule("GX-清单-28")
def test_errors_stand_at_their_fields_and_nothing_is_lost(scene, clerk):
    given = sent(scene, files=None, ground="other", new_main="县没有这个局")
    answer = clerk.post(NEW, given)
    page = answer.content.decode()
    assert answer.status_code == 400 and not Application.objects.exists()
    assert "请附论证材料" in page and "请写明具体情形" in page
    assert typed(page, "new_main") == "县没有这个局"
    assert "县没有这个局" in page.split('id="id_new_main_error"')[1][:200]
    assert 'value="other" ' in page and "法律修订后增加了" in page


def test_what_came_as_a_file_is_kept_as_a_draft(scene, clerk):
    answer = clerk.post(NEW, sent(scene, ground=None))
    page = answer.content.decode()
    assert answer.status_code == 400 and "已为您存为草稿" in page
    draft = Application.objects.get()
    assert draft.state == "draft" and draft.attachments.count() == 1
    assert f'action="/checklist/applications/{draft.pk}/edit/"' in page and "论证材料.pdf" in page
    given = sent(scene, files=None, version=draft.version)
    answer = clerk.post(f"/checklist/applications/{draft.pk}/edit/", given)
    assert answer.status_code == 302 and again(draft).state == "submitted"


def test_a_draft_is_saved_taken_up_and_filed(scene, clerk):
    given = sent(scene, action="save_draft", files=None)
    answer = clerk.post(NEW, given, follow=True)
    page = answer.content.decode()
    draft = Application.objects.get()
    assert "草稿已保存" in page and draft.cause_id and f"{draft.cause.number}" in page
    assert typed(page, "new_name") if '<textarea name="new_name"' in page else "扬尘治理" in page
    own = clerk.get(draft.get_absolute_url()).content.decode()
    assert "继续填写" in own and f"/checklist/applications/{draft.pk}/edit/" in own
    given = sent(scene, version=draft.version, token="u" * 32)
    clerk.post(f"/checklist/applications/{draft.pk}/edit/", given)
    assert again(draft).state == "submitted"
    assert clerk.get(f"/checklist/applications/{draft.pk}/edit/").status_code == 302


def test_a_stale_form_changes_nothing(scene, clerk):
    clerk.post(NEW, sent(scene, action="save_draft", files=None))
    draft = Application.objects.get()
    given = sent(scene, version=draft.version - 1, argument="旧页面上的论证")
    answer = clerk.post(f"/checklist/applications/{draft.pk}/edit/", given)
    assert answer.status_code == 409 and "旧页面上的论证" in answer.content.decode()
    assert again(draft).state == "draft"


def test_a_returned_application_is_completed_on_the_same_page(scene, clerk):
    application = scene.file()
    facts = {"reason": "请补充征求意见情况"}
    perform(application, "return_for_correction", actor=scene.bianban, at=NOW, facts=facts)
    page = clerk.get(f"/checklist/applications/{application.pk}/edit/").content.decode()
    assert "请补充征求意见情况" in page and "补正后重新提交" in page
    assert 'value="save_draft"' not in page
    given = sent(scene, action="resubmit", files=None, version=again(application).version)
    answer = clerk.post(f"/checklist/applications/{application.pk}/edit/", given)
    assert answer.status_code == 302 and again(application).state == "submitted"


def test_for_a_cause_neither_day_nor_unit_is_asked_again(scene, clerk):
    cause = scene.cause(item=scene.item("秸秆禁烧").pk, kind="to_township")
    page = clerk.get(f"{NEW}?cause={cause.pk}").content.decode()
    assert 'id="id_cause_on"' not in page and "《行政监察法》" in page
    assert typed(page, "new_main") == "县农业农村局"
    given = sent(
        scene, kind="to_township", item=cause.item_id, cause=cause.pk, cause_on=None,
        new_main="清泉街道",
    )  # fmt: skip
    answer = clerk.post(NEW, given)
    assert answer.status_code == 302, answer.content.decode()
    application = Application.objects.get()
    assert application.cause == cause and str(application.cause_on) == CAUSE_ON
    assert again(cause).state == "applied" and Cause.objects.count() == 1


def test_who_applies_for_no_unit_has_no_form(scene):
    for user in (scene.sifa, scene.city_sifa, scene.county.user(Role.PLATFORM)):
        client = client_of(user)
        assert client.get(NEW).status_code == 403
        assert client.post("/checklist/applications/parts/", {}).status_code == 403
    draft_page = client_of(scene.clerk).post(NEW, sent(scene, action="save_draft", files=None))
    assert client_of(scene.town).get(draft_page.url).status_code == 404


def test_the_pages_of_other_counties_ask_for_their_own_columns():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    client = client_of(scene.clerk)
    item = scene.item("秸秆禁烧").pk
    page = client.post(
        "/checklist/applications/parts/", {"kind": "content", "item": item}
    ).content.decode()
    assert "牵头部门" in page and "运行流程" not in page
    facts = sent(scene, kind="content", item=item, new_county_duty="新的职责", token="v" * 32)
    for name in scene.new_item():
        if name != "new_county_duty":
            facts.pop(name, None)
    answer = client.post(NEW, facts)
    assert answer.status_code == 302, answer.content.decode()
    assert Application.objects.get().changes == {"county_duty": "新的职责"}


def test_the_writing_page_costs_a_fixed_number_of_queries(
    scene, clerk, django_assert_max_num_queries
):
    with django_assert_max_num_queries(25):
        clerk.get(NEW)
    clerk.post(NEW, sent(scene, action="save_draft", files=None))
    draft = Application.objects.get()
    with django_assert_max_num_queries(28):
        clerk.get(f"/checklist/applications/{draft.pk}/edit/")
