"""Tasks about people: probations, round birthdays, fifty years in the Party."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from core.periods import years_after
from members.models import Member, Membership, StandingEvent
from members.states import Standing, StandingMove
from reports.tasks.sources import AHEAD, Task, TaskSource

OLDEST = 120
READ = (
    "name", "birth_on", "birth_precision", "joined_on", "full_on", "party_age_correction", "died_on", "path",
    "branch",
)  # fmt: skip
# 党员教育管理: a probation lasts a year, and may be extended by a year at most.
PROBATION_YEARS, EXTENDED_YEARS = 1, 2
# The day on which fifty years must be full.
CUT_OFF_MONTH, CUT_OFF_DAY = 7, 1
# Between joining and the day from which the Party age runs, corrections included, at most.
LONGEST_YEARS = 5


def _of(member, kind, words, due_on, **more):
    defaults = {
        "url": reverse("admin:members_member_change", args=[member.pk]),
        "place": str(member.branch or ""),
    }
    return Task(kind, member.name, words, due_on=due_on, **{**defaults, **more})


def _on_roster(scope):
    people = Member.objects.visible_in(scope).filter(on_roster=True).select_related("branch")
    # What is sealed stays in the database.
    return people.only(*READ, "branch__name", "branch__short_name")


def _probations(asking, scope):
    extended = StandingEvent.objects.filter(member=OuterRef("pk"), move=StandingMove.EXTEND)
    settles = asking.scope("members.change_standing")
    # Nobody whose first year is not nearly over.
    latest = years_after(asking.until("probation.lead"), -PROBATION_YEARS)
    people = _on_roster(scope).filter(standing=Standing.PROBATIONARY, joined_on__lte=latest)
    for member in people.annotate(extended=Exists(extended)):
        due_on = years_after(member.joined_on, EXTENDED_YEARS if member.extended else PROBATION_YEARS)
        if due_on > asking.until("probation.lead"):
            continue
        act = "confirm" if settles.reaches(member.path, member.branch_id) else "change"
        url = reverse(f"admin:members_member_{act}", args=[member.pk])
        words = f"预备期 {due_on} 满，{asking.counted_days(due_on)}"
        yield _of(member, "probation", words, due_on, url=url, level=asking.level("probation", due_on))


def _birthdays(asking, scope):
    """Round ages, of those whose day of birth is known."""
    coming = {}
    for ahead in range(asking.limits["birthday.lead"] + 1):
        day = asking.on + timedelta(days=ahead)
        for age in range(asking.limits["birthday.first"], OLDEST + 1, 10):
            coming |= dict.fromkeys(_born(day, age), (age, day))
    people = _on_roster(scope).filter(birth_on__in=coming, birth_precision="D")
    for member in people:
        age, day = coming[member.birth_on]
        yield _of(member, "birthday", f"{day} 满 {age} 周岁", day, level=AHEAD)


def _born(day, age) -> list[date]:
    """The birthdays that are kept on the day; a 29th of February is kept on the 28th in other years."""
    born = years_after(day, -age)
    leap = born + timedelta(days=1)
    keeps_leap = (day.month, day.day) == (2, 28) and years_after(leap, age).month == 3 and leap.month == 2
    return [born, leap] if keeps_leap else [born]


def cut_off(year: int) -> date:
    """The day of the year on which the years in the Party must be full."""
    return date(year, CUT_OFF_MONTH, CUT_OFF_DAY)


def medal_list(members, year: int, *, years: int) -> list[Member]:
    """Who has been in the Party for so many full years on 1 July of the year, and was not listed before.

    Alive, of normal standing and not out of contact. Those of 1969-1977 had no probation: they count from
    the day they joined. Nobody listed those who had their years a year before and were on no roster then.
    """
    there = Membership.objects.on(cut_off(year - 1)).filter(member=OuterRef("pk"))
    full = members.annotate(was_here=Exists(there)).filter(
        standing=Standing.FULL,
        on_roster=True,
        lost_since=None,
        joined_on__lte=cut_off(year - years + LONGEST_YEARS),
    )
    near = full.filter(Q(joined_on__gt=cut_off(year - years - LONGEST_YEARS)) | Q(was_here=False))
    return [
        member
        for member in near
        if member.party_age_since
        and years <= member.party_age(cut_off(year))
        and not (member.was_here and years <= member.party_age(cut_off(year - 1)))
    ]


def _medals(asking, scope):
    day = cut_off(asking.on.year)
    if not day - timedelta(days=asking.limits["medal.lead"]) <= asking.on <= day:
        return
    years = asking.limits["medal.party_years"]
    for member in medal_list(_on_roster(scope), day.year, years=years):
        words = f"{member.party_age_since} 起计算党龄，至 {day} 满 {years} 年，请核查并报“光荣在党50年”名单"
        yield _of(member, "medal", words, day)


PROBATION = TaskSource("probation", "预备期满", "members.view_member", _probations)
BIRTHDAY = TaskSource("birthday", "整十岁生日", "members.change_contact", _birthdays)
MEDAL = TaskSource("medal", "光荣在党50年", "members.change_contact", _medals)
