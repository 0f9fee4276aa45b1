"""From what rows say to what would be written: matched with the roster, compared, and judged by its rules."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from branches.models import Unit
from branches.scope import Scope
from core.errors import DomainError, InvalidValue
from core.reading import Change, Draft, Fate, Fault, Place, Repeats
from core.titles import normalise_title
from members.models import ImportFile, Member, id_index
from members.operations import Entry, Newcomer
from members.operations.evidence import DISPUTED
from members.operations.memberships import entry_complaints
from members.operations.people import TAKEN, complaints_of_change, fill
from members.operations.registering import draw_up, judge
from members.operations.rules import warnings
from members.sheets import codes
from members.sheets.columns import COLUMN_OF
from members.sheets.directory import LEVELS, Directory
from members.sheets.rows import Said
from members.sheets.values import compared, flags, person_values, phones_said, phones_unknown
from members.states import GOOD_STANDING, Standing

NO_BRANCH = "所在党支部不能为空；整份表都是一个党支部的，可在上传时选定它"
BY_ID, BY_NAME = "身份证号", "姓名、出生日期和党支部"


class Register:
    """The members whom a set of rows may be about, read with few questions."""

    def __init__(self, said: list[Said], scope: Scope, unit: Unit):
        rows = Member.objects.registered().select_related("branch", "employer", "residence")
        rows = rows.prefetch_related("phones", "memberships", "posts")
        reached = rows.visible_in(scope).within(unit)
        self.index = {number: id_index(number) for number in _told(said, "id_number")}
        self.by_index = {
            member.id_index: member for member in rows.filter(id_index__in=list(self.index.values()))
        }
        known = [member.pk for member in self.by_index.values()]
        self.reached = set(reached.filter(pk__in=known).values_list("pk", flat=True))
        self.by_name = defaultdict(list)
        for member in rows.filter(pk__in=_namesakes(reached, said)):
            self.by_name[member.name].append(member)

    def with_number(self, number) -> Member | None:
        """Who has the ID number, wherever."""
        return self.by_index.get(self.index.get(number))

    def named(self, said: Said, branch) -> list[Member]:
        """Members of that name and birth date in the branch, within reach."""
        there = branch.pk if branch else None
        return [each for each in self._alike(said) if each.branch_id == there]

    def maybe_the_same(self, said: Said, branch) -> list[Member]:
        """Members of that name and birth date elsewhere within reach, whom no ID number tells apart."""
        there, numbered = branch.pk if branch else None, "id_number" in said.values
        alike = [each for each in self._alike(said) if each.branch_id != there]
        return [each for each in alike if not (numbered and each.id_index)]

    def _alike(self, said):
        named = self.by_name.get(said.values.get("name"), [])
        return [each for each in named if born_alike(said, each.birth_on, each.birth_precision)]


def _namesakes(reached, said) -> list[int]:
    """The numbers of those who have name and birth date of one row; each alone is shared by very many."""
    named = defaultdict(list)
    for each in said:
        named[each.values.get("name")].append(each)
    vague = {each.values.get("name") for each in said if each.values.get("birth_precision", "D") != "D"}
    day = Q(birth_on__in=_told(said, "birth_on")) | ~Q(birth_precision="D")
    either = reached.filter(Q(name__in=list(named)) & (day | Q(name__in=vague)))
    known = either.order_by().values_list("pk", "name", "birth_on", "birth_precision")
    return [number for number, name, *born in known if any(born_alike(each, *born) for each in named[name])]


def born_alike(said: Said, on, precision) -> bool:
    """Whether the row and the register mean one birth date, as exactly as both of them tell it."""
    told = said.values.get("birth_on")
    if told is None or on is None:
        return False
    vaguer = max(precision, said.values["birth_precision"], key="DMY".index)
    places = {"D": 3, "M": 2, "Y": 1}[vaguer]
    return told.timetuple()[:places] == on.timetuple()[:places]


def _maybe(member) -> str:
    where = f"“{member.branch}”" if member.branch else "无组织关系的党员中"
    what = "请办理转接，不要重复登记" if member.on_roster else "不要重复登记"
    return f"{where}已有同名同生日的人，不能确定是不是同一人；是同一人的，{what}"


def _told(said, key) -> set:
    """Every value of a column."""
    return {each.values[key] for each in said if key in each.values}


class Drafting:
    """One upload: the same reach, day and defaults for all its rows."""

    def __init__(self, *, scope: Scope, file: ImportFile, today: date):
        self.scope, self.file, self.today = scope, file, today
        self.directory = Directory(scope, file.unit)
        # The rows by what they say, and by whom of the register they are about.
        self.repeats, self.claims = Repeats(), Repeats()
        self.second_thoughts: dict[tuple[str, int], Fault] = {}

    def draw_up(self, lines: list[tuple[Draft, Said]]) -> list[Draft]:
        """Finish the drafts of these rows."""
        register = Register([said for _, said in lines], self.scope, self.file.unit)
        for draft, said in lines:
            draft.title = said.values.get("name", "")
            repeated = self._is_repeated(draft, said, register)
            for fault in said.faults:
                draft.refuse(*fault)
            draft.warnings += said.doubts
            self._settle(draft, said, register)
            if draft.row is not None and not repeated:
                self._refuse_two_claims(draft)
        return [draft for draft, _ in lines]

    def _is_repeated(self, draft, said, register) -> bool:
        """Refuse every row after the first about the same person, or both rows if they are two people."""
        number = said.values.get("id_number")
        key = number or _who(said)
        first = key and self.repeats.before(draft, key)
        if not first:
            return False
        where = first.seen_from(draft.sheet)
        if not number:
            draft.refuse("name", f"姓名、出生日期和党支部与{where}重复")
        elif first.title == draft.title or register.with_number(number):
            # Whose number it is the register knows.
            draft.refuse("id_number", f"身份证号与{where}重复")
        else:
            self._refuse_both(draft, first, "id_number", "身份证号与{0}的“{1.title}”重复，两人中至少一人有误")
        return True

    def _refuse_two_claims(self, draft):
        """Told less exactly, two rows may mean one person of the register: neither overwrites the other."""
        first = self.claims.before(draft, draft.row.pk)
        if first:
            self._refuse_both(draft, first, "name", f"与{{0}}都对应名册中的“{draft.row.name}”，请核对是谁")

    def _refuse_both(self, draft, first, key, words):
        this = Place(draft.sheet, draft.number, draft.title)
        draft.refuse(key, words.format(first.seen_from(this.sheet), first))
        fault = Fault(key, words.format(this.seen_from(first.sheet), this))
        self.second_thoughts.setdefault((first.sheet, first.number), fault)

    def _settle(self, draft, said, register):
        branch = self._branch(draft, said)
        member = self._match(draft, said, register, branch)
        draft.values = person_values(said)
        self._place(draft, said, member)
        draft.warnings += flags(draft, said, member, self.today)
        if member is not None:
            self._compare(draft, said, member, branch)
        elif draft.fate != Fate.CONFLICTING:
            draft.warnings += map(_maybe, register.maybe_the_same(said, branch))
            self._newcomer(draft, said, branch)

    def _branch(self, draft, said):
        """The branch that the row names, if it can be found; of a row that names none, the file's."""
        name, code = said.about.get("branch", ""), said.about.get("branch_code", "")
        if not (name or code):
            return self.file.branch
        try:
            return self.directory.branch(name, code)
        except InvalidValue as error:
            draft.refuse("branch", error.detail)
            return None

    def _match(self, draft, said, register, branch) -> Member | None:
        number = said.values.get("id_number")
        member = register.with_number(number)
        if member is None:
            return self._match_by_name(draft, said, register.named(said, branch))
        if member.pk in register.reached:
            return self._matched(draft, member, BY_ID)
        # A row for a branch out of reach gets the same answer, whoever has the number.
        if not any(fault.key == "branch" for fault in draft.faults):
            draft.refuse("id_number", TAKEN)
        return None

    def _match_by_name(self, draft, said, found) -> Member | None:
        found = _most_alike(found, said)
        if len(found) > 1:
            words = f"“{draft.title}”在该党支部有 {len(found)} 人同名且同日出生，请填写身份证号"
            draft.contradict("name", words)
        if len(found) != 1:
            return None
        if "id_number" in said.values and found[0].id_number:
            draft.contradict("id_number", "姓名、出生日期和党支部都相同，但身份证号与登记的不同，请核对")
        return self._matched(draft, found[0], BY_NAME)

    def _matched(self, draft, member, how):
        draft.row, draft.matched_by = member, how
        return member

    def _place(self, draft, said, member):
        """What the row says of employer and residence, as numbers."""
        if "employer" in said.about:
            draft.values["employer_name"] = normalise_title(said.about["employer"])[:200]
        places = {key: said.about[key] for key in LEVELS if key in said.about}
        if not places or _lives_there(member, list(places.values())[-1]):
            return
        try:
            unit = self.directory.residence(places)
            draft.values |= {"residence": unit.pk, "residence_name": unit.name}
        except InvalidValue as error:
            draft.refuse(error.field, error.detail)

    # Somebody new.

    def _newcomer(self, draft, said, branch):
        _complete(draft, said, branch)
        entry, person = self._entry(draft, said, branch), _person(draft.values)
        if draft.fate != Fate.NEW:
            self._look_on(draft, entry)
            return
        try:
            member, phones = judge(Newcomer(person, entry, phones_said(said)), self.today)
        except DomainError as refusal:
            self._refuse(draft, refusal.errors)
            return
        draft.warnings += warnings(member)
        beside = {name: draft.values[name] for name in KEPT_BESIDE if name in draft.values}
        begins = {"branch": branch.pk, "since": entry.since, "group": entry.group and entry.group.pk}
        draft.values = beside | {"person": vars(draw_up(member, phones, person)), "entry": begins}

    def _entry(self, draft, said, branch) -> Entry:
        group = self._group(draft, said, branch) if branch else None
        return Entry(branch, said.about.get("since", self.file.since), group=group)

    def _look_on(self, draft, entry):
        """Say what else is wrong with a row that is refused already."""
        if entry.branch:
            self._refuse(draft, entry_complaints(entry, self.today))
        self._judge(draft, Member(), draft.values)

    def _group(self, draft, said, branch):
        if "group" not in said.about:
            return None
        try:
            return self.directory.group(branch, said.about["group"])
        except InvalidValue as error:
            draft.refuse("group", error.detail)
            return None

    # Somebody known.

    def _compare(self, draft, said, member, branch):
        self._contradictions(draft, said, member, branch)
        draft.changes, values = compared(member, draft.values)
        draft.asks_evidence = any(name in DISPUTED and getattr(member, name) for name in values)
        phones = phones_unknown(said, member)
        draft.changes += [Change("电话", "", number) for number, _, _ in phones]
        if draft.fate == Fate.NEW:
            draft.fate = Fate.CHANGED if draft.changes else Fate.UNCHANGED
            draft.values = values | ({"phones": phones} if phones else {})
        if draft.fate != Fate.CONFLICTING:
            self._judge(draft, member, values)

    def _judge(self, draft, member, values):
        """What the rules say of the member as she would be. The object is our own copy and is not saved."""
        if not values:
            return
        wrong = fill(member, _person(values), self.today)
        self._refuse(draft, wrong + complaints_of_change(member, values, self.today))
        if draft.fate != Fate.FAULTY:
            draft.warnings += warnings(member)

    def _refuse(self, draft, errors):
        """Also a row that is refused already, so that all of it is put right at once.

        But nothing more is said of a column about which something has been said.
        """
        said = {fault.key for fault in draft.faults}
        # Whether a day of full membership is needed hangs on a standing that could not be read.
        said |= {"full_on"} if "standing" in said else set()
        for error in errors:
            if column_of(error) not in said:
                draft.refuse(column_of(error), error.detail)

    def _contradictions(self, draft, said, member, branch):
        if draft.title and draft.title != member.name:
            draft.contradict("name", f"同一身份证号在名册中的姓名为“{member.name}”，与表中不同，请核对")
        _contradict_place(draft, said, member, branch)
        for key in ("standing", "condition"):
            if said.about.get(key) not in (None, "", codes.LEFT, member.standing):
                words = f"名册中为“{member.get_standing_display()}”，与表中不同；请办理转正等相应事项"
                draft.contradict(key, words)


def _contradict_place(draft, said, member, branch):
    """Whether the register has her in no branch, or in another than the row says."""
    condition = said.about.get("condition")
    if member.on_roster:
        if condition == codes.LEFT:
            draft.contradict(
                "condition", f"组织关系现在“{member.branch}”，与表中不同；转出请办理组织关系转出"
            )
        if branch and branch.pk != member.branch_id:
            words = (
                f"组织关系现在“{member.branch}”，与表中不同；调动请办理组织关系转接，登记有误请更正组织关系"
            )
            draft.contradict("branch", words)
    # Who is gone, and said to be gone in the same way, is nobody to decide about.
    elif condition != (codes.LEFT if member.standing in GOOD_STANDING else member.standing):
        words = f"名册中“{member.name}”为“{member.get_standing_display()}”，已没有组织关系"
        draft.contradict("name", words)


def _person(values) -> dict:
    """Of a draft's values those that are columns of a member."""
    return {name: value for name, value in values.items() if name not in NOT_PERSONAL}


# What a draft holds besides the columns of a member, and of that what is found only when it is written.
NOT_PERSONAL = {"residence", "residence_name", "employer_name", "employer_nature", "phones"}
KEPT_BESIDE = ("residence", "employer_name", "employer_nature")


# What a new row must say, unless the ID number says it.
NEEDED = {"name": "姓名", "birth_on": "出生日期", "sex": "性别", "joined_on": "加入党组织日期"}


def _complete(draft, said, branch):
    """What a row need not say, because the ID number or the form itself does; refuse what else is missing."""
    values = draft.values
    values.setdefault("standing", Standing.FULL)
    number = values.get("id_number")
    if number:
        values.setdefault("sex", "M" if int(number[16]) % 2 else "F")
    said_of = {fault.key for fault in draft.faults}
    for key in _missing(values, said_of):
        draft.refuse(key, f"{NEEDED[key]}不能为空")
    if branch is None and "branch" not in said_of:
        draft.refuse("branch", NO_BRANCH)
    _refuse_what_cannot_begin(draft, said)


def _missing(values, said_of) -> list[str]:
    """What is needed and neither said nor complained of, nor to be told by the number, be it mistyped."""
    by_number = {"birth_on", "sex"} if values.get("id_number") or "id_number" in said_of else set()
    return [key for key in NEEDED if not values.get(key) and key not in said_of | by_number]


def _refuse_what_cannot_begin(draft, said):
    if said.about.get("condition"):
        words = codes.condition_name(said.about["condition"])
        draft.refuse("condition", f"“{words}”的党员不能直接导入：请先登记为正式党员，再办理相应事项")
    if "id_last4" in said.about:
        draft.refuse("id_number", "身份证号是隐去的后四位，名册里没有对应的人；新登记须写全号")
    for key in said.about.get("masked_phones", ()):
        draft.refuse(key, "号码是隐去的后四位；新登记须写全号")


def _lives_there(member, name) -> bool:
    """Whether she lives there already, be it out of the importer's reach: naming it again changes nothing."""
    return bool(member and member.residence and member.residence.name == name)


def _most_alike(members, said) -> list[Member]:
    """Of members alike those whom the row may mean; the one whose birth date it tells as exactly, if one."""
    told = said.values.get("birth_on"), said.values.get("birth_precision")
    found = [each for each in members if _same_last4(each, said)]
    exactly = [each for each in found if (each.birth_on, each.birth_precision) == told]
    return exactly if len(exactly) == 1 else found


def _same_last4(member, said) -> bool:
    last4 = said.about.get("id_last4")
    return last4 is None or member.id_last4 == last4


def column_of(error: DomainError) -> str:
    """The column in which a person finds what was refused."""
    return COLUMN_OF.get(error.field, error.field or "name")


def _who(said):
    """By what somebody without an ID number is told from others, if it is enough."""
    who = (said.values.get("name"), said.values.get("birth_on"))
    return (*who, said.about.get("branch"), said.about.get("id_last4")) if all(who) else None
