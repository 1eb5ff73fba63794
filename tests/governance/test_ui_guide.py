"""Every partial of the kit, as the style guide shows it, and the error pages: rendered, escaped."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from governance.views import samples, styleguide
from tests.governance.kit import HOSTILE, request_for

SHELL = {"shell": {"county": "冠县", "posts": [], "nav": [], "unread": 0, "urls": {}}}


def guide(monkeypatch, change=lambda data: data) -> str:
    """The whole style guide, its sample data passed through `change`."""
    for name in [name for name in dir(samples) if name.startswith("sample_")]:
        original = getattr(samples, name)
        monkeypatch.setattr(samples, name, lambda original=original: change(original()))
    seen = {}
    monkeypatch.setattr(styleguide, "render", lambda request, name, values={}: seen.update(values))
    monkeypatch.setattr(settings, "DEMO", True)
    request = request_for()
    styleguide.styleguide(request)
    return render_to_string("ui/styleguide.html", seen | SHELL, request)


def spoil(data, key=""):
    """The same data with hostile words in every place that shows words."""
    if isinstance(data, dict):
        return {key: spoil(value, key) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(spoil(value, key) for value in data)
    fixed = key in ("state", "tone", "icon", "url", "name", "sorted", "role")
    return HOSTILE if isinstance(data, str) and not fixed else data


def test_每个组件都能显示(monkeypatch):
    html = guide(monkeypatch)
    for words in ("本单位下一步", "为什么是这一天", "已超期", "暂定", "以表格查看", "申请延期"):
        assert words in html
    assert "{{" not in html and "{%" not in html and "{#" not in html


def test_每个组件都转义(monkeypatch):
    html = guide(monkeypatch, spoil)
    assert "<script>alert" not in html and "<img src=x" not in html
    assert html.count("&lt;script&gt;alert") > 60


def test_页面没有内联脚本样式和外部地址(monkeypatch):
    html = guide(monkeypatch)
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert all(re.search(r'src="/static/', tag) for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', html)


def test_标识不重复(monkeypatch):
    html = guide(monkeypatch)
    ids = re.findall(r'<[a-z]+[^>]*\sid="([^"]+)"', html)
    shared = {one for one in ids if ids.count(one) > 1}
    assert {one for one in shared if not one.startswith("id_")} == set()


def test_演示之外没有组件页(settings):
    settings.DEBUG = settings.DEMO = False
    with pytest.raises(styleguide.Http404):
        styleguide.styleguide(request_for())


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "413", "429", "500"])
def test_出错页不靠任何上下文(name):
    html = render_to_string(f"{name}.html")
    assert '<html lang="zh-CN"' in html and 'href="/' in html


def test_出错页转义():
    for name in ("400", "403", "409", "413", "429"):
        assert "<script>alert" not in render_to_string(f"{name}.html", {"message": HOSTILE})
