"""The pages: who sees what, filters, search, upload → preview → confirm → result."""

import io
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklist import selectors, services, uploads
from checklist.models import Edition, Import, Item
from governance import sheets
from tests.factories.checklist import (
    HEADINGS,
    enter_as,
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    sheet_a,
    unit_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def enter(client):
    def sign_in(user):
        enter_as(client, user)
        return client

    return sign_in


@pytest.fixture
def clerk(county, enter):
    return enter(make_user(county, "township_clerk", "清泉街道"))


def page(client, name, *args, query="", status=200) -> str:
    answer = client.get(reverse(f"checklist:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:300]
    return "" if answer.streaming else answer.content.decode()


def send(client, data: bytes, name="清单.xlsx", **fields):
    upload = SimpleUploadedFile(name, data)
    return client.post(reverse("checklist:upload"), {"file": upload, **fields})


def filtered_names(client, query) -> list[str]:
    answer = client.get(reverse("checklist:items") + query)
    return [member.revision.name for member in answer.context["members"]]


# ------------------------------------------------------------------ the list


def test_the_list_without_an_edition_says_what_to_do(clerk):
    assert "还没有公布的清单" in page(clerk, "items")


@pytest.fixture
def published(county):
    return make_published(
        county,
        row("秸秆禁烧", county_duty="县农业农村局:推广综合利用"),
        row("马路市场整治", category="综合执法", main="各乡镇(街道)", coop="县公安局"),
        row("物业纠纷", category="城乡建设", main="县司法局", coop="无"),
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
        ("?q=马路", ["马路市场整治"]),
        ("?q=综合利用", ["秸秆禁烧"]),
        ("?q=路市", ["马路市场整治"]),
        ("?q=不存在的", []),
        ("?category=城乡建设", ["物业纠纷"]),
        ("?township=main", ["马路市场整治"]),
        ("?township=coop", ["秸秆禁烧"]),
        ("?township=none", ["物业纠纷"]),
        ("?category=没有这类", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
        ("?township=%00&q=马路&after=abc", ["马路市场整治"]),
        ("?unit=99999999999999999999", ["秸秆禁烧", "马路市场整治", "物业纠纷"]),
    ],
)
def test_filters_and_chinese_search(clerk, published, query, names):
    assert filtered_names(clerk, query) == names


def test_the_filter_by_department(county, clerk, published):
    police = unit_of(county, "县公安局")
    assert filtered_names(clerk, f"?unit={police.pk}") == ["秸秆禁烧", "马路市场整治"]


def test_the_list_is_paged_without_losing_or_doubling_a_row(county, clerk):
    make_published(county, *(row(f"事项{number}") for number in range(120)))
    names, query = [], ""
    for _ in range(4):
        answer = clerk.get(reverse("checklist:items") + query)
        names += [member.revision.name for member in answer.context["members"]]
        query = answer.context["next_url"]
        if not query:
            break
    assert names == [f"事项{number}" for number in range(120)]


def test_the_list_costs_the_same_queries_for_more_rows(
    county, clerk, django_assert_max_num_queries
):
    make_published(county, *(row(f"事项{number}") for number in range(60)))
    page(clerk, "items")
    with django_assert_max_num_queries(20):
        page(clerk, "items")


def test_export_holds_exactly_what_is_filtered_and_imports_again(county, clerk, published):
    answer = clerk.get(reverse("checklist:export") + "?category=综合执法")
    assert "第1版.xlsx" in unquote(answer["Content-Disposition"])
    data = b"".join(answer.streaming_content)
    rows = list(sheets.read(data, "x.xlsx").sheets[0].rows())
    assert len(rows) == 3
    assert "马路市场整治" in rows[2][1]
    outcome, _ = services.examine(county, data, "x.xlsx")
    assert (outcome.faults, outcome.plan.unchanged, outcome.plan.empty) == ([], 1, True)


@pytest.mark.rule("GX-清单-02")
def test_the_item_page_shows_the_seven_elements_units_and_history(clerk, published):
    item = Item.objects.get(key__endswith="马路市场整治")
    text = page(clerk, "item", item.pk)
    for words in ("综合执法", "负责马路市场整治的执法", "负责马路市场整治的巡查", "各乡镇(街道)",
                  "《大气污染防治法》", "第 1 版", "主体责任在乡镇"):  # fmt: skip
        assert words in text


def test_hostile_text_is_inert(county, clerk):
    wild = "<script>alert(1)</script>"
    edition = make_published(county, row(wild, basis="javascript:alert(1)", county_duty=wild))
    item = edition.members.get().item
    for text in (
        page(clerk, "items"),
        page(clerk, "item", item.pk),
        page(clerk, "items", query="?q=script"),
    ):
        assert "<script>alert" not in text


# ------------------------------------------------------------------ who sees what


@pytest.mark.parametrize("name", ["items", "export", "editions", "contacts", "upload"])
def test_strangers_are_sent_to_the_sign_in(client, county, name):
    answer = client.get(reverse(f"checklist:{name}"))
    assert answer.status_code in {302, 401}


def test_other_counties_are_blind(county, enter, published):
    other = make_county("通渭县", "621121", "tongwei-2020")
    client = enter(make_user(other, "bianban", "县委编办"))
    item = published.members.first().item
    assert "还没有公布的清单" in page(client, "items")
    page(client, "items", query=f"?edition={published.pk}", status=404)
    page(client, "item", item.pk, status=404)
    page(client, "edition", published.pk, status=404)
    page(client, "export", query=f"?edition={published.pk}", status=404)
    assert "秸秆" not in page(client, "editions")
    page(client, "contact", item.pk, unit_of(county, "县公安局").pk, status=404)


@pytest.mark.parametrize(
    ("role", "unit", "sees"),
    [
        ("bianban", "县委编办", True),
        ("sysadmin", "", True),
        ("township_clerk", "清泉街道", False),
        ("department_leader", "县公安局", False),
        ("platform", "县人民政府办公室", False),
        ("secadmin", "", False),
        ("auditor", "", False),
    ],
)
def test_drafts_are_for_bianban_and_system_administrator(county, enter, role, unit, sees):
    draft = make_draft(county, row("甲"))
    client = enter(make_user(county, role, unit))
    status = 200 if sees else 404
    page(client, "edition", draft.pk, status=status)
    page(client, "items", query=f"?edition={draft.pk}", status=status)
    page(client, "export", query=f"?edition={draft.pk}", status=status)
    page(client, "item", draft.members.get().item_id, status=status)
    page(client, "upload", status=200 if sees else 403)


# ------------------------------------------------------------------ importing


@pytest.fixture
def bianban(county, enter):
    return enter(make_user(county, "bianban"))


def test_upload_preview_confirm_result(county, bianban, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(bianban, sheet_a(row("甲"), row("乙")), title="新清单")
    record = Import.objects.get()
    assert answer.url == reverse("checklist:import", args=[record.pk])
    text = page(bianban, "import", record.pk)
    assert record.state == "ready"
    assert "确认写入草稿" in text
    assert "甲" in text
    assert not Edition.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        bianban.post(reverse("checklist:import_confirm", args=[record.pk]))
    assert "已写入草稿" in page(bianban, "import", record.pk)
    draft = selectors.draft_edition(county)
    assert (draft.title, draft.members.count(), draft.raised_by) == (
        "新清单",
        2,
        record.uploaded_by,
    )


def test_errors_are_shown_by_row_and_downloaded(
    county, bianban, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, sheet_a(row("甲", main="无此局"), row("乙", basis="")))
    record = Import.objects.get()
    text = page(bianban, "import", record.pk)
    assert "不认识的单位“无此局”" in text
    assert "没有写入任何内容" in text
    assert bianban.post(reverse("checklist:import_confirm", args=[record.pk])).status_code == 409
    answer = bianban.get(reverse("checklist:import_faults", args=[record.pk]))
    rows = list(sheets.read(b"".join(answer.streaming_content), "x.xlsx").sheets[0].rows())
    assert [cells[1] for _, cells in rows[1:]] == ["3", "4"]
    assert not Edition.objects.exists()


def test_control_signs_in_a_sheet_are_no_crash(county, bianban, django_capture_on_commit_callbacks):
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("清单")
    headings = [*HEADINGS, "不\0认识"]
    for line, cells in enumerate([headings, [*row("甲\0乙", main="县\0水利", basis="\x01"), "x"]]):
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text)
    book.close()
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, target.getvalue())
    record = Import.objects.get()
    assert record.state == "faulty"
    assert {fault["column"] for fault in record.faults} == {"主体责任", "职责依据"}
    assert "\0" not in str(record.faults) + str(record.remarks)


def test_the_preview_shows_the_difference_to_the_current_edition(
    county, bianban, django_capture_on_commit_callbacks
):
    make_published(county, row("甲"), row("乙"))
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, sheet_a(row("甲", basis="《新法》"), row("丙")), replace="on")
    text = page(bianban, "import", Import.objects.get().pk)
    for words in ("新增", "丙", "移出", "乙", "修改", "<ins>"):
        assert words in text


def test_a_second_confirmation_does_nothing(county, bianban, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    url = reverse("checklist:import_confirm", args=[record.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert bianban.post(url).status_code == 302
    assert bianban.post(url).status_code == 409
    uploads.write(record.pk)  # the same task once more
    assert Edition.objects.count() == 1


def test_a_worker_that_died_midway_left_nothing_and_the_task_runs_again(
    county, bianban, monkeypatch
):
    send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    uploads.check(record.pk)
    uploads.confirm(record)

    def die(*args, **kwargs):
        raise SystemExit(9)

    with monkeypatch.context() as broken:
        broken.setattr(services.EditionItem.objects, "bulk_create", die)
        with pytest.raises(SystemExit):
            uploads.write(record.pk)
    assert not Edition.objects.exists()
    assert Import.objects.get().state == "writing"
    uploads.write(record.pk)
    assert Import.objects.get().state == "done"
    assert Edition.objects.get().members.count() == 1


def test_an_unexpected_failure_leaves_a_sentence(county, bianban, monkeypatch):
    send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    monkeypatch.setattr(services, "examine", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        uploads.check(record.pk)
    assert "清单没有任何改动" in page(bianban, "import", record.pk)


def test_progress_is_polled_and_then_gives_way_to_the_result(county, bianban):
    send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    url = reverse("checklist:import_progress", args=[record.pk])
    answer = bianban.get(url)
    assert b"hx-get" in answer.content
    assert "HX-Redirect" not in answer
    uploads.check(record.pk)
    assert bianban.get(url)["HX-Redirect"] == reverse("checklist:import", args=[record.pk])


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.xlsm", "不支持"), ("a.pdf", "不支持"), ("a", "不支持"), ("../../x.exe", "不支持")],
)
def test_other_endings_are_refused_at_the_field(bianban, name, words):
    answer = send(bianban, b"x", name)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Import.objects.exists()


def test_an_empty_form_says_what_is_missing(bianban):
    answer = bianban.post(reverse("checklist:upload"), {"title": "写了一半"})
    assert answer.status_code == 400
    assert "请选择文件" in answer.content.decode()
    assert "写了一半" in answer.content.decode()


def test_a_hostile_file_name_never_reaches_the_file_system(bianban):
    send(bianban, sheet_a(row("甲")), "../../etc/清单.xlsx")
    record = Import.objects.get()
    assert "/" not in record.name
    assert record.file.name.startswith("imports/")
    assert "清单" not in record.file.name


@pytest.mark.parametrize(
    "name",
    [
        "import",
        "import_progress",
        "import_faults",
        "import_confirm",
        "import_cancel",
        "import_restart",
    ],
)
def test_imports_are_closed_to_townships_and_other_counties(county, enter, bianban, name):
    send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    url = reverse(f"checklist:{name}", args=[record.pk])
    post = name in {"import_confirm", "import_cancel", "import_restart"}
    clerk = enter(make_user(county, "township_clerk", "清泉街道"))
    assert (clerk.post if post else clerk.get)(url).status_code == 403
    other = make_county("通渭县", "621121", "tongwei-2020")
    foreign = enter(make_user(other, "bianban"))
    assert (foreign.post if post else foreign.get)(url).status_code == 404
    assert Import.objects.get().state == "waiting"


def test_a_township_cannot_upload(county, enter):
    client = enter(make_user(county, "township_clerk", "清泉街道"))
    assert send(client, sheet_a(row("甲"))).status_code == 403
    assert not Import.objects.exists()


def test_the_system_administrator_imports_a_draft_but_cannot_publish(county, enter):
    client = enter(make_user(county, "sysadmin", ""))
    assert send(client, sheet_a(row("甲"))).status_code == 302
    draft = make_draft(county, row("甲"))
    url = step_url(draft)
    assert client.post(url, {"version": draft.version}).status_code == 403
    assert Edition.objects.get().state == "draft"


# ------------------------------------------------------------------ publishing


def step_url(edition, name="publish") -> str:
    return reverse("step", args=[edition.type().pk, edition.pk, name])


def test_bianban_publishes_the_first_edition_in_the_browser(county, bianban):
    draft = make_draft(county, row("甲"))
    assert "公布" in page(bianban, "edition", draft.pk)
    data = {
        "version": draft.version,
        "document_number": "冠办发〔2019〕55号",
        "in_force_from": "2019-09-20",
    }
    answer = bianban.post(step_url(draft), data)
    assert answer.status_code == 302
    edition = Edition.objects.get()
    assert (edition.state, str(edition.in_force_from)) == ("published", "2019-09-20")
    assert "冠办发〔2019〕55号" in page(bianban, "edition", edition.pk)


def test_a_date_to_come_is_refused_at_its_field(county, bianban):
    draft = make_draft(county, row("甲"))
    answer = bianban.post(
        step_url(draft), {"version": draft.version, "in_force_from": "2999-01-01"}
    )
    assert answer.status_code == 400
    assert "不能晚于公布当日" in answer.content.decode()


def test_two_editions_compare_in_two_colours(county, bianban):
    published = make_published(county, row("甲"), row("乙"))
    draft = make_draft(county, row("甲", basis="《新法》"))
    text = page(bianban, "compare", draft.pk, published.pk)
    assert "<ins>" in text
    assert "<del>" in text
    assert "与上一版的差异" in page(bianban, "edition", draft.pk)


def test_exported_errors_cannot_run(county, bianban, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, sheet_a(row("甲", main="=cmd|'/c calc'!A1")))
    record = Import.objects.get()
    answer = bianban.get(reverse("checklist:import_faults", args=[record.pk]))
    import openpyxl

    data = io.BytesIO(b"".join(answer.streaming_content))
    for line in openpyxl.load_workbook(data).active.iter_rows():
        assert all(cell.data_type != "f" for cell in line)
