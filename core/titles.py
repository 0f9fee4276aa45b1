"""Names of units and organisations: as they are kept, and as they are looked for."""

from django.db import models

# ０ to ｚ as a Chinese keyboard gives them; the full-width brackets of official names stay.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}


def normalise_title(text: str) -> str:
    """The name without padding, with single spaces and with letters and digits of half width."""
    return " ".join(text.translate(HALF_WIDTH).split())


class TitleField(models.CharField):
    """A column of such names: put right when the row is checked. For the database it is any text."""

    def to_python(self, value):
        text = super().to_python(value)
        return normalise_title(text) if isinstance(text, str) else text

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
