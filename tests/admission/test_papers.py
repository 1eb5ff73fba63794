"""The forms of admission row by row, as the originals have them; and the letters."""

import io
import shutil
import subprocess

import pytest
from django.urls import reverse
from docx import Document

from admission import letters, printing
from admission.papers import papers_for
from governance import papers
from governance.models import Stage
from governance.papers import Table
from governance.perform import perform
from tests.admission.scene import NOW, OTHER, TOWN, Scene, again
from tests.checklist.scene import Scene as ListScene
from tests.factories import checklist as lists
from tests.factories.governance import load_calendar

pytestmark = pytest.mark.django_db
RARE = "䶮𠮷㛃𬭎"
FORMULA = "=1+1"
AGREED = {"opinion": "同意。", "signer": "王䶮", "document_number": ""}
PDF = pytest.mark.skipif(
    not (papers.pdf_ready() and shutil.which("pdftotext")), reason="no libpango or poppler-utils"
)


@pytest.fixture
def guan(db):
    load_calendar()
    return Scene()


@pytest.fixture
def jiao(db):
    load_calendar()
    return Scene("jiaoqu-2022", ("郊区", "230811", "郊"))


def grid(paper) -> list[list[str]]:
    """The rows of the form as it was described: words, and after them who signs."""
    table = next(block for block in paper.blocks if isinstance(block, Table))
    return [[" | ".join(filter(None, (c.text, c.sign))) for c in line] for line in table.rows]


def docx_grid(data: bytes) -> list[list[str]]:
    """The rows of the first table of a .docx, each merged cell once."""
    found, met = [], set()
    for line in Document(io.BytesIO(data)).tables[0].rows:
        cells = [cell for cell in line.cells if cell._tc not in met]
        unique = list({id(cell._tc): cell for cell in cells}.values())
        met |= {cell._tc for cell in unique}
        found.append([" | ".join(p.text for p in cell.paragraphs if p.text) for cell in unique])
    return found


def in_docx(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def in_pdf(data: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    return "".join(text.split())


def said(paper) -> str:
    return "\n".join(papers.texts(paper))


GUANXIAN = [
    ["申请交办事项", f"农业普查{RARE}"],
    ["申请准入理由", FORMULA],
    ["联系人", "杜鹃", "联系电话", "0635-5231234"],
    ["覆盖地域范围", "县:□ 全域", "乡镇(街道):清泉街道、贾镇"],
    ["征求乡镇(街道)意见情况",
     "清泉街道:同意,愿意承接(2026年9月10日)\n贾镇:同意,愿意承接(2026年9月10日)\n"
     "协商意见:各乡镇同意承接,按月报送进度。"],
    ["工作时限", "阶段性 ☑", "从 2026年9月14日\n到 2026年12月31日"],
    ["常规性 □", "长期"],
    ["工作内容", "入户登记农户生产经营情况。"],
    ["目标任务", "十二月底前完成全部农户登记。"],
    ["划拨工作经费", "20,000.00元(县级农业普查专项经费)"],
    ["机构编制部门、司法部门意见",
     "县委编办:通过。同意。\n    签字:王䶮  2026年9月10日\n"
     "县司法局:通过。同意。\n    签字:王䶮  2026年9月10日 | 2026年9月10日"],
    ["党委政府审批意见", "通过。同意。(文号:冠字〔2026〕9号) | 王䶮    2026年9月10日"],
]  # fmt: skip


def approved(scene, **given):
    request = scene.filed(name=f"农业普查{RARE}", reason=FORMULA, **given)
    request = scene.reviewed(request, until="approve", **AGREED)
    return scene.reviewed(request, **(AGREED | {"document_number": "冠字〔2026〕9号"}))


@pytest.mark.rule(
    "GX-准入表-01",
    "GX-准入表-02",
    "GX-准入表-03",
    "GX-准入表-04",
    "GX-准入表-05",
    "GX-准入表-06",
    "GX-准入表-07",
    "GX-准入表-08",
    "GX-准入表-09",
    "GX-准入表-10",
    "GX-准入表-11",
    "GX-准入表-12",
    "GX-准入表-13",
    "GX-准入表-14",
    "GX-准入表-15",
    "GX-准入表-16",
)
def test_the_form_of_guanxian_has_its_rows_in_order(guan):
    paper = printing.request_paper(approved(guan))
    assert paper.title == "县乡交办事项准入申报审批表"
    line = paper.blocks[0]
    assert (line.left, line.right) == ("申请单位(盖章):县农业农村局", "申请时间:2026年9月10日")
    assert grid(paper) == GUANXIAN
    note = paper.blocks[2].text
    assert "相关依据材料另附" in note and "此表一式五份" in note
    assert note.endswith("申请单位、乡镇(街道)、机构编制部门、司法部门、审批机关各一份。")
    assert "依据材料.pdf" in said(paper) and "专项说明" in said(paper)


def test_word_has_the_same_rows_and_the_cell_of_two_rows(guan):
    data = papers.docx(printing.request_paper(approved(guan)))
    assert docx_grid(data) == GUANXIAN


@PDF
def test_the_pdf_holds_every_label_and_value_on_its_first_page(guan):
    first = in_pdf(papers.pdf(printing.request_paper(approved(guan)))).split("\f")[0]
    text = squeezed(first)
    for line in GUANXIAN:
        for cell in line:
            for part in cell.replace(" | ", "\n").split("\n"):
                # columns run beside each other in the text of a PDF: short pieces stay whole
                assert all(sign in text for sign in squeezed(part)), part
    assert "此表一式五份" in text and FORMULA in text


def test_a_regular_duty_ticks_the_other_box(guan):
    request = guan.consult(term="regular", starts_on="", ends_on="", whole_county="on")
    rows = grid(printing.request_paper(request))
    assert ["工作时限", "阶段性 □", "从    年    月    日\n到    年    月    日"] in rows
    assert ["常规性 ☑", "长期"] in rows
    place = [row[0] for row in rows].index("覆盖地域范围")
    assert rows[place][1] == "县:☑ 全域" and "全部" in rows[place][2]
    assert "尚未答复" in rows[place + 1][1], "who has not answered stands there"
    assert rows[-1] == ["党委政府审批意见", "    年    月    日"]


JIAOQU = [
    ["申请具体事项", f"农业普查{RARE}"],
    ["联系人", "杜鹃", "联系电话", "0635-5231234"],
    ["工作时限", "阶段性☑", "从 2026年9月14日\n到 2026年12月31日"],
    ["职责主体及内容", "入户登记农户生产经营情况。"],
    ["职责任务", "十二月底前完成全部农户登记。"],
    ["区委编办审核意见", "通过。同意。 | 王䶮    2026年9月10日"],
    ["区司法局审核意见", "通过。同意。 | 王䶮    2026年9月10日"],
    ["领导小组审批意见", "通过。同意。(文号:冠字〔2026〕9号) | 王䶮    2026年9月10日"],
]
SIX = "此表由申请单位、各乡镇(街道)、区委编办、区司法局、区委办公室、区政府办公室各留存一份。"


@pytest.mark.rule(
    "JQ-准入表-01",
    "JQ-准入表-02",
    "JQ-准入表-03",
    "JQ-准入表-04",
    "JQ-准入表-05",
    "JQ-准入表-06",
    "JQ-准入表-07",
    "JQ-准入表-08",
    "JQ-准入表-09",
    "JQ-准入表-10",
    "JQ-准入表-11",
    "JQ-准入表-12",
)
def test_the_form_of_jiaoqu_has_its_rows_and_an_annex(jiao):
    request = approved(jiao)
    paper = printing.request_paper(request)
    assert paper.title == "郊区乡镇(街道)职责任务清单准入审批表"
    line = paper.blocks[0]
    assert (line.left, line.right) == ("申请单位(盖章):县农业农村局", "申请时间:2026年9月10日")
    assert grid(paper) == JIAOQU == docx_grid(papers.docx(paper))
    assert paper.blocks[2].text.endswith(SIX)
    annex = said(paper).split("附页")[1]
    for words in ("征求意见情况", "贾镇:同意", "经费", "20,000.00元", "覆盖地域",
                  "清泉街道、贾镇", "专项说明", "办事流程", "保障措施", "培训保障",
                  "联席会议审核", "省市备案"):  # fmt: skip
        assert words in annex, words
    assert printing.holders_of(request) == [
        "申请单位", TOWN, OTHER, "区委编办", "区司法局", "区委办公室", "区政府办公室",
    ]  # fmt: skip


def test_jiaoqu_has_no_box_for_regular_duties(jiao):
    paper = printing.request_paper(jiao.consult(term="regular", starts_on="", ends_on=""))
    row = next(row for row in grid(paper) if row[0] == "工作时限")
    assert row[1] == "阶段性□" and "常规性,长期" in said(paper).split("附页")[1]


LEAVING = [
    ["联系人", "杜鹃", "联系电话", "0635-5231234"],
    ["区委编办审核意见", "通过。同意。 | 王䶮    2026年9月14日"],
    ["区司法局审核意见", "通过。同意。 | 王䶮    2026年9月14日"],
    ["领导小组审批意见", "通过。同意。(文号:郊字〔2026〕2号) | 王䶮    2026年9月14日"],
]


@pytest.mark.rule(
    "JQ-准出表-01",
    "JQ-准出表-02",
    "JQ-准出表-03",
    "JQ-准出表-04",
    "JQ-准出表-05",
    "JQ-准出表-06",
    "JQ-准出表-07",
    "JQ-准出表-08",
    "JQ-准出表-09",
    "JQ-准出表-10",
)
def test_the_exit_form_of_jiaoqu_has_its_rows(jiao):
    request = jiao.admitted()
    duty = jiao.received(jiao.duty(request))
    at = jiao.day_of(duty)
    leave = jiao.exit(request, TOWN, at=at, reason=f"已完成{RARE}")
    leave = jiao.reviewed(leave, at, until="approve", **AGREED)
    leave = jiao.reviewed(leave, at, **(AGREED | {"document_number": "郊字〔2026〕2号"}))
    paper = printing.exit_paper(leave)
    assert paper.title == "郊区乡镇(街道)职责任务清单准出审批表"
    line = paper.blocks[0]
    assert (line.left, line.right) == ("申请单位(盖章):县农业农村局", "申请时间:2026年9月14日")
    rows = grid(paper)
    assert rows[0] == ["申请退出事项", f"农业普查入户登记(批准表号{request.number})"]
    assert rows[1] == ["申请退出理由", f"{leave.ground}\n已完成{RARE}"]
    assert rows[2:] == LEAVING
    assert rows == docx_grid(papers.docx(paper))
    assert paper.blocks[2].text.endswith(SIX)


@pytest.mark.rule("JQ-准出表-03", "JQ-准入-17")
def test_what_leaves_the_list_of_jiaoqu_prints_the_same_form(client):
    load_calendar()
    scene = ListScene("jiaoqu-2022", ("郊区", "230811", "郊"))
    scene.publish()
    application = scene.file(kind="remove", item=scene.item("秸秆禁烧").pk, ground="law")
    lists.enter_as(client, scene.clerk)
    data = client.get(reverse("checklist:application_docx", args=[application.pk])).content
    labels = [line[0] for line in docx_grid(data)]
    assert labels == ["申请退出事项", "申请退出理由", "联系人", "区委编办审核意见",
                      "区司法局审核意见", "领导小组审批意见"]  # fmt: skip
    assert "秸秆禁烧" in docx_grid(data)[0][1] and "准出审批表" in in_docx(data)


@pytest.mark.rule("TX-准入-07")
def test_tongxin_applies_by_seven_elements(db):
    load_calendar()
    scene = Scene("tongxin-2021", ("同心县", "640324", "同"))
    paper = printing.request_paper(scene.consult())
    labels = [row[0] for row in grid(paper)][:7]
    assert labels == [
        "职责名称", "法定依据", "权责内容", "职责边界", "运行机制", "制度保障", "人员安排",
    ]  # fmt: skip
    assert grid(paper)[0][1] == "农业普查入户登记" and "草稿" in paper.mark
    assert grid(paper)[1][1] == "法定依据:依文件执行"


# ------------------------------------------------------------------ copies and who reads


@pytest.mark.rule("GX-准入表-16")
def test_each_copy_says_for_whom_it_is(client, guan):
    request = approved(guan)
    lists.enter_as(client, guan.clerk)
    url = reverse("admission:request_paper", args=[request.pk])
    page = client.get(url).content.decode()
    assert page.count("?copy=") == 5 and "第4份 司法部门" in page
    assert "(第四份,司法部门留存)" in client.get(f"{url}?copy=4").content.decode()
    docx = reverse("admission:request_docx", args=[request.pk])
    assert "(第一份,申请单位留存)" in in_docx(client.get(f"{docx}?copy=1").content)
    for wrong in ("0", "6", "x", "-1", "²", "99999999"):
        assert client.get(f"{url}?copy={wrong}").status_code == 404


def test_papers_are_read_by_those_who_see_the_file(client, guan):
    request = guan.consult(TOWN)
    links = papers_for(request, guan.clerk)
    assert [one["label"] for one in links] == [
        "县乡交办事项准入申报审批表", "征求意见函(清泉街道)",
    ]  # fmt: skip
    lists.enter_as(client, guan.other_town)
    assert {client.get(one["url"]).status_code for one in links} == {404}
    lists.enter_as(client, guan.town)
    assert {client.get(one["url"]).status_code for one in links} == {200}
    pdf = links[1]["url"].replace("paper/", "paper.pdf")
    docx = links[1]["url"].replace("paper/", "paper.docx")
    assert "意见回执" in in_docx(client.get(docx).content)
    answer = client.get(pdf)
    assert answer.status_code == 302 or answer.content[:4] == b"%PDF"


# ------------------------------------------------------------------ letters


@pytest.mark.rule("GX-准入-07")
def test_the_letter_asks_one_township_within_its_limit(guan):
    request = guan.consult(TOWN, name=f"普查{RARE}")
    opinion = guan.opinion(request, TOWN)
    text = said(letters.consult_paper(opinion))
    for words in ("征求意见函", f"{opinion.unit.name}:", RARE, "请于2026年9月17日", "第五条",
                  "□ 同意", "县农业农村局(印章)\n2026年9月10日", "办事流程"):  # fmt: skip
        assert words in text, words
    guan.reply(request, TOWN, "disagree", text="人手不足")
    slip = letters.answer_slip(guan.opinion(request, TOWN))
    assert "☑ 不同意" in slip.rows[1][1].text and slip.rows[2][1].text == "人手不足"


@pytest.mark.rule("GX-准入-10")
def test_a_refusal_is_told_with_its_reasons(client, guan):
    request = guan.filed()
    lists.enter_as(client, guan.clerk)
    url = reverse("admission:refusal_docx", args=[request.pk])
    assert client.get(url).status_code == 404, "nobody has said no yet"
    stage = Stage.objects.get(matter_id=request.pk, name="bianban", state="open")
    perform(stage, "refuse", actor=guan.bianban, at=NOW, facts={"reason": f"属部门职责{RARE}"})
    text = in_docx(client.get(url).content)
    for words in ("不予准入告知书", f"属部门职责{RARE}", request.number, "第六条", "县委编办",
                  "县司法局"):  # fmt: skip
        assert words in text, words


@pytest.mark.rule("GX-准入-17")
def test_what_is_better_bought_says_so(guan):
    request = guan.filed()
    facts = {"outcome": "purchase", "reason": "履职成本过高"}
    request = perform(request, "divert", actor=guan.bianban, at=NOW, facts=facts)
    text = said(letters.refusal_paper(request))
    assert "履职成本过高" in text and "向社会组织购买公共服务" in text


@pytest.mark.rule("GX-准入-12")
def test_the_slip_carries_the_number_of_the_approval(client, guan):
    request = guan.admitted(TOWN)
    slip = guan.issue(guan.duty(request))
    paper = letters.slip_paper(slip)
    row = next(line for line in grid(paper) if line[0] == "批准表号")
    assert row == ["批准表号", request.number, "批准日期", "2026年9月10日"]
    assert paper.number == slip.number and paper.signer == "县农业农村局"
    lists.enter_as(client, guan.other_town)
    assert client.get(reverse("admission:slip_paper", args=[slip.pk])).status_code == 404


@pytest.mark.rule("GX-准入-15")
def test_every_party_is_told_of_the_exit(client, guan):
    duty = guan.carried(TOWN, OTHER)
    at = guan.day_of(duty)
    leave = guan.exit(duty.request, TOWN, OTHER, at=at)
    lists.enter_as(client, guan.clerk)
    url = reverse("admission:notice_docx", args=[leave.pk, guan.unit(TOWN).pk])
    assert client.get(url).status_code == 404, "nothing was decided yet"
    leave = guan.reviewed(leave, at)
    labels = [one["label"] for one in papers_for(leave, guan.clerk)]
    for name in (TOWN, OTHER, "县农业农村局", "县委编办", "县司法局"):
        assert f"退出告知书({name})" in labels
    text = in_docx(client.get(url).content)
    for words in (f"{guan.unit(TOWN).name}:", "自2026年9月14日起", "不再承接", "第十条",
                  duty.approval_number):  # fmt: skip
        assert words in text, words
    stranger = lists.make_county("茌平", "371523")
    other = reverse("admission:notice_docx", args=[leave.pk, stranger.pk])
    assert client.get(other).status_code == 404
    assert again(leave).state == "done"
