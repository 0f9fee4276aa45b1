"""The list behind every admin page: a choice that no filter offers is not passed over in silence."""

from django.contrib.admin import ChoicesFieldListFilter, SimpleListFilter
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str
from unfold.views import ChangeList

from branches.gates.filters import RowFilter, tell_once


class ScopedList(ChangeList):
    """A list that holds nothing, and says why, when a filter is asked for a choice that it does not offer."""

    def get_queryset(self, request, exclude_parameters=None):
        found = super().get_queryset(request, exclude_parameters)
        strange = {each: value for each in self.filter_specs for value in _not_offered(each)}
        for each, value in strange.items():
            name = getattr(each, "parameter_name", each.title)
            tell_once(request, name, f"筛选“{each.title}”：{_words(each, value[:20])}")
        return found.none() if strange else found


def _words(spec, value) -> str:
    return f"“{value}”不是日期" if isinstance(spec, RangeDateFilter) else f"没有“{value}”这一项"


def _not_offered(spec) -> list[str]:
    """What the filter is asked for and does not offer."""
    if isinstance(spec, RangeDateFilter):
        return [value for value in spec.used_parameters.values() if parse_date_str(value) is None]
    asked, choices = _asked_and_offered(spec)
    offered = {str(key) for key, _ in choices}
    return [value for value in asked if value and value not in offered]


def _asked_and_offered(spec):
    if isinstance(spec, RowFilter):
        # Says it itself, of rows out of scope as of those that never were.
        return [], []
    if isinstance(spec, SimpleListFilter):
        return [spec.value()], spec.lookup_choices
    if isinstance(spec, ChoicesFieldListFilter):
        return spec.lookup_val or [], spec.field.flatchoices
    return [], []
