"""The demo's suggestions 样例, from the first word to the answer, and the channels of units.

Told in the form of `demo_changes.STORIES`: (working days before day 0, time, step, who, facts);
nobody ("") is a citizen on the public page. The people are invented, their numbers nobody's.
"""

from checklist import channels
from checklist.models import Channel
from governance.demo import WITHOUT_CONTACT
from governance.models import Unit

DIALLING = {"371525": "0635", "230811": "0454"}

STORIES = (
    (
        (18, "20:14", "submit", "", {
            "person": "citizen", "name": "王某(样例)", "phone": "130-0000-9001",
            "item": "秸秆和垃圾露天焚烧管控",
            "text": "麦收时村里烧秸秆,打了三个电话才问到归谁管。\n建议在清单里写明夜间由谁巡查。",
        }),
        (17, "09:10", "route", "bianban", {
            "unit": "D14", "item": "秸秆和垃圾露天焚烧管控", "opinion": "请商乡镇后答复。",
        }),
        (14, "16:20", "reply", "nongye.clerk", {
            "reply_text": "夜间巡查由乡镇(街道)值守人员负责,县农业农村局每晚抽查;"
            "值守电话已在各村公示。",
            "result": "explained",
        }),
        (13, "10:00", "close", "bianban", {}),
    ),
    (
        (9, "10:25", "submit", "qingquan.clerk", {
            "channel": "visit", "person": "citizen", "name": "李某(样例)",
            "phone": "130-0000-9002", "item": "城区违法建设查处",
            "text": "小区顶楼加盖,街道说要等执法局认定。\n建议写明认定几天内答复。",
        }),
        (8, "15:05", "route", "bianban", {"unit": "D25", "item": "城区违法建设查处"}),
        (5, "11:30", "reply", "chengguan.clerk", {
            "reply_text": "已与街道约定,接报后两个工作日内到场认定;拟在下次调整清单时写明。",
            "result": "partly",
        }),
    ),
    (
        (6, "09:50", "submit", "bianban", {
            "channel": "letter", "person": "legal", "name": "某运输公司(样例)",
            "mail": "yunshu@example.org", "item": "农村公路养护与路域环境整治",
            "text": "乡道塌边半年没有修,镇里和交通局都说归对方。\n请在清单中分清养护责任。",
        }),
        (5, "10:15", "route", "bianban", {
            "unit": "D12", "item": "农村公路养护与路域环境整治",
            "opinion": "请五日内提出答复意见。",
        }),
    ),
    (
        (11, "14:40", "submit", "jiazhen.clerk", {
            "channel": "phone", "person": "citizen", "name": "张某(样例)",
            "phone": "130-0000-9003", "item": "农村生活垃圾收运处置",
            "text": "集镇垃圾三天才收一次,镇里说没有压缩车。\n建议收运由县里统一负责。",
        }),
        (10, "11:20", "adopt", "bianban", {
            "unit": "D25", "item": "农村生活垃圾收运处置", "occurred_on": 10,
            "text": "群众反映乡镇没有收运能力,请研究收运处置由县级部门主责。",
        }),
        (9, "17:00", "reply", "bianban", {
            "reply_text": "您的建议已采纳,由县综合行政执法局提出清单调整申请。",
            "result": "adopted",
        }),
        (7, "16:30", "file", "chengguan.clerk", {
            "kind": "to_county", "item": "农村生活垃圾收运处置", "ground": "suited",
            "cause": "@", "cause_on": 10, "affects_flow": "false",
            "new_main": "县综合行政执法局", "new_coop": "各乡镇(街道);县农业农村局",
            "argument": "乡镇(街道)没有压缩转运车辆,由县级统一收运更有效率;已征求意见。",
            "legal_basis": "《固体废物污染环境防治法》",
        }),
        (6, "09:40", "accept", "bianban", {"opinion": "群众意见转来,材料齐全,予以受理。"}),
    ),
    (
        (3, "22:05", "submit", "", {
            "person": "citizen", "no_answer": "on", "text": "低价办理贷款,电话咨询。",
        }),
        (2, "08:50", "reject", "bianban", {"reason": "广告,与清单无关。"}),
    ),
    (
        (0, "19:30", "submit", "", {
            "person": "organisation", "name": "某养老服务协会(样例)",
            "mail": "yanglao@example.org",
            "text": "养老机构的消防检查,民政、消防、街道各查一遍。\n建议明确由一家牵头,联合检查。",
        }),
    ),
)  # fmt: skip


def publish_channels(county: Unit) -> None:
    """Phone and mail of every unit but those that are left incomplete; once."""
    if Channel.objects.filter(unit__county=county).exists():
        return
    units = [row.unit for row in channels.of_county(county)]
    dialling = DIALLING.get(county.region_code, "0000")
    for place, unit in enumerate(units, start=1):
        if unit.code in WITHOUT_CONTACT:
            continue
        channels.keep(
            unit, actor=None, phone=f"{dialling}-001{place:04d}",
            mail=f"{unit.code.lower()}@example.org", note="工作日 8:30—17:30 有人接听(样例)",
        )  # fmt: skip
