"""The register of legal bases, to be read by programs."""

import django_filters
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets

from checklist import access, laws
from checklist.models import LegalBasis
from governance.api.filtering import RowFilter
from governance.api.matters import UnitName

SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="名称的一部分")


class LegalBasisSerializer(serializers.ModelSerializer):
    """One entry, with its status today."""

    county = UnitName(read_only=True, allow_null=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    status = serializers.SerializerMethodField()

    class Meta:
        model = LegalBasis
        fields = [
            *("id", "county", "name", "short_names", "number", "kind", "kind_label", "status"),
            *("issued_on", "in_force_from", "amended_on", "repealed_on", "successor"),
            *("verified", "note"),
        ]
        read_only_fields = fields

    def get_status(self, basis) -> str:
        """A value of LegalBasis.Status."""
        return basis.status_on(timezone.localdate())


class LegalBasisFilter(RowFilter):
    """The filters of the register."""

    kind = django_filters.ChoiceFilter(choices=LegalBasis.Kind.choices, label="效力级别")

    class Meta:
        model = LegalBasis
        fields = []


class LegalBasisViewSet(viewsets.ReadOnlyModelViewSet):
    """责任清单:法律依据"""

    serializer_class = LegalBasisSerializer
    filterset_class = LegalBasisFilter
    lookup_value_regex = r"\d{1,18}"
    queryset = LegalBasis.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = laws.known_to(access.counties(self.request.user))
        words = self.request.query_params.get("search", "")[:60].replace("\0", "").strip()
        return rows.filter(name__icontains=words) if words else rows

    @extend_schema(parameters=[SEARCH])
    def list(self, request, *args, **kwargs):
        """The common entries and the county's own."""
        return super().list(request, *args, **kwargs)
