"""同上 and 〃: a cell that says what the cell above it says."""

from dataclasses import replace

from core.errors import InvalidValue
from core.reading.table import Line

DITTOS = frozenset({"同上", "同前", "同上行", "〃", "″", "〞", '"', "”", "“"})
LONGEST = 5


def is_ditto(text: str) -> bool:
    """Whether the cell says nothing but that it is as the one above."""
    return len(text) <= LONGEST and "".join(text.split()) in DITTOS


def refuse_ditto(text: str, key: str) -> None:
    """Refuse what was left of a ditto: there is nothing above it. Nobody lives at 同上."""
    if is_ditto(text):
        raise InvalidValue(f"“{text}”的上一行这一栏没有内容，请写明", field=key)


def told_dittos(line: Line, header, titles: dict) -> list[str]:
    """In words, what was read from above, by the `titles` of the columns."""
    keys = filter(None, (header.keys.get(place) for place in line.repeated))
    return [f"{titles[key]}“同上”按上一行读取，请核对" for key in keys]


class Dittos:
    """The lines of one table in their order, with every ditto replaced by what stands above it."""

    def __init__(self):
        self.above = Line(0, ())

    def filled(self, line: Line) -> Line:
        """The line as it is meant; `repeated` are the places that a ditto told."""
        found = [place for place, text in enumerate(line.cells) if is_ditto(text) and self.above.cell(place)]
        if found:
            cells = list(line.cells)
            for place in found:
                cells[place] = self.above.cell(place)
            fractions = {*line.fractions, *(set(self.above.fractions) & set(found))}
            line = replace(
                line, cells=tuple(cells), fractions=tuple(sorted(fractions)), repeated=tuple(found)
            )
        self.above = line
        return line
