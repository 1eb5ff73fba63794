"""REST resources of admission over the doors of the pages: requests and opinions, duties with their
support and money, slips, exits, temporary help, reports, and the stages of approval.
"""

import django_filters
from django.contrib.contenttypes.models import ContentType
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action

from admission.models import (
    AdmissionRequest,
    AdmittedDuty,
    ExitRequest,
    FundEntry,
    HandDown,
    Slip,
    Support,
    TemporaryHelp,
    TownshipOpinion,
)
from admission.posts import APPLICANTS, DEPARTMENT, TOWNSHIP
from checklist.change_api import StageFilter as ListStageFilter
from checklist.change_api import raised
from governance.api.filtering import IdFilter, RowFilter
from governance.api.matters import MatterSerializer, MatterViewSet, UnitName, matter_fields
from governance.models import Stage

# ------------------------------------------------------------------ what is told


class RequestSerializer(MatterSerializer):
    """A request by the fields of its form."""

    department = UnitName(read_only=True)
    outcome_label = serializers.CharField(source="get_outcome_display", read_only=True)

    class Meta:
        model = AdmissionRequest
        fields = matter_fields(
            *("kind", "department", "name", "applied_on", "reason", "contact", "phone"),
            *("whole_county", "covers", "term", "starts_on", "ends_on", "content", "target"),
            *("funds", "funds_source", "elements", "support", "support_due_on", "vetoes"),
            *("gate_note", "agreement", "consultation", "round", "answer", "outcome"),
            *("outcome_label", "approved_on", "approval_document", "in_force_on"),
        )
        read_only_fields = fields


class OpinionSerializer(MatterSerializer):
    """What one unit was asked and has answered."""

    unit = UnitName(read_only=True)

    class Meta:
        model = TownshipOpinion
        fields = matter_fields("request", "unit", "round", "attitude", "text", "answered_on")
        read_only_fields = fields


class DutySerializer(MatterSerializer):
    """What one township has taken on."""

    department = UnitName(read_only=True)
    unit = UnitName(read_only=True)
    balance = serializers.DecimalField(14, 2, read_only=True)

    class Meta:
        model = AdmittedDuty
        fields = matter_fields(
            *("request", "department", "unit", "name", "approval_number", "term", "starts_on"),
            *("ends_on", "allotted", "spent", "balance", "listing", "ended_on", "end_reason"),
        )
        read_only_fields = fields


class EntrySerializer(serializers.ModelSerializer):
    """One movement of a duty's money."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = FundEntry
        fields = [
            *("id", "kind", "kind_label", "amount", "day", "purpose", "voucher", "balance", "at"),
        ]
        read_only_fields = fields


class SupportSerializer(MatterSerializer):
    """One kind of support: promised, delivered, confirmed."""

    department = UnitName(read_only=True)
    unit = UnitName(read_only=True)
    label = serializers.CharField(read_only=True)

    class Meta:
        model = Support
        fields = matter_fields(
            *("duty", "department", "unit", "kind", "label", "promise", "promised_on", "due_on"),
            *("delivery", "delivered_on", "people", "hours", "objection"),
        )
        read_only_fields = fields


class SlipSerializer(MatterSerializer):
    """One hand-over."""

    department = UnitName(read_only=True)
    unit = UnitName(read_only=True)

    class Meta:
        model = Slip
        fields = matter_fields(
            *("department", "unit", "duty", "channel", "name", "content", "stated_number"),
            "reason",
        )
        read_only_fields = fields


class ExitSerializer(MatterSerializer):
    """An exit of one admission's duties."""

    class Meta:
        model = ExitRequest
        fields = matter_fields(
            *("request", "covers", "origin", "applied_on", "ground", "reason", "contact", "phone"),
            *("effective_on", "approved_on", "approval_document", "notified_on", "answer"),
            "round",
        )
        read_only_fields = fields


class HelpSerializer(MatterSerializer):
    """A piece of temporary help and its fee."""

    unit = UnitName(read_only=True)

    class Meta:
        model = TemporaryHelp
        fields = matter_fields(
            *("unit", "request", "kind", "name", "content", "starts_on", "ends_on", "fee"),
            *("pay_by", "opinion", "agreed_on", "meeting_document", "paid", "paid_on", "voucher"),
        )
        read_only_fields = fields


class HandDownSerializer(MatterSerializer):
    """A report of what came without admission."""

    department = UnitName(read_only=True)

    class Meta:
        model = HandDown
        fields = matter_fields(
            *("department", "slip", "manner", "name", "happened_on", "text", "demand", "limit"),
            *("order_text", "ordered_on", "correction", "request", "finding"),
        )
        read_only_fields = fields


class AdmissionStageSerializer(MatterSerializer):
    """One reviewer's part of a request or of an exit."""

    unit = UnitName(read_only=True)
    matter = serializers.IntegerField(source="matter_id", read_only=True)
    of = serializers.SerializerMethodField()

    class Meta:
        model = Stage
        fields = matter_fields(
            *("of", "matter", "round", "order", "name", "label", "role", "limit", "clause"),
            *("unit", "opinion", "signer", "decided_on", "document_number", "decided_at"),
        )
        read_only_fields = fields

    def get_of(self, stage) -> str:
        """request or exit."""
        is_exit = stage.matter_type_id == ExitRequest.type().pk
        return "exit" if is_exit else "request"


# ------------------------------------------------------------------ filters


class RequestFilter(RowFilter):
    """The filters of the register."""

    applied_after = django_filters.DateFilter("applied_on", "gte")
    applied_before = django_filters.DateFilter("applied_on", "lte")

    class Meta:
        model = AdmissionRequest
        fields = ["state", "kind", "term", "owner", "department"]


def filters(of, *names: str):
    """A row filter of these fields."""
    meta = type("Meta", (), {"model": of, "fields": list(names)})
    return type(f"{of.__name__}Filter", (RowFilter,), {"Meta": meta})


class StageFilter(ListStageFilter):
    """Whose stages, of which matter."""

    application = None
    matter = IdFilter("matter_id", label="准入或退出申请")


# ------------------------------------------------------------------ resources


def homes(user, *roles: str) -> list:
    """The units for which the person holds one of the posts."""
    posts = [one for one in user.posts_held() if one.role in roles and one.county_id]
    return list({one.unit_id: one.unit for one in posts}.values())


class AdmissionViewSet(MatterViewSet):
    """A kind of file of admission; `raising` are the posts that may make one."""

    raising: tuple[str, ...] = ()

    def draft(self, request):
        """An unsaved record of the unit that is named, or of the only one."""
        return raised(self.model, homes(request.user, *self.raising), request.data.get("owner"))


class PartViewSet(MatterViewSet):
    """A part that comes with its file and is never made by itself."""

    @extend_schema(exclude=True)
    def create(self, request):
        """Refused.

        Raises:
            MethodNotAllowed: always.
        """
        raise exceptions.MethodNotAllowed("POST")


class RequestViewSet(AdmissionViewSet):
    """准入:申请"""

    model = AdmissionRequest
    first_steps = ("consult", "save_draft")
    related = ("department",)
    raising = APPLICANTS
    serializer_class = RequestSerializer
    filterset_class = RequestFilter


class OpinionViewSet(PartViewSet):
    """准入:乡镇意见"""

    model = TownshipOpinion
    related = ("unit",)
    serializer_class = OpinionSerializer
    filterset_class = filters(TownshipOpinion, "state", "request", "unit", "round", "attitude")


class DutyViewSet(PartViewSet):
    """准入:准入事项"""

    model = AdmittedDuty
    related = ("department", "unit")
    serializer_class = DutySerializer
    filterset_class = filters(AdmittedDuty, "state", "request", "unit", "department", "term")

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True, filter_backends=())
    def entries(self, request, pk=None):
        """The ledger of its money; written by the steps allot, spend and give_back alone."""
        page = self.paginate_queryset(self.get_object().entries.all())
        return self.get_paginated_response(EntrySerializer(page, many=True).data)


class SupportViewSet(PartViewSet):
    """准入:保障台账"""

    model = Support
    related = ("department", "unit")
    serializer_class = SupportSerializer
    filterset_class = filters(Support, "state", "duty", "unit", "department", "kind")


class SlipViewSet(AdmissionViewSet):
    """准入:交办单(部门 issue 交办,乡镇 register 登记)"""

    model = Slip
    first_steps = ("issue", "register")
    related = ("department", "unit")
    raising = (*DEPARTMENT, *TOWNSHIP)
    serializer_class = SlipSerializer
    filterset_class = filters(Slip, "state", "duty", "unit", "department", "channel")


class ExitViewSet(AdmissionViewSet):
    """准入:退出申请"""

    model = ExitRequest
    first_steps = ("file", "save_draft")
    raising = APPLICANTS
    serializer_class = ExitSerializer
    filterset_class = filters(ExitRequest, "state", "request", "owner", "origin")


class HelpViewSet(AdmissionViewSet):
    """准入:临时协助"""

    model = TemporaryHelp
    first_steps = ("propose",)
    related = ("unit",)
    raising = DEPARTMENT
    serializer_class = HelpSerializer
    filterset_class = filters(TemporaryHelp, "state", "owner", "unit", "kind", "request")


class HandDownViewSet(AdmissionViewSet):
    """准入:擅自交办"""

    model = HandDown
    first_steps = ("report",)
    related = ("department",)
    raising = TOWNSHIP
    serializer_class = HandDownSerializer
    filterset_class = filters(HandDown, "state", "owner", "department", "manner", "demand")


class AdmissionStageViewSet(PartViewSet):
    """准入:审批环节(意见经 steps 提交)"""

    model = Stage
    related = ("unit",)
    serializer_class = AdmissionStageSerializer
    filterset_class = StageFilter

    def get_queryset(self):
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        kinds = ContentType.objects.get_for_models(AdmissionRequest, ExitRequest).values()
        return rows.filter(matter_type__in=list(kinds)).prefetch_related("matter")
