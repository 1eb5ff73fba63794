"""The demo's admissions as written down (no database).

Each step: (working days before day 0, time, what, who, facts); days among the facts are
offsets, too.
"@name" is the stage of that name, which agrees; "opinion.reply" the actor's own answer; "duty.x",
"slip.x" and "<kind>.x" the part of the township `town` (a code) or of the actor.
"""

from __future__ import annotations

FILE = {"agreement": "有关乡镇(街道)均同意承接,经费随事项划拨,按月报送进度。"}
YES = {"attitude": "agree", "text": "同意承接,请按时拨付经费、组织培训。"}
OK = {"opinion": "符合准入条件,同意。"}


def request(name: str, townships: str, **facts) -> dict:
    """What a request says, with days around the present."""
    return {
        "name": name,
        "townships": townships,
        "reason": "县级人手不足,事项点多面广,确需乡镇(街道)协助办理。",
        "term": "stage",
        "starts_on": 20,
        "ends_on": -40,
        "content": f"{name}的入户、登记和报送。",
        "target": "在时限内全部完成,数据准确率不低于99%。",
        "funds": "20000",
        "support_due_on": 6,
    } | facts


def filed(start: int, who: str, facts: dict, *clerks: str) -> list:
    """Put to the townships, answered by all, and filed two days later."""
    replies = [(start - 1, f"{9 + n:02}:20", "opinion.reply", one, YES)
               for n, one in enumerate(clerks)]  # fmt: skip
    return [
        (start, "09:30", "consult", who, facts),
        *replies,
        (start - 2, "09:10", "file", who, FILE),
    ]


def admitted(start: int, who: str, facts: dict, *clerks: str) -> list:
    """In force seven days after it was put to the townships."""
    return [
        *filed(start, who, facts, *clerks),
        (start - 4, "10:20", "@bianban", "bianban", OK),
        (start - 5, "15:40", "@sifa", "sifa", {"opinion": "内容合法,同意。"}),
        (start - 7, "11:00", "@approve", "county",
         {"opinion": "批准。", "signer": "县政府常务会议", "document_number": "冠字〔样例〕准1号"}),
    ]  # fmt: skip


def delivered(start: int, who: str, town: str, *kinds: str) -> list:
    """What was promised to a township has come, one kind after the other."""
    return [
        (start, f"{10 + n}:05", f"{kind}.deliver", who,
         {"town": town, "delivery": "已按承诺落实到位。", "delivered_on": start})
        for n, kind in enumerate(kinds)
    ]  # fmt: skip


CARRIED = [
    *admitted(30, "nongye.clerk", request("农业普查入户登记(样例)", "T001 T101"),
              "qingquan.clerk", "jiazhen.clerk"),
    (19, "09:40", "slip.issue", "nongye.clerk", {"town": "T001", "content": "请协助入户登记。"}),
    (19, "09:50", "slip.issue", "nongye.clerk", {"town": "T101", "content": "请协助入户登记。"}),
    (18, "10:10", "slip.receive", "qingquan.clerk", {}),
    (18, "10:40", "slip.receive", "jiazhen.clerk", {}),
    (16, "15:00", "duty.allot", "nongye.clerk", {
        "town": "T001", "amount": "12000", "day": 16, "purpose": "普查员补助", "voucher": "拨001"}),
    (15, "15:20", "duty.allot", "caizheng", {
        "town": "T101", "amount": "8000", "day": 15, "purpose": "普查员补助", "voucher": "拨002"}),
    (14, "09:30", "funds.deliver", "nongye.clerk", {
        "town": "T001", "delivery": "首批经费12000元已拨付。", "delivered_on": 16}),
    (13, "10:30", "funds.confirm", "qingquan.clerk", {}),
    (12, "16:00", "training.deliver", "nongye.clerk", {
        "town": "T001", "delivery": "集中培训普查员18人。", "delivered_on": 12, "hours": "6"}),
    *delivered(11, "nongye.clerk", "T001", "staff", "technology", "conditions"),
    *delivered(10, "nongye.clerk", "T101", "funds", "staff", "technology", "training",
               "guidance", "conditions"),
    (8, "16:20", "duty.spend", "qingquan.clerk", {
        "amount": "4600", "day": 8, "purpose": "第一批普查员补助", "voucher": "支008"}),
    (5, "10:20", "duty.spend", "jiazhen.clerk", {
        "amount": "1500", "day": 5, "purpose": "交通和资料印制", "voucher": "支011"}),
]  # fmt: skip
LAPSED = [
    *admitted(28, "nongye.clerk",
              request("秋粮测产抽样协助(样例)", "T101", ends_on=3, support_due_on=12),
              "jiazhen.clerk"),
    (19, "10:00", "slip.issue", "nongye.clerk", {"town": "T101", "content": "请协助抽样测产。"}),
    (18, "11:00", "slip.receive", "jiazhen.clerk", {}),
    *delivered(13, "nongye.clerk", "T101", "funds", "staff", "training", "guidance",
               "conditions", "technology"),
]  # fmt: skip
LEAVING = [
    *admitted(29, "shuili.clerk", request("农村饮水安全入户核查(样例)", "T103"), "liulin.clerk"),
    (19, "11:00", "slip.issue", "shuili.clerk", {"town": "T103", "content": "请协助入户核查。"}),
    (18, "14:40", "slip.receive", "liulin.clerk", {}),
    *delivered(9, "shuili.clerk", "T103", "funds", "staff", "training", "guidance",
               "conditions", "technology"),
    (3, "10:00", "exit", "shuili.clerk", {
        "townships": "T103", "ground": "任务完成", "reason": "入户核查已全部完成并通过验收。",
        "contact": "潘红", "phone": "0635-0000013"}),
    (1, "10:10", "@bianban", "bianban", {"opinion": "任务完成,同意退出。"}),
]  # fmt: skip
OTHERS = [
    [(1, "16:30", "save_draft", "nongye.clerk", request("高标准农田管护巡查(样例)", "T001"))],
    [
        (2, "09:30", "consult", "nongye.clerk",
         request("农村宅基地信息采集(样例)", "T001 T101", starts_on=-5, support_due_on=-15)),
        (1, "15:10", "opinion.reply", "qingquan.clerk",
         {"attitude": "comment", "text": "同意协助,建议增加外业采集人员补助。"}),
    ],
    [
        *filed(6, "zhujian.clerk",
               request("自建房安全信息补录(样例)", "T001 T101", starts_on=-5, support_due_on=-15),
               "qingquan.clerk", "jiazhen.clerk"),
        (2, "10:20", "@sifa", "sifa", {"opinion": "主体和依据合法,同意。"}),
    ],
    [
        *filed(11, "jiaotong.clerk",
               request("农村公路限高设施登记(样例)", "T103", starts_on=-3, support_due_on=-15),
               "liulin.clerk"),
        (7, "11:20", "@sifa.send_back", "sifa", {"reason": "请补充与公路管理职责的划分依据。"}),
    ],
    [
        *filed(13, "market.clerk",
               request("小作坊日常监管(样例)", "T001", starts_on=-3, support_due_on=-15),
               "qingquan.clerk"),
        (9, "15:20", "@bianban.refuse", "bianban",
         {"reason": "属部门法定职责,不得交由乡镇(街道)办理。"}),
    ],
    [
        *filed(15, "huanbao.clerk",
               request("河道漂浮物打捞(样例)", "T103", starts_on=-3, support_due_on=-15),
               "liulin.clerk"),
        (10, "10:50", "divert", "bianban", {
            "outcome": "purchase", "reason": "专业性强、履职成本过高,宜向社会组织购买服务。"}),
    ],
    [
        (12, "09:30", "propose", "nongye.clerk", {
            "unit": "T001", "kind": "survey", "name": "农户种植意向调查(样例)",
            "content": "协助抽样入户80户。", "starts_on": 10, "ends_on": 4, "fee": "3000",
            "pay_by": -5}),
        (11, "10:30", "agree", "qingquan.clerk", {"opinion": "同意协助。"}),
        (3, "15:30", "pay", "nongye.clerk", {"amount": "3000", "day": 3, "voucher": "付021"}),
    ],
    [
        (6, "14:30", "report", "jiazhen.clerk", {
            "department": "D10", "manner": "pledge", "name": "签订秸秆禁烧责任状(样例)",
            "happened_on": 7, "text": "未经准入要求各村签订责任状,并列入考核。"}),
        (4, "09:50", "order", "bianban", {
            "demand": "withdraw", "limit": 8, "text": "请收回责任状,不得列入考核。"}),
    ],
    [
        (2, "15:30", "report", "liulin.clerk", {
            "department": "D22", "manner": "indicator", "name": "分解下达检查户数(样例)",
            "happened_on": 3, "text": "将检查户数按乡镇分解下达并要求按周报送。"}),
    ],
]  # fmt: skip

JIAOQU = [
    [
        (1, "10:00", "consult", "jiaoqu.chengguan",
         request("背街小巷环境排查(样例)", "T104", starts_on=-5, support_due_on=-20)),
    ],
]  # fmt: skip

STORIES = {"371525": [CARRIED, LAPSED, LEAVING, *OTHERS], "230811": JIAOQU}
