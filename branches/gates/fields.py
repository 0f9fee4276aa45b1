"""Writable fields that cannot reach out of scope, and bodies that cannot carry what nobody asked for."""

import re
from functools import reduce
from operator import or_

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.validators import UniqueValidator

from branches.gates.lookups import DAY_FORMAT, NOT_FOUND
from branches.gates.permission import scope_for
from branches.scope import Scope
from core.errors import InvalidValue
from core.precision import PartialDate

LONGEST_NUMBER = 18
WRITTEN_AS_DAY = re.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")


class ScopedRelatedField(serializers.PrimaryKeyRelatedField):
    """A related row by number, only within the scope of the action's verb.

    A foreign row answers exactly as one that never was: of either, only the number asked for is repeated.
    `subtrees` leaves out what is reached only through a single branch: a unit may be seen so, not worked on.
    """

    default_error_messages = {
        "does_not_exist": NOT_FOUND % {"value": "{pk_value}"},
        "incorrect_type": "应为记录的编号（整数）",
    }

    def __init__(self, *, verb=None, subtrees=False, **kwargs):
        self.verb, self.subtrees = verb, subtrees
        super().__init__(**kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        if request is None or not request.user.is_authenticated:
            return self.queryset.none()
        verbs = (self.verb,) if self.verb else self.context["view"].verbs_asked
        scopes = (scope_for(request.user, verb) for verb in verbs)
        if self.subtrees:
            scopes = (Scope(scope.paths) for scope in scopes)
        return self.queryset.filter(reduce(or_, map(self.queryset.reached_by, scopes)))

    def to_internal_value(self, data):
        text = str(data)
        is_number = isinstance(data, int | str) and text.isascii() and text.isdigit()
        if not is_number or len(text) > LONGEST_NUMBER:
            self.fail("incorrect_type")
        return super().to_internal_value(text)


@extend_schema_field(OpenApiTypes.STR)
class PartialDateField(serializers.Field):
    """A day of which perhaps only month or year is known, as ISO 8601 of reduced precision: 1958-07.

    `name` is the part before `_on` and `_precision` in the columns.
    """

    default_error_messages = {"invalid": "应为文字，如 1958-07-12、1958-07 或 1958"}

    def __init__(self, name, **kwargs):
        self.name = name
        super().__init__(source="*", required=False, allow_null=True, **kwargs)

    def run_validation(self, data=serializers.empty):
        if data is None or data == "":
            return self._columns(None, "D")
        return super().run_validation(data)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            known = PartialDate.parse(data)
        except InvalidValue as error:
            raise ValidationError(error.detail) from None
        return self._columns(known.day, known.precision)

    def _columns(self, day, precision):
        return {f"{self.name}_on": day, f"{self.name}_precision": str(precision)}

    def to_representation(self, value):
        known = value.partial(self.name)
        return str(known) if known else None


def _why_no_day(given) -> str:
    if WRITTEN_AS_DAY.fullmatch(str(given)):
        return f"没有“{given}”这一天"
    return f"“{given}”：{DAY_FORMAT}"


class StrictBody(serializers.Serializer):
    """A body that refuses fields it does not know or that cannot be written; silence would look like success.

    `elsewhere` says of fields that are not written here, where they are.
    """

    elsewhere: dict[str, str] = {}

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        writable = {name for name, field in self.fields.items() if not field.read_only}
        wrong = {
            str(name): [ErrorDetail(self._why(name), "not_writable")] for name in data if name not in writable
        }
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **self._wrong_days(error.detail, data), **wrong}) from None
        if wrong:
            raise ValidationError(wrong)
        return values

    def _wrong_days(self, refused, data):
        """What is wrong with the days that could not be read; the library's own words do not repeat them."""
        days = [
            name
            for name, details in refused.items()
            if isinstance(self.fields.get(name), serializers.DateField) and details[0].code == "invalid"
        ]
        return {name: [ErrorDetail(_why_no_day(data.get(name)), "invalid")] for name in days}

    def _why(self, name):
        if name in self.elsewhere:
            return self.elsewhere[name]
        known = name in self.fields
        return f"字段“{name}”不能在此修改" if known else f"没有“{name}”这个可填写的字段"


class StrictSerializer(StrictBody, serializers.ModelSerializer):
    """A strict body with the columns of a table. What is unique is asked by the operation, under its lock."""

    def build_standard_field(self, field_name, model_field):
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if "validators" in kwargs:
            kept = [each for each in kwargs["validators"] if not isinstance(each, UniqueValidator)]
            kwargs["validators"] = kept
        return field_class, kwargs

    def get_uniqueness_extra_kwargs(self, *args):
        *_, extra_kwargs = args
        return extra_kwargs, {}

    def get_validators(self):
        return []


class UndoBody(StrictBody):
    reason = serializers.CharField(max_length=200, label="撤回原因", help_text="写进审计记录和变更历史。")


class Undone(serializers.Serializer):
    undone = serializers.IntegerField(label="已撤回的记录编号")
