"""The demo's list changes 样例: causes, applications and suggestions in the states that people look
for.

Told step by step through the door, like the demo's calls, and with them in the order of time: the
caller runs the sweep between the steps, so that what falls due does so by itself.
"""

from datetime import date, datetime, time, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from checklist.demo_suggestions import STORIES as SUGGESTIONS
from checklist.models import Application, Cause, Item, Suggestion
from governance.chains import office
from governance.models import Unit, User
from governance.perform import perform
from governance.roles import Role

COUNTY = "371525"
PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n"
    b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
)

NEW_MINE = {
    "new_category": "自然资源",
    "new_name": "废弃矿山生态修复管护",
    "new_county_duty": "编制修复方案,组织施工和验收,监督后期管护",
    "new_township_duty": "巡查看护,劝阻倾倒和盗采,上报损毁情况",
    "new_basis": "《矿产资源法》《土地复垦条例》",
    "new_main": "县自然资源和规划局",
    "new_coop": "各乡镇(街道)",
}
NEW_WATER = {
    "new_category": "农业农村",
    "new_name": "农村供水管网抢修",
    "new_county_duty": "组织专业队伍抢修,保障应急供水,监督供水单位",
    "new_township_duty": "报告停水和漏损,组织群众,配合开挖恢复",
    "new_basis": "《城乡供水条例》",
    "new_main": "县水利局",
    "new_coop": "各乡镇(街道)",
}
FLOW_WATER = (
    "各乡镇(街道)|接群众反映,核实停水范围并上报|2小时|停水报告单\n"
    "县水利局|派员到场,确定抢修方案|4小时\n"
    "县水利局|组织抢修,恢复供水|24小时|抢修记录\n"
    "各乡镇(街道)|回访群众,反馈结果|1个工作日|回访记录"
)

# Each step: (working days before day 0, time, what, who, facts). The first of a story makes the
# record; "@sifa" is the stage of that name, which agrees. Days among the facts are offsets, too.
STORIES = (
    (
        (24, "09:20", "file", "zhujian.clerk", {
            "kind": "to_county", "item": "物业管理纠纷调处与业主委员会组建", "ground": "suited",
            "cause_on": 28, "new_main": "县住房和城乡建设局",
            "new_coop": "各乡镇(街道);县综合行政执法局",
            "argument": "物业企业监管、维修资金使用专业性强,乡镇(街道)没有执法主体资格,调处常需呼叫"
            "部门;征求18个乡镇(街道)意见,均赞成由县级部门主责。",
            "legal_basis": "《物业管理条例》", "affects_flow": "true",
            "flow": "各乡镇(街道)|受理反映,先行调解|5个工作日|调解记录\n"
            "县住房和城乡建设局|核查物业企业,作出处理|15个工作日|处理意见\n"
            "各乡镇(街道)|回访业主,反馈结果|3个工作日|回访记录",
        }),
        (23, "10:05", "accept", "bianban", {"opinion": "材料齐全,予以受理。"}),
        (21, "15:30", "@research", "county", {"opinion": "同意启动调整程序。"}),
        (18, "11:10", "@sifa", "sifa", {"opinion": "主体、依据合法,同意。"}),
        (17, "16:20", "@bianban", "bianban", {"opinion": "县乡权责更相称,同意上报。"}),
        (13, "10:40", "@city_sifa", "city.sifa", {"opinion": "同意。"}),
        (12, "09:50", "@city_bianban", "city.bianban", {"opinion": "同意,请做好人员经费保障。"}),
        (8, "16:00", "@approve", "county", {
            "opinion": "批准。", "document_number": "冠字〔2026〕31号", "signer": "县政府常务会议",
        }),
    ),
    (
        (9, "09:40", "file", "shuili.clerk", {
            "kind": "add", "ground": "grassroots", "cause_on": 13, "affects_flow": "true",
            "argument": "今年以来乡镇三次因供水管网爆管呼叫,清单未列,县乡职责不清;经会商,拟明确"
            "由县水利局主责、乡镇配合。",
            "legal_basis": "《城乡供水条例》", "flow": FLOW_WATER, **NEW_WATER,
        }),
        (8, "10:30", "accept", "bianban", {"opinion": "予以受理。"}),
        (6, "15:10", "@research", "county", {"opinion": "同意。"}),
        (2, "10:20", "@sifa", "sifa", {"opinion": "依据充分,主体明确,同意。"}),
    ),
    (
        (2, "16:10", "file", "jiazhen.clerk", {
            "kind": "remove", "item": "农机安全和变型拖拉机清零", "ground": "superior",
            "authority": "province", "cause_on": 16,
            "argument": "变型拖拉机清零任务已完成并通过验收,省里决定取消该项专项整治。",
            "legal_basis": "省农业农村厅通知(样例)",
        }),
    ),
    (
        (6, "09:30", "file", "nongye.clerk", {
            "kind": "remove", "item": "农村人居环境和厕所管护", "ground": "functions",
            "cause_on": 9, "argument": "机构职能调整,厕所管护并入长效管护机制,不宜单列。",
        }),
        (4, "11:00", "return_for_correction", "bianban", {
            "reason": "请补充机构职能调整的文件和征求乡镇(街道)意见的情况。",
        }),
    ),
    (
        (3, "15:40", "save_draft", "ziran.clerk", {
            "kind": "add", "ground": "law", "cause_on": 4,
            "argument": "新修订的法律明确了废弃矿山修复后的管护责任,拟列入清单。", **NEW_MINE,
        }),
    ),
    (
        (13, "09:15", "record", "bianban", {
            "unit": "D19", "item": "工贸和小微企业安全生产监管", "occurred_on": 14,
            "text": "安全生产监管分级办法施行,工贸企业执法检查权限上收\n"
            "请县应急管理局研究后提出清单调整申请。",
        }),
    ),
    (
        (3, "10:10", "record", "bianban", {
            "unit": "D12", "item": "农村公路养护与路域环境整治", "occurred_on": 4,
            "text": "农村公路“路长制”文件印发,县乡养护分工有变化\n"
            "请县交通运输局核对清单中的职责,需要调整的在限期内申请。",
        }),
    ),
)  # fmt: skip
DAYS = {"cause_on", "occurred_on"}
PAPERS = {"file", "save_draft"}
MADE_BY = {"record": Cause, "submit": Suggestion, "file": Application, "save_draft": Application}
"""The steps that make a record; all others go on with the one at hand."""


def moves(county: Unit, calendar, day: date, now: datetime) -> list[tuple[datetime, partial]]:
    """(moment, what happens) of every step; none where there are applications already.

    Args:
        day: the last working day that is wholly over, from which days are counted back.
    """
    if county.region_code != COUNTY or Application.objects.filter(county=county).exists():
        return []
    found = []
    for number, story in enumerate((*STORIES, *SUGGESTIONS)):
        teller = Teller(county, calendar, day)
        for back, clock, name, who, facts in story:
            when = datetime.combine(
                calendar.workday_shift(day, -back),
                time.fromisoformat(clock),
                timezone.get_current_timezone(),
            ) + timedelta(seconds=number)
            found.append((when, partial(teller.do, name, who, when, facts)))
    return [one for one in found if one[0] <= now]


class Teller:
    """One story: its record, from step to step."""

    def __init__(self, county: Unit, calendar, day: date):
        self.county, self.calendar, self.day = county, calendar, day
        self.record = None

    def do(self, name: str, who: str, when: datetime, facts: dict) -> None:
        """One step through the door."""
        actor = User.objects.get(username=who) if who else None
        given = {key: self.fact(key, value) for key, value in facts.items()}
        files = None
        if model := MADE_BY.get(name):
            desk = actor.posts_held()[0].unit_id if actor else office(self.county, Role.BIANBAN)
            self.record = model(county=self.county, owner_id=desk)
        if name in PAPERS:
            upload = SimpleUploadedFile("论证材料(样例).pdf", PDF, "application/pdf")
            files = MultiValueDict({"files": [upload]})
        target, step = self.record, name
        if name.startswith("@"):
            target, step = self.record.current().get(name=name[1:]), "agree"
        done = perform(target, step, actor=actor, at=when, facts=given, files=files)
        model = type(self.record)
        self.record = done if isinstance(done, model) else model.objects.get(pk=self.record.pk)

    def fact(self, key: str, value):
        """A fact in the words of the form: names and codes become ids, offsets days."""
        if key in DAYS:
            return f"{self.calendar.workday_shift(self.day, -value)}"
        if key == "item":
            return Item.objects.get(county=self.county, key__endswith=f"|{value}").pk
        if key == "cause":  # what the suggestion at hand has been turned into
            return self.record.cause_id
        if key == "unit":
            return Unit.objects.get(county=self.county, code=value).pk
        return value
