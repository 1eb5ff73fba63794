"""The states and kinds of 乡呼县应, in the words that people read."""

from django.db.models import TextChoices


class CallState(TextChoices):
    NEW = "new", "未保存"
    DRAFT = "draft", "草稿"
    PROPOSED = "proposed", "待乡镇提交"
    APPROVING = "approving", "待乡镇审批"
    SUBMITTED = "submitted", "待核实派发"
    CORRECTING = "correcting", "退回补正"
    HANDLING = "handling", "办理中"
    FINISHED = "finished", "已办结"
    ARCHIVED = "archived", "已归档"
    SELF_HANDLED = "self_handled", "自行处置"
    MERGED = "merged", "已并案"
    WITHDRAWN = "withdrawn", "已作废"


class CallKind(TextChoices):
    COMPLEX = "complex", "复杂事项 · 可呼"
    KEY = "key", "重点事项 · 要呼"
    URGENT = "urgent", "应急事项 · 必呼"


class Channel(TextChoices):
    PLATFORM = "platform", "平台"
    DOCUMENT = "document", "公文传输"
    HOTLINE = "hotline", "县长热线"
    CITIZEN_LINE = "12345", "12345"
    PHONE = "phone", "电话补录"


class Difficulty(TextChoices):
    GENERAL = "general", "一般"
    COMPLEX = "complex", "复杂"
    HARD = "hard", "疑难(个案研究)"


class ResponseState(TextChoices):
    NEW = "new", "未派发"
    WAITING = "waiting", "待报到"
    WORKING = "working", "办理中"
    RETURNING = "returning", "申请退回"
    RULING = "ruling", "待编办裁定"
    SUSPENDED = "suspended", "已挂账"
    FINISHED = "finished", "已办结"
    RETURNED = "returned", "已退回"
    TRANSFERRED = "transferred", "已改派"
    VOID = "void", "已撤销"
    COPIED = "copied", "抄告"


class Duty(TextChoices):
    LEAD = "lead", "牵头"
    ASSIST = "assist", "配合"
    COPY = "copy", "抄告"
