"""Days of which sometimes only the month or the year is known."""

import re
from dataclasses import dataclass
from datetime import date

from django.db import models

from core.errors import InvalidValue


class Precision(models.TextChoices):
    DAY = "D", "日"
    MONTH = "M", "月"
    YEAR = "Y", "年"


PATTERNS = (
    (Precision.DAY, re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")),
    (Precision.DAY, re.compile(r"(\d{4})(\d{2})(\d{2})")),
    (Precision.MONTH, re.compile(r"(\d{4})[-/.年](\d{1,2})月?")),
    (Precision.MONTH, re.compile(r"(\d{4})(\d{2})")),
    (Precision.YEAR, re.compile(r"(\d{4})年?")),
)
FULL_WIDTH = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")


@dataclass(frozen=True)
class PartialDate:
    """A day, a month or a year; `day` is its first day, by which it is counted and compared."""

    day: date
    precision: str = Precision.DAY

    def __str__(self):
        """ISO 8601 of reduced precision: 1958-07-12, 1958-07 or 1958."""
        return self.day.isoformat()[: {"D": 10, "M": 7, "Y": 4}[self.precision]]

    @classmethod
    def parse(cls, text: str, *, field: str | None = None) -> "PartialDate":
        """Read 1958-07-12, 1958.7, 1958年7月, 19580712, 195807 or 1958; raise InvalidValue with the value."""
        plain = "".join(str(text).translate(FULL_WIDTH).split())
        for precision, pattern in PATTERNS:
            match = pattern.fullmatch(plain)
            if match:
                numbers = [int(part) for part in match.groups()]
                try:
                    return cls(date(*[*numbers, 1, 1][:3]), precision)
                except ValueError:
                    break
        raise InvalidValue(f"“{text}”不是有效的日期，请写成 1958-07-12、1958-07 或 1958", field=field)
