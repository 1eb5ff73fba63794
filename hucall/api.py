"""REST resources of 乡呼县应, over the same doors as the pages."""

import django_filters
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError

from governance.api.filtering import IdFilter, RowFilter
from governance.api.matters import MatterSerializer, MatterViewSet, UnitName, matter_fields
from governance.models import Unit
from governance.roles import Role
from hucall.models import Bulletin, Call, Callback, Rating, Rectification, Response, Supervision

RAISERS = (Role.TOWNSHIP_CLERK, Role.VILLAGE_CLERK, Role.PLATFORM)


class ResponseSerializer(MatterSerializer):
    """One department's part."""

    unit = UnitName(read_only=True)
    duty_label = serializers.CharField(source="get_duty_display", read_only=True)

    class Meta:
        model = Response
        fields = matter_fields(
            *("call", "unit", "duty", "duty_label", "task", "round", "opened_at", "signed_in_at"),
            *("arrived_at", "arrival_place", "finished_at", "result", "latest"),
        )
        read_only_fields = fields


class CallSerializer(MatterSerializer):
    """A call as everybody sees it who takes part."""

    item_name = serializers.CharField(source="revision.name", default="", read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Call
        fields = matter_fields(
            *("kind", "kind_label", "title", "text", "place", "latitude", "longitude", "channel"),
            *("item", "item_name", "edition", "self_check", "self_check_reason", "difficulty"),
            *("verified_at", "dispatched_at", "finished_at", "archived_at", "summary", "reason"),
            *("merged_into", "caller_name", "caller_phone"),
        )
        read_only_fields = fields


class CallFilter(RowFilter):
    """The filters of the list page."""

    unit = IdFilter("responses__unit", distinct=True, label="承办单位")
    raised_after = django_filters.DateFilter("raised_at", "date__gte")
    raised_before = django_filters.DateFilter("raised_at", "date__lte")

    class Meta:
        model = Call
        fields = ["state", "kind", "channel", "owner", "item"]


class CallViewSet(MatterViewSet):
    """乡呼县应:呼叫"""

    model = Call
    first_steps = ("file", "save_draft", "propose", "record_self_handled")
    serializer_class = CallSerializer
    filterset_class = CallFilter
    related = ("revision",)

    def draft(self, request):
        return draft_of(request.user, request.data.get("owner"))


def draft_of(user, owner_id=None) -> Call:
    """An unsaved call for the user's township: the only one, or the one that is named.

    A village's clerk raises for the township above; the platform names the township.

    Raises:
        PermissionDenied: no post that raises calls. ValidationError: the township is not named.
    """
    posts = [post for post in user.posts_held() if post.role in RAISERS]
    if not posts:
        raise PermissionDenied
    choices = {}
    for post in posts:
        for township in townships_of(post):
            choices.setdefault(township.pk, (township, post))
    wanted = "" if owner_id is None else str(owner_id)
    chosen = choices.get(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    if chosen is None and len(choices) == 1 and not wanted:
        chosen = next(iter(choices.values()))
    if chosen is None:
        raise ValidationError({"owner": ["请选择发起呼叫的乡镇(街道)。"]})
    township, post = chosen
    village = post.unit if post.role == Role.VILLAGE_CLERK else None
    return Call(county=township.county, owner=township, village=village)


def townships_of(post) -> list[Unit]:
    """For which townships a post may raise calls."""
    if post.role == Role.TOWNSHIP_CLERK:
        return [post.unit]
    if post.role == Role.VILLAGE_CLERK:
        return [post.unit.parent] if post.unit.parent_id else []
    return list(Unit.objects.active().filter(county=post.county_id, kind=Unit.Kind.TOWNSHIP))


class ResponseFilter(RowFilter):
    """The filters of the list page."""

    class Meta:
        model = Response
        fields = ["state", "duty", "unit", "call"]


class ResponseViewSet(MatterViewSet):
    """乡呼县应:部门响应"""

    model = Response
    serializer_class = ResponseSerializer
    filterset_class = ResponseFilter
    http_method_names = ["get", "post", "head", "options"]
    related = ("unit", "call", "unit__parent")


class RatingSerializer(MatterSerializer):
    """A rating, for the township that gives it and the platform (GX-呼应-16)."""

    class Meta:
        model = Rating
        fields = matter_fields("call", "response", "round", "level", "reason", "rated_at")
        read_only_fields = fields


class RatingViewSet(MatterViewSet):
    """乡呼县应:评价(仅发起乡镇和平台可见)"""

    model = Rating
    serializer_class = RatingSerializer
    filterset_fields = ["state", "call"]
    related = ("call", "response")


class CallbackSerializer(MatterSerializer):
    """A callback, for the platform."""

    class Meta:
        model = Callback
        fields = matter_fields("call", "response", "round", "done_at", "note")
        read_only_fields = fields


class CallbackViewSet(MatterViewSet):
    """乡呼县应:回访(仅平台可见)"""

    model = Callback
    serializer_class = CallbackSerializer
    filterset_fields = ["state", "call"]
    related = ("call", "response")


class SupervisionSerializer(MatterSerializer):
    """A 督办通知书."""

    unit = UnitName(read_only=True)

    class Meta:
        model = Supervision
        fields = matter_fields("call", "response", "unit", "ground", "demand", "reply")
        read_only_fields = fields


class SupervisionViewSet(MatterViewSet):
    """乡呼县应:督办"""

    model = Supervision
    serializer_class = SupervisionSerializer
    filterset_fields = ["state", "unit", "call"]
    related = ("unit", "unit__parent", "call")


class BulletinSerializer(MatterSerializer):
    """A bulletin."""

    class Meta:
        model = Bulletin
        fields = matter_fields("month", "title", "text", "published_at")
        read_only_fields = fields


class BulletinViewSet(MatterViewSet):
    """乡呼县应:通报"""

    model = Bulletin
    serializer_class = BulletinSerializer
    filterset_fields = ["state", "month"]


class RectificationSerializer(MatterSerializer):
    """限期整改 of one unit."""

    unit = UnitName(read_only=True)

    class Meta:
        model = Rectification
        fields = matter_fields("bulletin", "unit", "ground", "report")
        read_only_fields = fields


class RectificationViewSet(MatterViewSet):
    """乡呼县应:限期整改"""

    model = Rectification
    serializer_class = RectificationSerializer
    filterset_fields = ["state", "unit", "bulletin"]
    related = ("unit", "bulletin")
