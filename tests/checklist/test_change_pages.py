"""Registers, application, cause and compose pages: what stands there, for whom, at what cost."""

import re

import pytest
from django.test import Client

from checklist import paging
from checklist.models import Application, Cause
from governance import sheets
from governance.perform import perform
from governance.roles import Role
from tests.checklist.scene import NOW, Scene, again, papers
from tests.factories.governance import load_calendar, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def names(client, url="/checklist/applications/") -> list[str]:
    return re.findall(r'class="main-cell[^>]*><div><a href="[^"]+">([^<]+)</a>', text(client, url))


# ------------------------------------------------------------------ registers


def test_filters_stand_in_the_address(scene):
    scene.file(**scene.new_item("扬尘治理"))
    late = scene.file(at=moment("2026-09-23 09:00"), **scene.new_item("散煤治理"))
    scene.accepted(scene.file(kind="remove", item=scene.item("农村公路养护").pk))
    desk = client_of(scene.bianban)
    assert names(desk) == ["农村公路养护", "散煤治理", "扬尘治理"]
    cases = {
        "state=submitted": ["散煤治理", "扬尘治理"],
        "state=open": ["农村公路养护", "散煤治理", "扬尘治理"],
        "state=in_force": [],
        "kind=remove": ["农村公路养护"],
        "late=late": ["散煤治理"],
        "late=authority": [],
        f"owner={scene.county.unit('县农业农村局').pk}": ["农村公路养护", "散煤治理", "扬尘治理"],
        "q=散煤": ["散煤治理"],
        f"q={late.number}": ["散煤治理"],
        "owner=x&kind=y&after=zz&before=-1&late=9&state=%00": [
            "农村公路养护", "散煤治理", "扬尘治理",
        ],
    }  # fmt: skip
    for query, wanted in cases.items():
        assert names(desk, f"/checklist/applications/?{query}") == wanted, query
    page = text(desk, "/checklist/applications/?kind=remove&q=公路")
    assert "已筛选" in page and "待县委办" in page and "· 逾期提出" not in page
    assert "· 逾期提出" in text(desk, "/checklist/applications/?late=late")


def test_pages_follow_one_another_by_cursor(scene, monkeypatch):
    monkeypatch.setattr(paging, "SIZE", 2)
    for number in range(5):
        scene.file(**scene.new_item(f"事项{number}"))
    desk, url, seen, backs = client_of(scene.bianban), "/checklist/applications/", [], []
    while url:
        page = text(desk, url)
        seen.append(names(desk, url))
        found = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page)
        back = re.search(r'href="(\?[^"]*before=[^"]+)" rel="prev"', page)
        backs.append(back and back[1].replace("&amp;", "&"))
        url = found and "/checklist/applications/" + found[1].replace("&amp;", "&")
    assert seen == [["事项4", "事项3"], ["事项2", "事项1"], ["事项0"]]
    assert backs[0] is None
    assert names(desk, "/checklist/applications/" + backs[2]) == seen[1]
    assert names(desk, "/checklist/applications/" + backs[1]) == seen[0]


def test_everybody_sees_the_own_ones(scene):
    mine = scene.file(**scene.new_item("扬尘治理"))
    town = scene.file(
        actor=scene.town, owner=scene.county.unit("清泉街道"), **scene.new_item("散煤治理")
    )
    assert names(client_of(scene.clerk)) == ["扬尘治理"]
    assert names(client_of(scene.town)) == ["散煤治理"]
    assert names(client_of(scene.chief)) == ["散煤治理", "扬尘治理"]
    assert names(client_of(scene.sifa)) == names(client_of(scene.city_bianban)) == []
    scene.agree(scene.accepted(mine), "research")
    assert names(client_of(scene.sifa)) == ["扬尘治理"]
    assert names(client_of(scene.city_sifa)) == []
    assert client_of(scene.clerk).get(town.get_absolute_url()).status_code == 404
    stranger = client_of(scene.county.user(Role.PLATFORM))
    assert stranger.get("/checklist/applications/").status_code == 403
    assert stranger.get("/checklist/applications/export/").status_code == 403


def test_an_export_holds_exactly_what_is_filtered(scene):
    for name in ("扬尘治理", "=散煤治理"):
        scene.file(**scene.new_item(name))
    scene.file(kind="remove", item=scene.item("农村公路养护").pk)
    answer = client_of(scene.bianban).get("/checklist/applications/export/?kind=add")
    rows = sheet_of(answer)
    assert rows[0][:4] == ["事项", "文号", "类型", "申请单位"]
    assert [row[0] for row in rows[1:]] == ["=散煤治理", "扬尘治理"]
    scene.cause()
    rows = sheet_of(client_of(scene.bianban).get("/checklist/applications/causes/export/"))
    assert len(rows) == 5 and rows[1][0].startswith("《行政监察法》")


def sheet_of(answer) -> list[list[str]]:
    import io

    book = sheets.read(io.BytesIO(b"".join(answer.streaming_content)), "x.xlsx")
    return [list(cells) for _, cells in book.sheets[0].rows()]


def test_a_register_costs_the_same_queries_whatever_its_length(scene, django_assert_num_queries):
    scene.accepted(scene.file(**scene.new_item("扬尘治理")))
    scene.cause()
    desk = client_of(scene.bianban)
    for url, most in (("/checklist/applications/", 10), ("/checklist/applications/causes/", 10)):
        desk.get(url)
        with django_assert_num_queries(most):
            desk.get(url)
    for number in range(4):
        scene.accepted(scene.file(**scene.new_item(f"事项{number}")))
        scene.cause()
    for url, most in (("/checklist/applications/", 10), ("/checklist/applications/causes/", 10)):
        with django_assert_num_queries(most):
            desk.get(url)


# ------------------------------------------------------------------ the application's page


def test_the_page_shows_the_chain_side_by_side(scene):
    application = scene.file(
        kind="to_township", item=scene.item("秸秆禁烧").pk, new_main="清泉街道"
    )
    scene.agree(scene.accepted(application), "research", opinion="同意启动", signer="张县长")
    page = text(client_of(scene.sifa), application.get_absolute_url())
    assert "并行办理" in page and "编办审核" in page and "司法局合法性审查" in page
    assert "通过(司法局合法性审查)" in page and "通过(编办审核)" not in page
    assert "同意启动" in page and "张县长" in page
    assert "<del>" in page and "<ins>" in page and "县农业农村局" in page
    assert "法律、法规、规章新立或修订" in page and "/clauses/GX-" in page
    assert page.count("限 10个工作日") == 2


def test_earlier_rounds_are_kept_and_the_query_count_stays(scene, django_assert_max_num_queries):
    application = scene.accepted(scene.file())
    for _ in range(3):
        scene.agree(application, "research")
        stage = scene.stage(application, "sifa")
        facts = {"reason": "依据条款引用有误"}
        perform(stage, "send_back", actor=scene.sifa, at=NOW, facts=facts)
        facts = scene.facts() | scene.new_item()
        returned = again(application)
        sent = perform(returned, "resubmit", actor=scene.clerk, at=NOW, facts=facts, files=papers())
        application = scene.accepted(sent)
    desk = client_of(scene.bianban)
    page = text(desk, application.get_absolute_url())
    assert "第 3 轮审批" in page and "依据条款引用有误" in page
    with django_assert_max_num_queries(20):
        desk.get(application.get_absolute_url())


def test_another_change_of_the_same_column_is_pointed_out(scene):
    first = scene.file(kind="to_township", item=scene.item("秸秆禁烧").pk, new_main="清泉街道")
    scene.put_out(scene.compose(scene.approved(first)))
    second = scene.file(kind="to_county", item=scene.item("秸秆禁烧").pk, new_main="县公安局")
    page = text(client_of(scene.clerk), second.get_absolute_url())
    assert "清单在申请之后有了变化" not in page
    assert "公布版本" in text(client_of(scene.clerk), first.get_absolute_url())


# ------------------------------------------------------------------ causes


def test_bianban_notifies_a_unit_that_applies(scene):
    desk, clerk = client_of(scene.bianban), client_of(scene.clerk)
    assert "通知单位申请" in text(desk, "/checklist/applications/causes/new/")
    given = {
        "unit": scene.county.unit("县农业农村局").pk,
        "text": "《农业法》修订\n第三十条改变了部门职责",
        "occurred_on": "2026-09-08",
        "token": "a" * 32,
    }
    first = desk.post("/checklist/applications/causes/new/", given)
    second = desk.post("/checklist/applications/causes/new/", given)
    assert first.status_code == 302 and first.url == second.url
    cause = Cause.objects.get()
    assert cause.source == "notice"
    page = text(clerk, first.url)
    assert "据此申请" in page and "县委、县政府可以直接提出" in page
    assert "据此申请" not in text(desk, first.url).split("下一步")[1].split("时限")[0]
    form = text(clerk, f"/checklist/applications/new/?cause={cause.pk}")
    assert cause.number in form and "第三十条" in form and 'value="2026-09-08"' in form


def test_a_cause_in_the_future_is_refused_and_nothing_is_lost(scene):
    clerk = client_of(scene.clerk)
    given = {"text": "机构职能调整", "occurred_on": "2999-01-01"}
    answer = clerk.post("/checklist/applications/causes/new/", given)
    page = answer.content.decode()
    assert answer.status_code == 400 and "不能晚于今天" in page and "机构职能调整" in page
    assert not Cause.objects.exists()


def test_the_page_of_a_cause_tells_what_follows_by_rulebook(django_assert_max_num_queries):
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    cause = scene.cause()
    desk = client_of(scene.bianban)
    assert "责令限期整改" in text(desk, cause.get_absolute_url())
    with django_assert_max_num_queries(18):
        desk.get(cause.get_absolute_url())


# ------------------------------------------------------------------ composing


@pytest.mark.rule("GX-清单-27")
def test_composing_shows_what_blocks_and_what_changes(scene, django_assert_num_queries):
    ready = scene.approved(scene.file(**scene.new_item("扬尘治理")))
    flowless = scene.approved(scene.file(flow="", **scene.new_item("散煤治理")))
    assert flowless.flow == []
    desk = client_of(scene.bianban)
    page = text(desk, "/checklist/applications/compose/")
    assert page.count("各环节已办结") == 1 and "运行流程尚未同步更新" in page
    assert "散煤治理" in page
    with django_assert_num_queries(16) as few:
        desk.get("/checklist/applications/compose/")
    for number in range(3):
        scene.approved(scene.file(**scene.new_item(f"事项{number}")))
    with django_assert_num_queries(len(few)):
        desk.get("/checklist/applications/compose/")
    given = {"applications": [ready.pk], "token": "b" * 32}
    answer = desk.post("/checklist/applications/compose/", given)
    assert answer.status_code == 302
    assert desk.post("/checklist/applications/compose/", given).url == answer.url
    page = text(desk, answer.url)
    assert "编入的调整申请" in page and ready.number in page and "扬尘治理" in page
    again_page = text(desk, "/checklist/applications/compose/")
    assert "本县已有一份草稿" in again_page
    assert client_of(scene.sifa).get("/checklist/applications/compose/").status_code == 403


def test_a_county_that_files_first_cannot_compose_before():
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    application = scene.accepted(scene.file(**scene.new_item()))
    for name in ("bianban", "sifa", "approve"):
        scene.agree(again(application), name)
    page = text(client_of(scene.bianban), "/checklist/applications/compose/")
    assert "待办环节:省市备案" in page and "disabled" in page
    answer = client_of(scene.bianban).post(
        "/checklist/applications/compose/", {"applications": [application.pk]}
    )
    assert answer.status_code == 400 and "尚有环节未办结" in answer.content.decode()


def test_an_import_is_turned_into_applications_on_its_page(scene):
    from tests.checklist.test_converting import imported

    draft = imported(scene, scene.line("秸秆禁烧", county_duty="改写"), scene.line("扬尘治理"))
    page = text(client_of(scene.bianban), draft.get_absolute_url())
    assert "导入的差异须经申请" in page and "转为调整申请" in page
    assert "不转换" in page and "减少(取消)" in page
    assert Application.objects.count() == 0
