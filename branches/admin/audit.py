"""The audit trail, to be read by auditors: who did what, where, and when."""

from datetime import datetime, time, timedelta

from django.apps import apps
from django.contrib import admin
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.utils import parse_date_str

from branches.admin.accounts import RowsOfQueryset
from branches.gates import ReadOnlyAdmin, RowFilter, UnitFilter
from branches.gates.deeds import DEEDS, NOUNS, deed_words
from branches.scope import within_path
from core.models import AuditEntry

# Beyond it the day after a day may not exist.
LAST_YEAR = 9000


class PlaceFilter(UnitFilter):
    def narrow(self, queryset, row):
        return queryset.filter(within_path(row.path, "place"))


class PersonFilter(RowFilter):
    title = "操作人"
    parameter_name = "by"
    relation = AuditEntry._meta.get_field("by")


class NounFilter(DropdownFilter):
    title = "对象"
    parameter_name = "about"

    def lookups(self, request, model_admin):
        return list(NOUNS.items())

    def queryset(self, request, queryset):
        return queryset.filter(verb__startswith=f"{self.value()}.") if self.value() in NOUNS else queryset


class DeedFilter(DropdownFilter):
    title = "操作"
    parameter_name = "deed"

    def lookups(self, request, model_admin):
        return list(DEEDS.items())

    def queryset(self, request, queryset):
        return queryset.filter(verb__endswith=f".{self.value()}") if self.value() in DEEDS else queryset


# What entries name that is no column of their row.
BESIDE_COLUMNS = {
    "visits": "走访",
    "requester": "点单人",
    "requester_phone": "点单人电话",
    "requester_address": "上门地址",
    "expiry_date": "有效期至",
}


class DaysFilter(RangeDateFilter):
    """From one day to another, both whole."""

    def queryset(self, request, queryset):
        since, until = (self._day(end) for end in ("from", "to"))
        if since:
            queryset = queryset.filter(at__gte=since)
        return queryset.filter(at__lt=until + timedelta(days=1)) if until else queryset

    def _day(self, end):
        day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}"))
        if day and day.year > LAST_YEAR:
            return None
        return day and timezone.make_aware(datetime.combine(day, time.min))


@admin.register(AuditEntry)
class AuditAdmin(RowsOfQueryset, ReadOnlyAdmin):
    list_display = ["at_shown", "by_shown", "deed", "subject_text", "fields_shown", "reason"]
    list_filter = [PlaceFilter, PersonFilter, NounFilter, DeedFilter, ("at", DaysFilter)]
    search_fields = ["subject_text", "reason"]
    list_select_related = ["by"]
    fields = ["at_shown", "by_shown", "deed", "subject_text", "fields_shown", "reason"]
    acts = ()

    def get_queryset(self, request):
        scope = self.scope(request, "view")
        entries = AuditEntry.objects.all()
        return entries if scope.is_whole else entries.filter(scope.over("place"))

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    @admin.display(description="时间", ordering="at")
    def at_shown(self, entry):
        return timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="操作人", ordering="by")
    def by_shown(self, entry):
        return entry.by or "系统"

    @admin.display(description="操作")
    def deed(self, entry):
        return deed_words(entry.verb)

    @admin.display(description="涉及字段")
    def fields_shown(self, entry):
        # Which figure was taken out stands in the reason, by its name.
        return "" if entry.verb.startswith("figures.") else "、".join(_labels(entry))


def _labels(entry):
    """The fields as people call them; what the model does not know stays as it was written."""
    try:
        known = _known_names(apps.get_model(entry.subject_type)._meta)
    except (LookupError, ValueError):
        return entry.fields
    # How exactly a day is known is no field of its own to people.
    names = (name for name in entry.fields if not name.endswith("_precision"))
    return dict.fromkeys(str(known.get(name, name)) for name in names)


def _known_names(options) -> dict:
    """What people call a table's columns, and the rows that belong to its rows."""
    columns = {
        name: column.verbose_name for column in options.fields for name in (column.name, column.attname)
    }
    rows = {row.get_accessor_name(): row.related_model._meta.verbose_name for row in options.related_objects}
    return BESIDE_COLUMNS | columns | rows
