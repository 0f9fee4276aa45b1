"""A small district in which every branch's people and papers bear a mark of their own, and who works in it.

A mark seen by somebody whose scope does not reach the branch is a leak, wherever it stands in the answer.
"""

import io
import re
import zipfile
from datetime import date, time, timedelta
from types import SimpleNamespace
from urllib.parse import unquote

from branches.models import Branch, Category, Kind, Role
from branches.operations import relieve
from branches.scope import scope_of
from core.audit import record
from members.models import Affiliation, Handover, Member, PartyPost, Secondment, Transfer
from members.operations import (
    Election,
    Holding,
    StandingChange,
    Upload,
    Wanted,
    ask_export,
    change_standing,
    fill_post,
    hold_election,
    receive_import,
    record_sign_in,
)
from members.operations.transfers import Destination
from members.sheets import work
from reorganisations.operations import decide, make_plan, order_of
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import GIVEN, cells, handover, promised, seconded
from tests.factories.transfers import arriving_person, transfer
from tests.volunteering.postings import rota, service_post
from volunteering.models import GridMatter, Household, MatterPhoto
from volunteering.operations import (
    Span,
    Worked,
    accept_order,
    agree_to_claim,
    announce_certificate,
    assign_matter,
    cancel_turn,
    claim_post,
    complete_order,
    deal_turns,
    dispatch_order,
    give_feedback,
    make_offer,
    record_hours,
    start_order,
    take_matter,
    verify_hours,
    withdraw_certificate,
)
from volunteering.states import PostStatus

# Names may bear no digits: their marks are characters nobody else has, eight to a branch.
FIRST_MARK = 0x3400
MARKS = re.compile("([\u3400-\u34ff])|ZQ([0-9]{3})|1380([0-9]{3})[0-9]{4}|5322([0-9]{2})19[0-9]{9}[0-9X]")
PAPERS = re.compile("ZB([0-9]{3})|1390([0-9]{3})[0-9]{4}")
# Tokens made at random for each answer: among thousands, some spell a mark.
RANDOM = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|nonce-[^\']*|sessionid=[^;]*|csrftoken=[^;]*'
)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class World:
    """Two streets, three communities, branches with two people each, and one account of each sort."""

    def __init__(self):
        self.district, self.jia, self.jia1 = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.jia2 = factories.unit(parent=self.jia, name="麒麟社区")
        self.yi, self.yi1 = factories.lineage("建宁街道", "文昌社区", below=self.district)
        self.units = [self.jia, self.jia1, self.jia2, self.yi, self.yi1]
        self.employer = factories.employer(name="曲靖机械厂")
        self.branches = [self._branch(number, unit) for number, unit in enumerate(
            [self.jia1, self.jia1, self.jia2, self.yi1, self.yi1]
        )]  # fmt: skip
        self.groups = [self._group(branch) for branch in (self.branches[0], self.branches[3])]
        self.circles = [self._circle(number, unit) for number, unit in ((10, self.jia1), (11, self.yi1))]
        self.members = [self._member(number, which) for number in range(5) for which in range(2)]
        self._lives()
        for number in (0, 3):
            self.send(number, self.branches[number])
        self.hand_over(list(enumerate(self.branches)))
        self.letters = self._letters()
        self.people = self._accounts()
        for who in ("officer", "secretary in 鼓楼", "clerk of 鼓楼", "clerk of 南宁", "clerk of 建宁"):
            self.take_out(self.people[who], who)
        self._plans()

    def _branch(self, number, unit):
        return factories.branch(unit=unit, name=f"ZB{number:03}离退休党支部", **_papers(number))

    def _group(self, branch):
        return factories.branch(
            unit=branch.unit, name=f"{branch.name}第一党小组", category=Category.GROUP, parent=branch
        )

    def _circle(self, number, unit):
        # Its name is seen by whoever sees somebody taking part; the rest only by who sees the organisation.
        return factories.branch(
            unit=unit, kind=Kind.TEMPORARY, name=f"临时支部{unit.name}", **_papers(number)
        )

    def _member(self, number, which, letter=None):
        """Somebody of the branch; what a letter would say of her may bear a mark of its own."""
        said = number if letter is None else letter
        mark = chr(FIRST_MARK + said * 8 + which)
        text = f"ZQ{number:03}"
        branch = self.branches[number]
        return factories.member(
            branch=branch,
            name=f"王{mark}英",
            former_name=f"李{chr(FIRST_MARK + number * 8 + which)}英",
            id_number=factories.id_number(which, region=f"5322{said:02}"),
            health_note=text,
            phones=[(f"1380{said:03}000{which}", "self", text)],
            document=text,
            employer=self.employer,
            residence=branch.unit,
            **dict.fromkeys(("address", "skills", "note", "former_title", "floating_to"), text),
        )

    def _lives(self):
        officer = factories.account(name="登记人")
        for member in self.members[::2]:
            number = self.members.index(member) // 2
            for circle in self.circles:
                if circle.path == member.path:
                    part = factories.affiliation(member=member, branch=circle, duty=f"ZQ{number:03}")
                    record_sign_in(
                        affiliation=part, on=TODAY, by=officer, today=TODAY, occasion=f"ZQ{number:03}"
                    )
            self._leads(member, f"ZQ{number:03}")
            record("member.looked_at", member, by=officer, reason=f"ZQ{number:03}")
            self._serves(member, f"ZQ{number:03}", officer)
        for member in self.members[1::2]:
            text = f"ZQ{self.members.index(member) // 2:03}"
            change = StandingChange("suspend", date(2025, 6, 1), "lost_contact", text, text)
            change_standing(member=member, change=change, by=officer, today=TODAY)

    def _serves(self, member, text, officer):
        team = factories.team(
            branch=member.branch, name=f"{text}服务队{member.pk}", purpose=text, skills=text
        )
        factories.team_membership(team=team, member=member)
        self._orders(member, text, officer)
        self._claims(member, text, officer)
        self._certificates(member, text, officer)

    def _certificates(self, member, text, officer):
        """Hours that another verified, a certificate that was withdrawn, and one that is announced."""
        worked = Worked(TODAY - timedelta(days=9), time(9), time(10), text)
        entry = record_hours(member=member, worked=worked, by=None, today=TODAY)
        verify_hours(entry=entry, by=officer)
        span = Span(worked.on, worked.on)
        told = {"member": member, "unit": member.branch.unit, "span": span, "by": officer, "today": TODAY}
        withdraw_certificate(certificate=announce_certificate(**told), reason=text, by=officer)
        announce_certificate(**told)

    def _claims(self, member, text, officer):
        """A post that all may read, the member on it with a turn, what was said of her, and a draft."""
        unit, told = member.branch.unit, {"by": officer, "today": TODAY}
        make_offer(member=member, values={"skill": text, "times": text, "unit": unit}, **told)
        service_post(unit, status=PostStatus.DRAFT, name=f"{text}岗{member.pk}", duty=text)
        post = service_post(unit, name=f"岗位{member.pk}")
        claim = agree_to_claim(claim=claim_post(post=post, member=member, **told), **told)
        give_feedback(claim=claim, words=text, on=TODAY, **told)
        [turn] = deal_turns(post=post, rota=rota(last=TODAY, weekdays=(0,)), **told)
        cancel_turn(turn=turn, reason=text, by=officer)
        deal_turns(post=post, rota=rota(last=TODAY, weekdays=(0,)), **told)
        self._matters(member, text, officer)
        self._neighbours(member, text, officer)

    def _orders(self, member, text, officer):
        """One order on the desk, and one that the member takes and completes."""
        branch = member.branch
        item = factories.service_item(unit=self.district, name=f"代购{member.pk}")
        number = text[2:]
        asked = {
            "item": item, "unit": branch.unit, "branch": branch, "requester": text,
            "requester_phone": f"1380{number}0009", "requester_address": text, "detail": text,
        }  # fmt: skip
        factories.service_order(**asked)
        order = factories.service_order(**asked)
        told = {"by": officer, "today": TODAY}
        dispatch_order(order=order, to=member, **told)
        accept_order(order=order, member=member, **told)
        start_order(order=order, **told)
        complete_order(order=order, worked=Worked(TODAY, time(9), time(10), text), **told)

    def _matters(self, member, text, officer):
        """A matter that the member sees to, and a dispute, which fewer may see, each with a photo."""
        about = {"unit": member.branch.unit, "branch": member.branch, "today": TODAY}
        for kind, mark in (("public", text), ("dispute", f"ZQ9{text[3:]}")):
            words = dict.fromkeys(("subject", "detail", "spot", "reporter"), mark)
            phone = f"1380{text[2:]}0009" if kind == "public" else ""
            matter = factories.grid_matter(kind=kind, reporter_phone=phone, **about, **words)
            told = {"by": officer, "today": TODAY}
            take_matter(matter=matter, **told)
            assign_matter(matter=matter, handler=member, **told)
            photo = MatterPhoto(matter=matter, caption=mark, on=TODAY, by=officer)
            photo.keep_content(mark.encode())
            photo.save()

    def _neighbours(self, member, text, officer):
        """A household that the member looks after, with a mark of its own: fewer may see it than see her."""
        building = factories.building(unit=member.branch.unit, name=f"{member.pk}栋")
        mark = f"ZQ8{text[3:]}"
        sealed = dict.fromkeys(("room", "resident", "needs"), mark)
        household = factories.household(building=building, phone=f"13808{text[3:]}0009", **sealed)
        pairing = factories.pairing(household=household, member=member, since=TODAY - timedelta(days=200))
        factories.visit(pairing=pairing, by=officer, found="needs", finding=mark)
        factories.carrier(
            branch=member.branch,
            member=member,
            building=building,
            name=f"{text}联络站{member.pk}",
            address=text,
        )

    def _leads(self, member, text):
        """Secretary of her branch, and of the temporary organisation she takes part in, if it has none."""
        holders = ((member, PartyPost.SECRETARY), (member, PartyPost.ORGANISATION))
        election = Election(date(2024, 6, 1), 3, holders, document=text)
        hold_election(branch=member.branch, election=election, by=None, today=TODAY)
        for circle in self.circles:
            if circle.path == member.path and not circle.posts.exists():
                holding = Holding(member, PartyPost.SECRETARY, date(2024, 6, 1), document=text)
                fill_post(branch=circle, holding=holding, by=None, today=TODAY)

    def send(self, number, branch):
        """A roster that somebody sent to the branch's unit, checked and not applied."""
        text = f"ZQ{number:03}"
        lines = f"姓名,性别,所在党支部,现居住地\n李{chr(FIRST_MARK + number * 8)}英,女,{text},{text}\n"
        upload = Upload(f"{text}.csv", lines.encode(), branch.unit, "members", TODAY)
        work.check(
            receive_import(upload=upload, by=factories.account(name="上传人"), today=TODAY).pk, today=TODAY
        )

    def take_out(self, user, why):
        """A roster that somebody has asked for, and that nobody else sees."""
        # Read anew: an account remembers its appointments, and may be given others by the test.
        user = type(user).objects.get(pk=user.pk)
        scope = scope_of(user, to="members.view_member", on=TODAY)
        people = Member.objects.visible_in(scope).values_list("pk", flat=True)
        ask_export(wanted=Wanted(reason=why), people=people, scope=scope, by=user)

    def _plans(self):
        """In each community something was decided, by a paper with the mark of a branch there; one waits."""
        for number, deed in ((0, make_plan), (2, decide), (3, decide)):
            self.plan(self.branches[number].unit, f"ZB{number:03}", deed)

    def plan(self, unit, note, deed):
        """A new group below the unit, planned or made."""
        values = {"about": "unit", "kind": "establish", "on": TODAY, "to_unit": unit, "name": "新小组"}
        deed(order=order_of({**values, "note": note}), by=None, today=TODAY)

    def _letters(self):
        """Transfers by number, with the mark of what each letter says.

        One on its way each way between the streets, one that is still a draft, one from outside the district.
        """
        self.branches += [self._branch(5, self.jia2), self._branch(6, self.yi1)]
        made = {
            12: transfer(member=self._member(5, 0, 12), to=Destination(self.yi), state="issued"),
            13: transfer(member=self._member(6, 0, 13), to=Destination(self.jia), state="received"),
            15: transfer(member=self._member(5, 1, 15), to=Destination(self.yi)),
        }
        text, name = "ZQ014", f"张{chr(FIRST_MARK + 14 * 8)}英"
        person = arriving_person(name=name, id_number=factories.id_number(region="532214"))
        made[14] = transfer(person=person, to=Destination(self.jia, self.branches[0], text=text), number=text)
        return {each.pk: mark for mark, each in made.items()}

    def hand_over(self, branches):
        """For each branch somebody on an enterprise's list, a promise to its unit, and a helper sent."""
        batch = handover(self.district, *(_line(*each) for each in branches), employer=self.employer,
                         document=f"移〔2026〕{Handover.objects.count() + 1}号")  # fmt: skip
        for _, branch in branches:
            promised(branch.unit, employer=self.employer, what=f"{branch.unit.name}的活动经费")
            seconded(
                branch.unit, employer=self.employer, person_name=f"赵{GIVEN[Secondment.objects.count()]}明"
            )
        return batch

    def _accounts(self):
        at = {
            "officer": (Role.DISTRICT_OFFICER, self.district),
            "clerk of 南宁": (Role.STREET_CLERK, self.jia),
            "clerk of 建宁": (Role.STREET_CLERK, self.yi),
            "clerk of 鼓楼": (Role.COMMUNITY_CLERK, self.jia1),
            "clerk of 麒麟": (Role.COMMUNITY_CLERK, self.jia2),
            "secretary in 鼓楼": (Role.BRANCH_SECRETARY, self.branches[0]),
            "secretary of a circle": (Role.BRANCH_SECRETARY, self.circles[0]),
            "auditor of 南宁": (Role.AUDITOR, self.jia),
            "statistics of 南宁": (Role.STATISTICS_CONSUMER, self.jia),
            "administrator of 南宁": (Role.SYSTEM_ADMINISTRATOR, self.jia),
        }
        people = {
            who: factories.account(role=role, **{"branch" if isinstance(place, Branch) else "unit": place})
            for who, (role, place) in at.items()
        }
        people["nobody"] = factories.account()
        people["superuser"] = factories.account(is_superuser=True)
        people["who was clerk"] = factories.account(role=Role.DISTRICT_OFFICER, unit=self.district)
        relieve(appointment=people["who was clerk"].appointments.get(), on=TODAY, by=None)
        return people

    def sight(self, user):
        """The marks that the account may see: of people, and of papers."""
        people = Member.objects.visible_in(scope_of(user, to="members.view_member", on=TODAY))
        papers = Branch.objects.visible_in(scope_of(user, to="branches.view_branch", on=TODAY))
        numbers = {branch.pk: number for number, branch in enumerate(self.branches)}
        numbers |= {circle.pk: number for number, circle in enumerate(self.circles, start=10)}
        return SimpleNamespace(
            # Through a circle one sees its people; they are marked by the branch where they belong.
            people={numbers[pk] for pk in people.values_list("branch", flat=True)}
            | self._through_circles(user)
            | self._disputes_of(user)
            | self._households_of(user)
            | {self.letters[each.pk] for each in self._letters_seen(user)},
            papers={numbers[branch.pk] for branch in papers if branch.pk in numbers}
            | {numbers[each.from_branch_id] for each in self._letters_seen(user) if each.from_branch_id},
        )

    def _letters_seen(self, user):
        return Transfer.objects.visible_in(scope_of(user, to="members.view_transfer", on=TODAY))

    def _disputes_of(self, user):
        """The marks of the disputes that the account may see."""
        matters = GridMatter.objects.visible_in(scope_of(user, to="volunteering.view_gridmatter", on=TODAY))
        subjects = matters.filter(kind="dispute").values_list("subject", flat=True)
        return {int(subject[2:]) for subject in subjects}

    def _households_of(self, user):
        """The marks of the households that the account may see."""
        homes = Household.objects.visible_in(scope_of(user, to="volunteering.view_household", on=TODAY))
        return {int(home.get_sealed("room")[2:]) for home in homes}

    def _through_circles(self, user):
        parts = Affiliation.objects.visible_in(scope_of(user, to="members.view_affiliation", on=TODAY))
        return {self.branches.index(part.member.branch) for part in parts.select_related("member__branch")}


def _mark(number, which):
    return chr(FIRST_MARK + number * 8 + which)


def _line(number, branch):
    text = f"ZQ{number:03}"
    texts = dict.fromkeys(("address", "archives_at", "former_title", "note"), text)
    return cells(
        number,
        name=f"赵{_mark(number, 2)}芳",
        id_number=factories.id_number(7, region=f"5322{number % 100:02}", sex="F"),
        sex="女",
        birth_on="1949-12-31",
        phone=f"1380{number:03}0009",
        wanted_unit=branch.unit.name,
        wanted_branch=branch.name,
        **texts,
    )


def _papers(number):
    text = f"ZB{number:03}"
    return {
        "contact": text, "contact_phone": f"1390{number:03}0000", "address": text, "purpose": text,
        "founding_document": text,
    }  # fmt: skip


def marks_in(response):
    """The marks in an answer: its body, unpacked if it is a file, and its headers."""
    text = RANDOM.sub("", _text_of(response))
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    people, papers = set(), set()
    for character, *numbers in MARKS.findall(text):
        people |= {(ord(character) - FIRST_MARK) // 8} if character else set()
        people |= {int(number) for number in numbers if number}
    for numbers in PAPERS.findall(text):
        papers |= {int(number) for number in numbers if number}
    return people, papers


def _text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    headers = "\n".join(unquote(f"{name}: {value}") for name, value in response.items())
    return body.decode("utf-8", "replace") + "\n" + headers


def leaked(response, sight):
    """The foreign marks in an answer."""
    people, papers = marks_in(response)
    return sorted(people - sight.people), sorted(papers - sight.papers)
