"""Registry upkeep: the collective terms. Items, editions and contacts are never edited here."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q

from checklist.intake.names import fold_name
from checklist.models import CollectiveTerm
from governance.admin_base import RegistryAdmin, WholeForm, counties_of
from governance.models import Unit
from governance.roles import Role


class TermForm(WholeForm):
    """A term must not bear the name of a unit, nor of another term of the county."""

    def clean_name(self):
        """The name, which no unit of the county bears."""
        name = self.cleaned_data["name"].strip()
        units = Unit.objects.filter(Q(name=name) | Q(short_name=name), active=True)
        if self.counties is not None:
            units = units.filter(county__in=self.counties)
        if units.exists():
            raise ValidationError("这是一个单位的名称,不是统称。")
        others = CollectiveTerm.objects.exclude(pk=self.instance.pk).filter(active=True)
        if self.counties is not None:
            others = others.filter(Q(county__in=self.counties) | Q(county=None))
        known = {fold_name(one) for other in others for one in other.names()}
        if fold_name(name) in known:
            raise ValidationError("已有这个统称(或它的另一种写法)。")
        return name


@admin.register(CollectiveTerm)
class CollectiveTermAdmin(RegistryAdmin):
    """集合称谓: the county's own beside those that hold for all counties."""

    keepers, within, form = frozenset({Role.SYSADMIN}), "county", TermForm
    list_display = ("name", "scope", "aliases", "county", "active")
    list_filter = ("scope", "active")
    search_fields = ("name", "aliases")
    fixed = ("county",)

    def limit(self, found, counties):
        """The county's own terms, and those of all counties."""
        return found.filter(Q(county__in=counties) | Q(county=None))

    def has_change_permission(self, request, obj=None):
        """What holds for all counties is kept by the city's administrator alone."""
        if obj is not None and obj.county_id is None and counties_of(request.user) is not None:
            return False
        return super().has_change_permission(request, obj)

    def get_exclude(self, request, obj=None):
        """The county is not asked of somebody who has one."""
        return () if obj or counties_of(request.user) is None else ("county",)

    def preset(self, request, counties):
        """A new term belongs to the administrator's county."""
        return {} if counties is None else {"county": Unit.objects.get(pk=min(counties))}
