"""By what a figure may be divided. A value is a code; the words for it are told by `statistics/indicators/`.

Sex, people, education and kind of retirement are as they stand in the registry now; age, standing and the
branch are as they were on the day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    DateField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from branches.models import Affinity, Category, Kind
from members.models import EDUCATION_BANDS, ETHNIC_GROUPS, HAN, RetireKind, Sex, StandingEvent
from members.states import STANDING_NAMES, Standing

UNKNOWN = ("unknown", "未填")
# The national bands, and the local ones above seventy; a band begins at this age.
AGES = {
    "0-30": 0, "31-35": 31, "36-40": 36, "41-45": 41, "46-50": 46, "51-55": 51, "56-60": 56, "61-65": 61,
    "66-70": 66, "71-75": 71, "76-79": 76, "80-89": 80, "90-99": 90, "100+": 100,
}  # fmt: skip
AGE_NAMES = {"0-30": "30岁及以下", "100+": "100岁及以上"}
# By the periods of the Party's annual return; a band begins on this day.
JOINED = {
    "1921-1937": (date.min, "1937年7月6日及以前"),
    "1937-1945": (date(1937, 7, 7), "1937年7月7日至1945年9月2日"),
    "1945-1949": (date(1945, 9, 3), "1945年9月3日至1949年9月"),
    "1949-1966": (date(1949, 10, 1), "1949年10月至1966年4月"),
    "1966-1976": (date(1966, 5, 1), "1966年5月至1976年10月"),
    "1976-1978": (date(1976, 11, 1), "1976年11月至1978年12月"),
    "1979-2002": (date(1979, 1, 1), "1979年1月至2002年10月"),
    "2002-2012": (date(2002, 11, 1), "2002年11月至2012年10月"),
    "2012-": (date(2012, 11, 1), "2012年11月及以后"),
}
MINORITY, OTHER_PEOPLE = "minority", ("97", "98")
# Who was registered by mistake has never counted.
STANDINGS = tuple((str(code), name) for code, name in STANDING_NAMES.items() if code != Standing.VOID)
EDUCATION_CODES = ("graduate", "university", "college", "secondary", "high", "junior")


@dataclass(frozen=True, eq=False)
class Dimension:
    """A way to divide: `raw(day)` is what the database groups by, `read` gives the code of each raw value."""

    code: str
    name: str
    values: tuple[tuple[str, str], ...]
    raw: Callable[[date], object]
    read: dict = field(default_factory=dict)

    def code_of(self, raw) -> str:
        """The code under which a raw value counts."""
        return self.read.get(raw, UNKNOWN[0])

    def condition(self, code: str) -> Q:
        """The rows, annotated with the raw value under this dimension's code, that count under `code`."""
        raws = [raw for raw, read in self.read.items() if read == code]
        chosen = Q(**{f"by_{self.code}__in": raws})
        if code == UNKNOWN[0]:
            chosen = Q(**{f"by_{self.code}__isnull": True}) | ~Q(**{f"by_{self.code}__in": list(self.read)})
        return chosen


def _plain(code, name, choices, column, *, unknown=False):
    """A dimension whose codes are those of the column."""
    values = tuple((str(value), str(label)) for value, label in choices)
    return Dimension(
        code,
        name,
        (*values, UNKNOWN) if unknown else values,
        lambda on: F(column),
        {value: value for value, _ in values},
    )


class Bucket(Func):
    """How many of the ascending bounds are not above the value."""

    function = "width_bucket"
    output_field = IntegerField()


class BelowAge(Func):
    """The age on the first day of one born on the second, as a number that bounds written negatively sort."""

    template = "(-1 - EXTRACT(YEAR FROM age(%(expressions)s))::int)"
    arg_joiner = "::timestamp, "
    output_field = IntegerField()


def _bucket(value, bounds, base):
    return Bucket(value, Cast(Value(bounds, ArrayField(base)), ArrayField(base)))


def years_before(day: date, years: int) -> date:
    """The last birthday of those who are `years` old on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return date(day.year - years, 2, 28)


def _age_bucket(on):
    """How many bands begin above the age on the day, or at death if that came first."""
    begins = sorted(list(AGES.values())[1:], reverse=True)
    born_after = [years_before(on, years) + timedelta(days=1) for years in begins]
    return Case(
        When(
            member__died_on__lte=on,
            then=_bucket(
                BelowAge("member__died_on", "member__birth_on"), [-age for age in begins], IntegerField()
            ),
        ),
        default=_bucket("member__birth_on", born_after, DateField()),
    )


def _join_bucket(on):
    return _bucket("member__joined_on", [begin for begin, _ in list(JOINED.values())[1:]], DateField())


def _standing(on):
    """The standing that the first later event found, or today's when there was none."""
    later = StandingEvent.objects.filter(member=OuterRef("member"), on__gt=on).order_by("on", "pk")
    return Coalesce(Subquery(later.values("before")[:1]), F("member__standing"))


def _people(code):
    if code == HAN:
        return "han"
    return "other" if code in OTHER_PEOPLE else MINORITY


AGE_BAND = Dimension(
    "age_band",
    "年龄段",
    (*((code, AGE_NAMES.get(code, f"{code}岁")) for code in AGES), UNKNOWN),
    _age_bucket,
    dict(enumerate(reversed(AGES))),
)
PERSON = (
    _plain("sex", "性别", Sex.choices, "member__sex"),
    AGE_BAND,
    Dimension(
        "ethnic",
        "民族",
        (("han", "汉族"), (MINORITY, "少数民族"), ("other", "其他")),
        lambda on: F("member__ethnic_group"),
        {code: _people(code) for code, _ in ETHNIC_GROUPS},
    ),
    Dimension(
        "education_band",
        "学历",
        (*zip(EDUCATION_CODES, EDUCATION_BANDS, strict=True), UNKNOWN),
        lambda on: F("member__education"),
        {
            raw: code
            for code, raws in zip(EDUCATION_CODES, EDUCATION_BANDS.values(), strict=True)
            for raw in raws
        },
    ),
    _plain("retire_kind", "离退休类别", RetireKind.choices, "member__retire_kind"),
    Dimension("standing", "党籍", STANDINGS, _standing, {code: code for code, _ in STANDINGS}),
    Dimension(
        "join_band",
        "入党时间",
        (*((code, name) for code, (_, name) in JOINED.items()), UNKNOWN),
        _join_bucket,
        dict(enumerate(JOINED)),
    ),
)
# Its values are the streets of the question; what counts at the district itself is under the district's code.
STREET = Dimension("street", "街道（镇）", (), lambda on: None)
OF_BRANCH = (
    _plain("branch_kind", "党组织类型", Kind.choices, "branch__kind"),
    _plain("branch_category", "组织类别", Category.choices, "branch__category"),
    STREET,
)
BRANCH = (
    _plain("kind", "类型", Kind.choices, "kind"),
    _plain("category", "组织类别", Category.choices, "category"),
    _plain("affinity", "三缘类型", Affinity.choices, "affinity", unknown=True),
    STREET,
)


def dimensions_of(indicator) -> dict[str, Dimension]:
    """By which a figure of the indicator may be divided so that the parts add up to it."""
    if indicator.subject == "branch":
        found = BRANCH
    elif indicator.subject == "team":
        found = OF_BRANCH
    elif indicator.additive:
        found = (*PERSON, *OF_BRANCH)
    else:
        # Who takes part in two temporary branches would be in two parts.
        found = PERSON
    return {dimension.code: dimension for dimension in found}
