"""403 as a page: our own words and clause where there are any, the general words otherwise."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from governance import catalogue
from governance.roles import Role
from governance.steps import Denied, Forbidden
from governance.views.refusals import forbidden
from tests.factories.governance import County, load_calendar
from tests.governance.visiting import text_of, visit

GENERAL = "系统按岗位授权"


def page(exception=None) -> str:
    answer = forbidden(RequestFactory().get("/"), exception)
    assert answer.status_code == 403
    return answer.content.decode()


def test_the_reason_and_its_clause_are_told():
    text = page(Denied("准入申请由县级部门提出。", "GX-准入-08"))
    assert "准入申请由县级部门提出。" in text and catalogue.entry("GX-准入-08").label in text
    assert 'href="/clauses/' in text and GENERAL in text


def test_a_step_that_is_refused_brings_its_clause():
    try:
        try:
            raise Forbidden("“办结”须由承办单位办理。", "GX-呼应-10")
        except Forbidden as refusal:
            raise PermissionDenied(refusal.message) from refusal
    except PermissionDenied as raised:
        text = page(raised)
    assert "须由承办单位办理" in text and catalogue.entry("GX-呼应-10").label in text


@pytest.mark.parametrize("said", ["", "You may not", "<b>no</b>"])
def test_without_words_of_ours_the_general_ones_stand(said):
    text = page(PermissionDenied(said))
    assert GENERAL in text and "/clauses/" not in text
    assert "You may not" not in text and "<b>no" not in text
    assert GENERAL in page()


def test_words_are_text_and_nothing_else():
    assert "&lt;i&gt;不行" in page(PermissionDenied("<i>不行</i>"))


@pytest.mark.django_db
def test_a_page_of_others_says_whose_it_is():
    load_calendar()
    client = visit(County().user(Role.TOWNSHIP_CLERK))
    answer = client.get("/admission/requests/new/")
    assert answer.status_code == 403
    assert "准入申请由县级部门提出" in text_of(answer)
    assert catalogue.entry("GX-准入-08").label in text_of(answer)
    assert "编办和系统管理员" in text_of(client.get("/rulebooks/edit/"))
