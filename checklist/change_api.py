"""REST resources of list changes over the doors of the pages: applications, causes, stages."""

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.exceptions import PermissionDenied, ValidationError

from checklist import filing
from checklist.models import Application, Cause, Edition
from governance.api.filtering import IdFilter, RowFilter
from governance.api.matters import MatterSerializer, MatterViewSet, UnitName, matter_fields
from governance.models import Rulebook, Stage, Unit
from governance.roles import Role


class ApplicationSerializer(MatterSerializer):
    """A change of one item, with its text column by column."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Application
        fields = matter_fields(
            *("kind", "kind_label", "ground", "ground_text", "authority", "cause", "cause_on"),
            *("known_on", "argument", "legal_basis", "item", "base", "name", "changes"),
            *("affects_flow", "flow", "by_authority", "late", "reason", "round", "edition"),
            "in_force_on",
        )
        read_only_fields = fields


class CauseSerializer(MatterSerializer):
    """Why the list should change, and who owes the application."""

    unit = UnitName(read_only=True)
    source_label = serializers.CharField(source="get_source_display", read_only=True)

    class Meta:
        model = Cause
        fields = matter_fields(
            *("unit", "item", "kind", "ground", "text", "source", "source_label"),
            *("occurred_on", "known_on"),
        )
        read_only_fields = fields


class StageSerializer(MatterSerializer):
    """One reviewer's part of an application."""

    unit = UnitName(read_only=True)
    application = serializers.IntegerField(source="matter_id", read_only=True)

    class Meta:
        model = Stage
        fields = matter_fields(
            *("application", "round", "order", "name", "label", "role", "limit", "clause", "unit"),
            *("opinion", "signer", "decided_on", "document_number", "decided_at"),
        )
        read_only_fields = fields


class ApplicationFilter(RowFilter):
    """The filters of the register."""

    raised_after = django_filters.DateFilter("raised_at", "date__gte")
    raised_before = django_filters.DateFilter("raised_at", "date__lte")

    class Meta:
        model = Application
        fields = ["state", "kind", "owner", "item", "cause", "edition", "late", "by_authority"]


class CauseFilter(RowFilter):
    """The filters of the register."""

    class Meta:
        model = Cause
        fields = ["state", "unit", "item", "source"]


class StageFilter(RowFilter):
    """Whose stages, of which application."""

    application = IdFilter("matter_id", label="调整申请")

    class Meta:
        model = Stage
        fields = ["state", "name", "unit"]


class ApplicationViewSet(MatterViewSet):
    """责任清单:调整申请"""

    model = Application
    first_steps = ("file", "save_draft")
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter

    def draft(self, request):
        return raised(Application, filing.sources(request.user), request.data.get("owner"))


class CauseViewSet(MatterViewSet):
    """责任清单:调整事由"""

    model = Cause
    first_steps = ("record",)
    serializer_class = CauseSerializer
    filterset_class = CauseFilter

    def get_queryset(self):
        return super().get_queryset().select_related("unit")

    def draft(self, request):
        return raised(Cause, filing.causers(request.user), request.data.get("owner"))


class StageViewSet(MatterViewSet):
    """责任清单:审批环节(意见经 steps 提交)"""

    model = Stage
    serializer_class = StageSerializer
    filterset_class = StageFilter

    def get_queryset(self):
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.filter(matter_type=Application.type())
        return rows.select_related("unit").prefetch_related("matter")

    @extend_schema(exclude=True)
    def create(self, request):
        """Stages come from the chain, never from here.

        Raises:
            MethodNotAllowed: always.
        """
        raise exceptions.MethodNotAllowed("POST")


def raised(model, units: list[Unit], wanted):
    """An unsaved record of the unit that is named, or of the only one.

    Raises:
        PermissionDenied: the user raises nothing here. ValidationError: the unit is not named, or
            its county has no rulebook.
    """
    if not units:
        raise PermissionDenied
    found = [one for one in units if str(one.pk) == str(wanted)] if wanted else units
    if len(found) != 1:
        raise ValidationError({"owner": ["请写明以哪个单位的名义(单位编号)。"]})
    try:
        return filing.begun(model, found[0], timezone.now())
    except Rulebook.DoesNotExist:
        raise ValidationError({"owner": ["本县还没有生效的制度方案。"]}) from None


def composed(user) -> Edition:
    """An unsaved edition of the county for which the user works as 编办.

    Raises:
        PermissionDenied: nobody else composes. ValidationError: the county has no rulebook.
    """
    homes = [post.unit for post in user.posts_held() if post.role == Role.BIANBAN]
    if not homes:
        raise PermissionDenied
    try:
        return filing.begun(Edition, homes[0], timezone.now(), state=Edition.State.NEW)
    except Rulebook.DoesNotExist:
        raise ValidationError({"owner": ["本县还没有生效的制度方案。"]}) from None
