"""How dates, lengths and rates are written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance import wording
from tests.governance.kit import NOW, here, show


@pytest.mark.parametrize(
    ("at", "full", "short"),
    [
        (here(2026, 11, 25, 17, 30), "2026年11月25日(周三) 17:30", "今天 17:30"),
        (datetime(2026, 11, 25, 9, 30, tzinfo=UTC), "2026年11月25日(周三) 17:30", "今天 17:30"),
        (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "2026年11月25日(周三) 00:30", "今天 00:30"),
        (here(2026, 11, 24, 16, 5), "2026年11月24日(周二) 16:05", "昨天 16:05"),
        (here(2026, 11, 26, 9, 0), "2026年11月26日(周四) 09:00", "明天 09:00"),
        (here(2026, 12, 1, 17, 30), "2026年12月1日(周二) 17:30", "12月1日 17:30"),
        (here(2025, 3, 2, 8, 0), "2025年3月2日(周日) 08:00", "2025年3月2日 08:00"),
        (date(2026, 11, 25), "2026年11月25日(周三)", "今天"),
    ],
)
def test_日期写法(at, full, short):
    assert wording.cn_datetime(at) == full
    assert wording.cn_short(at, NOW) == short


@pytest.mark.parametrize(
    ("at", "full", "short"),
    [
        (here(2026, 11, 26), "2026年11月25日(周三) 24:00", "今天 24:00"),
        (here(2027, 1, 1), "2026年12月31日(周四) 24:00", "12月31日 24:00"),
        (here(2026, 11, 25, 23, 59, 59), "2026年11月25日(周三) 24:00", "今天 24:00"),
        (here(2026, 12, 1, 17, 30), "2026年12月1日(周二) 17:30", "12月1日 17:30"),
    ],
)
def test_到期在二十四时写作当日而不是次日零时(at, full, short):
    assert wording.cn_due(at) == full
    assert wording.cn_due_short(at, NOW) == short


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "不到 1 分钟"),
        (timedelta(minutes=55), "55 分钟"),
        (190, "3 小时 10 分"),
        (180, "3 小时"),
        (timedelta(days=2, hours=4, minutes=9), "2 天 4 小时"),
        (timedelta(days=3), "3 天"),
    ],
)
def test_用时写法(length, words):
    assert wording.cn_duration(length) == words


def test_没有分母就没有比率():
    assert wording.cn_rate(0, 0) == "—"
    assert wording.cn_rate(21, 22) == "95.5%"


def test_日期过滤器遇到文字原样通过():
    assert show("{{ a|cn_short }}{{ b|cn_datetime }}", a="办结后", b=None) == "办结后"
