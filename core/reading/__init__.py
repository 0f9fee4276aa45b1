from core.reading.confined import Unreadable
from core.reading.dittos import Dittos, refuse_ditto, told_dittos
from core.reading.drafts import GOOD, LEFT_OUT, WRITTEN, Change, Draft, Fate, Fault, Place, Repeats, Staged
from core.reading.headers import (
    Column,
    Header,
    find_header,
    header_key,
    is_footer,
    known_headers,
    likely_header,
)
from core.reading.table import Line, Sheet, place_name, read_table
from core.reading.values import is_nothing, read_date

__all__ = [
    "GOOD",
    "LEFT_OUT",
    "WRITTEN",
    "Change",
    "Column",
    "Dittos",
    "Draft",
    "Fate",
    "Fault",
    "Header",
    "Line",
    "Place",
    "Repeats",
    "Sheet",
    "Staged",
    "Unreadable",
    "find_header",
    "header_key",
    "is_footer",
    "is_nothing",
    "known_headers",
    "likely_header",
    "place_name",
    "read_date",
    "read_table",
    "refuse_ditto",
    "told_dittos",
]
