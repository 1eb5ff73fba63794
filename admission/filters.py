"""Filters of the lists of requests and exits: GET forms, so that an address says what is shown."""

from __future__ import annotations

from django import forms
from django.db.models.functions import ExtractYear

from admission.models.states import ExitState, RequestState, Term
from checklist.filters import ALL, OPEN, NumberChoice, RegisterForm, choices
from governance.models import Unit

ENDED = {
    "requests": ("in_force", "refused", "diverted", "withdrawn"),
    "exits": ("done", "refused", "withdrawn"),
}
"""States in which nothing more is decided."""


class AdmissionFilter(RegisterForm):
    """What both lists share: department, township, term, year of the application."""

    department = NumberChoice(label="交办部门")
    township = NumberChoice(label="涉及乡镇")
    term = forms.ChoiceField(label="时限", required=False, choices=[ALL, *Term.choices])
    year = NumberChoice(label="年度")

    units = "department"
    ended: tuple[str, ...] = ()
    term_path = "term"
    field_order = ["q", "state", "department", "township", "term", "year"]

    def offer(self, rows):
        """Townships of the counties concerned, and the years in which something was filed."""
        rows = rows.order_by()
        towns = Unit.objects.filter(
            kind=Unit.Kind.TOWNSHIP, county__in=rows.values("county").distinct()
        )
        named = towns.order_by("code").values_list("pk", "short_name", "name")
        self.fields["township"].choices = [ALL, *((pk, short or name) for pk, short, name in named)]
        years = rows.exclude(applied_on=None).annotate(year=ExtractYear("applied_on"))
        found = sorted(set(years.values_list("year", flat=True).distinct()), reverse=True)
        self.fields["year"].choices = [ALL, *((one, f"{one}年") for one in found)]

    def apply(self, rows):
        rows, wanted = super().apply(rows), self.wanted
        if "department" in wanted:
            rows = rows.filter(department=wanted["department"])
        if "township" in wanted:
            rows = rows.filter(parties__unit=wanted["township"])
        if "term" in wanted:
            rows = rows.filter(**{self.term_path: wanted["term"]})
        if "year" in wanted:
            rows = rows.filter(applied_on__year=wanted["year"])
        state = wanted.get("state")
        if state == OPEN:
            return rows.exclude(state__in=self.ended)
        return rows.filter(state=state) if state else rows


class RequestFilter(AdmissionFilter):
    """Filters of the list of requests."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(RequestState, (OPEN, "未办结"))
    )

    placeholder = "文号、事项、内容、理由"
    ended = ENDED["requests"]


class ExitFilter(AdmissionFilter):
    """Filters of the list of exits."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=choices(ExitState, (OPEN, "未办结"))
    )

    placeholder = "文号、事项、退出理由"
    ended = ENDED["exits"]
    term_path = "request__term"
