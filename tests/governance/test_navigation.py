"""The side navigation: pages that exist, for the posts one holds, one entry lit."""

from types import SimpleNamespace

from governance import context
from governance.nav import NavEntry
from tests.governance.kit import request_for


def entries(monkeypatch, *lines):
    config = SimpleNamespace(nav=list(lines))
    monkeypatch.setattr(context.apps, "get_app_configs", lambda: [config, SimpleNamespace()])


def test_导航只列有的页面和有权的岗位(monkeypatch):
    monkeypatch.setattr(context, "safe_reverse", {"a": "/a/", "b": "/b/", "c": "/"}.get)
    entries(
        monkeypatch,
        NavEntry("乙", "b", roles=("sysadmin",), order=2),
        NavEntry("甲", "a", order=3, count=lambda request: 7),
        NavEntry("无", "missing", order=0),
        NavEntry("首", "c", order=1),
    )
    shown = context.build_nav(request_for("/a/5/"), {"platform"})
    assert [(one["label"], one["active"], one["count"]) for one in shown] == [
        ("首", False, None),
        ("甲", True, 7),
    ]


def test_最长的地址为当前项(monkeypatch):
    monkeypatch.setattr(context, "safe_reverse", {"a": "/a/", "b": "/a/b/"}.get)
    entries(monkeypatch, NavEntry("甲", "a"), NavEntry("乙", "b"))
    shown = context.build_nav(request_for("/a/b/1/"), set())
    assert [one["active"] for one in shown] == [False, True]


def test_没有自己导航项的列表归到所属的导航项(monkeypatch):
    urls = {"a": "/x/a/", "b": "/x/b/", "c": "/x/c/"}
    monkeypatch.setattr(context, "safe_reverse", urls.get)
    entries(
        monkeypatch,
        NavEntry("甲", "a", covers=("b", "c", "missing")),
        NavEntry("乙", "b", roles=("platform",)),
    )

    def lit(path, *roles):
        return [
            one["label"]
            for one in context.build_nav(request_for(path), set(roles))
            if one["active"]
        ]

    assert lit("/x/c/7/") == ["甲"] and lit("/x/b/") == ["甲"]
    assert lit("/x/b/", "platform") == ["乙"], "自己的导航项优先"


def test_框架的内容用到才算(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        lazy = context.shell(request_for())["shell"]
        assert lazy["posts"] == [] and lazy["unread"] == 0 and lazy["county"] == ""
