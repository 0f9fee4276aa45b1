"""A district that lives through a random story, and the plain model that it is compared with.

The model knows of each person only in which branch she is from which day. It is told what was done; what was
refused it never hears of. Days only go forward, except that what was done may be taken back.
"""

import json
from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta

from django.db import transaction

from branches.models import Unit
from branches.operations import move_branch, move_unit, rename_unit
from branches.scope import Scope
from core.errors import DomainError
from members.models import HandoverPerson, Member, Membership, StandingEvent, Term, Transfer
from members.obligations import Leaving
from members.operations import (
    Election,
    Entry,
    StandingChange,
    accept_people,
    affiliate,
    change_standing,
    end_affiliation,
    enrol,
    handovers,
    hold_election,
    undo_acceptance,
    undo_affiliation,
    undo_enrolment,
    undo_post,
    undo_registration,
    undo_standing,
    undo_term,
)
from members.operations.obligations import all_settled, open_obligations
from members.operations.posts import Holding, fill_post
from members.operations.standing import LEAVING
from members.operations.transfers import (
    Acceptance,
    Arriving,
    Destination,
    Draft,
    Receipt,
    SentBack,
    accept_transfer,
    agree_transfer,
    cancel_transfer,
    close_transfer,
    draft_transfer,
    issue_letter,
    receive_letter,
    record_incoming,
    return_letter,
    undo_step,
)
from members.states import Standing
from reorganisations.models import Plan
from reorganisations.operations import decide, order_of, undo
from reports.flows import Flow, flow
from reports.indicators import INDICATORS
from reports.questions import whole_scope
from reports.rollups import rollup
from reports.trees import TreeNow, TreeThen
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import EVERYWHERE, cells, handover
from tests.factories.transfers import arriving_person, paper

BEGINS = date(2018, 1, 1)
WHO = {"by": None, "today": TODAY}
COUNTED = [INDICATORS[code] for code in ("members.roster", "members.affiliated", "branches.all")]
MOST_PICTURES = 4
GONE = (Standing.EXITED, Standing.DECEASED, Standing.VOID)
REASONS = {"suspend": "lost_contact", "exit": "expelled"}


class Model:
    """In which branch each person is, from which day; None is in none."""

    def __init__(self):
        self.turns = defaultdict(list)

    def goes(self, member, branch, day):
        """From the day on she is there."""
        self.turns[member].append((day, branch))

    def branch_on(self, member, day):
        """Where she is on the day."""
        known = [branch for since, branch in self.turns[member] if since <= day]
        return known[-1] if known else None


class Life:
    """The district, its story so far, and what each past day looked like when it was past."""

    def __init__(self, root, streets, communities):
        self.root, self.streets, self.communities = root, streets, communities
        self.branches = [factories.branch(unit=unit, founded_on=date(2000, 1, 1)) for unit in communities * 2]
        self.circle = factories.branch(unit=communities[0], kind="temporary")
        self.day, self.model, self.serial = BEGINS, Model(), 0
        self.pictures, self.before, self.done = {}, {}, 0
        for branch in self.branches:
            self.register(branch)

    # Living.

    def live(self, kind, one, other, days):
        """Do one thing if it is allowed; the days before it have been looked at."""
        self.day += timedelta(days=days)
        if days and len(self.pictures) < MOST_PICTURES:
            self.pictures[self.day - timedelta(days=1)] = self.picture(self.day - timedelta(days=1))
        with suppress(DomainError), transaction.atomic():
            getattr(self, f"do_{kind}")(one, other)
            self.done += 1

    def register(self, branch):
        """Somebody new in the branch."""
        self.serial += 1
        member = factories.member(branch=branch, since=self.day, id_number=factories.id_number(self.serial))
        self.model.goes(member.pk, branch.pk, self.day)
        return member

    def person(self, number, **wanted):
        """Somebody of all who were ever there, or of those who are wanted."""
        return one_of(Member.objects.filter(**wanted), number)

    def branch(self, number):
        """One of the branches."""
        branch = self.branches[number % len(self.branches)]
        branch.refresh_from_db()
        return branch

    def do_register(self, one, other):
        """Registered in a branch."""
        self.register(self.branch(other))

    def do_standing(self, one, other):
        """A move of the standing."""
        member, move = self.person(one), ["decease", "exit", "suspend", "restore"][other % 4]
        settle = ()
        if move in LEAVING:
            settle = all_settled(member, on=self.day, leaving=LEAVING[move], reason="离开")
        branch = self.branch(one) if move == "restore" else None
        change = StandingChange(move, self.day, REASONS.get(move, ""), branch=branch, settle=settle)
        held = list(self.model.turns[member.pk])
        event = change_standing(member=member, change=change, **WHO)
        self.before["standing", event.pk] = held
        self.model.goes(member.pk, branch and branch.pk, self.day)

    def do_enrol(self, one, other):
        """Enrolled, being in no branch."""
        member, branch = self.person(one, on_roster=False), self.branch(other)
        entry = Entry(branch, self.day, began_by="transfer_in")
        held = list(self.model.turns[member.pk])
        membership = enrol(member=member, entry=entry, **WHO)
        self.before["membership", membership.pk] = held
        self.model.goes(member.pk, branch.pk, self.day)

    def do_take_part(self, one, other):
        """Taking part in the circle begins, ends, or is taken back."""
        member = self.person(one)
        current = member.affiliations.in_force().first()
        if current is None:
            affiliate(member=member, branch=self.circle, values={"since": self.day}, **WHO)
        elif other % 2:
            end_affiliation(affiliation=current, on=self.day, **WHO)
        else:
            undo_affiliation(affiliation=current, reason="错了", by=None)
            self.forget(current.since)

    def do_tree(self, one, other):
        """A community goes to a street, a branch to a community, a street gets a name."""
        told = {"on": self.day, "document": "", **WHO}
        if other % 3 == 0:
            unit = self.communities[one % len(self.communities)]
            unit.refresh_from_db()
            move_unit(unit=unit, to=self.streets[other % 2], **told)
        elif other % 3 == 1:
            move_branch(branch=self.branch(one), to=self.communities[other % len(self.communities)], **told)
        else:
            rename_unit(unit=self.streets[one % 2], name=f"街道{'甲乙丙丁戊己庚辛'[other % 8]}", **told)

    def do_reorganise(self, one, other):
        """One branch, or one community, is merged into another."""
        if other % 2:
            values = {"about": "branch", "branches": [self.branch(one)], "to_branch": self.branch(other // 2)}
        else:
            units = [self.communities[number % len(self.communities)] for number in (one, other // 2)]
            for unit in units:
                unit.refresh_from_db()
            values = {"about": "unit", "units": units[:1], "to_unit": units[1]}
        whole = {"kind": "merge", "on": self.day, "document": "麒政发〔2018〕6号"}
        plan = decide(order=order_of({**values, **whole}), **WHO)
        there = [
            member
            for member in self.model.turns
            if "branches" in values and self.model.branch_on(member, self.day) == values["branches"][0].pk
        ]
        self.before["plan", plan.pk] = {member: list(self.model.turns[member]) for member in there}
        for member in there:
            self.model.goes(member, values["to_branch"].pk, self.day)

    def do_post(self, one, other):
        """Somebody holds a post in her branch."""
        member = self.person(one, on_roster=True)
        holding = Holding(member, ["secretary", "deputy_secretary"][other % 2], self.day)
        fill_post(branch=member.branch, holding=holding, **WHO)

    def do_elect(self, one, other):
        """A branch elects whoever of it comes first."""
        branch = self.branch(one)
        member = one_of(Member.objects.filter(branch=branch, on_roster=True), other)
        election = Election(self.day, 3, ((member, "secretary"),))
        hold_election(branch=branch, election=election, **WHO)

    def do_undo_term(self, one, other):
        """An election with its posts."""
        term = one_of(Term.objects.all(), one)
        for post in term.posts.all():
            undo_post(post=post, reason="错了", by=None)
        undo_term(term=term, reason="错了", by=None)

    def do_hand_over(self, one, other):
        """An enterprise hands over three people, and a branch takes them."""
        branch = self.branch(one)
        values = {"opened_on": self.day, "document": f"麒国企移〔2018〕{self.serial}号"}
        self.serial += 3
        rows = [cells(self.serial + number, wanted_unit=branch.unit.name) for number in range(3)]
        batch = handover(self.root, *rows, **values)
        people = list(batch.people.values_list("pk", flat=True))
        taken = handovers.Acceptance(self.day, branch)
        accept_people(handover=batch, people=people, acceptance=taken, scope=EVERYWHERE, **WHO)
        for line in batch.people.select_related("membership").filter(membership__isnull=False):
            self.model.goes(line.membership.member_id, branch.pk, self.day)

    def do_undo_hand_over(self, one, other):
        """Somebody who was taken from a list is on it again, and was never here."""
        line = one_of(HandoverPerson.objects.filter(outcome="accepted"), one)
        member, since = line.membership.member_id, line.membership.since
        undo_acceptance(person=line, reason="错了", by=None)
        self.model.turns[member] = []
        self.forget(since)

    # Transfers.

    def do_send(self, one, other):
        """A transfer is drafted to a branch, or out of the district."""
        to = Destination(outside="昆明市") if other % 5 == 0 else Destination(branch=self.branch(other))
        draft_transfer(member=self.person(one, on_roster=True), draft=Draft(to), **WHO)

    def do_come(self, one, other):
        """Somebody brings a letter from outside."""
        self.serial += 1
        branch = self.branch(other)
        to = Destination(unit=Unit.objects.committee_over(branch.path), branch=branch)
        person = arriving_person(self.serial)
        record_incoming(arriving=Arriving(person, "昆明市", to, paper(self.day, number="7号")), **WHO)

    def do_step(self, one, other):
        """The next step of a transfer, as its state has it."""
        open_ones = Transfer.objects.exclude(state__in=["closed", "cancelled"])
        if not open_ones:
            self.do_send(one, other)
        transfer = one_of(open_ones.all(), one)
        member = transfer.member_id
        held = list(self.model.turns[member]) if member else None
        done = self.next_step(transfer, other)
        if done.membership_id and done.membership_id != transfer.membership_id:
            self.model.goes(done.member_id, done.membership.branch_id, self.day)
            self.before["transfer", transfer.pk] = held or []
        elif done.route == "out" and done.state == "closed":
            self.model.goes(done.member_id, None, self.day)
            self.before["transfer", transfer.pk] = held

    def next_step(self, transfer, other):
        """Do it."""
        on, state = self.day, transfer.state
        if other % 11 == 0:
            back = SentBack("other", on, "查无此人")
            return (cancel_transfer(transfer=transfer, on=on, note="不转了", **WHO) if other % 2
                    else return_letter(transfer=transfer, back=back, **WHO))  # fmt: skip
        if state == "draft" and transfer.route != "within":
            return agree_transfer(transfer=transfer, on=on, **WHO)
        if state == "agreed":
            return issue_letter(transfer=transfer, facts=paper(on), **WHO)
        if state == "issued" and transfer.route != "out":
            return receive_letter(transfer=transfer, on=on, **WHO)
        settle = ()
        if transfer.member:
            leaving = Leaving.TRANSFER_OUT if transfer.route == "out" else Leaving.TRANSFER
            settle = all_settled(transfer.member, on=on, leaving=leaving, reason="转走")
        if transfer.route == "out" or state == "accepted":
            accepted_on = on if transfer.route == "out" else None
            return close_transfer(transfer=transfer, answer=Receipt(on, accepted_on, settle), **WHO)
        branch = transfer.to_branch or self.branch(other)
        return accept_transfer(transfer=transfer, into=Acceptance(branch, on, settle=settle), **WHO)

    # Taking back.

    def forget(self, since):
        """What was taken back changes the days since then: they are looked at anew."""
        self.pictures = {day: picture for day, picture in self.pictures.items() if day < since}

    def do_undo_step(self, one, other):
        """The last step of a transfer."""
        transfer = one_of(Transfer.objects.all(), one)
        accepted_on, had = transfer.accepted_on, transfer.member_id
        undone = undo_step(transfer=transfer, reason="错了", **WHO).row
        if accepted_on and not undone.accepted_on:
            before = self.before.pop(("transfer", transfer.pk))
            assert self.model.turns[had][:-1] == before, "Something later rests on it."
            self.model.turns[had] = before
            self.forget(accepted_on)

    def do_undo_reorganisation(self, one, other):
        """A merger of branches or of communities."""
        plan = one_of(Plan.objects.filter(state="carried_out"), one)
        since = plan.effective_on
        undo(plan=plan, by=None)
        self.model.turns.update(self.before.pop(("plan", plan.pk)))
        self.forget(since)

    def do_undo_standing(self, one, other):
        """A move of somebody's standing."""
        event = one_of(StandingEvent.objects.all(), one)
        number, since = event.pk, event.on
        undo_standing(event=event, reason="错了", by=None)
        self.model.turns[event.member_id] = self.before.pop(("standing", number))
        self.forget(since)

    def do_undo_registration(self, one, other):
        """A registration, with all of the person."""
        member = self.person(one)
        since = member.memberships.order_by("since").values_list("since", flat=True).first()
        undo_registration(member=member, reason="错了", by=None)
        self.model.turns[member.pk] = []
        self.forget(since or BEGINS)

    def do_undo_enrolment(self, one, other):
        """A relation that enrolling began."""
        began = {number for kind, number in self.before if kind == "membership"}
        relation = one_of(Membership.objects.filter(pk__in=began), one)
        number, since = relation.pk, relation.since
        undo_enrolment(membership=relation, reason="错了", by=None)
        self.model.turns[relation.member_id] = self.before.pop(("membership", number))
        self.forget(since)

    # Looking.

    def question(self, day, tree):
        """About the whole district on the day."""
        return whole_scope(Scope((self.root.path,)), on=day, tree=tree(day))

    def picture(self, day) -> str:
        """Every figure of the day at every unit, in the tree of the day, byte for byte."""
        return json.dumps(rollup(self.question(day, TreeThen), COUNTED, depth=4), ensure_ascii=False)

    def moments(self):
        """Days on which something may have changed, and those beside them."""
        turns = {day for turns in self.model.turns.values() for day, _ in turns} | {self.day}
        return sorted({day + timedelta(days=near) for day in turns for near in (-1, 0, 1)})

    def flows(self):
        """Every unit of the flow since the beginning, in both trees."""
        since = BEGINS + timedelta(days=1)
        for tree in (TreeThen, TreeNow) if since < self.day else ():
            yield from parts(flow(Flow(self.question(self.day, tree), since, depth=4), whole=None))

    def still_open(self):
        """What is open for those who are gone."""
        return [
            obligation
            for member in Member.objects.filter(standing__in=GONE)
            for obligation in open_obligations(member, on=self.day, leaving=Leaving.DEATH)
        ]


def one_of(rows, number):
    """One of the rows; where there are none, nothing can be done."""
    found = list(rows.order_by("pk"))
    if not found:
        raise DomainError("没有")
    return found[number % len(found)]


def parts(entry):
    """The unit of a flow and all below it."""
    yield entry
    for child in entry["children"]:
        yield from parts(child)
