"""A small county with real kinds of units, and lists for it; built with the real services."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from checklist import services
from checklist.models import CollectiveTerm, Edition
from checklist.terms import seed
from governance import rulebooks
from governance.models import Post, Unit, User
from governance.roles import ADMINISTRATORS

DEPARTMENTS = [
    ("D04", "公安局", "县政府工作部门"),
    ("D06", "司法局", "县政府工作部门"),
    ("D12", "交通运输局", "县政府工作部门"),
    ("D13", "水利局", "县政府工作部门"),
    ("D14", "农业农村局", "县政府工作部门"),
    ("D22", "市场监督管理局", "县政府工作部门"),
    ("P02", "人民政府办公室", "政府机关"),
    ("P04", "委编办", "党委机关"),
]
TOWNSHIPS = [
    ("T001", "清泉街道", "街道"),
    ("T002", "崇文街道", "街道"),
    ("T003", "烟庄街道", "街道"),
    ("T101", "贾镇", "镇"),
    ("T200", "斜店乡", "乡"),
]

HEADINGS = ["类别", "事项", "县级部门职责", "乡镇(街道)职责", "职责依据", "主体责任", "配合责任"]


def make_county(name: str = "冠县", code: str = "371525", preset: str = "guanxian-2019") -> Unit:
    """A county with departments, townships, terms and a rulebook in force since 2019."""
    county = Unit.objects.create(
        code=f"G{code}", name=name, short_name=name, kind="county", region_code=code
    )
    for number, word, category in DEPARTMENTS:
        Unit.objects.create(
            code=number, name=f"{name}{word}", short_name=f"县{word}", kind="department",
            category=category, county=county, parent=county,
        )  # fmt: skip
    for number, word, category in TOWNSHIPS:
        Unit.objects.create(
            code=number, name=f"{name}{word}", short_name=word, kind="township",
            category=category, county=county, parent=county,
        )  # fmt: skip
    seed(CollectiveTerm)
    rulebooks.adopt(county, preset, date(2019, 9, 20))
    return county


def seed_terms() -> None:
    """The collective terms that lists use."""
    seed(CollectiveTerm)


def unit_of(county: Unit, short_name: str) -> Unit:
    """The county's unit of this short name."""
    return Unit.objects.get(county=county, short_name=short_name)


def make_user(county: Unit, role: str, unit: str = "县委编办", username: str = "") -> User:
    """A user with one post, whose password is never used."""
    home = county if unit == "" else unit_of(county, unit)
    number = User.objects.count() + 1
    user = User.objects.create_user(
        username or f"u{number}.{role}".replace("_", "."), "Pass-word-12!", name=f"用户{number}"
    )
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    Post.objects.create(user=user, unit=home, role=role, since=date(2020, 1, 1))
    return User.objects.get(pk=user.pk)


def enter_as(client, user: User) -> None:
    """Sign in, with the second factor where the post asks for one."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if user.holds(*ADMINISTRATORS):
        device = TOTPDevice.objects.create(user=user, name="验证器", confirmed=True)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()


def row(name: str = "秸秆禁烧", **changes) -> list[str]:
    """One complete row of layout A."""
    cells = {
        "category": "生态环境",
        "name": name,
        "county_duty": f"负责{name}的执法",
        "township_duty": f"负责{name}的巡查",
        "basis": "《大气污染防治法》",
        "main": "县农业农村局",
        "coop": "各乡镇(街道);县公安局",
    }
    return list((cells | changes).values())


HEADINGS_B = ["具体事项", "牵头责任部门", "共同责任部门", "部门职责", "乡镇职责", "法律法规依据"]
HEADINGS_B += ["政策文件依据", "主体责任", "配合责任"]


def row_b(name: str = "秸秆禁烧", **changes) -> list[str]:
    """One complete row of layout B (JQ-清单-01, 02)."""
    cells = {
        "name": name,
        "lead": "县农业农村局",
        "joint": "县公安局",
        "county_duty": f"负责{name}的执法",
        "township_duty": f"负责{name}的巡查",
        "basis": "《大气污染防治法》",
        "policy_basis": "",
        "main": "县农业农村局",
        "coop": "各乡镇(街道)",
    }
    return list((cells | changes).values())


def sheet_b(*rows: list[str]) -> bytes:
    """A workbook in layout B."""
    return workbook([HEADINGS_B, *rows])


def workbook(rows: list[list], merges: tuple[str, ...] = (), sheet: str = "清单") -> bytes:
    """The bytes of an .xlsx with these rows from A1 on."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for cells in rows:
        page.append(cells)
    for line in page.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text, even where it begins with an equals sign
    for area in merges:
        page.merge_cells(area)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_a(*rows: list[str]) -> bytes:
    """A workbook in layout A with a title row."""
    return workbook([["责任清单"], HEADINGS, *(rows or (row(),))], ("A1:G1",))


def make_draft(county: Unit, *rows: list[str], **options) -> Edition:
    """A draft with these rows, imported by the real service."""
    outcome = services.import_sheet(county, sheet_a(*rows), "清单.xlsx", **options)
    assert not outcome.faults, outcome.faults
    return outcome.edition


def make_published(county: Unit, *rows: list[str]) -> Edition:
    """A published first edition with these rows."""
    return services.publish_first(make_draft(county, *rows))
