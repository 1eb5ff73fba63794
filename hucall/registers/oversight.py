"""The registers of supervision, suspension, rulings and bulletins."""

from django.urls import reverse
from django.utils import timezone

from governance.presenting import name_of, tag
from hucall import filters, presenting, selectors
from hucall.models import Bulletin, Supervision
from hucall.presenting import item_words

from .base import (
    BUSINESS,
    CLOCK,
    STATE,
    Column,
    Register,
    Seen,
    moment_cell,
    when,
)


def supervision_rows(user):
    """督办 in the files that the user may see."""
    rows = Supervision.objects.visible_to(user)
    return rows.select_related("call", "unit", "owner", "response")


def ground_cell(row, look: Seen) -> dict:
    """The call, and why there is a 督办."""
    return {"text": row.call.title, "url": row.get_absolute_url(), "note": row.ground}


SUPERVISIONS = Register(
    name="supervisions",
    title="督办",
    rows=supervision_rows,
    filter=filters.SupervisionFilter,
    roles=BUSINESS,
    model=Supervision,
    has_clocks=True,
    heavy=("terms", "call__text", "call__terms", "response__terms", "response__plan"),
    empty="没有督办",
    advice="时限超期时系统自动发出督办通知书,会列在这里。",
    columns=(
        Column("事项与事由", ground_cell, lambda row, look: row.call.title, main=True, width=36),
        Column(
            "文号", lambda row, look: row.number or "—", lambda row, look: row.number, tight=True
        ),
        Column("督办事由", None, lambda row, look: row.ground, width=40),
        Column("督办要求", None, lambda row, look: row.demand, width=40),
        Column("被督办单位", *[lambda row, look: name_of(row.unit)] * 2),
        STATE,
        CLOCK,
        Column("发出时间", *moment_cell("raised_at"), tight=True),
        Column("反馈", None, lambda row, look: row.reply, width=50),
        Column("呼叫文号", None, lambda row, look: row.call.number),
    ),
)


def suspension_cell(row, look: Seen) -> dict:
    """The call, leading to the part that is suspended."""
    return {
        "text": row.response.call.title,
        "url": row.response.get_absolute_url(),
        "note": row.response.call.number,
    }


def decision_cell(row, look: Seen) -> dict:
    """The decision as a tag; one in force says so."""
    word = "挂账中" if row.decision == "granted" else row.get_decision_display()
    return {"tag": tag(word, *presenting.DECISION[row.decision])}


def review_cell(row, look: Seen) -> dict | str:
    """The review day, marked when it has passed."""
    day = row.review_on
    words = f"{day.year}年{day.month}月{day.day}日"
    if row.decision == "granted" and day < timezone.localdate(look.now):
        return {"text": words, "tag": tag("已到复核日", "red", "late")}
    return words


SUSPENSIONS = Register(
    name="suspensions",
    title="挂账",
    rows=selectors.suspensions,
    filter=filters.SuspensionFilter,
    roles=BUSINESS,
    heavy=("response__call__text", "response__call__terms", "response__terms", "response__plan"),
    empty="没有挂账事项",
    advice="挂账的事项暂不计入办结率,但一直列在这里,到复核日须复核。",
    columns=(
        Column(
            "事项", suspension_cell, lambda row, look: row.response.call.title, main=True, width=36
        ),
        Column("文号", None, lambda row, look: row.response.call.number),
        Column("乡镇", *[lambda row, look: name_of(row.response.call.owner)] * 2, tight=True),
        Column("承办单位", *[lambda row, look: name_of(row.response.unit)] * 2),
        Column("状态", decision_cell, lambda row, look: row.get_decision_display(), tight=True),
        Column("恢复办理的条件", *[lambda row, look: row.condition] * 2, width=36),
        Column("复核日期", review_cell, lambda row, look: f"{row.review_on:%Y-%m-%d}"),
        Column("挂账理由", None, lambda row, look: row.reason, width=40),
        Column("申请时间", *moment_cell("asked_at"), tight=True),
        Column("审批意见", None, lambda row, look: row.opinion, width=30),
        Column("审批时间", None, lambda row, look: when(row.decided_at)),
    ),
)


def ruling_cell(row, look: Seen) -> dict:
    """The words of the ruling, leading to its page."""
    return {
        "text": row.text if len(row.text) <= 90 else row.text[:90] + "…",
        "url": reverse("hucall:ruling", args=[row.pk]),
    }


def upheld_word(row, look: Seen) -> str:
    """Which way it was ruled."""
    return "支持退回,改由" if row.upheld else "由原单位承办"


RULINGS = Register(
    name="rulings",
    title="裁定先例",
    rows=selectors.rulings,
    filter=filters.RulingFilter,
    roles=BUSINESS,
    heavy=("terms", "response__call__text", "response__call__terms"),
    empty="还没有裁定先例",
    advice="同一事项多次退回的,由编办裁定;裁定会作为先例留在这里,退回时供参考。",
    columns=(
        Column("裁定意见", ruling_cell, lambda row, look: row.text, main=True, width=60),
        Column("清单事项", *[lambda row, look: item_words(row)] * 2, width=28),
        Column("裁定", *[upheld_word] * 2, tight=True),
        Column("承办单位", *[lambda row, look: name_of(row.unit)] * 2),
        Column("裁定时间", *moment_cell("ruled_at"), tight=True),
    ),
)


def bulletin_rows(user):
    """Published bulletins, and drafts for those who write them."""
    return Bulletin.objects.visible_to(user).select_related("owner")


BULLETINS = Register(
    name="bulletins",
    title="通报",
    rows=bulletin_rows,
    filter=filters.BulletinFilter,
    roles=BUSINESS,
    heavy=("terms", "text", "figures"),
    empty="还没有通报",
    advice="每月通报由系统按记录生成草稿,督查核改后发布。",
    columns=(
        Column(
            "标题",
            lambda row, look: {"text": row.title, "url": row.get_absolute_url()},
            lambda row, look: row.title,
            main=True,
            width=40,
        ),
        Column(
            "文号", lambda row, look: row.number or "—", lambda row, look: row.number, tight=True
        ),
        Column("月份", *[lambda row, look: f"{row.month.year}年{row.month.month}月"] * 2),
        STATE,
        Column("发布时间", *moment_cell("published_at"), tight=True),
    ),
)
