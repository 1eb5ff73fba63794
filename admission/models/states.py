"""The states of the records of admission, in the order of their lives."""

from django.db import models


class Kind(models.TextChoices):
    """What is to be admitted."""

    DUTY = "duty", "交办事项"
    GRID = "grid", "入格事项"


class Term(models.TextChoices):
    """How long a duty binds (GX-准入表-09, 10); the two exclude each other."""

    STAGE = "stage", "阶段性"
    REGULAR = "regular", "常规性"


class RequestState(models.TextChoices):
    NEW = "new", "未提交"
    DRAFT = "draft", "草稿"
    CONSULTING = "consulting", "征求意见中"
    REVIEWING = "reviewing", "审批中"
    RETURNED = "returned", "退回补正"
    APPROVED = "approved", "已批准,待备案"
    IN_FORCE = "in_force", "已准入"
    REFUSED = "refused", "不予准入"
    DIVERTED = "diverted", "改由其他方式办理"
    WITHDRAWN = "withdrawn", "已撤回"


class Outcome(models.TextChoices):
    """What becomes of a request that does not suit admission (GX-准入-16, 17)."""

    PURCHASE = "purchase", "转购买服务"
    TEMPORARY = "temporary", "临时事项协商"


class OpinionState(models.TextChoices):
    NEW = "new", "未征求"
    ASKED = "asked", "待答复"
    ANSWERED = "answered", "已答复"
    NOTED = "noted", "逾期未答复,已作说明"
    VOID = "void", "已终止"


class Attitude(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    COMMENT = "comment", "有意见建议"


class DutyState(models.TextChoices):
    NEW = "new", "未生效"
    PENDING = "pending", "待交办"
    ACTIVE = "active", "承接中"
    LAPSED = "lapsed", "期满,不再承接"
    ENDED = "ended", "已退出"


class SupportState(models.TextChoices):
    NEW = "new", "未登记"
    PROMISED = "promised", "待落实"
    DELIVERED = "delivered", "已落实,待乡镇确认"
    CONFIRMED = "confirmed", "乡镇已确认"
    DROPPED = "dropped", "随事项终止"


class SlipState(models.TextChoices):
    NEW = "new", "未交办"
    ISSUED = "issued", "待签收"
    RECEIVED = "received", "已签收"
    DECLINED = "declined", "已拒收"
    RECALLED = "recalled", "已收回"


class ExitState(models.TextChoices):
    NEW = "new", "未提交"
    DRAFT = "draft", "待申请"
    REVIEWING = "reviewing", "审批中"
    RETURNED = "returned", "退回补正"
    APPROVED = "approved", "已批准,待备案"
    NOTIFIED = "notified", "已告知,待退出"
    DONE = "done", "已退出"
    REFUSED = "refused", "不予退出"
    WITHDRAWN = "withdrawn", "已撤回"


class HelpState(models.TextChoices):
    NEW = "new", "未提出"
    PROPOSED = "proposed", "待乡镇答复"
    MEETING = "meeting", "待联席会议审批"
    AGREED = "agreed", "已商定,待付费"
    PAID = "paid", "已付费,待确认"
    DONE = "done", "已办结"
    DECLINED = "declined", "未商定"
    CANCELLED = "cancelled", "已取消"


class HandDownState(models.TextChoices):
    NEW = "new", "未报告"
    REPORTED = "reported", "待编办核查"
    ORDERED = "ordered", "责令纠正中"
    ANSWERED = "answered", "已纠正,待确认"
    CLOSED = "closed", "已纠正"
    DISMISSED = "dismissed", "不属擅自交办"
    REFERRED = "referred", "未纠正,已移送"
    WITHDRAWN = "withdrawn", "已撤回"
