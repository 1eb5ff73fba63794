"""The viewset of every kind of matter: list, detail, steps, events, clocks (interfaces.md)."""

import json
from functools import cache

from django.contrib.contenttypes.fields import GenericForeignKey
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from governance.idempotency import Reused, body_hash, once
from governance.models import Clock, Event
from governance.perform import open_steps, perform

from .errors import KeyReused
from .reading import NewestFirst, facts_of, version_of

REFUSAL = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "中文说明"},
        "clause": {"type": "string", "description": "依据条款编号"},
    },
}
LONGEST_KEY = 100
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="同一键重复提交只生效一次"
)


class UnitName(serializers.Serializer):
    """A unit as other records name it."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField(source="short_name")


class EventSerializer(serializers.ModelSerializer):
    """One line of the trail; its own number is nobody's business (it would count secret ones)."""

    unit = serializers.CharField(source="unit.short_name", default="")

    class Meta:
        model = Event
        fields = [
            *("step", "label", "source", "target", "actor_name", "post_label", "unit"),
            *("at", "clause", "summary", "facts"),
        ]


class ClockSerializer(serializers.ModelSerializer):
    """One promise."""

    owed_by = UnitName()

    class Meta:
        model = Clock
        fields = [
            *("name", "label", "owed_by", "length", "clause", "param", "started_at", "due_at"),
            *("provisional", "warned_at", "paused_at", "met_at", "cancelled", "breached_at"),
            "level",
        ]


class StepSerializer(serializers.Serializer):
    """One step, open or closed."""

    name = serializers.CharField()
    label = serializers.CharField()
    open = serializers.BooleanField()
    reason = serializers.CharField()
    clause = serializers.CharField()


@cache
def reader(serializer_class):
    """A serializer for reading alone, made once: to put its fields together costs more than to
    read a record with them, and what is read leaves no trace in it.
    """
    return serializer_class()


class MatterViewSet(viewsets.ReadOnlyModelViewSet):
    """Reads through `visible_to`, writes through `perform`. Subclasses name the model.

    `first_steps` are the steps that may make a new matter by POST to the list, the first of them
    by default; `draft(request)` makes the unsaved record.
    """

    model = None
    first_steps: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """What is read with each record, besides the units that all tell."""
    pagination_class = NewestFirst
    filterset_class = None
    filterset_fields = None
    http_method_names = ["get", "post", "head", "options"]

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        rows = self.model.objects.visible_to(self.request.user)
        joined = ("county", "owner", *self.related)
        if self.action == "step":  # the door reads it afresh, and wants to know its file only
            # A stage's root is of any kind, so that no join leads to it.
            root = self.model.root_field
            plain = root and not isinstance(self.model._meta.get_field(root), GenericForeignKey)
            joined = (root if plain else "county",)
        return rows.select_related(*joined).found(self.request.query_params.get("search", "")[:100])

    def draft(self, request):
        """The unsaved record for a first step."""
        raise NotImplementedError

    @extend_schema(
        parameters=[KEY],
        request=OpenApiTypes.OBJECT,
        responses={(400, "application/json"): REFUSAL},
    )
    def create(self, request):
        """Raise a new matter."""
        if not self.first_steps:
            raise MethodNotAllowed(request.method)
        facts = facts_of(request.data)
        name = facts.get("step") or self.first_steps[0]
        if name not in self.first_steps:
            name = self.first_steps[0]
        return self.once(request, lambda: (201, self.told(self.done(self.draft(request), name))))

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, url_path="steps", pagination_class=None, filter_backends=())
    def steps(self, request, pk=None):
        """Every step with its reason and clause where it is closed."""
        return Response(StepSerializer(open_steps(self.get_object(), request.user), many=True).data)

    @extend_schema(
        parameters=[KEY],
        request=OpenApiTypes.OBJECT,
        responses={(409, "application/json"): REFUSAL, (400, "application/json"): REFUSAL},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"steps/(?P<name>[a-z_]{1,40})",
        filter_backends=(),
    )
    def step(self, request, pk=None, name=""):
        """Do one step."""
        matter = self.get_object()
        facts_of(request.data)
        return self.once(request, lambda: (200, self.told(self.done(matter, name))))

    def done(self, matter, name: str):
        """One step through the door with the facts of this request."""
        facts = facts_of(self.request.data)
        return perform(
            matter,
            name,
            actor=self.request.user,
            version=version_of(facts),
            facts=facts,
            files=self.request.FILES,
        )

    def told(self, record) -> dict:
        """A record as JSON-ready data; what the actor no longer sees is only named."""
        seen = self.model.objects.visible_to(self.request.user).filter(pk=record.pk).exists()
        if not seen:
            return {"id": record.pk, "number": record.number, "state": record.state}
        told = reader(self.get_serializer_class()).to_representation(record)
        return json.loads(JSONRenderer().render(told))

    def once(self, request, act) -> Response:
        """Honour Idempotency-Key."""
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            status, answer = act()
            return Response(answer, status=status)
        if len(key) > LONGEST_KEY:
            raise ValidationError({"Idempotency-Key": [f"最长 {LONGEST_KEY} 个字符。"]})
        digest = body_hash(request.path, request.data, request.FILES.values())
        try:
            status, answer, _ = once(request.user, key, request.path, digest, act)
        except Reused:
            raise KeyReused from None
        return Response(answer, status=status)

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, filter_backends=())
    def events(self, request, pk=None):
        """The trail, as far as the user may read it."""
        matter = self.get_object()
        rows = Event.objects.of(matter).readable_by(request.user).select_related("unit")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(EventSerializer(page, many=True).data)

    @extend_schema(responses=ClockSerializer(many=True))
    @action(detail=True, filter_backends=())
    def clocks(self, request, pk=None):
        """The promises, running and ended."""
        matter = self.get_object()
        rows = Clock.objects.of(matter).promises().readable_by(request.user)
        page = self.paginate_queryset(rows.select_related("owed_by"))
        return self.get_paginated_response(ClockSerializer(page, many=True).data)


def matter_fields(*more: str) -> list[str]:
    """The fields that every matter tells."""
    return ["id", "number", "state", "state_label", "version", "raised_at", "owner", *more]


class MatterSerializer(serializers.ModelSerializer):
    """What all matters tell; subclasses name model and fields with `matter_fields`."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    owner = UnitName(read_only=True)
