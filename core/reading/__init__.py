from core.reading.confined import Unreadable
from core.reading.headers import Column, Header, find_header, header_key, is_footer
from core.reading.table import Line, Sheet, place_name, read_table
from core.reading.values import is_nothing, read_date

__all__ = [
    "Column",
    "Header",
    "Line",
    "Sheet",
    "Unreadable",
    "find_header",
    "header_key",
    "is_footer",
    "is_nothing",
    "place_name",
    "read_date",
    "read_table",
]
