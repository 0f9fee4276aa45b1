"""The fast filters of the roster."""

from datetime import date

from django.db.models import Q
from unfold.contrib.filters.admin import DropdownFilter

from branches.gates import RowFilter
from branches.models import Affinity, Kind
from core import clock
from members.models import Affiliation, Member, Membership
from members.states import Standing

# Local bands of retired people: from and to, in completed years.
AGE_BANDS = {
    "60": ("60岁及以下", None, 60),
    "61-65": ("61—65岁", 61, 65),
    "66-70": ("66—70岁", 66, 70),
    "71-75": ("71—75岁", 71, 75),
    "76-79": ("76—79岁", 76, 79),
    "80-89": ("80—89岁", 80, 89),
    "90-99": ("90—99岁", 90, 99),
    "100": ("100岁及以上", 100, None),
}
STATES = {
    "probationary": ("预备党员（在册）", Q(on_roster=True, standing=Standing.PROBATIONARY)),
    "full": ("正式党员（在册）", Q(on_roster=True, standing=Standing.FULL)),
    "gone": ("无组织关系", Q(on_roster=False, standing__in=[Standing.PROBATIONARY, Standing.FULL])),
    "suspended": ("停止党籍", Q(standing=Standing.SUSPENDED)),
    "exited": ("出党", Q(standing=Standing.EXITED)),
    "deceased": ("去世", Q(standing=Standing.DECEASED)),
    "void": ("录入错误（已撤回）", Q(standing=Standing.VOID)),
    "all": ("全部（含不在册）", ~Q(standing=Standing.VOID)),
}
FLAGS = {
    "lost": ("失联", Q(lost_since__isnull=False)),
    "floating": ("流动", Q(floating_since__isnull=False)),
    "any": ("失联或流动", Q(lost_since__isnull=False) | Q(floating_since__isnull=False)),
    "none": ("都不是", Q(lost_since=None, floating_since=None)),
}


def latest_birth(age: int, on: date) -> date:
    """The last birthday with which somebody is `age` on the day."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # the 29th of February
        return date(on.year - age, 2, 28)


class StateFilter(DropdownFilter):
    """Who is on the roster today, unless somebody else is asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "在册")

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _) in STATES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(STATES[self.value()][1] if self.value() in STATES else Q(on_roster=True))


class AgeFilter(DropdownFilter):
    """Completed years of age today."""

    title = "年龄"
    parameter_name = "age"

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _, _) in AGE_BANDS.items()]

    def queryset(self, request, queryset):
        if self.value() not in AGE_BANDS:
            return queryset
        _, youngest, oldest = AGE_BANDS[self.value()]
        wanted = Q(birth_on__isnull=False)
        if youngest is not None:
            wanted &= Q(birth_on__lte=latest_birth(youngest, clock.today()))
        if oldest is not None:
            wanted &= Q(birth_on__gt=latest_birth(oldest + 1, clock.today()))
        return queryset.filter(wanted)


class FlagFilter(DropdownFilter):
    """Out of contact, or away for long."""

    title = "失联、流动"
    parameter_name = "flag"

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _) in FLAGS.items()]

    def queryset(self, request, queryset):
        return queryset.filter(FLAGS[self.value()][1]) if self.value() in FLAGS else queryset


class KindFilter(DropdownFilter):
    """The kind of the branch in which the 组织关系 stands."""

    title = "党支部类型"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [choice for choice in Kind.choices if choice[0] != Kind.TEMPORARY]

    def queryset(self, request, queryset):
        return queryset.filter(branch__kind=self.value()) if self.value() in Kind else queryset


class BranchFilter(RowFilter):
    """`?branch=<number>`: members whose 组织关系 stands, or last stood, there."""

    title = "党支部"
    parameter_name = "branch"
    relation = Member._meta.get_field("branch")


class GroupFilter(RowFilter):
    """`?group=<number>`: members who belong to the group today."""

    title = "党小组"
    parameter_name = "group"
    relation = Membership._meta.get_field("group")

    def narrow(self, queryset, row):
        return queryset.filter(pk__in=Membership.objects.in_force().filter(group=row).values("member"))


class MembershipBranchFilter(RowFilter):
    """`?branch=<number>`: relations with the branch, of any time."""

    title = "党支部"
    parameter_name = "branch"
    relation = Membership._meta.get_field("branch")


class TemporaryBranchFilter(RowFilter):
    """`?branch=<number>`: who takes part in the temporary organisation."""

    title = "临时党组织"
    parameter_name = "branch"
    relation = Affiliation._meta.get_field("branch")


class SignedInFilter(TemporaryBranchFilter):
    """`?branch=<number>`: who was there at something of the temporary organisation."""

    lookup = "affiliation__branch"


class AffinityFilter(DropdownFilter):
    """By what the people of the temporary organisation belong together."""

    title = "三缘类型"
    parameter_name = "affinity"

    def lookups(self, request, model_admin):
        return Affinity.choices

    def queryset(self, request, queryset):
        return queryset.filter(branch__affinity=self.value()) if self.value() in Affinity else queryset


class InForceFilter(DropdownFilter):
    """What nothing has ended, unless the past is asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "现行")

    def lookups(self, request, model_admin):
        return [("ended", "已终止"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(until__isnull=self.value() != "ended")


class VerifiedFilter(DropdownFilter):
    """Sign-ins that wait for somebody else's confirmation, and those that have it."""

    title = "核实"
    parameter_name = "verified"

    def lookups(self, request, model_admin):
        return [("no", "待核实"), ("yes", "已核实")]

    def queryset(self, request, queryset):
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(verified_by__isnull=self.value() == "no")
