"""Names of units and organisations: as they are kept, and as they are looked for."""

import re
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from core.pinyin import syllables_typed

# ０ to ｚ as a Chinese keyboard gives them; the full-width brackets of official names stay.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}

COMMITTEES = {"居民委员会": "社区", "居委会": "社区", "村民委员会": "村", "村委会": "村", "办事处": "街道"}
COMMITTEE = re.compile(f"({'|'.join(COMMITTEES)})$")
KIND_OF_PLACE = re.compile("(社区|街道|镇|乡|村)$")


def normalise_title(text: str) -> str:
    """The name without padding, with single spaces and with letters and digits of half width."""
    return " ".join(text.translate(HALF_WIDTH).split())


def place_parts(text: str) -> tuple[str, str]:
    """What a place is called, and of what kind it is said to be: 瑞和 and 社区 for 瑞和社区居民委员会."""
    plain = re.sub(r"\s+", "", normalise_title(text))
    bare = COMMITTEE.sub("", plain)
    kind = KIND_OF_PLACE.search(bare)
    base = KIND_OF_PLACE.sub("", bare)
    told = kind[0] if kind else COMMITTEES.get(plain.removeprefix(bare), "")
    return (base, told) if base else (plain, "")


def is_called(name: str, text: str) -> bool:
    """Whether the text may mean the place: called alike, and of no other kind if both say of which."""
    (base, kind), (other, other_kind) = place_parts(name), place_parts(text)
    return base == other and (not kind or not other_kind or kind == other_kind)


def named_like(text: str, *columns: str, syllables: str | None = None) -> Q:
    """Rows that hold every word of the text in one of the columns, as it was typed or as names are kept.

    A word of Latin letters may also be pinyin, whole or initials, of the titles in the column `syllables`.
    """
    asked = Q()
    for word in text.split():
        either = {word, normalise_title(word)}
        found = reduce(or_, (Q(**{f"{column}__icontains": each}) for column in columns for each in either))
        typed = syllables and syllables_typed(normalise_title(word))
        asked &= found | Q(**{f"{syllables}__regex": typed}) if typed else found
    return asked


class TitleField(models.CharField):
    """A column of such names: put right when the row is checked. For the database it is any text."""

    def clean(self, value, model_instance):
        return super().clean(normalise_title(value) if isinstance(value, str) else value, model_instance)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
