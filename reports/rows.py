"""The persons or organisations behind a figure. Their number is the figure, always.

Who is no longer in the caller's scope today is counted, last in the list, and not shown: a figure of the past
may hold people who have since moved to somebody else.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Case, QuerySet, Value, When

from branches.models import Branch
from branches.scope import NOWHERE, Scope
from core.privacy import last_four
from members.models import Member
from reports.breakdowns import entries_of, narrowed
from reports.indicators import Indicator
from reports.questions import Question
from volunteering.models import Carrier, GridMatter, Household, Risk, Team

OUT_OF_SCOPE = "不在您的查看范围"
REGISTERED = "已登记"
AT_ONCE = 2000
MODELS = {
    "member": Member, "branch": Branch, "team": Team, "carrier": Carrier, "household": Household,
    "matter": GridMatter,
}  # fmt: skip
# Of these, who reaches the whole tree sees every row: not disputes, which are told in their community.
TOLD_BY_PLACE = {"member", "branch", "team", "carrier", "household"}
# No more of a person is read than is shown.
SHOWN = {
    Member: ["name", "sex", "birth_on", "died_on", "id_last4", "path", "branch_id"],
    Branch: ["code", "name", "category", "kind", "founded_on", "dissolved_on"],
    Team: ["name", "founded_on", "dissolved_on"],
    Carrier: ["kind", "name", "founded_on", "dissolved_on"],
    Household: ["risk"],
    GridMatter: ["kind", "subject", "reported_on", "due_on", "settled_on"],
}
PLACES = ["党组织代码", "党组织", "单位代码", "单位", "说明"]
HEADERS = {
    "member": ["姓名", "性别", "年龄", "身份证后四位", *PLACES],
    "branch": [
        "党组织代码", "党组织", "组织类别", "类型", "成立日期", "撤销日期", "单位代码", "单位", "说明",
    ],
    "team": [
        "志愿服务队", "成立日期", "解散日期", "牵头党组织代码", "牵头党组织", "单位代码", "单位", "说明",
    ],
    "carrier": ["载体", "设立日期", "撤销日期", *PLACES],
    "household": ["守望户", "关注程度", *PLACES],
    "matter": ["网格事项", "类别", "事项", "上报日期", "办结期限", "办结日期", *PLACES],
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """The rows behind one figure, or behind one cell of it when a code is `chosen` for some dimensions.

    `sight` is where the caller may see persons (or branches) today, `reveals` where ID numbers too: beside an
    age the last four leave little to guess.
    """

    question: Question
    indicator: Indicator
    sight: Scope
    reveals: Scope = NOWHERE
    chosen: dict = field(default_factory=dict)

    @property
    def of_members(self) -> bool:
        return self.indicator.subject == "member"

    @property
    def subject(self) -> str:
        """What the figure counts: member, branch, team, carrier, household or matter."""
        return self.indicator.subject

    @property
    def model(self):
        """The table of what is counted."""
        return MODELS[self.subject]

    @cached_property
    def entries(self) -> QuerySet:
        """The indicator's rows that are asked about."""
        entries = entries_of(self.question, self.indicator)
        return narrowed(entries, self.question, self.indicator, self.chosen)

    def subjects(self) -> QuerySet:
        """The persons or organisations, those in sight first and in their usual order, each once."""
        model = self.model
        found = model.objects.filter(pk__in=self.entries.values(self.indicator.subject_key))
        if self.sees_all:
            # Without an order to compute, the first page comes straight from the index.
            return found.annotate(in_sight=Value(True)).order_by(*model._meta.ordering).only(*SHOWN[model])
        seen = Case(When(model.objects.reached_by(self.sight), then=Value(True)), default=Value(False))
        return found.annotate(in_sight=seen).order_by("-in_sight", *model._meta.ordering).only(*SHOWN[model])

    @property
    def sees_all(self) -> bool:
        """Whether the caller's sight is the whole tree, and everything in it."""
        return self.sight.is_whole and self.subject in TOLD_BY_PLACE

    def described(self, subjects) -> list[dict]:
        """Some of the subjects in the words of the contract."""
        seen = [subject for subject in subjects if subject.in_sight]
        places = self._places(seen)
        say = getattr(self, f"_{self.subject}")
        return [
            say(subject, places.get(subject.pk, [])) if subject.in_sight else self._hidden
            for subject in subjects
        ]

    @property
    def _hidden(self):
        return {self.subject: None, "note": OUT_OF_SCOPE}

    def _places(self, seen) -> dict[int, list]:
        """For each subject in sight the branches at which it counts, with the unit of each on the day."""
        numbers = [subject.pk for subject in seen]
        key, at = self.indicator.subject_key, self.indicator.branch_key
        entries = self.entries.filter(**{f"{key}__in": numbers})
        # Two of one branch may look in on one home.
        pairs = list(entries.values_list(key, at).order_by(key, at).distinct())
        branches = Branch.objects.only("code", "name").in_bulk({branch for _, branch in pairs})
        paths = {branch: self.question.tree.branch_paths[branch] for branch in branches}
        units = self.question.tree.at(set(paths.values()))
        found: dict[int, list] = {}
        for subject, branch in pairs:
            found.setdefault(subject, []).append(_place(branches[branch], units[paths[branch]]))
        return found

    def _member(self, member, places):
        return {
            "member": {
                "id": member.pk,
                "name": member.name,
                "sex": member.sex,
                "age": member.age(self.question.on),
                "id_number": self._id_number(member),
            },
            "branches": places,
        }

    def _id_number(self, member) -> str:
        revealed = self.reveals.reaches(member.path, member.branch_id)
        known = last_four(member.id_last4) if revealed else REGISTERED
        return known if member.id_last4 else ""

    def _branch(self, branch, places):
        return {
            "branch": {
                "id": branch.pk,
                "code": branch.code,
                "name": branch.name,
                "category": branch.category,
                "kind": branch.kind,
                "founded_on": branch.founded_on,
                "dissolved_on": branch.dissolved_on,
            },
            "unit": places[0]["unit"],
        }

    def _of_a_branch(self, row, places, *shown):
        """What counts at a branch: its number and these of its columns."""
        told = {name: getattr(row, name) for name in shown}
        return {self.subject: {"id": row.pk, **told}, "branches": places}

    def _team(self, team, places):
        return self._of_a_branch(team, places, "name", "founded_on", "dissolved_on")

    _carrier = _team

    def _household(self, household, places):
        """Only its number: who lives there and where is told on its own page, to who may open that."""
        household.risk = Risk(household.risk)
        return self._of_a_branch(household, places, "risk")

    def _matter(self, matter, places):
        return self._of_a_branch(matter, places, "kind", "subject", "reported_on", "due_on", "settled_on")

    # As a sheet

    @property
    def header(self) -> list[str]:
        """The titles of the columns."""
        return HEADERS[self.subject]

    def lines(self):
        """Every row as a line of a sheet, fetched a few thousand at a time."""
        numbers = list(self.subjects().values_list("pk", "in_sight"))
        model = self.model
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            known = model.objects.only(*SHOWN[model]).in_bulk([number for number, _ in some])
            for number, in_sight in some:
                known[number].in_sight = in_sight
            yield from map(self._line, self.described([known[number] for number, _ in some]))

    def _line(self, row):
        if "note" in row:
            return [*[""] * (len(self.header) - 1), row["note"]]
        return LINES[self.subject](row)


def _place(branch, unit) -> dict:
    return {
        "id": branch.pk,
        "code": branch.code,
        "name": branch.name,
        "unit": {"code": unit.code, "name": unit.name},
    }


def _member_line(row) -> list:
    member, places = row["member"], row["branches"]
    return [
        member["name"],
        Member(sex=member["sex"]).get_sex_display(),
        member["age"],
        member["id_number"],
        *_place_words(places),
        "",
    ]


def _line_of_a_branch(row) -> list:
    told = row.get("team") or row["carrier"]
    return [told["name"], *_days(told), *_place_words(row["branches"]), ""]


def _household_line(row) -> list:
    told = Household(pk=row["household"]["id"], risk=row["household"]["risk"])
    return [str(told), told.get_risk_display(), *_place_words(row["branches"]), ""]


def _matter_line(row) -> list:
    told = row["matter"]
    days = [told[name].isoformat() for name in ("reported_on", "due_on", "settled_on")]
    kind = GridMatter(kind=told["kind"]).get_kind_display()
    return [f"第{told['id']}件", kind, told["subject"], *days, *_place_words(row["branches"]), ""]


def _place_words(places) -> list[str]:
    """Codes and names of the branches and of their units."""
    return [
        "、".join(place["code"] for place in places),
        "、".join(place["name"] for place in places),
        "、".join(place["unit"]["code"] for place in places),
        "、".join(place["unit"]["name"] for place in places),
    ]


def _days(row) -> list[str]:
    return [day.isoformat() if day else "" for day in (row["founded_on"], row["dissolved_on"])]


def _branch_line(row) -> list:
    branch, unit = row["branch"], row["unit"]
    words = Branch(category=branch["category"], kind=branch["kind"])
    return [
        branch["code"],
        branch["name"],
        words.get_category_display(),
        words.get_kind_display(),
        *_days(branch),
        unit["code"],
        unit["name"],
        "",
    ]


LINES = {
    "member": _member_line,
    "branch": _branch_line,
    "team": _line_of_a_branch,
    "carrier": _line_of_a_branch,
    "household": _household_line,
    "matter": _matter_line,
}
