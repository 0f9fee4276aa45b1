"""A grid matter brought to any of its states through the operations."""

import io

from PIL import Image

from tests import factories
from tests.factories import TODAY
from volunteering.models import GridMatter
from volunteering.operations import (
    assign_matter,
    climb,
    follow_up,
    link_matter,
    refer_matter,
    release_matter,
    reopen_matter,
    return_matter,
    separate_matter,
    settle_matter,
    take_matter,
)
from volunteering.states.matters import MatterMove, MatterStatus


def again(matter):
    return GridMatter.objects.get(pk=matter.pk)


def move(matter, name, handler, by=None, today=TODAY, **more):
    """Do one move of the table as it is done."""
    told = {"matter": matter, "by": by, "today": today, **more}
    deeds = {
        MatterMove.TAKE: lambda: take_matter(**told),
        MatterMove.RETURN: lambda: return_matter(reason="不属于本社区", **told),
        MatterMove.ASSIGN: lambda: assign_matter(handler=handler, **told),
        MatterMove.RELEASE: lambda: release_matter(**told),
        MatterMove.REFER: lambda: refer_matter(reason="需要街道协调", **told),
        MatterMove.SETTLE: lambda: settle_matter(outcome="灯已换好", **told),
        MatterMove.FOLLOW_UP: lambda: follow_up(satisfied=True, words="亮堂", **told),
        MatterMove.REOPEN: lambda: reopen_matter(reason="又坏了", **told),
        MatterMove.LINK: lambda: link_matter(**to_another(told)),
        MatterMove.SEPARATE: lambda: separate_matter(**told),
    }
    return deeds[name]()


def to_another(told):
    """The same, with another matter of the place where none is given."""
    return (
        told if "original" in told else told | {"original": factories.grid_matter(unit=told["matter"].unit)}
    )


WAYS = {
    MatterStatus.REPORTED: [],
    MatterStatus.TAKEN: [MatterMove.TAKE],
    MatterStatus.WORKING: [MatterMove.TAKE, MatterMove.ASSIGN],
    MatterStatus.SETTLED: [MatterMove.TAKE, MatterMove.ASSIGN, MatterMove.SETTLE],
    MatterStatus.CLOSED: [MatterMove.TAKE, MatterMove.ASSIGN, MatterMove.SETTLE, MatterMove.FOLLOW_UP],
    MatterStatus.REOPENED: [MatterMove.TAKE, MatterMove.ASSIGN, MatterMove.SETTLE, MatterMove.REOPEN],
    MatterStatus.RETURNED: [MatterMove.RETURN],
    MatterStatus.LINKED: [MatterMove.LINK],
}


def brought(status, matter, handler, by=None):
    """The matter in that state."""
    for name in WAYS[status]:
        move(again(matter), name, handler, by)
    return again(matter)


def tick(matter, day):
    return climb(matter=matter, today=day)


def photo(size=(60, 40), kind="JPEG", **more):
    """A small photo as a phone writes it."""
    written = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(written, kind, **more)
    return written.getvalue()
