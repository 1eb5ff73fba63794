"""The rule catalogue: complete, honest about what is ours, and traced into code and tests."""

import ast
import textwrap
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance import catalogue
from governance.models import Clause
from governance.rulebooks import load_clauses


def test_目录收全五份材料的533条():
    entries = catalogue.entries()
    families = Counter(rule_id.split("-")[0] for rule_id in entries)
    assert families == {"GX": 159, "TA": 31, "JQ": 117, "TW": 46, "TX": 180}
    assert len([e for e in entries.values() if e.app == "hucall"]) == 22
    assert all(catalogue.RULE_ID.fullmatch(rule_id) for rule_id in entries)
    assert all(e.statement and e.document and e.short and e.article for e in entries.values())
    kinds = Counter(e.enforcement for e in entries.values())
    assert kinds == {"enforced": 242, "recorded": 227, "displayed": 64}


def test_推导和处置建议不混入条文():
    """Decision 39: what the catalogue marks as ours stands in columns of its own."""
    ours = ("推导", "不得入库", "不得提交", "不得上报", "阻断", "可拒收", "种子")
    for entry in catalogue.entries().values():
        said = entry.statement + entry.violation + entry.deadline
        assert not [word for word in ours if word in said], entry.rule_id
        assert "预警" not in entry.violation, entry.rule_id
    assert catalogue.entry("GX-呼应-18").remark == "原文结合年度评价;日常、月度通报为推导"
    assert catalogue.entry("GX-呼应-18").violation == "通报+整改"
    assert catalogue.entry("GX-清单-02").handling == "缺栏不得入库"
    assert catalogue.entry("GX-清单-02").violation == ""
    assert catalogue.entry("GX-准入-02").handling == "形成问责线索"
    assert "问责" not in catalogue.entry("GX-准入-02").violation
    assert "笔误" in catalogue.entry("JQ-准入-03").ours


def test_相互引用都指向目录里的编号():
    for entry in catalogue.entries().values():
        for rule_id in catalogue.RULE_ID.findall(entry.violation + entry.deadline):
            assert rule_id in catalogue.entries(), entry.rule_id
    assert catalogue.entry("GX-清单-22").violation == "逾期:见 GX-清单-26"


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("9①", "第九条第一款"),
        ("12②", "第十二条第二款"),
        ("5(一)", "第五条第(一)项"),
        ("6-5", "第六条第5项"),
        ("8末", "第八条末款"),
        ("13–14", "第十三条至第十四条"),
        ("20", "第二十条"),
        ("二", "第二部分"),
        ("三(二)2", "第三部分(二)第2项"),
        ("四8、12–15", "第四部分第8、12–15项"),
        ("行11", "第11行"),
        ("表头", "表头"),
    ],
)
def test_条款写法(article, words):
    assert catalogue.article_in_words(article) == words


def test_没有的编号说中文():
    with pytest.raises(LookupError, match="条款目录中没有“GX-呼应-99”"):
        catalogue.entry("GX-呼应-99")


@pytest.mark.django_db
def test_载入条款可重复且改回被动过的行():
    assert load_clauses() == {"created": 533, "changed": 0, "removed": 0, "unchanged": 0}
    assert load_clauses() == {"created": 0, "changed": 0, "removed": 0, "unchanged": 533}
    Clause.objects.filter(rule_id="GX-呼应-10").update(statement="被改过")
    Clause.objects.create(rule_id="XX-99", place=999, enforce="示")
    assert load_clauses() == {"created": 0, "changed": 1, "removed": 1, "unchanged": 532}
    clause = Clause.objects.get(rule_id="GX-呼应-10")
    assert clause.statement == "部门快速响应、与乡镇联动、限时解决"
    assert clause.label == catalogue.entry("GX-呼应-10").label == "乡呼县应机制 第二部分"
    assert clause.enforcement_label == "软件强制(计时,可配)"


# -- scanning -----------------------------------------------------------------------------


def rules_of(source: str) -> dict[str, list[str]]:
    return dict(catalogue.marked_tests(ast.parse(textwrap.dedent(source))))


def test_找得到各种写法的规则标注():
    found = rules_of(
        """
        import pytest
        HAND = "GX-呼应-02"
        BOTH = ["GX-呼应-03", "GX-呼应-04"]
        rule = pytest.mark.rule
        CASES = [pytest.param(1, marks=pytest.mark.rule("GX-呼应-05"))]
        pytestmark = [pytest.mark.django_db, pytest.mark.rule("GX-呼应-01")]

        @pytest.mark.rule(HAND, *BOTH)
        def test_named(): ...

        @rule("GX-呼应-06")
        async def test_aliased(): ...

        @pytest.mark.parametrize("n", [pytest.param(1, marks=[pytest.mark.rule("GX-呼应-07")])])
        def test_case(n): ...

        @pytest.mark.parametrize("n", CASES)
        def test_cases_of_module(n): ...

        @pytest.mark.rule("GX-呼应-08")
        class TestMany:
            pytestmark = pytest.mark.rule("GX-呼应-09")
            @pytest.mark.rule("GX-呼应-10", "GX-呼应-11")
            def test_inner(self): ...

        @pytest.mark.rule("GX-呼应-12")
        def helper(): ...

        @pytest.mark.other("GX-呼应-13")
        def test_other(): ...
        """
    )
    one = "GX-呼应-01"
    assert found == {
        "test_named": [one, "GX-呼应-02", "GX-呼应-03", "GX-呼应-04"],
        "test_aliased": [one, "GX-呼应-06"],
        "test_case": [one, "GX-呼应-07"],
        "test_cases_of_module": [one, "GX-呼应-05"],
        "TestMany::test_inner": [one, "GX-呼应-08", "GX-呼应-09", "GX-呼应-10", "GX-呼应-11"],
        "test_other": [one],
    }


@pytest.fixture
def repository(tmp_path):
    """A small repository with one rule in code and test, one in code only, one in a test only."""
    files = {
        "hucall/steps.py": 'CLAUSE = "GX-呼应-10"\nOTHER = "GX-呼应-12"  # and GX-呼应-12 again\n',
        "templates/page.html": "{% clause_tag 'GX-呼应-01' %}",
        "docs/notes.py": "GX-呼应-02",
        ".venv/lib.py": "GX-呼应-03",
        "hucall/migrations/0001_initial.py": "GX-呼应-04",
        "hucall/notes.txt": "GX-呼应-05",
        "hucall/long.py": "XGX-呼应-06 GX-呼应-070",
        "tests/test_steps.py": (
            "import pytest\n"
            '@pytest.mark.rule("GX-呼应-10", "GX-呼应-13")\ndef test_sign_in(): ...\n'
        ),
        "tests/factories.py": '@pytest.mark.rule("GX-呼应-14")\ndef test_no(): ...\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_引用只算代码不算文档迁移和依赖(repository):
    found = catalogue.citations(repository)
    assert {key: [str(place) for place in places] for key, places in found.items()} == {
        "GX-呼应-10": ["hucall/steps.py:1"],
        "GX-呼应-12": ["hucall/steps.py:2"],
        "GX-呼应-01": ["templates/page.html:1"],
    }
    assert catalogue.marks(repository) == {
        "GX-呼应-10": ["tests/test_steps.py::test_sign_in"],
        "GX-呼应-13": ["tests/test_steps.py::test_sign_in"],
    }


# -- the command --------------------------------------------------------------------------


@pytest.fixture
def rules(repository, monkeypatch):
    """`manage.py rules` over the small repository."""
    code, tests = catalogue.citations(repository), catalogue.marks(repository)
    monkeypatch.setattr(catalogue, "citations", lambda: code)
    monkeypatch.setattr(catalogue, "marks", lambda: tests)

    def run(*arguments):
        out = StringIO()
        try:
            call_command("rules", *arguments, stdout=out)
        except CommandError as problem:
            return out.getvalue(), str(problem)
        return out.getvalue(), ""

    run.code, run.tests = code, tests
    return run


def test_规则表列出代码测试和执行方式(rules):
    table, problem = rules("--app", "hucall")
    assert problem == ""
    start = table.index("GX-呼应-10")
    block = table[start : table.index("GX-呼应-11")]
    assert "enforced 软件强制" in block
    assert "代码 hucall/steps.py:1" in block
    assert "测试 tests/test_steps.py::test_sign_in" in block
    assert "合计 22 条,代码与测试齐全 1 条" in table


def test_缺代码或缺测试时列出并以1退出(rules):
    table, problem = rules("--app", "hucall", "--missing")
    assert problem.startswith("有 21 条规则缺代码或缺测试:GX-呼应-01、")
    assert "GX-呼应-12" in problem
    assert "GX-呼应-13" in problem
    assert "GX-呼应-10" not in problem + table


def test_都齐全时正常退出(rules):
    for entry in catalogue.entries().values():
        rules.code.setdefault(entry.rule_id, [catalogue.Place("x.py", 1)])
        rules.tests.setdefault(entry.rule_id, ["tests/test_x.py::test_x"])
    assert rules("--missing")[1] == ""


def test_代码或测试写错编号即报错(rules):
    rules.tests["GX-呼应-99"] = ["tests/test_x.py::test_x"]
    assert "引用了条款目录中没有的编号:GX-呼应-99(tests/test_x.py::test_x)" in rules()[1]


def test_不认识的应用即报错(rules):
    assert "条款目录里没有应用“hucal”,可用:accountability" in rules("--app", "hucal")[1]


def test_本仓库的代码和测试没有写错编号():
    known = catalogue.entries()
    cited = catalogue.citations()
    wrong = {key: str(places[0]) for key, places in cited.items() if key not in known}
    wrong |= {key: names[0] for key, names in catalogue.marks().items() if key not in known}
    assert wrong == {}
