"""What may be imported: for each kind its columns, how a row is read and drawn up, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass

from branches import sheets as branch_sheets
from core.reading import Column, known_headers
from members.models import ImportKind
from members.sheets import columns, writing
from members.sheets.drafting import Drafting
from members.sheets.rows import NAMING, read_row


@dataclass(frozen=True)
class Kind:
    """A kind of sheet. `verb` is what it takes to import it, and where.

    One of the columns `naming` must be there: they say whom a row is about. `about` names for a drawn-up row
    what must lie there, as (model, number).
    """

    verb: str
    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]
    least: int
    naming: frozenset[str]
    read_row: Callable
    drafting: type
    about: Callable
    write: Callable
    take_back: Callable

    @property
    def headers(self) -> dict[str, str]:
        """The header of our own template for each column."""
        return {column.key: column.header for column in self.columns}

    def known(self) -> dict[str, str]:
        """Each way to write a header, and its column."""
        return known_headers((*self.left_out, *self.columns))


KINDS = {
    ImportKind.MEMBERS: Kind(
        "members.add_member",
        columns.COLUMNS,
        columns.LEFT_OUT,
        columns.LEAST_HEADERS,
        frozenset(NAMING),
        read_row,
        Drafting,
        writing.about,
        writing.write,
        writing.take_back,
    ),
    ImportKind.BRANCHES: Kind(
        branch_sheets.VERB,
        branch_sheets.COLUMNS,
        branch_sheets.LEFT_OUT,
        branch_sheets.LEAST_HEADERS,
        frozenset(branch_sheets.NAMING),
        branch_sheets.read_row,
        branch_sheets.Drafting,
        branch_sheets.about,
        branch_sheets.write,
        branch_sheets.take_back,
    ),
}
