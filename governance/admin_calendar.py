"""历法 in the registry: days, years, office hours; a change moves the open clocks it touches."""

from datetime import date

from django.contrib import admin

from governance import clocks
from governance.admin_base import RegistryAdmin
from governance.models import CalendarDay, CalendarYear, OfficeHours
from governance.roles import Role


class CalendarAdmin(RegistryAdmin):
    """A part of the calendar. `span(obj)`: the days whose counting it decides."""

    keepers = frozenset({Role.SYSADMIN})
    readers = frozenset({Role.SECADMIN, Role.AUDITOR})
    actions = None

    def span(self, obj) -> tuple[date, date]:
        """First and last day."""
        raise NotImplementedError

    def counties(self, obj):
        """Whose clocks are concerned; None: everybody's."""
        return None

    def moved(self, request, spans, obj) -> None:
        """Recompute the open clocks, and say how many moved."""
        first, last = min(one for one, _ in spans), max(one for _, one in spans)
        count = clocks.recompute(self.counties(obj), first, last)
        if count:
            self.message_user(request, f"已按新的安排重新计算 {count} 个进行中的时限。")

    def save_model(self, request, obj, form, change):
        before = [self.span(type(obj).objects.get(pk=obj.pk))] if change else []
        super().save_model(request, obj, form, change)
        self.moved(request, [*before, self.span(obj)], obj)

    def delete_model(self, request, obj):
        span = self.span(obj)
        super().delete_model(request, obj)
        self.moved(request, [span], obj)


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarAdmin):
    """放假与调休, day by day."""

    deletes = True
    list_display = ("day", "kind", "name", "schedule")
    list_filter = ("kind", "schedule")
    date_hierarchy = "day"

    def span(self, obj):
        return obj.day, obj.day


@admin.register(CalendarYear)
class CalendarYearAdmin(CalendarAdmin):
    """年度放假安排: whether it has been published."""

    fixed = ("year",)
    fields = ("year", "status", "source", "version")
    readonly_fields = ("version",)
    list_display = ("year", "status", "version", "source")

    def span(self, obj):
        return date(obj.year, 1, 1), date(obj.year, 12, 31)


@admin.register(OfficeHours)
class OfficeHoursAdmin(CalendarAdmin):
    """办公时间 of a county."""

    deletes, within, fixed = True, "county", ("county",)
    list_display = ("county", "name", "month", "day", "morning_opens", "morning_closes",
                    "afternoon_opens", "afternoon_closes")  # fmt: skip
    list_select_related = ("county",)

    def get_field_queryset(self, db, db_field, request):
        """Hours are a county's, not each office's."""
        return super().get_field_queryset(db, db_field, request).filter(kind="county")

    def counties(self, obj):
        return [obj.county_id]

    def span(self, obj):
        return date(2000, 1, 1), date(2099, 12, 31)
