"""The person: identity, dates, standing, phones, and the spellings by which she is found."""

import re
import unicodedata
from datetime import date
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Right

from branches.models import Branch, Employer, Unit
from branches.scope import ScopedQuerySet
from core.errors import InvalidValue
from core.history import keeps_history
from core.identity import MIDDLE_DOT, dotted, normalise_phone, parse_id_number
from core.pinyin import LONGEST_SORT_KEY, SpellingsField, spelt
from core.precision import PartialDate, Precision
from core.sealing import SealedField, SealedRow, blind_index
from members.models.codes import ETHNIC_GROUPS, Education, PhoneOwner, RetireKind, Sex
from members.states import GOOD_STANDING, STANDING_NAMES, Standing

# Between these days nobody passed a probation: the Party age (党龄) runs from the joining day.
NO_PROBATION_SINCE, NO_PROBATION_UNTIL = date(1969, 4, 1), date(1977, 8, 12)
EARLY_NO_PROBATION_UNTIL = date(1945, 4, 23)
ID_PURPOSE = "members.id_number"


def id_index(number: str) -> str:
    """The blind index under which an ID number is kept unique and found."""
    return blind_index(number, purpose=ID_PURPOSE)


def without_probation(joined_on: date) -> bool:
    """Whether who joined on this day was a full member at once (1928-1945 and 1969-1977)."""
    return joined_on < EARLY_NO_PROBATION_UNTIL or NO_PROBATION_SINCE <= joined_on < NO_PROBATION_UNTIL


def whole_years(since: date, on: date) -> int:
    """Completed years from `since` to `on`."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def _may_be_one(one, other) -> bool:
    """Whether two birth dates, each as exactly as it is known, may be one."""
    short, long = sorted((str(one or ""), str(other or "")), key=len)
    return long.startswith(short)


class MemberQuerySet(ScopedQuerySet):
    def registered(self):
        """Leave out those whose registration was a mistake and was taken back."""
        return self.exclude(standing=Standing.VOID)

    def namesakes_of(self, member):
        """Who may be the same person, entered before: nothing that is known tells the two apart.

        Somebody born on another day, or with another ID number, is somebody else.
        """
        same = self.registered().filter(name=member.name).exclude(pk=member.pk).select_related("branch")
        alike = same.filter(id_index=None) if member.id_index else same
        return [each for each in alike if _may_be_one(each.partial("birth"), member.partial("birth"))]

    def on_roster(self):
        """Members whose 组织关系 stands in a branch today."""
        return self.filter(on_roster=True)

    def search(self, text: str):
        """Members by name, pinyin, initials, ID or phone, whole or the last four; several words all apply.

        A whole number is read as it is when somebody is registered, and a landline of the district without
        its area code too; pinyin also with spaces between. Beside a word about the person others may be of
        her branch's name, or the pinyin of the unit that it sits on: 王秀英 鼓楼, wxy glsq.
        """
        plain = unicodedata.normalize("NFKC", text)
        whole, words = _whole_number(plain), plain.split()
        if whole is not None:
            return self.filter(whole)
        each = dict.fromkeys(words)
        asked = reduce(or_, map(_named, each), Q())
        if len(words) > 1:
            asked = reduce(and_, map(_named_or_placed, each), asked)
        if len(words) > 1 and all(map(LATIN.fullmatch, words)):
            asked |= Q(spellings=spelt("".join(words)))
        found = self.alias(bare_name=Replace("name", Value(MIDDLE_DOT), Value("")))
        return found.filter(asked)


LATIN = re.compile("[a-zA-Z]+")
# The district's own area code, which people leave out at home.
AREA, WITHOUT_AREA = "0874", re.compile("[0-9]{7}")
# A name with a dot between its parts has no fewer characters.
SHORTEST_DOTTED = 3


def _whole_number(text: str) -> Q | None:
    """Who has the ID number or the phone that the whole text is, if it is one.

    The whole number only: beginnings would let it be guessed digit by digit.
    """
    try:
        return Q(id_index=id_index(parse_id_number(text, today=date.max).number))
    except InvalidValue:
        pass
    try:
        return Q(pk__in=Phone.objects.filter(number=_phone_number(text)).values("member"))
    except InvalidValue:
        return None


def _phone_number(text: str) -> str:
    """The phone number that the text is, as it is kept; a landline of the district also without its area."""
    plain = re.sub(r"[\s-]", "", text)
    return normalise_phone(f"{AREA}-{plain}" if WITHOUT_AREA.fullmatch(plain) else text)


def _named(word: str) -> Q:
    whole = _whole_number(word)
    if whole is not None:
        return whole
    if re.fullmatch(r"[0-9]{3}[0-9Xx]", word):
        return Q(id_last4=word.upper()) | Q(pk__in=Phone.objects.filter(last4=word).values("member"))
    if LATIN.fullmatch(word):
        return Q(spellings=spelt(word))
    plain = dotted(word)
    if len(plain) < SHORTEST_DOTTED:
        return Q(name__contains=plain)
    return Q(name__contains=plain) | Q(bare_name__contains=plain.replace(MIDDLE_DOT, ""))


def _named_or_placed(word: str) -> Q:
    return _named(word) | Q(branch__in=Branch.objects.placed_like(word))


@keeps_history(exclude=["path", "branch", "on_roster", "sort_key", "spellings"], many=True)
class Member(SealedRow):
    """A retired Party member. Nobody is ever deleted; a relation ends, and the standing says why.

    `branch`, `path` and `on_roster` repeat the latest membership; the database keeps them true.
    """

    name = models.CharField("姓名", max_length=100)
    former_name = models.CharField("曾用名", max_length=100, blank=True)
    spellings = SpellingsField()
    sort_key = models.CharField("拼音", max_length=LONGEST_SORT_KEY, db_collation="C", editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    ethnic_group = models.CharField("民族", max_length=2, choices=ETHNIC_GROUPS, default="01")
    id_number = SealedField("公民身份号码", null=True, editable=False)
    id_index = models.CharField(max_length=64, null=True, editable=False, db_collation="C")
    id_last4 = models.CharField("身份证后四位", max_length=4, blank=True, editable=False, db_collation="C")
    id_born_on = models.DateField("身份证出生日期", null=True, editable=False)
    id_shared_reason = models.CharField("重号说明", max_length=200, blank=True, editable=False)
    birth_on = models.DateField("出生日期", null=True)
    birth_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    education = models.CharField("学历", max_length=2, choices=Education, blank=True)
    retire_kind = models.CharField("离退休类别", max_length=10, choices=RetireKind, default=RetireKind.TUIXIU)
    worked_on = models.DateField("参加工作日期", null=True, blank=True)
    worked_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    retired_on = models.DateField("离退休日期", null=True, blank=True)
    retired_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="members", verbose_name="原工作单位"
    )
    former_title = models.CharField("原职务职级", max_length=100, blank=True)
    joined_on = models.DateField("入党日期", null=True)
    joined_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    full_on = models.DateField("转正日期", null=True, blank=True)
    full_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    party_age_correction = models.SmallIntegerField("党龄校正值（月）", default=0, help_text="可为负数")
    standing = models.CharField("党籍", max_length=15, choices=STANDING_NAMES.items(), editable=False)
    died_on = models.DateField("去世日期", null=True, editable=False)
    lost_since = models.DateField(
        "失联日期", null=True, blank=True, help_text="最后一次参加组织生活或交纳党费之日；非失联留空"
    )
    floating_since = models.DateField(
        "流出日期", null=True, blank=True, help_text="外出半年以上且组织关系未转；非流动留空"
    )
    floating_to = models.CharField("外出流向", max_length=200, blank=True)
    residence = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name="居住地（社区、小组或网格）",
    )
    address = models.CharField("现居住地址", max_length=200, blank=True)
    skills = models.CharField("特长", max_length=200, blank=True)
    health_note = SealedField("健康状况", null=True, editable=False)
    note = models.CharField("备注", max_length=500, blank=True)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, related_name="members", editable=False, verbose_name="所在党支部"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", default="", editable=False)
    on_roster = models.BooleanField("在册", default=False, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党员"
        verbose_name_plural = "党员名册"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                condition=Q(id_shared_reason="") & ~Q(standing=Standing.VOID),
                name="member_id_number_is_unique",
                violation_error_message="该身份证号已登记",
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(birth_on=None) | Q(died_on__gte=F("birth_on")),
                name="member_dies_after_birth",
                violation_error_message="去世日期不能早于出生日期",
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(standing="deceased"), name="member_dead_is_deceased"
            ),
            models.CheckConstraint(
                condition=Q(joined_on=None) | Q(birth_on=None) | Q(joined_on__gt=F("birth_on")),
                name="member_joins_after_birth",
                violation_error_message="入党日期必须晚于出生日期",
            ),
            models.CheckConstraint(
                condition=Q(full_on=None) | Q(joined_on=None) | Q(full_on__gte=F("joined_on")),
                name="member_full_after_joining",
                violation_error_message="转正日期不能早于入党日期",
            ),
            models.CheckConstraint(
                condition=Q(retired_on=None) | Q(worked_on=None) | Q(retired_on__gte=F("worked_on")),
                name="member_retires_after_work",
                violation_error_message="离退休日期不能早于参加工作日期",
            ),
        ]
        indexes = [
            # The roster in its order, whole or under a unit. The number is no key of these: a planner that
            # takes the table for empty, as after a large load was rolled back, would look for it in them.
            models.Index(fields=["sort_key"], include=["id"], name="member_by_name"),
            models.Index(fields=["path", "sort_key"], include=["id"], name="member_by_path"),
            # The list of what is not yet sorted in, which a search reads as well, is kept short: in kB.
            GinIndex(fields=["spellings"], name="member_by_spelling", gin_pending_list_limit=1024),
            models.Index(fields=["id_last4"], name="member_by_id_last4"),
            # The unique index leaves out shared numbers, so it cannot answer who has a number.
            models.Index(fields=["id_index"], name="member_by_id_index"),
        ]

    def __str__(self):
        return self.name

    @property
    def party_age_since(self) -> date | None:
        """The day from which the Party age (党龄) runs; None while it has not begun or is not known."""
        if self.joined_on and without_probation(self.joined_on):
            return self.joined_on
        return self.full_on

    @property
    def left_good_standing_on(self) -> date | None:
        """The day of the 停止党籍, 出党 or death since which she is no member in good standing."""
        if self.standing in GOOD_STANDING:
            return None
        left = [each.on for each in self.standing_events.all() if each.leaves_good_standing]
        return max(left, default=self.died_on)

    def party_age(self, on: date) -> int | None:
        """Completed years of 党龄 on a day or when she left, with the signed correction in months.

        It ends with 停止党籍, 出党 or death; after 恢复党籍 it counts as if it had never been suspended.
        Of who has left it reads `standing_events`.
        """
        on = min(filter(None, (on, self.left_good_standing_on)))
        since = self.party_age_since
        if since is None:
            return None
        months = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
        return max(0, (months + self.party_age_correction) // 12)

    def age(self, on: date) -> int | None:
        """Completed years of age on a day; at death, if that came first."""
        return whole_years(self.birth_on, min(filter(None, (on, self.died_on)))) if self.birth_on else None

    def partial(self, field: str) -> PartialDate | None:
        """A date with its precision: `partial("birth")` for birth_on and birth_precision."""
        day = getattr(self, f"{field}_on")
        return PartialDate(day, getattr(self, f"{field}_precision")) if day else None


@keeps_history(exclude=["last4"], many=True, asked_by=["member"])
class Phone(models.Model):
    """A number at which a member is reached; whose it is matters, and it need not be unique."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="phones", verbose_name="党员", db_index=False
    )
    number = models.CharField("号码", max_length=30, db_collation="C")
    owner = models.CharField("机主", max_length=10, choices=PhoneOwner, default=PhoneOwner.SELF)
    note = models.CharField("说明", max_length=100, blank=True, help_text="如：子女姓名、方便接听的时间")
    last4 = models.GeneratedField(
        expression=Right("number", 4),
        output_field=models.CharField(max_length=4, db_collation="C"),
        db_persist=True,
    )

    class Meta:
        verbose_name = "电话"
        verbose_name_plural = "电话"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "number"],
                name="phone_once_for_a_member",
                violation_error_message="该号码已登记",
            )
        ]
        indexes = [
            models.Index(fields=["number"], name="phone_by_number"),
            models.Index(fields=["last4"], name="phone_by_last4"),
        ]

    def __str__(self):
        return f"****{self.number[-4:]}"
