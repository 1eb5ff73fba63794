"""Applications, causes, stages and composing by program; and what waits on the workbench."""

import pytest
from rest_framework.test import APIClient

from checklist import workbench
from checklist.models import Application, Cause, Edition
from governance.perform import perform
from governance.roles import Role
from tests.checklist.scene import NOW, Scene, again, papers
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/checklist"


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


def api(user) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_application_is_filed_once_per_key(scene):
    clerk = api(scene.clerk)
    facts = scene.facts() | scene.new_item() | {"step": "save_draft"}
    first = clerk.post(
        f"{ROOT}/applications/", facts, format="json", headers={"Idempotency-Key": "1"}
    )
    second = clerk.post(
        f"{ROOT}/applications/", facts, format="json", headers={"Idempotency-Key": "1"}
    )
    assert first.status_code == second.status_code == 201, first.json()
    draft = Application.objects.get()
    url = f"{ROOT}/applications/{draft.pk}/"
    refused = clerk.post(url + "steps/file/", facts, format="json")
    assert refused.status_code == 400 and "论证材料" in str(refused.json())
    filed = clerk.post(
        url + "steps/file/", facts | {"files": papers()["files"]}, format="multipart"
    )
    assert filed.status_code == 200 and filed.json()["number"]
    assert clerk.post(url + "steps/file/", facts, format="json").status_code == 409
    assert api(scene.town).get(url).status_code == 404
    assert api(scene.sifa).post(f"{ROOT}/applications/", facts, format="json").status_code == 403


def test_lists_are_filtered_and_searched(scene):
    scene.file(**scene.new_item("扬尘治理"))
    scene.file(kind="remove", item=scene.item("秸秆禁烧").pk)
    desk = api(scene.bianban)

    def found(query: str) -> list[str]:
        return [one["name"] for one in desk.get(f"{ROOT}/applications/?{query}").json()["results"]]

    assert found("") == ["秸秆禁烧", "扬尘治理"]
    assert found("kind=add") == found("search=扬尘") == ["扬尘治理"]
    assert found("late=true") == found("item=999999999999999999") == []
    scene.cause()
    causes = desk.get(f"{ROOT}/causes/?state=open").json()["results"]
    assert len(causes) == 1 and causes[0]["unit"]["name"] == "县农业农村局"


def test_a_stage_is_decided_by_its_reviewer_alone(scene):
    application = scene.accepted(scene.file())
    stage = application.current().get()
    chief, clerk = api(scene.chief), api(scene.clerk)
    rows = chief.get(f"{ROOT}/stages/?application={application.pk}").json()["results"]
    assert [one["name"] for one in rows] == ["research"]
    url = f"{ROOT}/stages/{stage.pk}/"
    assert api(scene.sifa).get(url).status_code == 404
    assert clerk.get(url).status_code == 200
    facts = {"opinion": "同意启动程序"}
    assert clerk.post(url + "steps/agree/", facts, format="json").status_code == 403
    done = chief.post(url + "steps/agree/", facts, format="json")
    assert done.status_code == 200 and done.json()["state"] == "agreed"
    again_done = chief.post(url + "steps/agree/", facts, format="json")
    assert again_done.status_code == 409 and again_done.json()["clause"]
    assert chief.post(f"{ROOT}/stages/", {}, format="json").status_code == 405


def test_causes_and_editions_are_raised_by_post(scene):
    desk = api(scene.bianban)
    facts = {
        "unit": scene.county.unit("县农业农村局").pk,
        "text": "《农业法》修订",
        "occurred_on": "2026-09-08",
    }
    made = desk.post(f"{ROOT}/causes/", facts, format="json")
    assert made.status_code == 201 and made.json()["source"] == "notice"
    assert api(scene.sifa).post(f"{ROOT}/causes/", facts, format="json").status_code == 403
    application = scene.approved(scene.file())
    composed = desk.post(f"{ROOT}/editions/", {"applications": [application.pk]}, format="json")
    assert composed.status_code == 201, composed.json()
    assert Edition.objects.get(pk=composed.json()["id"]).state == "draft"
    assert api(scene.clerk).post(f"{ROOT}/editions/", {}, format="json").status_code == 403
    assert desk.post(f"{ROOT}/editions/", {}, format="json").status_code == 409
    assert Cause.objects.filter(source="notice").count() == 1


# ------------------------------------------------------------------ workbench


def waiting(user) -> list[tuple[str, str]]:
    return [(row["step"], row["title"]) for row in workbench.waiting_for(user)]


def test_what_has_no_clock_waits_on_the_workbench(scene, django_assert_max_num_queries):
    draft = perform(
        scene.application(),
        "save_draft",
        actor=scene.clerk,
        at=NOW,
        facts=scene.facts() | scene.new_item(),
    )
    assert waiting(scene.clerk) == [("继续填写", "清单增加:扬尘治理")]
    assert waiting(scene.town) == waiting(scene.bianban) == []
    application = perform(
        draft,
        "file",
        actor=scene.clerk,
        at=NOW,
        facts=scene.facts() | scene.new_item(),
        files=papers(),
    )
    assert waiting(scene.bianban) == [("受理", "清单增加:扬尘治理")]
    assert waiting(scene.meeting) == waiting(scene.clerk) == []
    application = scene.accepted(application)
    assert waiting(scene.chief) == [("县委、县政府研究同意", "清单增加:扬尘治理")]
    scene.agree(application, "research")
    # 编办 and 司法局 have ten days each: theirs stand among the clocks.
    assert waiting(scene.sifa) == waiting(scene.bianban) == []
    for name in ("bianban", "sifa"):
        scene.agree(again(application), name)
    assert waiting(scene.city_sifa) == [("市司法局审核", "清单增加:扬尘治理")]
    for name in ("city_bianban", "city_sifa", "approve"):
        scene.agree(again(application), name)
    assert waiting(scene.bianban) == [("编制新版本", "1 件已批准的调整申请")]
    edition = scene.compose(again(application))
    assert [step for step, _ in waiting(scene.bianban)] == ["公布"]
    scene.put_out(edition)
    with django_assert_max_num_queries(8):
        assert waiting(scene.bianban) == []
    assert workbench.waiting_for(scene.county.user(Role.PLATFORM)) == []
