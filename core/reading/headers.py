"""Finding the header among titles, merged cells and several header rows; knowing a footer from a row."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.reading.table import Line

SEARCHED = 15
# A header of several rows is no higher than this.
HIGHEST = 4
# What no number, day or sentence looks like.
TITLE, FEWEST_TITLES = re.compile(r"(?!.*\d{3})(?=.*[^\W\d_]).{2,20}", re.DOTALL), 3
FOOTER = re.compile(
    r"^(填报|填表|制表|审核|审批人|经办人?[:：]|负责人|(本页)?[总合小共]计|以上|注[:：]|说明[:：]|备注[:：]|[(（]?(单位)?[(（]?盖章"
    r"|单位[(（]?盖章|单位负责人|联系(人|电话)[:：]|党支部书记签字|共\s*\d+\s*(人|名))"
)


@dataclass(frozen=True)
class Column:
    """A column that is understood: its key, the header of our own template, and what others call it.

    Without a key it is known and left out.
    """

    key: str
    header: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Where the header ends, what stands in which place, and which headers nobody knows."""

    last_row: int
    keys: dict[int, str]
    titles: dict[int, str]
    unknown: dict[int, str] = field(default_factory=dict)
    said: frozenset[str] = frozenset()

    def has_below(self, line: Line) -> bool:
        """Whether the line is data: below the header, and neither the header again nor a footer."""
        return line.number > self.last_row and not (is_footer(line) or self.is_repeated_in(line))

    def is_repeated_in(self, line: Line) -> bool:
        """Whether the row says nothing but what the header says, as at the top of each printed page."""
        return {header_key(cell) for cell in line.cells} - {""} <= self.said


def header_key(text: str) -> str:
    """A header without spaces, line breaks, stars and colons, as headers are compared."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*:_﹡★]+", "", plain).rstrip(".")


def known_headers(columns: Iterable[Column]) -> dict[str, str]:
    """Each way to write a header, and the key of its column."""
    return {header_key(text): column.key for column in columns for text in (column.header, *column.aliases)}


def find_header(lines: list[Line], known: dict[str, str], *, least: int) -> Header | None:
    """The header among the first lines, or None when no row has `least` headers that are `known`.

    Beside the row with most of them, its neighbours are asked for what stands above or below merged cells.
    """
    candidates = lines[:SEARCHED]
    scores = [len(_matches(line, known)) for line in candidates]
    if not scores or max(scores) < least:
        return None
    best = scores.index(max(scores))
    return _header(candidates, best, known)


def likely_header(lines: list[Line], known: dict[str, str]) -> Header | None:
    """What looks like a header although hardly any of it is `known`, or None. A person has to explain it.

    The row with most known headers, or else the first of several short words with something below.
    """
    candidates = lines[:SEARCHED]
    scores = [len(_matches(line, known)) for line in candidates]
    looks = [_looks_like_titles(line) for line in candidates[:-1]]
    if any(scores):
        return _header(candidates, scores.index(max(scores)), known)
    return _header(candidates, looks.index(True), known) if True in looks else None


def _looks_like_titles(line: Line) -> bool:
    titles = [cell.strip() for cell in line.cells if cell.strip()]
    differ = len(set(titles)) == len(titles) >= FEWEST_TITLES
    return differ and all(TITLE.fullmatch(title) for title in titles)


def _header(candidates, best, known) -> Header:
    rows = sorted([candidates[best], *_neighbours(candidates, best, known)], key=lambda line: line.number)
    keys, titles = {}, {}
    for line, place, key in [*_of_full_height(rows, known), *_from_below(rows, known)]:
        if place not in keys and (not key or key not in keys.values()):
            keys[place], titles[place] = key, line.cell(place)
    return Header(rows[-1].number, keys, titles, _unknown(rows, keys), _said(rows))


def _of_full_height(rows, known):
    """The titles under which nothing stands; another of the same name is then in some group."""
    for number, line in enumerate(rows[:-1], start=1):
        for place, key in _matches(line, known).items():
            if not any(below.cell(place) for below in rows[number:]):
                yield line, place, key


def _from_below(rows, known):
    """What stands below says more exactly what a column is than the heading of its group."""
    for line in reversed(rows):
        for place, key in _matches(line, known).items():
            yield line, place, key


def _said(rows) -> frozenset[str]:
    return frozenset(header_key(cell) for line in rows for cell in line.cells) - {""}


def _first_places(matches) -> dict[int, str]:
    """Of places with the same key the first."""
    keys = {}
    for place, key in matches.items():
        if not key or key not in keys.values():
            keys[place] = key
    return keys


def _unknown(rows, keys) -> dict[int, str]:
    """The lowest title of each place that no key was found for."""
    return {
        place: line.cell(place)
        for line in rows
        for place in range(len(line.cells))
        if line.cell(place) and place not in keys
    }


def _neighbours(candidates, best, known):
    """Rows directly around the best one that name columns which it leaves open."""
    found = []
    for direction, adds in ((1, _adds_below), (-1, _adds_above)):
        for distance in range(1, HIGHEST):
            place = best + direction * distance
            if not 0 <= place < len(candidates) or not adds(candidates[place], candidates[best], known):
                break
            found.append(candidates[place])
    return found


def _adds_below(line, best, known) -> bool:
    """Whether the row names further columns, and says nothing else where the best row has its headers."""
    taken, matches = _matches(best, known), _matches(line, known)
    is_data = any(line.cell(place) and place not in matches for place in taken)
    return not is_data and any(place not in taken for place in matches)


def _adds_above(line, best, known) -> bool:
    """Whether the row names columns that the best row does not name, or names a second time."""
    taken = _first_places(_matches(best, known))
    return any(place not in taken for place in _matches(line, known))


def _matches(line: Line, known) -> dict[int, str]:
    """The places of a row in which a known header stands, and whose it is."""
    found = {}
    for place, cell in enumerate(line.cells):
        key = _known(cell, known)
        if key is not None:
            found[place] = key
    return found


def _known(cell, known):
    plain = header_key(cell)
    return known.get(plain, known.get(re.sub(r"\([^)]*\)|\[[^]]*\]|【[^】]*】", "", plain)))


def is_footer(line: Line) -> bool:
    """Whether the row is no data but what stands under a table: who filled it in, sums, notes."""
    first = next((cell for cell in line.cells if cell.strip()), "")
    # 合 计 is spread over its cell with spaces.
    return bool(FOOTER.match("".join(first.split())))
