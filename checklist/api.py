"""REST resources of the list, over the same doors as the pages."""

import django_filters
from django.db.models import Exists, OuterRef
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from checklist import days, selectors
from checklist.change_api import composed
from checklist.intake.rows import TEXT_FIELDS
from checklist.models import Edition, EditionItem, ItemUnit, Revision
from governance.api.filtering import IdFilter, RowFilter
from governance.api.matters import MatterSerializer, MatterViewSet, UnitName, matter_fields
from governance.api.reading import NewestFirst

EDITION = OpenApiParameter("edition", OpenApiTypes.INT, description="清单版本,默认现行版")
AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATE, description="按日期:当日有效的清单版本(与 edition 二选一)"
)
SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="两个字即可")


class PartSerializer(serializers.ModelSerializer):
    """A unit, or a collective term, of an item."""

    unit = UnitName(read_only=True, allow_null=True)
    term = serializers.CharField(source="term.name", read_only=True, default=None)
    role_label = serializers.CharField(source="get_role_display", read_only=True)

    class Meta:
        model = ItemUnit
        fields = ["role", "role_label", "unit", "term", "qualifier", "duty"]


class ItemSerializer(serializers.ModelSerializer):
    """An item in the wording of one edition; `id` is the item's own, the same in all editions."""

    id = serializers.IntegerField(source="item_id", read_only=True)
    revision = serializers.IntegerField(source="revision_id", read_only=True)
    township_part = serializers.CharField(source="revision.township_part", read_only=True)
    units = PartSerializer(source="revision.units", many=True, read_only=True)

    class Meta:
        model = EditionItem
        fields = ["id", "edition", "revision", "place", "township_part", "units"]
        read_only_fields = fields

    def get_fields(self):
        """The texts, which stand on the wording, beside what the row itself has."""
        texts = {
            name: serializers.CharField(source=f"revision.{name}", read_only=True)
            for name in TEXT_FIELDS
        }
        return super().get_fields() | texts


class ContactSerializer(serializers.Serializer):
    """Who is to be reached for an item in a unit (GX-呼应-03)."""

    unit = UnitName()
    office = serializers.CharField()
    person = serializers.CharField()
    phone = serializers.CharField()
    own = serializers.BooleanField(help_text="是否为本事项单独填写")


class InOrder(NewestFirst):
    """Items in the order of their edition."""

    ordering = ("edition_id", "place", "id")


class ItemFilter(RowFilter):
    """The filters of the list page."""

    category = django_filters.CharFilter("revision__category")
    code = django_filters.CharFilter("revision__code")
    township = django_filters.ChoiceFilter(
        "revision__township_part", choices=Revision.Township.choices, label="乡镇责任"
    )
    unit = IdFilter(method="of_unit", label="单位")

    class Meta:
        model = EditionItem
        fields = []

    def of_unit(self, rows, name, value):
        """Items that name a unit."""
        named = ItemUnit.objects.filter(revision=OuterRef("revision"), unit=value)
        return rows.filter(Exists(named))


@extend_schema(parameters=[EDITION, AS_OF])
class ItemViewSet(viewsets.ReadOnlyModelViewSet):
    """责任清单:事项(默认现行版)"""

    serializer_class = ItemSerializer
    pagination_class = InOrder
    filterset_class = ItemFilter
    lookup_field = "item_id"
    lookup_value_regex = r"\d{1,18}"
    queryset = EditionItem.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        editions = Edition.objects.visible_to(self.request.user)
        wanted = self.request.query_params.get("edition", "")
        if wanted:
            if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
                raise exceptions.NotFound
            editions = editions.filter(pk=int(wanted))
        else:
            editions = self.of_day(editions)
        rows = (
            EditionItem.objects.filter(edition__in=editions)
            .select_related("revision", "item")
            .prefetch_related("revision__units__unit", "revision__units__term")
        )
        words = self.request.query_params.get("search", "")[:100]
        return rows.filter(revision__terms__found=words) if words.strip() else rows

    def of_day(self, editions):
        """The editions in force on the day that is asked for; today's where none is.

        Raises:
            ValidationError: there is no such day, or it is still to come.
        """
        try:
            day = days.read(self.request.query_params.get("as_of", ""))
        except ValueError as problem:
            raise exceptions.ValidationError({"as_of": [str(problem)]}) from problem
        if day is None:
            return editions.filter(state=Edition.State.PUBLISHED)
        return selectors.in_force_on(editions, day)

    @extend_schema(parameters=[SEARCH])
    def list(self, request, *args, **kwargs):
        """The items of an edition, in its order."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=ContactSerializer(many=True))
    @action(detail=True, filter_backends=(), pagination_class=None)
    def contacts(self, request, item_id=None):
        """Whom to reach in each unit that the item names."""
        member = self.get_object()
        found = selectors.responsible_units(member.revision)
        units = [*found.main, *found.coop, *found.information, *found.townships]
        rows = [
            {"unit": unit, "office": info.office, "person": info.person, "phone": info.phone,
             "own": info.own}
            for unit, info in selectors.contacts_of(member.item, units)
        ]  # fmt: skip
        return Response(ContactSerializer(rows, many=True).data)


class EditionSerializer(MatterSerializer):
    """An edition of the list."""

    size = serializers.IntegerField(read_only=True, default=None)

    class Meta:
        model = Edition
        fields = matter_fields(
            "serial", "title", "document_number", "published_at", "in_force_from",
            "in_force_until", "sample", "size",
        )  # fmt: skip
        read_only_fields = fields


class EditionViewSet(MatterViewSet):
    """责任清单:版本"""

    model = Edition
    first_steps = ("compose",)
    serializer_class = EditionSerializer
    filterset_fields = ["state", "serial"]

    def get_queryset(self):
        return selectors.with_counts(super().get_queryset())

    def draft(self, request):
        """The next edition, put together from approved applications."""
        return composed(request.user)
