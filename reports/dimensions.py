"""By what a figure may be divided. A value is a code; the words for it are told by `statistics/indicators/`.

Sex, people, education and kind of retirement are as they stand in the registry now; age, standing and the
branch are as they were on the day. The bands of age, join date and education are dated rows (`Banding`): a
figure of a past day is divided by those in force on it.
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
from members.models import ETHNIC_GROUPS, HAN, RetireKind, Sex, StandingEvent
from members.states import STANDING_NAMES, Standing
from reports.models import Banded
from volunteering.models import Risk

UNKNOWN = ("unknown", "未填")
MINORITY, OTHER_PEOPLE = "minority", ("97", "98")
# Who was registered by mistake has never counted.
STANDINGS = tuple((str(code), name) for code, name in STANDING_NAMES.items() if code != Standing.VOID)


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


@dataclass(frozen=True, eq=False)
class InBands:
    """A way to divide of which only the day's bands say the parts: `divided(bands)` is the dimension."""

    code: str
    name: str
    divided: Callable[[list[dict]], Dimension]


def dated(dimension, bandings) -> Dimension:
    """The dimension as it divides where these bandings, by code, are in force; they are read if need be."""
    if isinstance(dimension, InBands):
        return dimension.divided(bandings()[dimension.code].bands)
    return dimension


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


def _age_bucket(ages, on):
    """How many bands begin above the age on the day, or at death if that came first; `ages` descend."""
    born_after = [years_before(on, years) + timedelta(days=1) for years in ages]
    return Case(
        When(
            member__died_on__lte=on,
            then=_bucket(
                BelowAge("member__died_on", "member__birth_on"), [-age for age in ages], IntegerField()
            ),
        ),
        default=_bucket("member__birth_on", born_after, DateField()),
    )


def _by_age(bands) -> Dimension:
    codes = [band["code"] for band in bands]
    ages = [band["begins"] for band in reversed(bands[1:])]
    return _in_bands(Banded.AGE, bands, lambda on: _age_bucket(ages, on), dict(enumerate(reversed(codes))))


def _by_join_day(bands) -> Dimension:
    days = [date.fromisoformat(band["begins"]) for band in bands[1:]]
    read = dict(enumerate(band["code"] for band in bands))
    return _in_bands(Banded.JOINED, bands, lambda on: _bucket("member__joined_on", days, DateField()), read)


def _by_education(bands) -> Dimension:
    read = {raw: band["code"] for band in bands for raw in band["holds"]}
    return _in_bands(Banded.EDUCATION, bands, lambda on: F("member__education"), read)


def _in_bands(code, bands, raw, read) -> Dimension:
    values = (*((band["code"], band["name"]) for band in bands), UNKNOWN)
    return Dimension(str(code), code.label, values, raw, read)


def _standing(on):
    """The standing that the first later event found, or today's when there was none."""
    later = StandingEvent.objects.filter(member=OuterRef("member"), on__gt=on).order_by("on", "pk")
    return Coalesce(Subquery(later.values("before")[:1]), F("member__standing"))


def _people(code):
    if code == HAN:
        return "han"
    return "other" if code in OTHER_PEOPLE else MINORITY


PERSON = (
    _plain("sex", "性别", Sex.choices, "member__sex"),
    InBands(Banded.AGE.value, Banded.AGE.label, _by_age),
    Dimension(
        "ethnic",
        "民族",
        (("han", "汉族"), (MINORITY, "少数民族"), ("other", "其他")),
        lambda on: F("member__ethnic_group"),
        {code: _people(code) for code, _ in ETHNIC_GROUPS},
    ),
    InBands(Banded.EDUCATION.value, Banded.EDUCATION.label, _by_education),
    _plain("retire_kind", "离退休类别", RetireKind.choices, "member__retire_kind"),
    Dimension("standing", "党籍", STANDINGS, _standing, {code: code for code, _ in STANDINGS}),
    InBands(Banded.JOINED.value, Banded.JOINED.label, _by_join_day),
)
# Its values are the streets of the question; what counts at the district itself is under the district's code.
STREET = Dimension("street", "街道（镇）", (), lambda on: None)
OF_BRANCH = (
    _plain("branch_kind", "党组织类型", Kind.choices, "branch__kind"),
    _plain("branch_category", "组织类别", Category.choices, "branch__category"),
    STREET,
)
# Whom neighbours look after: by the home itself, which is one home however many look in on it.
HOUSEHOLD = (_plain("risk", "关注程度", Risk.choices, "household__risk"),)
BRANCH = (
    _plain("kind", "类型", Kind.choices, "kind"),
    _plain("category", "组织类别", Category.choices, "category"),
    _plain("affinity", "三缘类型", Affinity.choices, "affinity", unknown=True),
    STREET,
)


def dimensions_of(indicator) -> dict[str, Dimension | InBands]:
    """By which a figure of the indicator may be divided so that the parts add up to it."""
    if indicator.subject != "member":
        found = {"branch": BRANCH, "household": HOUSEHOLD}.get(indicator.subject, OF_BRANCH)
    elif indicator.additive:
        found = (*PERSON, *OF_BRANCH)
    else:
        # Who takes part in two temporary branches would be in two parts.
        found = PERSON
    return {dimension.code: dimension for dimension in found}
