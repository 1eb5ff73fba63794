"""A sheet in the browser: upload → preview → confirm → result, and every refusal on the way."""

import io

import pytest
from django.urls import reverse

from checklist import selectors, services, uploads
from checklist.models import Edition, Import
from governance import sheets
from tests.checklist.pages import page, send
from tests.factories.checklist import (
    HEADINGS,
    make_county,
    make_draft,
    make_published,
    make_user,
    row,
    sheet_a,
)
from tests.governance.visiting import step, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def bianban(county):
    return visit(make_user(county, "bianban"))


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
def test_imports_are_closed_to_townships_and_other_counties(county, bianban, name):
    send(bianban, sheet_a(row("甲")))
    record = Import.objects.get()
    url = reverse(f"checklist:{name}", args=[record.pk])
    post = name in {"import_confirm", "import_cancel", "import_restart"}
    clerk = visit(make_user(county, "township_clerk", "清泉街道"))
    assert (clerk.post if post else clerk.get)(url).status_code == 403
    other = make_county("通渭县", "621121", "tongwei-2020")
    foreign = visit(make_user(other, "bianban"))
    assert (foreign.post if post else foreign.get)(url).status_code == 404
    assert Import.objects.get().state == "waiting"


def test_a_township_cannot_upload(county):
    client = visit(make_user(county, "township_clerk", "清泉街道"))
    assert send(client, sheet_a(row("甲"))).status_code == 403
    assert not Import.objects.exists()


def test_the_system_administrator_imports_a_draft_but_cannot_publish(county):
    client = visit(make_user(county, "sysadmin", ""))
    assert send(client, sheet_a(row("甲"))).status_code == 302
    draft = make_draft(county, row("甲"))
    url = step(draft, "publish")
    assert client.post(url, {"version": draft.version}).status_code == 403
    assert Edition.objects.get().state == "draft"


def test_exported_errors_cannot_run(county, bianban, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(bianban, sheet_a(row("甲", main="=cmd|'/c calc'!A1")))
    record = Import.objects.get()
    answer = bianban.get(reverse("checklist:import_faults", args=[record.pk]))
    import openpyxl

    data = io.BytesIO(b"".join(answer.streaming_content))
    for line in openpyxl.load_workbook(data).active.iter_rows():
        assert all(cell.data_type != "f" for cell in line)
