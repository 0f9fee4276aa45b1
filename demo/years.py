"""The third part of the story: what happened in the years after, in the order of the days."""

from dataclasses import replace
from datetime import date, timedelta

from branches.operations import dissolve_branch
from demo import story
from demo.bulk import may_be_refused
from demo.people import Likeness
from demo.scribe import Arrival, Scribe
from demo.settling import sign_in, was_there
from members.models import ExitType, RosterIn, SuspendReason
from members.obligations import LEAVING_NAMES
from members.operations import (
    MemberChanges,
    ObligationsOpen,
    StandingChange,
    all_settled,
    amend_member,
    change_standing,
    end_affiliation,
    verify_sign_ins,
)
from members.operations.standing import LEAVING
from members.states import Standing, StandingMove
from reorganisations.operations import decide, order_of

CONFIRMED_LATER, STILL_ON_PROBATION = 3, 5
# How far ahead of the day on which the story is told something has been decided.
LOOKING_AHEAD = timedelta(days=45)


def live_on(scribe: Scribe) -> None:
    """Year after year: people die and arrive, lose touch and are found."""
    develop(scribe)
    lose_touch(scribe)
    for year, deaths in story.DEATHS.items():
        mourn(scribe, year, deaths)
        if year == 2020:
            for resident in scribe.mourned:
                _decease(scribe, resident, date(2020, 12, 20))
        welcome(scribe, year, story.ARRIVALS.get(year, 0))
        if year > 2020:
            carry_on(scribe, year)
        for gathering in ended_in(year):
            disband(scribe, gathering)
    miss(scribe)
    for year in range(story.LAST_DAY.year, scribe.today.year + 1):
        carry_on(scribe, year, since=story.LAST_DAY, last=scribe.today)


def mourn(scribe, year, deaths):
    """The old die more often. Whoever took part in 2020 lived through that year, but for the mourned."""
    last = min(date(year, 12, 31), story.LAST_DAY)
    those_at_risk = [
        resident
        for resident in scribe.residents
        if resident.since < date(year, 1, 1)
        and (resident.is_free or resident.took_part_since.year < year > 2020)
    ]
    weights = [(resident.member.age(last) - 55) ** 2 for resident in those_at_risk]
    for resident in dict.fromkeys(scribe.chance.choices(range(len(those_at_risk)), weights, k=deaths)):
        _decease(scribe, those_at_risk[resident], scribe.day_between(date(year, 1, 10), last))


def _decease(scribe, resident, on):
    scribe.residents.remove(resident)
    _change(scribe, resident.member, StandingChange(StandingMove.DECEASE, on))


def _change(scribe, member, change):
    """Most leave with nothing open, and what is open costs time to list."""
    try:
        with may_be_refused():
            change_standing(member=member, change=change, by=scribe.by, today=scribe.today)
    except ObligationsOpen:
        leaving = LEAVING[change.move]
        settle = all_settled(member, on=change.on, leaving=leaving, reason=LEAVING_NAMES[leaving])
        change_standing(
            member=member, change=replace(change, settle=settle), by=scribe.by, today=scribe.today
        )


def carry_on(scribe, year, *, since=date.min, last=story.LAST_DAY):
    """Some of those who took part in 2020 were confirmed to do so again, after `since`, by `last`."""
    first, last = max(since + timedelta(days=1), date(year, 1, 1)), min(date(year, 12, 31), last)
    if first > last:
        return
    alive = set(scribe.residents)
    there = [affiliation for resident, affiliation in scribe.attending if resident in alive]
    again = [
        was_there(scribe, affiliation, scribe.day_between(max(affiliation.since, first), last))
        for affiliation in scribe.chance.sample(there, len(there) // 20)
    ]
    verify_sign_ins(sign_ins=sign_in(scribe, again), by=scribe.by)


def welcome(scribe, year, arrivals):
    """Retirees move here and bring their 组织关系 with them."""
    local = [scribe.branches[f"{name}社区离退休党支部"] for name in story.COMMUNITY_BRANCHES]
    for _ in range(arrivals):
        since = scribe.day_between(date(year, 1, 10), min(date(year, 12, 20), story.LAST_DAY))
        arrival = Arrival(since, RosterIn.TRANSFER_IN)
        scribe.settle(scribe.chance.choice(local), arrival, [Likeness(ages=(57, 80, 61), since=since)])


def develop(scribe):
    """Some joined the Party after they had retired; the latest are on probation still."""
    local = [scribe.branches[f"{name}社区离退休党支部"] for name in story.COMMUNITY_BRANCHES]
    for serial in range(CONFIRMED_LATER + STILL_ON_PROBATION):
        confirmed = serial < CONFIRMED_LATER
        joined = date(2021, 7, 1) if confirmed else date(2025, 6, 20)
        facts = {
            "standing": Standing.PROBATIONARY,
            "joined_on": joined,
            "joined_precision": "D",
            "full_on": None,
        }
        likeness = Likeness(ages=(57, 63, 60), since=joined, facts=facts)
        [resident] = scribe.settle(local[serial], Arrival(joined, RosterIn.DEVELOPED), [likeness])
        if confirmed:
            _change(scribe, resident.member, StandingChange(StandingMove.CONFIRM, date(2022, 7, 1)))


def lose_touch(scribe):
    """Some are lost and suspended; of these some are found again and some struck off."""
    quiet = [
        resident for resident in scribe.residents if resident.is_free and resident.since < date(2020, 6, 1)
    ]
    for serial, resident in enumerate(scribe.chance.sample(quiet, story.LOST)):
        scribe.residents.remove(resident)
        _note(scribe, resident.member, {"lost_since": date(2020, 10, 1)})
        on = date(2021, 5, 10) + timedelta(days=30 * serial)
        document = f"麒组停〔{on.year}〕{serial + 1}号"
        suspend = StandingChange(StandingMove.SUSPEND, on, SuspendReason.LOST_CONTACT, document)
        _change(scribe, resident.member, suspend)
        _settle_suspension(scribe, resident, serial, on + timedelta(days=740))


def _settle_suspension(scribe, resident, serial, on):
    if serial < story.FOUND_AGAIN:
        _change(scribe, resident.member, StandingChange(StandingMove.RESTORE, on, branch=resident.branch))
        _note(scribe, resident.member, {"lost_since": None})
    elif serial < story.FOUND_AGAIN + story.STRUCK_OFF:
        _change(scribe, resident.member, StandingChange(StandingMove.EXIT, on, ExitType.STRUCK_ABSENT))


def miss(scribe):
    """Some have not been heard of lately."""
    free = [resident for resident in scribe.residents if resident.is_free]
    for resident in scribe.chance.sample(free, story.MISSED):
        _note(scribe, resident.member, {"lost_since": date(2025, 3, 1)})


def _note(scribe, member, values):
    amend_member(member=member, changes=MemberChanges(values), by=scribe.by, today=scribe.today)


def ended_in(year) -> list:
    """The temporary organisations that had done what they were for in that year."""
    return [each for each in story.GATHERINGS if each.until and each.until.year == year]


def disband(scribe, gathering):
    """A temporary organisation has done what it was for."""
    branch = scribe.branches[f"{gathering.name}临时党支部"]
    for affiliation in branch.affiliations.in_force():
        end_affiliation(affiliation=affiliation, on=gathering.until, by=scribe.by, today=scribe.today)
    document = f"麒老干撤〔{gathering.until.year}〕1号"
    dissolve_branch(branch=branch, on=gathering.until, document=document, by=scribe.by, today=scribe.today)


def reorganise(scribe):
    """A branch moves, a grid is given up, a village becomes a community, a community changes streets, and two
    groups become one; and what has been decided for a day to come.
    """
    units, branches = scribe.units, scribe.branches
    decide_(
        scribe, "branch", "move", date(2021, 9, 1), "麒老干〔2021〕6号",
        branches=[branches["区审计局离退休党支部"]], to_unit=units["南宁街道"],
    )  # fmt: skip
    decide_(
        scribe, "unit", "close", date(2022, 1, 1), "越政发〔2021〕30号",
        units=[units["越州第3小组第3网格"]], to_unit=units["越州第3小组第2网格"],
    )  # fmt: skip
    decide_(
        scribe, "unit", "rename", date(2022, 5, 1), "麒政复〔2022〕8号",
        units=[units["冷家屯"]], name="冷家屯社区居民委员会",
    )  # fmt: skip
    decide_(
        scribe, "unit", "move", date(2023, 7, 1), "麒政发〔2023〕12号",
        units=[units["临江"]], to_unit=units["建宁街道"],
    )  # fmt: skip
    decide_(
        scribe, "unit", "merge", date(2024, 4, 1), "三宝办〔2024〕5号",
        units=[units["三宝第3小组"]], to_unit=units["三宝第2小组"],
    )  # fmt: skip
    decide_(
        scribe, "unit", "move", scribe.today + LOOKING_AHEAD, "麒政复〔待发〕",
        units=[units["太和"]], to_unit=units["文华街道"], note="区划调整方案已上报",
    )  # fmt: skip


def decide_(scribe, about, kind, on, document, **values):
    """Something is decided about the tree or a branch, by a document, from a day on."""
    order = order_of({"about": about, "kind": kind, "on": on, "document": document, **values})
    decide(order=order, by=scribe.by, today=scribe.today)
