"""The second part of the story: people come onto the rosters, and take part in temporary organisations."""

from datetime import date, timedelta
from itertools import islice
from operator import attrgetter

from demo import story
from demo.handing_over import receive
from demo.people import Likeness
from demo.scribe import Arrival, Resident, Scribe
from members.operations import Attended, affiliate_all, record_sign_ins, verify_sign_ins

FILED_ON = date(2018, 1, 1)
YEAR_BEGINS = date(2020, 1, 1)
VETERANS_IN = {"区委老干部局": 7, "区委组织部": 4, "区人民法院": 3, "区政协机关": 4, "区人大常委会机关": 4}
WAS_CONFIRMED, IS_FREE = attrgetter("was_confirmed"), attrgetter("is_free")
OCCASIONS = ["主题党日", "邻里守望走访", "环境整治", "文艺演出", "调解纠纷", "四点半课堂", "安全巡查"]


def settle(scribe: Scribe) -> None:
    """Bring everybody of the first years onto the rosters."""
    settle_direct(scribe)
    settle_local(scribe)
    for handover in story.HANDOVERS:
        receive(scribe, handover)


def settle_direct(scribe):
    """The retirees of the organs, the veterans among them."""
    for organ, _, _ in story.ORGANS:
        branch = scribe.branches[f"{organ}离退休党支部"]
        arrival = Arrival(FILED_ON, employer=scribe.employers[organ])
        veterans, all_in = VETERANS_IN.get(organ, 0), scribe.chance.randint(22, 45)
        likenesses = [
            Likeness(work="organ", veteran=serial < veterans, since=FILED_ON) for serial in range(all_in)
        ]
        scribe.settle(branch, arrival, likenesses)


def settle_local(scribe):
    """Those whom streets and communities kept before the handovers; every branch has two namesakes."""
    for street in story.STREET_BRANCHES:
        _fill(scribe, scribe.branches[f"{street}离退休党支部"], 24, ())
    for community, names in story.COMMUNITY_BRANCHES.items():
        short_name = f"{community}社区离退休党支部"
        groups = [scribe.branches[f"{short_name}{name}党小组"] for name in names]
        _fill(scribe, scribe.branches[short_name], 18 + 4 * len(groups), groups)
    for community in story.MIXED_BRANCHES:
        _fill(scribe, scribe.branches[f"{community}社区混合党支部"], 12, ())


def _fill(scribe, branch, people, groups):
    namesake = scribe.people.name(scribe.chance.choice("FM"))
    names = [namesake, namesake] + [""] * (people - 2)
    scribe.settle(branch, Arrival(FILED_ON), [Likeness(name=name, since=FILED_ON) for name in names], groups)


def gather(scribe: Scribe, gathering) -> None:
    """People begin to take part: new faces, some who take part elsewhere too, some never confirmed."""
    year = max(gathering.founded, YEAR_BEGINS).year
    last = min(date(year, 11, 30), (gathering.until or story.LAST_DAY) - timedelta(days=30))
    near = _near(scribe, gathering, before=last)
    regulars = islice(filter(WAS_CONFIRMED, near), gathering.faces // 12)
    free = filter(IS_FREE, near)
    faces, never_confirmed = list(islice(free, gathering.faces)), list(islice(free, 2))
    mourned = list(islice(free, gathering.mourned))
    confirmed = [*regulars, *faces, *mourned]
    joined = _join(scribe, [*confirmed, *never_confirmed], gathering, last)
    there = []
    for resident in confirmed:
        affiliation, resident.was_confirmed = joined[resident], True
        first = max(affiliation.since, date(year, 1, 1))
        there.append(was_there(scribe, affiliation, scribe.day_between(first, last)))
        if gathering.until is None:
            scribe.attending.append((resident, affiliation))
    # They took part, and the district confirmed what the street had written down.
    verify_sign_ins(sign_ins=sign_in(scribe, there), by=scribe.by)
    doubtful = [joined[resident] for resident in never_confirmed]
    sign_in(scribe, [was_there(scribe, each, each.since + timedelta(days=1)) for each in doubtful])
    scribe.mourned += mourned


def _near(scribe, gathering, *, before) -> list[Resident]:
    """Who could take part, those it is meant for first, in an order of chance."""
    seat = scribe.units[gathering.seat]
    street = seat.path[: -len("00000/")]

    def is_meant_for(resident):
        if gathering.affinity == story.OCCUPATION:
            return resident.employer is not None and resident.employer.name.endswith(gathering.sponsor)
        return gathering.affinity == story.INTEREST or resident.branch.path.startswith(street)

    there = [resident for resident in scribe.residents if resident.since < before]
    return sorted(there, key=lambda resident: (not is_meant_for(resident), scribe.chance.random()))


def _join(scribe, residents, gathering, last):
    """The first day of each is after the founding and after her own arrival, and no later than `last`."""
    joining = []
    for resident in residents:
        first = max(gathering.founded, resident.since + timedelta(days=1))
        since = scribe.day_between(first, max(first, min(first + timedelta(days=20), last)))
        resident.took_part_since = max(since, resident.took_part_since or since)
        joining.append((resident.member, {"since": since}))
    branch = scribe.branches[f"{gathering.name}临时党支部"]
    begun = affiliate_all(joining=joining, branch=branch, by=scribe.by, today=scribe.today)
    return dict(zip(residents, begun, strict=True))


def was_there(scribe, affiliation, on):
    """She took part in something or other on the day."""
    return Attended(affiliation, on, scribe.chance.choice(OCCASIONS))


def sign_in(scribe, there):
    """The street wrote down who took part."""
    return record_sign_ins(attended=there, by=scribe.second, today=scribe.today)
