"""The states of causes and applications, in the order of their lives."""

from django.db import models


class Kind(models.TextChoices):
    """What an application asks for; a county's rulebook names those it knows."""

    ADD = "add", "增加"
    REMOVE = "remove", "减少(取消)"
    TO_TOWNSHIP = "to_township", "主体责任调整到乡镇(街道)"
    TO_COUNTY = "to_county", "主体责任调整到县级部门"
    CONTENT = "content", "内容调整"


class CauseState(models.TextChoices):
    NEW = "new", "未登记"
    OPEN = "open", "待申请"
    OVERDUE = "overdue", "逾期未申请"
    RECTIFYING = "rectifying", "责令限期整改"
    REFERRED = "referred", "整改未落实,已移送"
    APPLIED = "applied", "已申请"
    SETTLED = "settled", "已办结"
    DISMISSED = "dismissed", "无须调整"


AWAITING = (
    *(CauseState.OPEN, CauseState.OVERDUE),
    *(CauseState.RECTIFYING, CauseState.REFERRED),
)
"""A unit still owes an application."""


class ApplicationState(models.TextChoices):
    NEW = "new", "未提交"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待受理"
    RETURNED = "returned", "退回补正"
    REVIEWING = "reviewing", "审批中"
    APPROVED = "approved", "已批准,待公布"
    IN_FORCE = "in_force", "已公布"
    DECLINED = "declined", "不予受理"
    REFUSED = "refused", "不予调整"
    WITHDRAWN = "withdrawn", "已撤回"


DECIDED = (ApplicationState.IN_FORCE, ApplicationState.REFUSED)
"""What the application asked for has been granted or refused."""

ENDED = (
    *(ApplicationState.IN_FORCE, ApplicationState.DECLINED),
    *(ApplicationState.REFUSED, ApplicationState.WITHDRAWN),
)
