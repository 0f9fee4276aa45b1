"""What rests on a 组织关系 that is to go: without one nobody can hold it."""

from branches.operations.presence import away_since
from core.voiding import StillNeeded
from members.obligations import Leaving
from members.operations.obligations import open_obligations


def refuse_resting(member, *, since):
    """Name everything that is open for her since the day; what she took part in before it may stay."""
    before = member.affiliations.filter(since__lt=since)
    older = {f"affiliation-{number}" for number in before.values_list("pk", flat=True)}
    opened = open_obligations(member, on=since, leaving=Leaving.EXIT)
    words = [each.words for each in opened if each.key not in older]
    if words:
        raise StillNeeded(f"{member} 自 {since} 以后还有{'、'.join(words)}，请先撤回或了结")


def refuse_dissolved(*branches, since):
    """Refuse to give a relation back to a branch, or a group, that is or was dissolved after it ended."""
    for branch in filter(None, branches):
        if branch.dissolved_on:
            raise StillNeeded(
                f"“{branch}”已于 {branch.dissolved_on} 撤销，组织关系不能恢复，请先撤回该撤销，"
                f"或由“组织变动”自 {branch.dissolved_on} 起恢复它"
            )
        if away_since(branch, since):
            raise StillNeeded(f"“{branch}”曾经撤销，到 {branch.resumed_on} 才恢复，不能从 {since} 起恢复")
