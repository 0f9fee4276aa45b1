"""Units: the tree today or on a day, and its changes on a day by a document."""

from django.db.models import F, FilteredRelation, Q
from django_filters import filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.levels import ADD_VERBS, CHANGE_VERBS, CONTACT_VERB, add_verb, change_verb
from branches.gates.lookups import DAY_LOOKUPS, LookupSet, OnDay, Order, RowById, UnitAndBelow, Words, YesNo
from branches.gates.permission import scope_for
from branches.models import LEVEL_NAMES, Level, Unit
from branches.models.unit import UnitQuerySet
from branches.operations import add_unit, amend_unit, close_unit, move_unit, rename_unit, set_contact
from branches.scope import within_path
from core import clock

LEVEL_CHOICES = [(name, level.label) for level, name in LEVEL_NAMES.items()]
LEVELS = {name: level for level, name in LEVEL_NAMES.items()}
VIEW = "branches.view_unit"


class LevelField(serializers.ChoiceField):
    """The level in a word."""

    def __init__(self, **kwargs):
        super().__init__(choices=LEVEL_CHOICES, label="层级", **kwargs)

    def to_representation(self, value):
        return LEVEL_NAMES[Level(value)]

    def to_internal_value(self, data):
        return LEVELS[super().to_internal_value(data)]


class UnitLine(serializers.ModelSerializer):
    level = LevelField()
    parent_code = serializers.CharField(source="parent.code", default=None, allow_null=True, label="上级代码")

    class Meta:
        model = Unit
        fields = [
            "id", "code", "level", "name", "alias", "parent", "parent_code", "managed_by",
            "post_address", "office_phone", "fax", "postcode", "opened_on", "closed_on", "version",
        ]  # fmt: skip

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if hasattr(instance, "name_then"):
            shown["name"], shown["parent"] = instance.name_then, instance.parent_then
            shown["parent_code"] = instance.parent_code_then
        return shown


class NewUnit(StrictSerializer):
    parent = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="上级")
    level = LevelField(required=False)
    code = serializers.CharField(
        max_length=32, required=False, label="代码", help_text="小组和网格可不填，自动编号。"
    )
    document = serializers.CharField(max_length=100, allow_blank=True, required=False, label="批准文号")

    class Meta:
        model = Unit
        fields = ["parent", "level", "name", "code", "alias", "managed_by", "opened_on", "document"]


class UnitAmendment(StrictSerializer):
    elsewhere = {
        "name": "更名请用 POST units/编号/rename/，写明生效日期",
        "parent": "迁移请用 POST units/编号/move/，写明生效日期",
        "closed_on": "撤销请用 POST units/编号/close/，写明生效日期",
    }

    class Meta:
        model = Unit
        fields = ["code", "alias", "managed_by"]


class UnitContact(StrictSerializer):
    class Meta:
        model = Unit
        fields = ["post_address", "office_phone", "fax", "postcode"]


class DatedBody(StrictBody):
    on = serializers.DateField(label="生效日期")
    document = serializers.CharField(max_length=100, allow_blank=True, default="", label="文号")


class UnitRenaming(DatedBody):
    name = serializers.CharField(max_length=100, label="新名称")


class UnitMove(DatedBody):
    to = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="新的上级")


def as_on(units, day):
    """The units that were in being on the day, with the name and the parent that they had then."""
    placed = Q(placements__since__lte=day) & (Q(placements__until=None) | Q(placements__until__gt=day))
    then = units.alias(placed_then=FilteredRelation("placements", condition=placed)).filter(
        placed_then__isnull=False
    )
    return then.annotate(
        name_then=F("placed_then__name"),
        parent_then=F("placed_then__parent"),
        parent_code_then=F("placed_then__parent__code"),
    )


class UnitFilters(LookupSet):
    unit = UnitAndBelow(
        VIEW, field_name="path", help_text="单位代码：该单位及其以下；有 on 时按那一天的组织树。"
    )
    on = OnDay(label="某日", help_text="那一天存在的单位，名称和上级也按那一天给出。search 仍按今天的名称。")
    parent = RowById(Unit.objects.all(), VIEW, label="上级")
    level = filters.TypedChoiceFilter(choices=LEVEL_CHOICES, coerce=LEVELS.get, label="层级")
    closed = YesNo(field_name="closed_on", lookup_expr="isnull", exclude=True, label="已撤销")
    search = Words(
        UnitQuerySet.named_like, help_text="名称、别名或代码，也可用拼音或拼音首字母，多个词都须符合。"
    )
    ordering = Order(code="code", name="name", level="level", opened_on="opened_on")

    class Meta:
        model = Unit
        fields = {"code": ["exact"], "opened_on": DAY_LOOKUPS, "closed_on": DAY_LOOKUPS}

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        day, unit, parent = (asked.get(name) for name in ("on", "unit", "parent"))
        if day is None:
            return super().filter_queryset(queryset)
        queryset = as_on(queryset, day)
        if unit:
            place = unit.placements.on(day).first()
            queryset = (
                queryset.filter(within_path(place.path, "placed_then__path")) if place else queryset.none()
            )
        if parent:
            queryset = queryset.filter(placed_then__parent=parent)
        self.form.cleaned_data = {name: asked[name] for name in asked if name not in ("on", "unit", "parent")}
        return super().filter_queryset(queryset)


class UnitViewSet(ScopedViewSet):
    """五级组织树：区、街道、社区、小组、网格。"""

    queryset = Unit.objects.select_related("parent")
    serializer_class = line_serializer = UnitLine
    filterset_class = UnitFilters
    verbs = {
        "retrieve": VIEW,
        "create": ADD_VERBS,
        **dict.fromkeys(("partial_update", "rename", "move", "close"), CHANGE_VERBS),
        "contact": CONTACT_VERB,
    }
    bodies = {
        "create": NewUnit,
        "partial_update": UnitAmendment,
        "rename": UnitRenaming,
        "move": UnitMove,
        "close": DatedBody,
        "contact": UnitContact,
    }
    versioned = frozenset({"partial_update", "rename", "move", "close", "contact"})
    instead_of_delete = "组织单元不能删除，请使用撤销：POST units/编号/close/"
    at_row = None

    @property
    def verbs_asked(self):
        # Once the row is known, only the verb of its level counts.
        return (self._verb_at(self.at_row),) if self.at_row else super().verbs_asked

    def _verb_at(self, row):
        return CONTACT_VERB if self.action == "contact" else change_verb(row)

    def require(self, row):
        if self.action == "retrieve":
            return
        self.at_row = row
        self._require_subtree(self._verb_at(row), row)

    def _require_subtree(self, verb, unit):
        # A unit that is seen only because a branch sits on it is not worked on.
        if not scope_for(self.request.user, verb).covers(unit.path):
            raise PermissionDenied

    def create(self, request, *args, **kwargs):
        values = self.body()
        parent = values.pop("parent")
        self._require_subtree(add_verb(parent), parent)
        return self.created(add_unit(parent=parent, values=values, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        unit, version = self.row_as_read()
        return self.done(
            amend_unit(unit=unit, values=self.body(partial=True), by=request.user, version=version)
        )

    @action(detail=True, methods=["post"])
    def rename(self, request, *args, **kwargs):
        """更名：自某日起用新名称，之前的日期仍是旧名称。"""
        return self._change(rename_unit)

    @action(detail=True, methods=["post"])
    def move(self, request, *args, **kwargs):
        """迁移：自某日起连同所有下级改挂到另一上级。"""
        return self._change(move_unit)

    @action(detail=True, methods=["post"])
    def close(self, request, *args, **kwargs):
        """撤销：自某日起不再存在，须先迁移或撤销它的下级和党支部。"""
        return self._change(close_unit)

    @action(detail=True, methods=["post"])
    def contact(self, request, *args, **kwargs):
        """联系方式：印在介绍信上的通讯地址、电话、传真和邮编，只写要改的字段。"""
        unit, version = self.row_as_read()
        return self.done(
            set_contact(unit=unit, values=self.body(partial=True), by=request.user, version=version)
        )

    def _change(self, operation):
        unit, version = self.row_as_read()
        with self.only_change_since(unit, version):
            operation(unit=unit, **self.body(), by=self.request.user, today=clock.today())
        return self.done(unit)
