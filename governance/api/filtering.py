"""Filters of the API's lists: an id is a number, and tells nothing of what is not to be seen."""

from django import forms
from django.db import models
from django_filters import NumberFilter
from django_filters.rest_framework import DjangoFilterBackend, FilterSet

LARGEST_ID = 2**63 - 1
"""Beyond it SQLite breaks instead of finding nothing."""


class IdFilter(NumberFilter):
    """By the id of another record. Whether that exists is not asked: the rows that the reader may
    see either name it or do not, so a foreign id and an unknown one find the same nothing.
    """

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=0, max_value=LARGEST_ID, **kwargs)


class RowFilter(FilterSet):
    """The filters of a list; foreign keys by id."""

    FILTER_DEFAULTS = FilterSet.FILTER_DEFAULTS | {models.ForeignKey: {"filter_class": IdFilter}}


class RowFilters(DjangoFilterBackend):
    """The backend of every list: what a viewset names in `filterset_fields` becomes a RowFilter."""

    filterset_base = RowFilter
