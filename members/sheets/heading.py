"""Which rows of an upload are its header: by names we know, by what the unit has said, or by their looks."""

from dataclasses import dataclass

from core.reading import Header, Sheet, Unreadable, find_header, header_key, likely_header
from core.reading.marking import HEADING
from members.models import HeaderMapping, ImportFile, ImportKind
from members.sheets.kinds import KINDS, Kind

# Among so many lines a header is looked for.
SEARCHED = 20
NEVER_KEPT = {"序号", "编号", "No", "序", "党龄", "年龄", HEADING}


@dataclass(frozen=True)
class Heading:
    """The sheets that have a header, with it. `unsure` when it names nobody: somebody has to say more."""

    sheets: list[tuple[Sheet, Header]]
    unsure: bool = False


def heading(file: ImportFile, sheets: list[Sheet]) -> Heading:
    """The header of each sheet; raise Unreadable when none has any, or the file is of the other kind."""
    kind = KINDS[file.kind]
    known = {**explained(file), **kind.known()}
    found = _headed(sheets, known, kind, least=kind.least)
    if not found and file.mapping:
        # Who has explained a header has seen which row is taken for it.
        found = _headed(sheets, known, kind, least=1)
    _refuse_the_other_kind(sheets, kind)
    return Heading(found) if found else _likely(sheets, known, kind)


def _likely(sheets, known, kind: Kind) -> Heading:
    """What looks like headers; sure only of few columns about which there is nothing to explain."""
    if not any(map(len, sheets)):
        raise Unreadable("表里没有内容", field="file")
    found = [(sheet, likely_header(sheet.first(SEARCHED), known)) for sheet in sheets]
    found = [(sheet, header) for sheet, header in found if header]
    if not found:
        some = "、".join(list(kind.headers.values())[:4])
        raise Unreadable(f"没有找到表头：至少要有{some}等列。请对照导入模板检查", field="file")
    sure = all(_names(kind, header) and not header.unknown for _, header in found)
    return Heading(found, unsure=not sure)


def _headed(sheets, known, kind: Kind, *, least) -> list[tuple[Sheet, Header]]:
    found = [(sheet, find_header(sheet.first(SEARCHED), known, least=least)) for sheet in sheets]
    return [(sheet, header) for sheet, header in found if header and _names(kind, header)]


def _names(kind: Kind, header) -> bool:
    """Whether it has a column that says whom or what a row is about."""
    return bool(kind.naming & set(header.keys.values()))


def _refuse_the_other_kind(sheets, kind):
    """A roster of people sent as organisations would be all faults, and the other way round nothing."""
    for name, other in KINDS.items():
        if other is not kind and _is_of(other, kind, sheets) and not _is_of(kind, other, sheets):
            label = ImportKind(name).label
            raise Unreadable(f"这份表是{label}的样子，请重新上传，“内容”选“{label}”", field="file")


def _is_of(kind: Kind, other: Kind, sheets) -> bool:
    """Whether a sheet names what its rows are about by a header that only the kind knows."""
    headers = (find_header(sheet.first(SEARCHED), kind.known(), least=kind.least) for sheet in sheets)
    named = (
        header_key(header.titles[place])
        for header in headers
        if header
        for place, key in header.keys.items()
        if key in kind.naming
    )
    return any(title not in other.known() for title in named)


def explained(file) -> dict[str, str]:
    """What the unit, and this file's sender, have said of headers that nobody else uses."""
    remembered = HeaderMapping.objects.filter(unit=file.unit, kind=file.kind).values_list("header", "key")
    return {**dict(remembered), **file.mapping}


def heading_told(file, sheets, head: Heading) -> dict:
    """What the check found of the headers alone."""
    read = [sheet.name for sheet, _ in head.sheets]
    return {
        "sheets": [_header_told(file, sheet, header) for sheet, header in head.sheets],
        "skipped": [sheet.name for sheet in sheets if sheet.name not in read and len(sheet)],
        "counts": {},
        "unsure": head.unsure,
    }


def _header_told(file, sheet: Sheet, header: Header) -> dict:
    """What the page shows of a sheet's header, and what its returned workbook is marked by."""
    said = _said_alone(file)
    meant = {**said, **KINDS[file.kind].known()}
    unread = {title: meant.get(header_key(title)) for title in header.unknown.values()}
    return {
        "name": sheet.name,
        "last_row": header.last_row,
        "keys": header.keys,
        "titles": header.titles,
        "width": max([*header.titles, *header.unknown], default=0) + 1,
        "unknown": [title for title, key in unread.items() if key is None],
        "doubled": [title for title, key in unread.items() if key],
        "left_out": [title for title in _left_out(header) if header_key(title) not in said],
        "explained": list(_explained_in(header, said)),
    }


def _left_out(header) -> list[str]:
    """The titles that are known and not kept, but for those that nobody expects to be."""
    titles = (header.titles[place] for place, key in header.keys.items() if not key)
    return [title for title in titles if header_key(title) not in NEVER_KEPT]


def _said_alone(file) -> dict[str, str]:
    """What was said of headers that we ourselves do not know."""
    known = KINDS[file.kind].known()
    return {title: key for title, key in explained(file).items() if title not in known}


def _explained_in(header, said):
    for title in (*header.titles.values(), *header.unknown.values()):
        if header_key(title) in said:
            yield title, said[header_key(title)]
