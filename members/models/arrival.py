"""Somebody who comes with a paper - a letter, an enterprise's list - and is not on the roster here yet."""

from django.db import models
from django.db.models import Q

from branches.scope import ScopedQuerySet
from core.pinyin import LONGEST_SORT_KEY, SpellingsField, spelt
from core.precision import PartialDate, Precision
from core.sealing import SealedField, SealedRow
from members.models.codes import ETHNIC_GROUPS, Sex
from members.models.member import id_index
from members.states import GOOD_STANDING, STANDING_NAMES, Standing

# With what standing somebody may come: the 人员类别 of the letter.
CATEGORIES = [(str(each), STANDING_NAMES[each]) for each in GOOD_STANDING]


class ArrivalQuerySet(ScopedQuerySet):
    def search(self, text: str):
        """Arrivals by name, pinyin, initials, or the last four of the ID number; several words all apply."""
        found = self
        for word in text.split():
            found = found.filter(self._named(word))
        return found

    def _named(self, word: str) -> Q:
        if len(word) == 18 and word[:17].isdigit():
            return Q(id_index=id_index(word.upper()))
        if len(word) == 4 and word[:3].isdigit():
            return Q(id_last4=word.upper())
        if word.isascii() and word.isalpha():
            return Q(spellings=spelt(word))
        return Q(name__contains=word)


class Arrival(SealedRow):
    """What a paper says of the person it is about, kept as it was written there.

    The columns bear the names of `Member`, so that one operation fills both and one registers from it.
    """

    name = models.CharField("姓名", max_length=100)
    sort_key = models.CharField("拼音", max_length=LONGEST_SORT_KEY, db_collation="C", editable=False)
    spellings = SpellingsField()
    sex = models.CharField("性别", max_length=1, choices=Sex)
    ethnic_group = models.CharField("民族", max_length=2, choices=ETHNIC_GROUPS, default="01")
    id_number = SealedField("公民身份号码", null=True, editable=False)
    id_index = models.CharField(max_length=64, null=True, editable=False, db_collation="C")
    id_last4 = models.CharField("身份证后四位", max_length=4, blank=True, editable=False, db_collation="C")
    id_born_on = models.DateField("身份证出生日期", null=True, editable=False)
    birth_on = models.DateField("出生日期", null=True)
    birth_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    joined_on = models.DateField("入党日期", null=True)
    joined_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    full_on = models.DateField("转正日期", null=True, blank=True)
    full_precision = models.CharField(max_length=1, choices=Precision, default=Precision.DAY)
    standing = models.CharField("人员类别", max_length=15, choices=CATEGORIES, default=Standing.FULL)
    phone = models.CharField("联系电话", max_length=30, blank=True, db_collation="C")

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def partial(self, field: str) -> PartialDate | None:
        """A date with its precision: `partial("birth")` for birth_on and birth_precision."""
        day = getattr(self, f"{field}_on")
        return PartialDate(day, getattr(self, f"{field}_precision")) if day else None
