"""Verbs of the 组织关系: enrol in a branch, correct what was entered wrongly."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import Q

from branches.models import Branch, Category, Employer
from branches.models.branch import HOLDING_CATEGORIES
from branches.operations.presence import beginning, stands
from core.audit import record
from core.changes import check, locked, save_change, set_values
from core.copying import copy, copy_tuples, numbers
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import HandoverPerson, Membership, RosterIn, Transfer
from members.operations.evidence import evidence_for
from members.operations.rules import RosterRule, joining_complaints
from members.states import GOOD_STANDING, StandingMove


@dataclass(frozen=True)
class Entry:
    """How a 组织关系 begins: where, from which day, by what, on which ground."""

    branch: Branch
    since: date
    began_by: str = RosterIn.INITIAL_LOAD
    group: Branch | None = None
    document: str = ""
    handed_over_by: Employer | None = None
    # Only of a relation that has ended already; it may have ended with its branch.
    until: date | None = None

    def outlasts(self, branch) -> bool:
        """Whether the relation would still hold after the branch is gone."""
        return bool(branch.dissolved_on) and (self.until is None or self.until > branch.dissolved_on)


@transaction.atomic
def enrol(*, member, entry, by, today):
    """Begin a 组织关系 for a member who has none on that day or later. Raise RosterRule or InvalidValue."""
    member = locked(member)
    refuse_all(_relation_complaints(member, entry, today))
    membership = begin(member, entry, today)
    record(
        "membership.began", member, by=by, fields=["branch"], reason=entry.document, place=entry.branch.path
    )
    return membership


def enrol_complaints(member, entry, today) -> list[DomainError]:
    """Everything that speaks against enrolling the member like that."""
    return _relation_complaints(member, entry, today) + entry_complaints(entry, today)


def _relation_complaints(member, entry, today) -> list[DomainError]:
    if member.standing not in GOOD_STANDING:
        return [RosterRule(f"{member} 的党籍为“{member.get_standing_display()}”，不能建立组织关系")]
    wrong = joining_complaints(member, entry.since, today)
    taken = member.memberships.exclude(until__lte=entry.since).order_by("since").first()
    if taken:
        words = f"{member} 自 {taken.since} 起已在“{taken.branch}”有组织关系，一人只能有一个"
        wrong.append(RosterRule(words, field="branch"))
    return wrong


def begin(member, entry, today) -> Membership:
    """Check the entry and write the membership, without an audit entry of its own."""
    return begin_all([(member, entry)], today)[0]


def begin_all(arrivals, today) -> list[Membership]:
    """Check each (member, entry) and write the memberships together."""
    return write_memberships(checked_arrivals(arrivals, today))


def checked_arrivals(arrivals, today):
    """The (member, entry) with their branches as they are now, locked; raise everything against them."""
    fresh = _with_branches_locked({entry for _, entry in arrivals})
    refuse_all([wrong for entry in fresh.values() for wrong in entry_complaints(entry, today)])
    return [(member, fresh[entry]) for member, entry in arrivals]


def write_memberships(arrivals) -> list[Membership]:
    """Write what was checked."""
    memberships = [
        Membership(
            pk=number,
            member=member,
            branch=entry.branch,
            group=entry.group,
            since=entry.since,
            began_by=entry.began_by,
            began_document=entry.document,
            handed_over_by=entry.handed_over_by,
        )
        for number, (member, entry) in zip(numbers(Membership, len(arrivals)), arrivals, strict=True)
    ]
    copy(memberships)
    return memberships


COLUMNS = (
    "member_id", "branch_id", "group_id", "since", "began_by", "began_document", "handed_over_by_id",
    "ended_by", "ended_document", "version",
)  # fmt: skip


def copy_memberships(arrivals) -> None:
    """Write what was checked, of very many: (number of the member, entry) each."""
    begun = {
        entry: (
            entry.branch.pk,
            entry.group and entry.group.pk,
            entry.since,
            str(entry.began_by),
            entry.document,
            entry.handed_over_by and entry.handed_over_by.pk,
            *("", "", 1),
        )
        for entry in {entry for _, entry in arrivals}
    }
    copy_tuples(Membership, COLUMNS, ((member, *begun[entry]) for member, entry in arrivals))


def _with_branches_locked(entries) -> dict[Entry, Entry]:
    """The entries with their branches and groups as they are now, which none can dissolve at this moment."""
    wanted = {each.pk for entry in entries for each in (entry.branch, entry.group) if each}
    # In one order, so that none wait in a ring.
    rows = Branch.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    fresh = {row.pk: row for row in rows}
    if wanted - set(fresh):
        raise RosterRule("所选的党组织刚被撤回，已经没有了，请重新选择", field="branch")
    return {
        entry: replace(entry, branch=fresh[entry.branch.pk], group=entry.group and fresh[entry.group.pk])
        for entry in entries
    }


def entry_complaints(entry, today) -> list[DomainError]:
    """Everything that speaks against beginning a relation like that."""
    wrong = _branch_complaints(entry)
    if entry.since > today:
        wrong.append(InvalidValue(f"组织关系起始日期 {entry.since} 在今天（{today}）之后", field="since"))
    return wrong + _group_complaints(entry) + _handover_complaints(entry)


def _group_complaints(entry) -> list[DomainError]:
    wrong = []
    if entry.group and (entry.group.category != Category.GROUP or entry.group.parent_id != entry.branch.pk):
        wrong.append(InvalidValue(f"“{entry.group}”不是“{entry.branch}”的党小组", field="group"))
    if entry.group and entry.outlasts(entry.group):
        wrong.append(
            InvalidValue(f"党小组“{entry.group}”已于 {entry.group.dissolved_on} 撤销", field="group")
        )
    return wrong


def _handover_complaints(entry) -> list[DomainError]:
    if entry.handed_over_by and entry.began_by != RosterIn.HANDOVER:
        return [InvalidValue("只有“企业移交”才填写移交企业", field="handed_over_by")]
    if entry.began_by == RosterIn.HANDOVER and not entry.handed_over_by:
        return [InvalidValue("“企业移交”须填写移交企业", field="handed_over_by")]
    return []


def holding_complaints(branch, *, field="branch") -> list[DomainError]:
    """Refuse a branch in which no 组织关系 may stand."""
    if branch.is_temporary:
        return [
            InvalidValue(
                f"“{branch}”是三缘型临时党组织，不能接收组织关系，请登记为“参加临时党组织”（支部工作条例第八条）",
                field=field,
            )
        ]
    if branch.category not in HOLDING_CATEGORIES:
        label = branch.get_category_display()
        return [InvalidValue(f"组织关系只能落在党支部或联合党支部，“{branch}”是{label}", field=field)]
    return []


def _branch_complaints(entry) -> list[DomainError]:
    branch = entry.branch
    wrong = holding_complaints(branch)
    if wrong:
        return wrong
    if entry.until and entry.until <= entry.since:
        return [InvalidValue(f"起始日期 {entry.since} 必须早于终止日期 {entry.until}", field="since")]
    if entry.outlasts(branch):
        return [InvalidValue(f"“{branch}”已于 {branch.dissolved_on} 撤销", field="branch")]
    if not stands(branch, entry.since, entry.until):
        said = f"起始日期 {entry.since} 早于“{branch}”的{beginning(branch)}"
        return [InvalidValue(said, field="since")]
    return []


# What a transfer, a hand-over or a restored standing tells as well.
SAID_ELSEWHERE = ("since", "branch", "began_by", "handed_over_by")


@transaction.atomic
def correct_membership(*, membership, values, by, today, version=None, evidence=""):
    """Correct a relation entered wrongly: branch, group, since, began_by, began_document, handed_over_by.

    Moving a member is not a correction: this rewrites the past, and the history keeps what stood there. What
    has a value is changed only on evidence: InvalidValue on `evidence` without it. What something else says
    too, or rests on, is not corrected but taken back: RosterRule on `since`, `branch`, `began_by` or
    `handed_over_by`.
    """
    # The member first, as everywhere: the trigger that copies her branch locks her too.
    locked(membership.member)
    membership = locked(membership, version=version)
    stood = {name for name in values if getattr(membership, name)}
    resting = _what_rests_on(membership, values)
    changed = set_values(membership, values)
    if not changed:
        return membership
    labels = [membership._meta.get_field(name).verbose_name for name in changed if name in stood]
    membership.branch = locked(membership.branch)
    entry = Entry(
        membership.branch,
        membership.since,
        membership.began_by,
        membership.group,
        handed_over_by=membership.handed_over_by,
        until=membership.until,
    )
    early = joining_complaints(membership.member, entry.since, today) if "since" in changed else []
    refuse_all(resting + early + entry_complaints(entry, today))
    reason = evidence_for(labels, evidence)
    save_change(membership)
    about = {"by": by, "fields": changed, "reason": reason, "place": membership.branch.path}
    record("membership.corrected", membership.member, **about)
    return membership


def _what_rests_on(membership, values) -> list[DomainError]:
    """Everything else that says what is to be written anew, or would not fit it any more."""
    anew = _written_anew(membership, values)
    rested = [(name, RESTS[name](membership, values[name])) for name in anew if name in RESTS]
    told = [(name, _says_it_too(membership, name)) for name in anew] + rested
    return [RosterRule(words, field=name) for name, said in told for words in said]


def _written_anew(membership, values) -> list[str]:
    said = {name: getattr(membership, name) for name in SAID_ELSEWHERE}
    return [name for name, value in said.items() if values.get(name, value) != value]


def _restored_by_hand(membership, began_by):
    if began_by == RosterIn.RESTORED:
        yield "“恢复党籍”由党籍变动建立，不能在更正时选择"


def _says_it_too(membership, name):
    """In words, what the relation began with: it says the same, and the two may not be parted."""
    member, label = membership.member, membership._meta.get_field(name).verbose_name
    # Not what `began_by` says: somebody may have come by a transfer before there was this register.
    if Transfer.objects.filter(membership=membership).exists():
        yield f"由组织关系转接编入，{label}不能更正，请撤回该次转接"
    if HandoverPerson.objects.filter(membership=membership).exists():
        yield f"由接收企业移交名单建立，{label}不能更正，请在移交名单里撤回接收"
    restored = member.standing_events.filter(move=StandingMove.RESTORE, on=membership.since)
    if name != "branch" and restored.exists():
        yield f"由恢复党籍建立，{label}不能更正，请撤回该项党籍变动"
    if name == "since":
        for before in member.memberships.filter(until=membership.since).select_related("branch"):
            how = before.get_ended_by_display()
            yield f"{member} 在“{before.branch}”的组织关系同日终止（{how}），不能只更正一头，请先撤回该事项"


def _began_before(membership, since):
    """In words, what she took part in or did under this relation before the day on which it is to begin."""
    member, then = membership.member, {"since__gte": membership.since, "since__lt": since}
    for part in member.affiliations.filter(**then).select_related("branch").order_by("since", "pk"):
        yield f"{member} 自 {part.since} 起参加“{part.branch}”，起始日期不能晚于那一天"
    for post in member.posts.filter(**then).select_related("branch").order_by("since", "pk"):
        yield f"{member} 自 {post.since} 起任“{post.branch}”{post.get_post_display()}，起始日期不能晚于那一天"


def _hangs_on_the_branch(membership, to):
    """In words, what is open at the branch for who is entered there, and her posts there in this time."""
    member, branch = membership.member, membership.branch
    for transfer in member.transfers.open().filter(from_branch=branch):
        yield f"{member} 有组织关系转接没有办结（{transfer.get_state_display()}），请先办结或撤销"
    there = member.posts.filter(Q(branch=branch) | Q(branch__parent=branch)).exclude(
        until__lte=membership.since
    )
    posts = there.filter(since__lt=membership.until) if membership.until else there
    for post in posts.select_related("branch").order_by("since", "pk"):
        held = f"{post.since} 至 {post.until}" if post.until else f"{post.since} 起"
        yield f"{member} 任“{post.branch}”{post.get_post_display()}（{held}），请先撤回该职务"


RESTS = {"since": _began_before, "branch": _hangs_on_the_branch, "began_by": _restored_by_hand}


def end(membership, *, on, ended_by, document) -> None:
    """End the relation on the day; refused on or before its first day, when it would never have held."""
    if on <= membership.since:
        raise InvalidValue(f"{on} 不晚于组织关系的起始日期 {membership.since}，请先更正起始日期", field="on")
    membership.until, membership.ended_by, membership.ended_document = on, ended_by, document
    membership.version += 1
    check(membership)
    membership.save()
