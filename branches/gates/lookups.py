"""Filters of the API's lists, each strict: what cannot be read is refused, never ignored."""

import re

from django import forms
from django.db import models
from django_filters import fields, filters
from django_filters.filterset import FILTER_FOR_DBFIELD_DEFAULTS
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import NotFound, ValidationError

from branches.gates.pages import Pages
from branches.gates.permission import scope_for
from branches.models import Branch, Unit
from branches.scope import within_path
from core import clock

PAGE_PARAMETERS = {Pages.page_query_param, Pages.page_size_query_param, "cursor"}
DAY_FORMAT = "应为 2024-06-30 这样的日期"
CODE = re.compile("[0-9]{12}")
# Which tree a unit is looked for in.
TREE_OF_UNIT = "有 on 时按那一天的组织树，否则按今天的"
NOT_FOUND = "没有“%(value)s”这条记录，或不在您的管辖范围内"


class LookupFilters(DjangoFilterBackend):
    """Filters by lookup; a parameter that no filter knows is an error, never ignored."""

    def filter_queryset(self, request, queryset, view):
        filterset_class = self.get_filterset_class(view, queryset)
        self._refuse_what_says_nothing(
            request, set(filterset_class.base_filters) if filterset_class else set()
        )
        if filterset_class is None:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if not filterset.is_valid():
            self._refuse_bad_values(request, filterset)
        return filterset.qs

    def _refuse_what_says_nothing(self, request, known):
        wrong = {}
        for name, values in request.query_params.lists():
            if name not in known | PAGE_PARAMETERS:
                wrong[name] = [
                    f"没有“{name}”这个查询参数，可用的有：{'、'.join(sorted(known | PAGE_PARAMETERS))}"
                ]
            elif len(values) > 1:
                wrong[name] = [f"查询参数“{name}”只能给一次"]
            elif not values[0].strip() and name != "cursor":
                wrong[name] = [f"查询参数“{name}”没有值"]
            elif "\x00" in values[0]:
                wrong[name] = [f"查询参数“{name}”中有空字符"]
        if wrong:
            raise ValidationError(wrong, code="invalid_parameter")

    def _refuse_bad_values(self, request, filterset):
        errors = filterset.form.errors.as_data()
        # A unit that may not be seen answers like one that never was, here and in the statistics.
        if "unit" in errors and errors["unit"][0].code == "invalid_choice":
            code = request.query_params["unit"]
            raise NotFound({"unit": [f"没有代码为“{code}”的单位，或不在您的管辖范围内"]})
        raise ValidationError(
            {
                name: [
                    f"{name}=“{request.query_params.get(name)}”：{text}"
                    for each in wrong
                    for text in each.messages
                ]
                for name, wrong in errors.items()
            },
            code="invalid",
        )


class StrictDay(filters.DateFilter):
    """A day, as 2024-06-30 and in no other spelling."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, input_formats=["%Y-%m-%d"], error_messages={"invalid": DAY_FORMAT}, **kwargs)


class PastDayField(forms.DateField):
    def clean(self, value):
        day = super().clean(value)
        if day and day > clock.today():
            raise forms.ValidationError("在今天之后", code="invalid")
        return day


class OnDay(StrictDay):
    """`on=`: the rows in force on a day that has come."""

    field_class = PastDayField

    def filter(self, qs, value):
        return qs.on(value) if value and hasattr(qs, "on") else qs


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(filters.TypedChoiceFilter):
    """true or false; anything else is refused."""

    def __init__(self, *args, **kwargs):
        kwargs.update(
            choices=[("true", "是"), ("false", "否")],
            coerce=lambda text: text == "true",
            error_messages={"invalid_choice": "应为 true 或 false"},
        )
        super().__init__(*args, **kwargs)

    def filter(self, qs, value):
        return qs if value in (None, "") else super().filter(qs, value)


class ChoiceIn(filters.BaseInFilter, filters.ChoiceFilter):
    """Any of several coded values, separated by commas; each must be one of them."""


class StateOn(filters.ChoiceFilter):
    """A state that the table derives from today: `queryset.in_state(state, today)`."""

    def filter(self, qs, value):
        return qs.in_state(value, clock.today()) if value else qs


class ScopedChoice(filters.ModelChoiceFilter):
    """One row of those that the verb reaches; a foreign one answers like one that never was."""

    def __init__(self, rows, verb, **kwargs):
        self.rows, self.verb = rows, verb
        super().__init__(queryset=self._reached, error_messages={"invalid_choice": NOT_FOUND}, **kwargs)

    def _reached(self, request):
        return self.rows.visible_in(scope_for(request.user, self.verb))


@extend_schema_field(OpenApiTypes.INT)
class RowById(ScopedChoice):
    """`member=7`: by its number."""


class NumberOrCode(fields.ModelChoiceField):
    """Twelve digits are a code: no row is ever numbered so high."""

    def to_python(self, value):
        if value and CODE.fullmatch(value):
            value = self.queryset.filter(code=value).values_list("pk", flat=True).first() or value
        return super().to_python(value)


@extend_schema_field(OpenApiTypes.STR)
class OneBranch(RowById):
    """`branch=7` or `branch=053030000046`: by its number or its code."""

    field_class = NumberOrCode

    def __init__(self, verb, **kwargs):
        super().__init__(Branch.objects.all(), verb, **{"help_text": "编号或12位代码。", **kwargs})


@extend_schema_field(OpenApiTypes.STR)
class UnitAndBelow(ScopedChoice):
    """`unit=530302001`: the rows at the unit of this code and below; `field_name` is their path.

    Rows of a branch name it by `branch_field`: with `on=` they are where the branch was in that day's tree.
    """

    def __init__(self, verb, *, branch_field=None, **kwargs):
        self.branch_field = branch_field
        words = "单位代码：该单位及其以下（按今天的组织树）。"
        if branch_field:
            words = f"单位代码：党支部在该单位及其以下；{TREE_OF_UNIT}。"
        super().__init__(
            Unit.objects.all(),
            verb,
            to_field_name="code",
            label="单位（含以下）",
            **{"help_text": words, **kwargs},
        )

    def filter(self, qs, value):
        day = self.branch_field and self.parent.form.cleaned_data.get("on")
        if value and day:
            return qs.filter(**{f"{self.branch_field}__in": Branch.objects.within_on(value, day)})
        return qs.filter(within_path(value.path, self.field_name)) if value else qs


class Words(filters.CharFilter):
    """A search in words; `ask` says it to the queryset."""

    def __init__(self, ask, **kwargs):
        self.ask = ask
        super().__init__(max_length=60, label="搜索", **kwargs)

    def filter(self, qs, value):
        return self.ask(qs, value) if value else qs


class Order(filters.OrderingFilter):
    """An allow-list of orders, each made total by the row's number, so that no row is on two pages."""

    def __init__(self, **columns):
        super().__init__(
            fields=[(column, name) for name, column in columns.items()],
            label="排序",
            help_text=f"排序：{'、'.join(columns)}，前面加 - 为倒序；可用逗号连接多个。",
        )

    def filter(self, qs, value):
        return super().filter(qs, [*value, "id"]) if value else qs

    def get_ordering_value(self, param):
        return "id" if param == "id" else super().get_ordering_value(param)


class LookupSet(FilterSet):
    """A resource's filters. Keys to other tables are declared: derived ones would not be scoped."""

    FILTER_DEFAULTS = {
        **FILTER_FOR_DBFIELD_DEFAULTS,
        models.DateField: {"filter_class": StrictDay},
        models.BooleanField: {"filter_class": YesNo},
        models.ForeignKey: {"filter_class": None},
    }

    def __init__(self, data=None, *args, **kwargs):
        # Only those that are asked for: copying all the others was half the time of a list.
        self.base_filters = {name: each for name, each in self.base_filters.items() if name in (data or {})}
        super().__init__(data, *args, **kwargs)


EXACT = ("exact",)
DAY_LOOKUPS = ("exact", "lt", "lte", "gt", "gte", "isnull")
