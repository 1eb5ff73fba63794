"""Example data of the style guide: a call of 柳林镇 and what stands around it."""

from datetime import date, datetime, timedelta

from django.utils import timezone

CLAUSE = "GX-呼应-10"


def _day(days: int, hour: int, minute: int = 0) -> datetime:
    """A moment on a day near today, so that the page shows 今天 and 明天."""
    today = timezone.localtime().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today + timedelta(days=days)


def _clock(label, state, remaining, due, **more):
    return {"label": label, "state": state, "remaining": remaining, "due": due, **more}


CLOCKS = [
    ("报到", "soon", "剩 3 小时 10 分", (0, 17, 30), {"unit": "县市场监督管理局"}),
    ("办结", "ok", "剩 4.3 个工作日", (6, 17, 30), {"provisional": True}),
    ("评价", "late", "超期 0.8 个工作日", (-1, 17, 30), {}),
    ("办结", "paused", "暂停前剩 2 天 4 小时", (9, 17, 30), {}),
    ("核实", "met", "用时 55 分钟", (-1, 9, 0), {}),
    ("报到", "met_late", "用时 1 天 3 小时", (-2, 0, 0), {}),
]


def sample_clocks() -> list[dict]:
    """One clock in each state."""
    return [
        _clock(label, state, rest, _day(*due), clause=CLAUSE, why_url="#", **more)
        for label, state, rest, due, more in CLOCKS
    ]


def sample_parts() -> list[dict]:
    """Parts of ten departments; the second is the reader's own."""
    clocks = sample_clocks()
    first = [
        {
            "unit": "县综合行政执法局",
            "role": "牵头",
            "state": {"text": "已报到", "tone": "green", "icon": "met"},
            "duty": "划定疏导区,牵头开展联合行动,汇总各部门结果后办结。",
            "note": {
                "text": "已现场划定疏导区,周五联合行动。",
                "who": "赵六",
                "when": _day(0, 10, 5),
            },
            "clocks": [clocks[4], clocks[1]],
            "contact": "市容科 赵六 0635-5231888",
        },
        {
            "unit": "县市场监督管理局",
            "role": "配合",
            "mine": True,
            "state": {"text": "待报到", "tone": "amber", "icon": "soon"},
            "duty": "负责无证食品摊点核查与登记指导。",
            "clocks": [clocks[0]],
        },
        {
            "unit": "县公安局",
            "role": "配合",
            "done": True,
            "state": {"text": "已办结", "tone": "green", "icon": "met"},
            "tags": [{"text": "第 2 轮", "tone": "line"}],
            "duty": "维持现场秩序,参加周五联合行动。",
            "clocks": [clocks[4]],
            "url": "#",
        },
        {
            "unit": "县交通运输局",
            "role": "抄告",
            "out": True,
            "state": {"text": "已退回", "icon": "back"},
            "duty": "国省道路段不在集市范围,退回理由:清单第 31 项。",
        },
    ]
    names = ["县水利局", "县应急管理局", "县自然资源和规划局", "县生态环境分局", "县农业农村局"]
    state = {"text": "办理中", "tone": "blue", "icon": "ok"}
    more = [{"unit": name, "role": "配合", "state": state, "clocks": [clocks[1]]} for name in names]
    return first + more


def sample_events() -> list[dict]:
    """A trail with a warning, a breach, a note and pictures."""
    photos = [
        {
            "name": "主街北段东口.jpg",
            "url": "/static/favicon.svg",
            "size": 1834000,
            "is_picture": True,
        },
        {"name": "现场勘查记录(第二次).docx", "url": "#", "size": 56320},
    ]
    return [
        {
            "at": _day(0, 13, 0),
            "text": "县市场监督管理局报到将到期,已提醒经办。",
            "system": True,
            "tone": "amber",
            "clause": "县级参数:1 个工作日",
        },
        {"at": _day(0, 10, 30), "who": "县公安局 孙七", "text": "报到。", "clause": CLAUSE},
        {
            "at": _day(0, 9, 40),
            "who": "县综合行政执法局 赵六",
            "text": "登记办理进展。",
            "said": "已现场划定疏导区,摆放隔离护栏 120 米。\n周五上午联合市场监管、公安集中整治。",
        },
        {
            "at": _day(-1, 17, 0),
            "who": "县政府办平台 周八",
            "text": "核实并派发三部门,依清单第 7 版。",
            "facts": [["牵头部门", "县综合行政执法局"], ["办结期限", "5 个工作日"]],
        },
        {
            "at": _day(-1, 16, 5),
            "who": "柳林镇 王五",
            "text": "发起呼叫。",
            "files": photos,
            "tone": "green",
        },
        {
            "at": _day(-400, 9, 0),
            "text": "去年同一地点的呼叫已办结。",
            "system": True,
        },
    ]


def sample_todo() -> list[dict]:
    """The workbench list."""
    lines = [
        (
            "late",
            "评价",
            "店子村道路塌陷抢修",
            "冠呼〔2026〕212号",
            "县交通运输局已办结",
            "超期 0.8 个工作日",
            (-1, 17, 30),
        ),
        (
            "soon",
            "补正",
            "烟花爆竹零售点举报",
            "冠呼〔2026〕231号",
            "平台退回:缺少具体位置",
            "剩 3 小时 10 分",
            (0, 17, 30),
        ),
        (
            "ok",
            "意见",
            "农村电影放映场次统计交办",
            "冠准〔2026〕9号",
            "县委宣传部征求意见",
            "剩 2.5 个工作日",
            (2, 17, 30),
        ),
        (
            "paused",
            "复查",
            "老旧小区供热管网改造",
            "冠呼〔2026〕88号",
            "挂账至复查日",
            "",
            (30, 0, 0),
        ),
    ]
    return [
        {
            "state": state,
            "step": step,
            "title": title,
            "number": number,
            "meta": meta,
            "remaining": rest,
            "due": _day(*due),
            "url": "#",
            "clause": CLAUSE,
        }
        for state, step, title, number, meta, rest, due in lines
    ]


def sample_table() -> dict:
    """A list of calls as a table."""
    columns = [
        {"label": "标题", "main": True},
        {"label": "文号", "tight": True},
        {"label": "发起乡镇"},
        {"label": "状态", "tight": True},
        {"label": "时限", "sort_url": "?sort=due", "sorted": "ascending"},
        {"label": "部门数", "num": True},
    ]
    tags = {
        "late": ("待评价", "amber", "soon"),
        "soon": ("待补正", "amber", "back"),
        "ok": ("办理中", "blue", "ok"),
        "paused": ("挂账", "violet", "paused"),
    }
    rows = []
    for nth, item in enumerate(sample_todo()):
        text, tone, icon = tags[item["state"]]
        cells = [
            {"text": item["title"], "url": "#", "note": item["meta"]},
            item["number"],
            "柳林镇",
            {"tag": {"text": text, "tone": tone, "icon": icon}},
            {"clock": {key: item[key] for key in ("state", "remaining", "due")}},
            nth + 1,
        ]
        rows.append({"cells": cells, "state": item["state"], "pick": nth})
    return {"columns": columns, "rows": rows}


def sample_steps() -> list[dict]:
    """Steps open and closed."""
    return [
        {
            "name": "sign_in",
            "label": "报到",
            "open": True,
            "hint": "今天 17:30 前;逾期亮红灯并发督办通知书。",
            "clause": CLAUSE,
        },
        {
            "name": "turn_back",
            "label": "不属本单位,退回…",
            "open": True,
            "hint": "1 个工作日内,须引清单条目。",
        },
        {
            "name": "extend",
            "label": "申请延期",
            "open": False,
            "reason": "报到后才能申请,限一次。",
            "clause": CLAUSE,
        },
        {"name": "finish", "label": "办结", "open": False, "reason": "须先报到并填写办理结果。"},
    ]


def sample_line() -> list[dict]:
    """The line of steps."""
    return [
        {"label": "发起", "state": "done", "who": "王五", "when": _day(-1, 16, 5)},
        {"label": "核实派发", "state": "done", "took": timedelta(minutes=55)},
        {"label": "报到", "state": "done", "note": "2 / 3 已报到"},
        {"label": "办理", "state": "now", "note": "剩 4.3 个工作日"},
        {"label": "评价", "state": "todo", "note": "办结后 5 个工作日"},
        {"label": "回访", "state": "skip", "note": "未抽中"},
        {"label": "归档", "state": "todo"},
    ]


def sample_days() -> tuple[list[dict], range]:
    """Why a due date is this day: from 9月21日 over 中秋 and 国庆 2026."""
    start = date(2026, 9, 21)
    rest = {25: "中秋节放假", 26: "中秋节放假", 27: "中秋节放假"}
    days, counted = [], 0
    for offset in range(9):
        day = start + timedelta(days=offset)
        closed = rest.get(day.day) if day.month == 9 else ""
        if offset and not closed and counted < 5:
            counted += 1
            number = counted
        else:
            number = 0
        reason = closed or ("当日不计" if not offset else "工作日" if number else "")
        due = counted == 5 and number == 5
        days.append(
            {
                "date": day,
                "counted": number,
                "reason": "到期 17:30" if due else reason,
                "rest": bool(closed),
                "start": not offset,
                "due": due,
            }
        )
    return days, range(start.weekday())


def sample_figures() -> dict:
    """Numbers for charts, rates and heat."""
    weeks = [f"第{week}周" for week in range(36, 48)]
    towns = ["清泉街道", "崇文街道", "柳林镇", "贾镇", "店子镇"]
    values = [[3, 0, 8, 1, 5], [12, 2, 4, 0, 1], [1, 6, 2, 9, 3], [0, 1, 0, 2, 4], [7, 3, 5, 1, 0]]
    return {
        "weeks": weeks,
        "calls": [("呼叫", [8, 12, 9, 15, 21, 18, 14, 11, 16, 19, 23, 13])],
        "pair": [
            ("发起", [8, 12, 9, 15, 21, 18, 14, 11, 16, 19, 23, 13]),
            ("超期", [1, 0, 2, 1, 4, 3, 2, 0, 1, 2, 5, 1]),
        ],
        "rates": [
            {"label": "县综合行政执法局", "numerator": 21, "denominator": 22, "url": "#"},
            {"label": "县市场监督管理局", "numerator": 16, "denominator": 22, "note": "督办 2 次"},
            {"label": "县水利局", "numerator": 3, "denominator": 8},
            {"label": "县文化和旅游局", "withheld": True},
        ],
        "heat_columns": ["县公安局", "执法局", "市场监管", "水利局", "自然资源"],
        "heat_rows": [
            {"label": town, "cells": [{"value": value, "url": "#"} for value in line]}
            for town, line in zip(towns, values, strict=True)
        ],
    }


def sample_words() -> dict:
    """What is no list of records: long work, texts to compare, tabs, head of the page."""
    return {
        "job": {
            "title": "导入责任清单",
            "done": 412,
            "total": 680,
            "state": "running",
            "message": "正在核对单位名称",
        },
        "failed": {
            "title": "导入责任清单",
            "done": 118,
            "total": 680,
            "state": "failed",
            "errors": 3,
        },
        "old_text": "县交通运输局负责国省道、县道的日常养护,乡镇配合做好路域环境整治。",
        "new_text": "县交通运输局负责县道的日常养护和应急抢修,乡镇配合路域环境整治,7 日内反馈。",
        "tabs": [
            {"label": "办理中", "url": "#", "count": 18, "active": True},
            {"label": "待评价", "url": "#", "count": 4},
            {"label": "挂账", "url": "#", "count": 2},
            {"label": "已归档", "url": "#", "count": 1260},
        ],
        "active": [{"label": "状态:已超期", "url": "?"}],
        "kv_rows": [
            {"label": "事项", "value": "占道经营和马路市场整治", "url": "#"},
            {"label": "清单版本", "value": "第 7 版"},
            {"label": "位置", "value": "柳林镇主街北段(集市东口)"},
            {"label": "来源", "value": ""},
        ],
        "crumbs": [{"label": "乡呼县应", "url": "#"}, {"label": "冠呼〔2026〕235号"}],
        "tags": [{"text": "重点事项 · 要呼"}, {"text": "办理中", "tone": "blue", "icon": "ok"}],
        "sub": "柳林镇 王五 · 昨天 16:05 · 清单第 7 版《占道经营和马路市场整治》",
        "actions": [
            {"label": "导出", "url": "#", "icon": "download"},
            {"label": "发起呼叫", "url": "#", "icon": "plus", "tone": "go"},
        ],
    }
