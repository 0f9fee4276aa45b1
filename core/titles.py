"""Names of units and organisations: as they are kept, and as they are looked for."""

import re

from django.db import models

# ０ to ｚ as a Chinese keyboard gives them; the full-width brackets of official names stay.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}

COMMITTEE = re.compile("(居民委员会|村民委员会|居委会|村委会|办事处)$")
KIND_OF_PLACE = re.compile("(社区|街道|镇|乡|村)$")


def normalise_title(text: str) -> str:
    """The name without padding, with single spaces and with letters and digits of half width."""
    return " ".join(text.translate(HALF_WIDTH).split())


def place_key(text: str) -> str:
    """What tells a place from its neighbours: 瑞和 for 瑞和社区居民委员会, 瑞和社区 and 瑞和居委会 alike."""
    plain = re.sub(r"\s+", "", normalise_title(text))
    return KIND_OF_PLACE.sub("", COMMITTEE.sub("", plain)) or plain


class TitleField(models.CharField):
    """A column of such names: put right when the row is checked. For the database it is any text."""

    def to_python(self, value):
        text = super().to_python(value)
        return normalise_title(text) if isinstance(text, str) else text

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
