"""The first part of the story: the tree, the employers and the organisations, with nobody in them yet."""

from datetime import date
from math import ceil

from branches.models import Category, EmployerNature, Kind, Level, Unit
from branches.operations import add_unit, open_branch, register_employer, set_contact
from demo import story
from demo.scribe import Scribe

DIRECT_FOUNDED, LOCAL_FOUNDED, MIXED_FOUNDED = date(2005, 7, 1), date(2016, 7, 1), date(2015, 7, 1)
GATHERING_ENDS = date(2028, 12, 31)
# 支部工作条例 article 5: a branch has no more than fifty members; some room is left for who comes later.
MOST_IN_A_NEW_BRANCH = 46
FULL_NAMES = {"村民委员会": "村", "社区居民委员会": "社区"}


def short_of(name: str) -> str:
    """What people call a unit: 鼓楼 for 鼓楼社区居民委员会."""
    for ending in FULL_NAMES:
        name = name.removesuffix(ending)
    return name


def found(scribe: Scribe) -> None:
    """Everything that is founded, in the order in which one thing needs another."""
    for unit in Unit.objects.all():
        scribe.units[short_of(unit.name)] = unit
    name_offices(scribe)
    draw_grid(scribe)
    found_direct(scribe)
    found_local(scribe)
    found_for_handovers(scribe)
    found_gatherings(scribe)


def name_offices(scribe):
    """How the committees are reached, as their letters say it; the numbers are invented."""
    for serial, unit in enumerate(Unit.objects.committees().order_by("code")):
        values = {
            "post_address": f"曲靖市麒麟区{'' if unit.level == Level.DISTRICT else unit.name}党群服务中心",
            "office_phone": f"0874-31{serial:02}000",
            "fax": f"0874-31{serial:02}001",
            "postcode": "655000",
        }
        set_contact(unit=unit, values=values, by=scribe.by)


def draw_grid(scribe):
    """The groups of some communities, and the grids of each group."""
    for name, (groups, grids) in story.GRIDDED.items():
        community = scribe.units[name]
        for serial in range(1, groups + 1):
            group = _add(scribe, community, f"{name}第{serial}小组", story.GROUPS_SINCE)
            for number in range(1, grids + 1):
                _add(scribe, group, f"{name}第{serial}小组第{number}网格", story.GRIDS_SINCE)


def _add(scribe, parent, name, opened_on):
    values = {"name": name, "opened_on": opened_on}
    unit = add_unit(parent=parent, values=values, by=scribe.by, today=scribe.today)
    scribe.units[name] = unit
    if unit.level == Level.GRID:
        scribe.homes.setdefault(parent.parent_id, []).append(unit)
    return unit


def found_direct(scribe):
    """A branch for each organ of the district."""
    for organ, nature, street in story.ORGANS:
        register(scribe, organ, nature)
        open_(
            scribe,
            street or story.DISTRICT,
            f"{organ}离退休党支部",
            kind=Kind.DISTRICT_DIRECT,
            on=DIRECT_FOUNDED,
        )


def found_local(scribe):
    """The branches of streets and communities, the groups they are divided into, and the mixed ones."""
    for street in story.STREET_BRANCHES:
        open_(scribe, street, f"{street}离退休党支部", kind=Kind.STREET, on=LOCAL_FOUNDED)
    for community, groups in story.COMMUNITY_BRANCHES.items():
        branch = open_(
            scribe, community, f"{community}社区离退休党支部", kind=Kind.COMMUNITY, on=LOCAL_FOUNDED
        )
        for group in groups:
            open_(
                scribe,
                community,
                f"{community}社区离退休党支部{group}党小组",
                kind=Kind.COMMUNITY,
                on=LOCAL_FOUNDED,
                category=Category.GROUP,
                parent=branch,
            )
    for community in story.MIXED_BRANCHES:
        open_(scribe, community, f"{community}社区混合党支部", kind=Kind.MIXED, on=MIXED_FOUNDED)


def found_for_handovers(scribe):
    """Enough branches for what each enterprise hands over, spread over its communities."""
    for handover in story.HANDOVERS:
        register(scribe, handover.enterprise, EmployerNature.STATE_ENTERPRISE)
        for serial in range(ceil(handover.people / MOST_IN_A_NEW_BRANCH)):
            community = handover.communities[serial % len(handover.communities)]
            branch = open_(
                scribe,
                community,
                f"{community}社区{handover.enterprise}离退休第{serial + 1}党支部",
                kind=Kind.HANDOVER,
                on=handover.on,
                founding_document=handover.document,
            )
            scribe.received.setdefault(handover.enterprise, []).append(branch)


def found_gatherings(scribe):
    """The 三缘型 temporary organisations, those that have ended since included."""
    for gathering in story.GATHERINGS:
        open_(
            scribe,
            gathering.seat,
            f"{gathering.name}临时党支部",
            kind=Kind.TEMPORARY,
            on=gathering.founded,
            category=Category.TEMPORARY_BRANCH,
            affinity=gathering.affinity,
            place_type=gathering.place_type,
            sponsor=gathering.sponsor,
            approved_by=story.OFFICE,
            approved_on=gathering.founded,
            expected_end_on=GATHERING_ENDS,
        )


def register(scribe, name, nature):
    """An employer by the name that the story uses."""
    values = {"name": f"麒麟{name}" if name.startswith("区") else name, "nature": nature}
    scribe.employers[name] = register_employer(values=values, by=scribe.by)


def open_(scribe, place, short_name, *, kind, on, **values):
    """Open a branch on the unit of that name; the story finds it again by its short name."""
    values = {"category": Category.BRANCH, "kind": kind, "founded_on": on, **values}
    name = f"中共麒麟{short_name}" if short_name.startswith("区") else f"中共麒麟区{short_name}"
    branch = open_branch(
        unit=scribe.units[place],
        values={"name": name, "short_name": short_name, **values},
        by=scribe.by,
        today=scribe.today,
    )
    scribe.branches[short_name] = branch
    return branch
