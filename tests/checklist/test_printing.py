"""Papers of the list: the edition, the application form, the two letters; as PDF and .docx."""

import io
import shutil
import subprocess

import pytest
from django.urls import reverse
from docx import Document

from checklist import paper_jobs, printing, selectors, services
from checklist.models import Edition
from governance import jobs, papers
from governance.models import Clock
from governance.perform import perform
from tests.checklist.scene import NOW, Scene, again
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db
RARE = "䶮𠮷㛃𬭎"
"""Signs outside the usual set; names of people and villages hold them."""


@pytest.fixture
def scene():
    load_calendar()
    made = Scene()
    made.publish()
    return made


def said(paper) -> str:
    return "\n".join(papers.texts(paper))


def in_pdf(data: bytes) -> str:
    command = ["pdftotext", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


PDF = pytest.mark.skipif(
    not (papers.pdf_ready() and shutil.which("pdftotext")), reason="no libpango or poppler-utils"
)


def in_docx(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


# ------------------------------------------------------------------ the list


def test_an_edition_prints_across_with_all_its_items(scene):
    edition = Edition.objects.get(county=scene.row)
    paper = printing.edition_paper(edition, selectors.members(edition))
    text = said(paper)
    assert paper.landscape and paper.number == "冠办发〔2026〕1号" and "共 3 项" in text
    for name in ("秸秆禁烧", "河道采砂监管", "农村公路养护", "县农业农村局"):
        assert name in text
    assert "2026年1月5日" in paper.date
    docx = papers.docx(paper)
    section = Document(io.BytesIO(docx)).sections[0]
    assert section.page_width > section.page_height
    assert "PAGE" in section.footer.paragraphs[0]._p.xml


def test_a_sample_says_so_on_paper(db):
    county = lists.make_county()
    draft = services.import_sheet(
        county, lists.sheet_a(lists.row()), "清.xlsx", sample=True
    ).edition
    paper = printing.edition_paper(draft, selectors.members(draft))
    assert "样例" in paper.mark and "草稿" in paper.mark


@PDF
def test_rare_signs_are_in_the_pdf(db):
    county = lists.make_county()
    sheet = lists.sheet_a(lists.row(f"{RARE}村道路养护"))
    draft = services.import_sheet(county, sheet, "清.xlsx").edition
    paper = printing.edition_paper(draft, selectors.members(draft))
    assert RARE in in_docx(papers.docx(paper))
    text = in_pdf(papers.pdf(paper)).replace("\n", "").replace("\r", "")
    assert all(sign in text for sign in RARE)


def test_the_edition_is_read_by_its_county_alone(client, scene):
    edition = Edition.objects.get(county=scene.row)
    other = lists.make_county("茌平", "371523")
    stranger = lists.make_user(other, "township_clerk", "斜店乡")
    lists.enter_as(client, stranger)
    for name in ("edition_paper", "edition_pdf", "edition_docx"):
        url = reverse(f"checklist:{name}", args=[edition.pk])
        assert client.get(url).status_code == 404
    lists.enter_as(client, scene.town)
    answer = client.get(reverse("checklist:edition_docx", args=[edition.pk]))
    assert answer["Content-Type"] == papers.DOCX and answer["Cache-Control"] == "no-store"
    assert client.get(reverse("checklist:edition_paper", args=[edition.pk])).status_code == 200
    assert client.get(reverse("checklist:edition_pdf", args=[edition.pk])).content[:4] == b"%PDF"


def test_a_long_edition_is_laid_out_by_a_worker(client, scene, monkeypatch):
    monkeypatch.setattr(paper_jobs, "AT_ONCE", 2)
    edition = Edition.objects.get(county=scene.row)
    sent = []
    monkeypatch.setattr(paper_jobs.write_paper, "apply_async", lambda args, **k: sent.append(args))
    lists.enter_as(client, scene.town)
    answer = client.get(reverse("checklist:edition_docx", args=[edition.pk]))
    page = answer["Location"]
    token = sent[0][0]
    assert answer.status_code == 302 and "排队中" in client.get(page).content.decode()
    assert client.get(f"{page}file/").status_code == 404
    paper_jobs.run(token)
    paper_jobs.run(token)
    assert "已完成" in client.get(f"{page}progress/").content.decode()
    assert "秸秆禁烧" in in_docx(client.get(f"{page}file/").content)
    lists.enter_as(client, scene.clerk)
    assert client.get(page).status_code == 404, "another's paper does not exist"


def test_papers_of_yesterday_are_removed(monkeypatch):
    paper_jobs.JOBS.note("0" * 32, state="done")
    assert paper_jobs.JOBS.tidy() == 0
    monkeypatch.setattr(jobs, "KEPT", -jobs.KEPT)
    assert paper_jobs.JOBS.tidy() >= 1 and paper_jobs.JOBS.read("0" * 32) is None


# ------------------------------------------------------------------ 申请表


@pytest.mark.rule("GX-清单-28")
def test_the_form_holds_all_that_was_asked_and_blank_stages(scene):
    application = scene.accepted(scene.file())
    scene.agree(application, "research", signer="王䶮", document_number="冠研〔2026〕1号")
    paper = printing.application_paper(again(application))
    text = said(paper)
    for words in ("扬尘治理", "法律修订后增加了县乡共同承担的职责", "论证材料.pdf", "2026年9月8日",
                  "王䶮", "冠研〔2026〕1号", "立案查处", "调整后"):  # fmt: skip
        assert words in text
    labels = [row["label"] for row in application.chain()]
    assert all(label in text for label in labels), "stages yet to come have their rows"
    assert "王䶮" in in_docx(papers.docx(paper))


def test_the_form_shows_old_and_new_text(db):
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    application = scene.change("秸秆禁烧", township_duty="巡查和劝导")
    text = said(printing.application_paper(application))
    assert "负责秸秆禁烧的巡查" in text and "巡查和劝导" in text


def test_the_form_is_read_by_those_who_see_the_application(client, scene):
    application = scene.file()
    lists.enter_as(client, scene.town)
    url = reverse("checklist:application_docx", args=[application.pk])
    assert client.get(url).status_code == 404
    lists.enter_as(client, scene.clerk)
    assert "扬尘治理" in in_docx(client.get(url).content)
    screen = client.get(reverse("checklist:application_paper", args=[application.pk]))
    assert screen.status_code == 200 and "清单调整申请表" in screen.content.decode()


# ------------------------------------------------------------------ letters


@pytest.mark.rule("GX-清单-28")
def test_what_is_declined_is_told_in_writing(client, scene):
    application = scene.file()
    url = reverse("checklist:refusal_docx", args=[application.pk])
    lists.enter_as(client, scene.clerk)
    assert client.get(url).status_code == 404, "nobody has said no yet"
    perform(application, "decline", actor=scene.bianban, at=NOW, facts={"reason": "论证不充分䶮"})
    text = in_docx(client.get(url).content)
    for words in ("不予受理告知书", "论证不充分䶮", application.number, "县农业农村局"):
        assert words in text
    assert scene.bianban.posts_held()[0].unit.name in text


@pytest.mark.rule("GX-清单-23")
def test_what_is_refused_is_told_with_its_clause(scene):
    application = scene.accepted(scene.file())
    stage = scene.stage(application, "research")
    perform(stage, "refuse", actor=scene.chief, at=NOW, facts={"reason": "现阶段不宜列入清单"})
    text = said(printing.refusal_paper(again(application)))
    assert "不予调整告知书" in text and "现阶段不宜列入清单" in text and "第九条" in text


@pytest.mark.rule("JQ-清单-24")
def test_rectification_is_ordered_in_the_name_of_both_offices(client, db):
    load_calendar()
    scene = Scene("jiaoqu-2022")
    scene.publish()
    cause = scene.cause(occurred_on="2026-09-08")
    due = Clock.objects.get(name="apply").due_at
    lists.enter_as(client, scene.clerk)
    url = reverse("checklist:rectify_docx", args=[cause.pk])
    assert client.get(url).status_code == 404
    perform(again(cause), "order_rectification", at=due)
    paper = printing.rectify_paper(again(cause))
    text = said(paper)
    limit = Clock.objects.get(name="rectify").due_at
    assert "责令限期整改通知书" in text and printing.in_letter(limit) in text
    offices = [user.posts_held()[0].unit.name for user in (scene.bianban, scene.sifa)]
    assert paper.signer == "\n".join(offices) and "第十一条" in text
    assert "责令你单位限期整改" in in_docx(client.get(url).content)
