"""People and papers for the stories of admission; everything through the door."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    HandDown,
    Slip,
    Support,
    TemporaryHelp,
)
from governance import sweep
from governance.models import Unit
from governance.perform import perform
from governance.roles import Role
from governance.tasks import fire
from tests.checklist.scene import PDF, again
from tests.checklist.scene import Scene as ListScene
from tests.factories.governance import moment

__all__ = ["NOW", "PRESETS", "Scene", "again", "papers"]

NOW = moment("2026-09-10 10:00")
PRESETS = ("guanxian-2019", "jiaoqu-2022", "tongxin-2021", "taian-2019", "tongwei-2020")
DEPARTMENT, TOWN, OTHER = "县农业农村局", "清泉街道", "贾镇"


def papers(name="依据材料.pdf"):
    """One file, as a browser sends it."""
    return MultiValueDict({"files": [SimpleUploadedFile(name, PDF, "application/pdf")]})


class Scene(ListScene):
    """A county of a preset with a department, two townships and everybody who reviews."""

    def __init__(self, preset="guanxian-2019", place=("冠县", "371525", "冠"), **changes):
        super().__init__(preset, place, **changes)
        self.book = self.county.rulebook
        self.leader = self.county.user(Role.DEPARTMENT_LEADER, DEPARTMENT)
        self.other_town = self.county.user(Role.TOWNSHIP_CLERK, OTHER)
        self.treasury = self.county.user(Role.CAIZHENG)
        self.department = self.county.unit(DEPARTMENT)

    def unit(self, name: str) -> Unit:
        """A unit of the county."""
        return self.county.unit(name)

    def town_clerk(self, name: str):
        """Who answers in a township (or in another unit that was asked)."""
        role = Role.TOWNSHIP_CLERK
        if self.unit(name).kind == Unit.Kind.DEPARTMENT:
            role = Role.DEPARTMENT_CLERK
        return self.county.user(role, name)

    # The request ------------------------------------------------------------

    def facts(self, *towns: str, **given) -> dict:
        """What a complete request asks for in this county, unless told otherwise."""
        facts = {
            "name": "农业普查入户登记",
            "reason": "县级人手不足,须由乡镇协助入户。",
            "contact": "杜鹃",
            "phone": "0635-5231234",
            "townships": [self.unit(name).pk for name in towns or (TOWN, OTHER)],
            "term": "stage",
            "starts_on": "2026-09-14",
            "ends_on": "2026-12-31",
            "content": "入户登记农户生产经营情况。",
            "target": "十二月底前完成全部农户登记。",
            "funds": "20000",
            "funds_source": "县级农业普查专项经费",
            "support_due_on": "2026-10-30",
            "gate_note": "与清单内事项对象、内容均不同。",
        }
        elements = self.book.value("admission.elements")
        named = [one for one in elements if one != "职责名称"]
        facts |= {f"element_{place}": f"{words}:依文件执行" for place, words in enumerate(named)}
        for kind in self.book.value("admission.support"):
            facts[f"support_{kind}"] = "按需保障到位"
        cases = (*self.book.value("admission.vetoes"), *self.book.value("admission.advice"))
        facts |= {f"veto_{key}": "no" for key in cases}
        return facts | given

    def request(self, owner: Unit | None = None) -> AdmissionRequest:
        """An unsaved request of the agriculture bureau (or of another unit)."""
        return AdmissionRequest(county=self.row, owner=owner or self.department)

    def consult(self, *towns: str, at=NOW, actor=None, owner=None, **given) -> AdmissionRequest:
        """Put a request to townships."""
        facts = self.facts(*towns, **given)
        record = self.request(owner)
        actor = actor or self.clerk
        return perform(record, "consult", actor=actor, at=at, facts=facts, files=papers())

    def opinion(self, request, town: str):
        """What a township was asked last."""
        return again(request).opinions_now().get(unit=self.unit(town))

    def reply(self, request, town: str, attitude="agree", at=NOW, text="愿意承接"):
        """A township answers."""
        facts = {"attitude": attitude, "text": text}
        one = self.opinion(request, town)
        return perform(one, "reply", actor=self.town_clerk(town), at=at, facts=facts)

    def filed(self, *towns: str, at=NOW, **given) -> AdmissionRequest:
        """Everybody asked has agreed, and the request is before the reviewers."""
        request = self.consult(*towns, at=at, **given)
        for one in request.opinions_now():
            self.reply(request, one.unit.short_name, at=at)
        facts = {"agreement": "各乡镇同意承接,按月报送进度。"}
        return perform(request, "file", actor=self.clerk, at=at, facts=facts)

    def reviewed(self, matter, at=NOW, until: str = "", **given):
        """Through the whole chain, or until a stage stands open."""
        while True:
            stages = again(matter).current().filter(state="open")
            if not stages or until in {stage.name for stage in stages}:
                return again(matter)
            for stage in stages:
                self.agree(again(matter), stage.name, at, **given)

    def admitted(self, *towns: str, at=NOW, **given) -> AdmissionRequest:
        """A request in force."""
        return self.reviewed(self.filed(*towns, at=at, **given), at=at)

    # What follows -------------------------------------------------------------

    def duty(self, request, town: str = TOWN) -> AdmittedDuty:
        """What a township has taken on by a request."""
        return AdmittedDuty.objects.get(request=request, unit=self.unit(town))

    def issue(self, duty, at=None, actor=None) -> Slip:
        """The department hands a duty over."""
        slip = Slip(county=self.row, owner=duty.department)
        facts = {"duty": duty.pk, "content": "请于月底前完成登记"}
        at = at or self.day_of(duty)
        return perform(slip, "issue", actor=actor or self.clerk, at=at, facts=facts)

    @staticmethod
    def day_of(duty):
        """Ten o'clock on the first day of a duty, or the usual moment."""
        return max(NOW, moment(f"{duty.starts_on} 10:00"))

    def received(self, duty, at=None) -> AdmittedDuty:
        """Handed over and signed for."""
        slip = self.issue(duty, at)
        actor = self.town_clerk(duty.unit.short_name)
        perform(slip, "receive", actor=actor, at=at or self.day_of(duty), facts={})
        return again(duty)

    def carried(self, *towns: str, **given) -> AdmittedDuty:
        """A duty that a township carries."""
        request = self.admitted(*towns, **given)
        return self.received(self.duty(request, towns[0] if towns else TOWN))

    def support(self, duty, kind="guidance") -> Support:
        """One promise of support."""
        return Support.objects.get(duty=duty, kind=kind)

    def allot(self, duty, amount="1000", at=None):
        """Money comes."""
        at = at or self.day_of(duty)
        facts = {"amount": amount, "day": at.date(), "purpose": "普查经费", "voucher": "拨1"}
        return perform(again(duty), "allot", actor=self.clerk, at=at, facts=facts)

    def spend(self, duty, amount="400", at=None):
        """Money goes."""
        at = at or self.day_of(duty)
        facts = {"amount": amount, "day": at.date(), "purpose": "普查员补助"}
        actor = self.town_clerk(duty.unit.short_name)
        return perform(again(duty), "spend", actor=actor, at=at, facts=facts)

    def exit_facts(self, request, *towns: str, **given) -> dict:
        """What a complete exit asks for."""
        return {
            "request": request.pk,
            "townships": [self.unit(name).pk for name in towns or (TOWN,)],
            "ground": self.book.value("exit.reasons")[0],
            "reason": "登记任务已全部完成。",
            "contact": "杜鹃",
            "phone": "0635-5231234",
        } | given

    def exit(self, request, *towns: str, at=NOW, **given) -> ExitRequest:
        """The department asks for the exit."""
        record = ExitRequest(county=self.row, owner=request.department)
        facts = self.exit_facts(request, *towns, **given)
        return perform(record, "file", actor=self.clerk, at=at, facts=facts)

    def help(self, at=NOW, **given) -> TemporaryHelp:
        """A department asks for temporary help."""
        facts = {
            "unit": self.unit(TOWN).pk,
            "kind": "survey",
            "name": "秋粮产量入户调查",
            "content": "协助抽样入户。",
            "starts_on": "2026-09-14",
            "ends_on": "2026-09-18",
            "fee": "3000",
            "pay_by": "2026-09-30",
        }
        record = TemporaryHelp(county=self.row, owner=self.department)
        return perform(record, "propose", actor=self.clerk, at=at, facts=facts | given)

    def report(self, at=NOW, **given) -> HandDown:
        """A township reports what came without admission."""
        facts = {
            "department": self.department.pk,
            "manner": "pledge",
            "name": "签订秸秆禁烧责任状",
            "happened_on": "2026-09-08",
            "text": "要求各村签订责任状并列入考核。",
        }
        record = HandDown(county=self.row, owner=self.unit(TOWN))
        facts |= given
        return perform(record, "report", actor=self.town, at=at, facts=facts, files=papers())

    def order(self, report, at=NOW, **given) -> HandDown:
        """编办 has it corrected."""
        facts = {"demand": "withdraw", "limit": 5, "text": "请收回责任状。"} | given
        return perform(report, "order", actor=self.bianban, at=at, facts=facts)

    @staticmethod
    def clock_to(at):
        """Time passes: the sweep, and what falls due by it."""
        sweep.sweep(at)
        fire(at)

    @staticmethod
    def later(days: int, at=NOW):
        """Some days later."""
        return at + timedelta(days=days)
