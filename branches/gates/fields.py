"""Writable fields that cannot reach out of scope, and bodies that cannot carry what nobody asked for."""

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from branches.gates.permission import scope_for


class ScopedRelatedField(serializers.PrimaryKeyRelatedField):
    """A related row by number, only within the scope of `verb`. A foreign row answers exactly as an unknown one."""

    def __init__(self, **kwargs):
        self.verb = kwargs.pop("verb", None)
        super().__init__(**kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        if request is None or not request.user.is_authenticated:
            return self.queryset.none()
        verb = self.verb or self.context["view"].verb
        return self.queryset.visible_in(scope_for(request.user, verb))


class StrictSerializer(serializers.ModelSerializer):
    """Refuses fields that it does not know or that cannot be written, naming each; silence would look like success."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            wrong = {name: [self._why(name)] for name in data if name not in writable}
            if wrong:
                raise ValidationError(wrong, code="not_writable")
        return super().to_internal_value(data)

    def _why(self, name):
        known = name in self.fields
        return f"字段“{name}”不能在此修改" if known else f"没有“{name}”这个可填写的字段"
