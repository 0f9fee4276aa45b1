"""整建制: the members of a branch, or some of them, go over to another branch with one decision."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from branches.models import Branch, Kind
from branches.operations.acts import Act
from core.audit import audit_entry, record, record_all
from core.changes import locked
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Member, Membership, Post, RosterIn, RosterOut, Transfer
from members.obligations import Leaving
from members.operations.memberships import Entry, begin_all
from members.operations.obligations import open_obligations_of
from members.operations.posts import Posts, end_post
from members.operations.rules import RosterRule

# Of many things of one sort a few are enough to know what is meant.
MOST_TOLD = 3


@dataclass(frozen=True)
class Passage:
    """Who goes from one branch: all of them, or those of `members` and of the groups that go.

    `groups` maps the number of each group that goes over to the group that it becomes.
    """

    source: Branch
    groups: dict[int, Branch] = field(default_factory=dict)
    members: frozenset[int] | None = None

    def takes(self, membership) -> bool:
        """Whether this relation goes over."""
        return (
            self.members is None or membership.member_id in self.members or membership.group_id in self.groups
        )


@transaction.atomic
def leave_together(*, passage, act: Act) -> list[Membership]:
    """End the relations that go over, as 整建制转出 on the act's day, and return them.

    The members are locked first, as everywhere; who comes into the branch at this moment is told to wait.
    """
    wanted = _held(passage, act)
    people = Member.objects.select_for_update(of=("self",)).filter(pk__in=[each.member_id for each in wanted])
    known = {person.pk for person in people.order_by("pk")}
    Branch.objects.select_for_update(of=("self",)).get(pk=passage.source.pk)
    leaving = _held(passage, act)
    if {each.member_id for each in leaving} != known:
        raise DomainError(f"“{passage.source}”的党员刚有变动，请重试")
    refuse_all(_complaints(passage, leaving, act))
    _end_posts(leaving, act)
    Membership.objects.filter(pk__in=[each.pk for each in leaving]).update(
        until=act.on,
        ended_by=RosterOut.TRANSFER_OUT_WHOLE,
        ended_document=act.document,
        version=F("version") + 1,
    )
    return leaving


@transaction.atomic
def arrive_together(*, left, passage, to, act: Act) -> list[Membership]:
    """Begin the relations of those who left together in `to`, as 整建制转入 on the act's day."""
    arrivals = [(each.member, _entry(each, passage, to, act)) for each in left]
    begun = begin_all(arrivals, act.today)
    record_all(
        audit_entry(
            "membership.moved_whole",
            member,
            by=act.by,
            fields=["branch"],
            reason=act.document,
            place=entry.branch.path,
        )
        for member, entry in arrivals
    )
    return begun


def _end_posts(leaving, act):
    """Who goes holds no post in the branch any more; in temporary organisations she goes on as she did."""
    held = Post.objects.filter(member__in=[each.member_id for each in leaving]).exclude(until__lte=act.on)
    for post in held.exclude(branch__kind=Kind.TEMPORARY).select_related("branch", "member").order_by("pk"):
        end_post(locked(post), on=act.on, reason=act.reason)
        place = post.branch.path
        record("post.relieved", post.member, by=act.by, fields=["posts"], reason=act.reason, place=place)


def _held(passage, act) -> list[Membership]:
    held = passage.source.memberships.exclude(until__lte=act.on).select_related("member").order_by("member")
    return [each for each in held if passage.takes(each)]


def _entry(membership, passage, to, act) -> Entry:
    return Entry(
        to,
        act.on,
        RosterIn.TRANSFER_IN_WHOLE,
        passage.groups.get(membership.group_id),
        act.document,
    )


def _complaints(passage, leaving, act) -> list[DomainError]:
    wrong, source = [], passage.source
    later = sum(each.since >= act.on or each.until is not None for each in leaving)
    if later:
        wrong.append(
            InvalidValue(f"“{source}”有 {later} 名党员的组织关系在 {act.on} 当日或以后有变动", field="on")
        )
    absent = len((passage.members or frozenset()) - {each.member_id for each in leaving})
    if absent:
        wrong.append(RosterRule(f"所选党员中有 {absent} 名在 {act.on} 不在“{source}”", field="part_members"))
    return wrong + _obligations(source, leaving, act) + _under_way(source, leaving)


def _obligations(source, leaving, act) -> list[DomainError]:
    """What hangs on those who go and may not stay so, but for the posts that end with their going."""
    people = [each.member for each in leaving]
    opened = open_obligations_of(people, on=act.on, leaving=Leaving.TRANSFER)
    words = [
        each.words
        for found in opened.values()
        for each in found
        if not each.keepable and each.kind != Posts.kind
    ]
    if not words:
        return []
    told = "、".join(words[:MOST_TOLD]) + (" 等" if len(words) > MOST_TOLD else "")
    return [RosterRule(f"“{source}”的党员有 {len(words)} 项未了事项，请先办理：{told}")]


def _under_way(source, leaving) -> list[DomainError]:
    number = Transfer.objects.open().filter(member__in=[each.member_id for each in leaving]).count()
    if not number:
        return []
    return [RosterRule(f"“{source}”的党员有 {number} 项组织关系转接没有办结，请先办理")]
