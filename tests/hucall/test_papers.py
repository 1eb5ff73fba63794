"""Papers: true to the office's habits, the same for every reader, inert whatever was typed."""

import io
import shutil
import subprocess
import zipfile

import docx
import pytest
from django.test import Client

from governance import papers, sweep
from governance.perform import perform
from governance.roles import Role
from governance.tasks import fire
from hucall import periods, sheets
from hucall.models import Bulletin, Call
from tests.factories import hucall as make
from tests.factories.governance import County, load_calendar, moment
from tests.hucall.test_statistics import rated

RARE = "𠮷䶮㛃镕喆堃龑"
HOSTILE = "<b>&amp; {{ 7*7 }} {% load x %} {%tr for a in b %} ]]> <script>x</script> \x0b\x00"


@pytest.fixture
def county(db):
    load_calendar()
    return County()


def client(user) -> Client:
    visitor = Client()
    visitor.force_login(user)
    return visitor


def words(raw: bytes) -> str:
    """All words of a .docx."""
    document = docx.Document(io.BytesIO(raw))
    found = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        found += [cell.text for line in table.rows for cell in line.cells]
    return "\n".join(found)


def pdf_words(raw: bytes, tmp_path) -> str:
    """All words of a PDF, without blanks and line breaks."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(raw)
    result = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return "".join(result.stdout.decode().split())


needs_pdf = pytest.mark.skipif(
    not (papers.pdf_ready() and shutil.which("pdftotext")), reason="no libpango or poppler-utils"
)


@pytest.fixture
def call(county):
    content = {"title": f"{RARE}路段塌陷", "text": f"经办人{RARE}报告。{HOSTILE}"}
    call = make.filed(county, **{**content, "text": content["text"].replace("\x00", "")})
    call = make.dispatched(county, call=call, assist=["县城管局"], copy=["县水利局"])
    make.sign_in(county, make.part(call, county))
    return Call.objects.get(pk=call.pk)


def test_the_call_sheet_says_what_the_form_asks(call, county):
    paper = sheets.call_paper(call)
    text = "\n".join(papers.texts(paper))
    assert paper.title == "“乡呼县应”呼叫单" and paper.number == "冠呼〔2026〕1号"
    for said in (
        "清泉街道",
        "复杂事项(可呼)",
        "主街北段",
        "牵头",
        "配合",
        "抄告",
        "县公安局的任务",
    ):
        assert said in text
    assert "已自查:本乡镇没有市政抢修力量" in text
    assert "属实(2026-11-10 09:00),2026-11-10 09:00 派发" in text
    assert paper.signer == "清泉街道" and paper.date == "2026年11月10日"


@needs_pdf
def test_rare_characters_stand_in_the_pdf(call, tmp_path):
    text = pdf_words(papers.pdf(sheets.call_paper(call)), tmp_path)
    for letter in RARE:
        assert letter in text, letter
    fonts = subprocess.run(
        ["pdffonts", str(tmp_path / "paper.pdf")], capture_output=True, check=True
    ).stdout.decode()
    assert "yes" in fonts.splitlines()[2]  # embedded


@needs_pdf
def test_the_pdf_is_a4(call, tmp_path):
    pdf_words(papers.pdf(sheets.call_paper(call)), tmp_path)
    told = subprocess.run(
        ["pdfinfo", str(tmp_path / "paper.pdf")], capture_output=True, check=True
    ).stdout.decode()
    assert "(A4)" in told


def test_the_docx_names_the_office_fonts_and_holds_rare_characters(call):
    raw = papers.docx(sheets.call_paper(call))
    assert RARE in words(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        style = archive.read("word/styles.xml").decode()
        page = archive.read("word/document.xml").decode()
    assert 'w:eastAsia="仿宋_GB2312"' in style
    assert 'w:eastAsia="方正小标宋简体"' in page
    assert 'w:w="11906"' in page and 'w:h="16838"' in page


def test_hostile_text_is_inert_in_every_form(call, tmp_path):
    paper = sheets.call_paper(call)
    kept = "<b>&amp; {{ 7*7 }} {% load x %} {%tr for a in b %} ]]> <script>x</script>"
    assert kept in words(papers.docx(paper))
    page = papers.html(paper)
    assert "<script>" not in page and "{{ 7*7 }}" in page and "49" not in page
    assert "&lt;b&gt;&amp;amp; {{ 7*7 }}" in page


def test_control_characters_and_direction_marks_are_dropped():
    paper = papers.Paper("题\x00\x0b\u202e目\ud800", blocks=papers.body("一、情况\n文\x07字"))
    assert words(papers.docx(paper)).startswith("题目")
    assert "文字" in papers.html(paper)


def test_headings_of_a_running_text():
    blocks = papers.body("各乡镇:\n一、总体情况\n(一)不响应\n县水利局:1件。")
    assert [one.kind for one in blocks] == ["to", "h1", "h2", "body"]


def test_a_paper_loads_nothing():
    with pytest.raises(ValueError, match="不加载"):
        papers.refuse("https://elsewhere.example/logo.png")


# ------------------------------------------------------------------ 督办通知书, 通报


def test_the_supervision_notice_is_a_letter(county):
    make.dispatched(county)
    late = moment("2026-11-11 17:31")
    sweep.sweep(late)
    fire(late)
    notice = Call.objects.get().supervisions.get()
    paper = sheets.supervision_paper(notice)
    text = "\n".join(papers.texts(paper))
    assert (paper.title, paper.number) == ("督办通知书", "冠督〔2026〕1号")
    assert paper.blocks[0].text == "县公安局:"
    assert "报到应于2026年11月11日 17:30前完成,至今未完成" in text
    assert "请于2026年11月13日17时30分前将办理情况书面反馈。" in text
    assert (paper.signer, paper.date) == ("冠县政府办公室", "2026年11月11日")
    assert "冠县政府办公室(印章)" in words(papers.docx(paper))


def test_the_bulletin_in_word(county):
    make.dispatched(county, lead="县水利局")
    month = periods.month(2026, 11).first
    bulletin = Bulletin(county=county.row, owner=county.unit("县督查机构"), month=month)
    ducha, at = county.user(Role.DUCHA), moment("2026-12-01 09:00")
    bulletin = perform(bulletin, "generate", actor=ducha, at=at)
    assert sheets.bulletin_paper(bulletin).mark == "(草稿,未发布)"
    bulletin = perform(bulletin, "publish", actor=ducha, at=at, facts={"units": []})
    answer = client(county.user(Role.TOWNSHIP_CLERK)).get(
        f"/hucall/bulletins/{bulletin.pk}/paper/", {"format": "docx"}
    )
    assert answer["Content-Type"] == papers.DOCX
    assert answer["Cache-Control"] == "no-store"
    text = words(answer.content)
    assert "冠通报〔2026〕1号" in text and "县水利局:1件" in text and "2026年12月1日" in text


# ------------------------------------------------------------------ who may have it


@pytest.mark.rule("GX-呼应-16")
def test_no_rating_stands_on_the_sheet_and_all_readers_get_the_same(county):
    part = rated(county, "清泉街道", "dissatisfied")
    address = f"/hucall/calls/{part.call_id}/paper/"
    texts = set()
    for role in (Role.PLATFORM, Role.TOWNSHIP_CLERK, Role.DEPARTMENT_CLERK):
        raw = client(county.user(role)).get(address, {"format": "docx"}).content
        texts.add(words(raw))
    assert len(texts) == 1
    text = texts.pop()
    for secret in ("不满意", "还有积水", "待评价", "待回访"):
        assert secret not in text


def test_internal_notes_stay_inside(county):
    part = make.working(county)
    facts = {"note": "内部口径先不外传", "audience": "internal"}
    part = perform(
        part, "note", actor=county.user(Role.DEPARTMENT_CLERK), at=make.FILED, facts=facts
    )
    assert "内部口径" not in "\n".join(papers.texts(sheets.call_paper(part.call)))


@pytest.mark.parametrize("wanted", ["", "pdf", "docx"])
def test_who_may_not_see_the_record_gets_404(county, call, wanted):
    address = f"/hucall/calls/{call.pk}/paper/"
    stranger = county.user(Role.DEPARTMENT_CLERK, "县教体局")
    assert client(stranger).get(address, {"format": wanted}).status_code == 404
    other = County("样例县", "371599", "样").user(Role.PLATFORM)
    assert client(other).get(address, {"format": wanted}).status_code == 404
    assert Client().get(address, {"format": wanted}).status_code == 302


def test_a_draft_bulletin_is_not_on_paper_for_departments(county):
    month = periods.month(2026, 11).first
    bulletin = Bulletin(county=county.row, owner=county.unit("县督查机构"), month=month)
    at = moment("2026-12-01 09:00")
    bulletin = perform(bulletin, "generate", actor=county.user(Role.DUCHA), at=at)
    address = f"/hucall/bulletins/{bulletin.pk}/paper/"
    assert client(county.user(Role.DEPARTMENT_CLERK)).get(address).status_code == 404
    assert client(county.user(Role.PLATFORM)).get(address).status_code == 200


def test_without_libpango_the_page_says_what_to_do(county, call, monkeypatch):
    def missing():
        raise papers.PdfMissing("本机未安装 PDF 组件(libpango),请下载 .docx。")

    monkeypatch.setattr(papers, "weasyprint", missing)
    visitor = client(county.user(Role.PLATFORM))
    address = f"/hucall/calls/{call.pk}/paper/"
    page = visitor.get(address, {"format": "pdf"}, follow=True)
    assert page.status_code == 200
    assert "请下载 .docx" in page.content.decode() and "PDF 不可用" in page.content.decode()
    assert visitor.get(address, {"format": "docx"}).status_code == 200
