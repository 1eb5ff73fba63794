"""Admission by program: the same doors, the same refusals, nothing of other counties."""

import pytest
from rest_framework.test import APIClient

from admission.models import AdmissionRequest, HandDown
from governance.perform import perform
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again, papers
from tests.factories import checklist as lists

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/admission"


def api(user) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def key(text: str) -> dict:
    return {"Idempotency-Key": text}


def ids(client, path: str) -> list[int]:
    return [one["id"] for one in client.get(f"{ROOT}/{path}").json()["results"]]


def test_a_request_is_drafted_once_per_key_and_put_to_the_townships(scene):
    clerk = api(scene.clerk)
    facts = scene.facts() | {"step": "save_draft", "state": "in_force", "number": "伪造"}
    made = [
        clerk.post(f"{ROOT}/requests/", facts, format="json", headers=key("a")) for _ in range(2)
    ]
    assert {one.status_code for one in made} == {201} and made[0].json() == made[1].json()
    other = clerk.post(f"{ROOT}/requests/", facts | {"name": "别的"}, format="json",
                       headers=key("a"))  # fmt: skip
    assert other.status_code == 422
    draft = AdmissionRequest.objects.get()
    assert draft.state == "draft" and draft.number == "", "what no form asks for is not taken"
    url = f"{ROOT}/requests/{draft.pk}/"
    refused = clerk.post(f"{url}steps/consult/", facts | {"phone": ""}, format="json")
    assert refused.status_code == 400 and "phone" in str(refused.json())
    sent = clerk.post(f"{url}steps/consult/", facts | {"files": papers()["files"]},
                      format="multipart")  # fmt: skip
    assert sent.status_code == 200 and sent.json()["state"] == "consulting"
    assert len(ids(clerk, f"opinions/?request={draft.pk}")) == 2
    stale = clerk.post(f"{url}steps/withdraw/", {"version": 1, "reason": "不再需要"},
                       format="json")  # fmt: skip
    assert stale.status_code == 409 and stale.json()["message"]


def test_opinions_are_given_by_those_who_were_asked(scene):
    request = scene.consult(TOWN)
    one = scene.opinion(request, TOWN)
    url, facts = f"{ROOT}/opinions/{one.pk}/", {"attitude": "agree", "text": "同意"}
    assert api(scene.clerk).post(f"{url}steps/reply/", facts, format="json").status_code == 403
    assert api(scene.other_town).get(url).status_code == 404
    town = api(scene.town)
    assert any(step["name"] == "reply" and step["open"] for step in town.get(f"{url}steps/").json())
    done = town.post(f"{url}steps/reply/", facts, format="json")
    assert done.status_code == 200 and done.json()["attitude"] == "agree"
    assert town.get(f"{url}clocks/").json()["results"][0]["name"] == "reply"
    assert town.get(f"{url}events/").json()["results"]
    assert town.post(f"{ROOT}/opinions/", facts, format="json").status_code == 405


def test_stages_decide_and_duties_tell_their_money(scene):
    request = scene.filed(TOWN)
    desk = api(scene.bianban)
    rows = desk.get(f"{ROOT}/stages/?matter={request.pk}&name=bianban").json()["results"]
    assert rows[0]["of"] == "request"
    step = f"{ROOT}/stages/{rows[0]['id']}/steps/agree/"
    assert api(scene.sifa).post(step, {"opinion": "同意"}, format="json").status_code == 403
    assert desk.post(step, {"opinion": "同意"}, format="json").status_code == 200
    assert desk.post(step, {"opinion": "同意"}, format="json").status_code == 409
    duty = scene.received(scene.duty(scene.reviewed(request)))
    scene.allot(duty)
    scene.spend(duty)
    town = api(scene.town)
    told = town.get(f"{ROOT}/duties/{duty.pk}/").json()
    assert told["balance"] == "600.00" and told["approval_number"] == request.number
    rows = town.get(f"{ROOT}/duties/{duty.pk}/entries/").json()["results"]
    assert sorted(one["kind"] for one in rows) == ["allot", "spend"]
    assert town.post(f"{ROOT}/duties/{duty.pk}/entries/", {}, format="json").status_code == 405
    assert len(ids(town, f"supports/?duty={duty.pk}")) == 6
    over = {"amount": "601", "day": "2026-09-14", "purpose": "补助"}
    refused = town.post(f"{ROOT}/duties/{duty.pk}/steps/spend/", over, format="json")
    assert refused.status_code == 400 and "余额" in str(refused.json())


def test_slips_helps_exits_and_reports_are_raised_by_post(scene):
    town, clerk = api(scene.town), api(scene.clerk)
    paper = {"step": "register", "department": scene.department.pk, "name": "秸秆禁烧巡查",
             "content": "每日巡查", "stated_number": ""}  # fmt: skip
    made = town.post(f"{ROOT}/slips/", paper, format="json")
    assert made.status_code == 201 and made.json()["channel"] == "paper", made.json()
    slip = f"{ROOT}/slips/{made.json()['id']}/"
    assert town.post(f"{slip}steps/receive/", {}, format="json").status_code == 409
    assert town.post(f"{slip}steps/decline/", {"reason": "无批准表号"}, format="json").json()[
        "state"
    ] == "declined"  # fmt: skip
    assert town.post(f"{ROOT}/helps/", {}, format="json").status_code == 403
    refused = clerk.post(f"{ROOT}/helps/", {"name": "调查"}, format="json")
    assert refused.status_code == 400 and "fee" in str(refused.json())
    refused = clerk.post(f"{ROOT}/exits/", {"reason": "完成"}, format="json")
    assert refused.status_code == 400
    assert clerk.post(f"{ROOT}/handdowns/", {}, format="json").status_code == 403
    facts = {"department": scene.department.pk, "manner": "pledge", "name": "责任状",
             "happened_on": "2026-09-08", "text": "要求签订",
             "files": papers()["files"]}  # fmt: skip
    made = town.post(f"{ROOT}/handdowns/", facts, format="multipart")
    assert made.status_code == 201, made.json()
    assert ids(clerk, "handdowns/") == [], "the department hears of it once it is ordered"
    report = HandDown.objects.get()
    perform(report, "order", actor=scene.bianban, at=NOW,
            facts={"demand": "withdraw", "limit": 5, "text": "请收回"})  # fmt: skip
    assert ids(clerk, "handdowns/") == [report.pk]


def test_lists_are_filtered_and_other_counties_do_not_exist(scene):
    request = scene.consult(TOWN, OTHER)
    clerk = api(scene.clerk)
    assert ids(clerk, "requests/?search=普查") == [request.pk] == ids(clerk, "requests/?term=stage")
    assert ids(clerk, "requests/?state=refused") == []
    far = Scene("jiaoqu-2022", ("郊区", "230811", "郊"))
    theirs = far.consult(TOWN)
    known = clerk.get(f"{ROOT}/requests/?department={far.department.pk}").json()
    unknown = clerk.get(f"{ROOT}/requests/?department=987654321").json()
    assert known == unknown and known["results"] == []
    assert clerk.get(f"{ROOT}/requests/{theirs.pk}/").status_code == 404
    step = f"{ROOT}/requests/{theirs.pk}/steps/withdraw/"
    assert clerk.post(step, {"reason": "不办了"}, format="json").status_code == 404
    assert again(theirs).state == "consulting"
    stranger = lists.make_user(lists.make_county("茌平", "371523"), "township_clerk", "斜店乡")
    assert ids(api(stranger), "requests/") == []
