"""Figures and their rows as files. Taking personal rows out of the system is written down."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from branches.models import LEVEL_NAMES, Level
from core.audit import record
from core.sheets import CONTENT_TYPES, written
from reports.flows import INS, OUTS
from reports.rows import Rows

HIDDEN = "隐去"
# A sheet is for people; of the whole scope, which is no unit, there is no level to say.
LEVEL_WORDS = {name: Level(level).label for level, name in LEVEL_NAMES.items()} | {"": ""}


def rollup_sheet(kind: str, found: dict, indicators) -> bytes:
    """A rollup as a sheet: each unit a line, each indicator two columns."""
    header = ["层级", "上级代码", "代码", "名称"]
    for indicator in indicators:
        header += [f"{indicator.name}（合计）", f"{indicator.name}（本级）"]
    return written(kind, header, _unit_lines(found, ""))


def breakdown_sheet(kind: str, found, cells) -> bytes:
    """The cells of a breakdown as a sheet, in words; a hidden number is said to be hidden."""
    words = [dict(found.values_of(dimension)) for dimension in found.dimensions]
    lines = (
        [*(names[code] for names, code in zip(words, codes, strict=True)), HIDDEN if count is None else count]
        for codes, count in cells
    )
    return written(kind, [*(dimension.name for dimension in found.dimensions), "数量"], lines)


def flow_sheet(kind: str, found: dict) -> bytes:
    """A flow as a sheet: each unit a line, each kind a column; a hidden number is said to be hidden."""
    header = ["层级", "上级代码", "代码", "名称", "期初", *INS.values(), *OUTS.values(), "期末"]
    return written(kind, header, _flow_lines(found, ""))


def _flow_lines(entry, above):
    unit = entry["unit"]
    kinds = [*_kinds(entry["in"], INS), *_kinds(entry["out"], OUTS)]
    place = [LEVEL_WORDS[unit["level"]], above, unit["code"], unit["name"]]
    yield [*place, entry["opening"], *kinds, entry["closing"]]
    for child in entry["children"]:
        yield from _flow_lines(child, unit["code"])


def _kinds(counts, kinds) -> list:
    if counts is None:
        return [HIDDEN] * len(kinds)
    return [HIDDEN if counts.get(kind, 0) is None else counts.get(kind, 0) for kind in kinds]


def _unit_lines(entry, above):
    unit = entry["unit"]
    numbers = [figures[part] for figures in entry["indicators"].values() for part in ("total", "own")]
    yield [LEVEL_WORDS[unit["level"]], above, unit["code"], unit["name"], *numbers]
    for child in entry["children"]:
        yield from _unit_lines(child, unit["code"])


def export_rows(rows: Rows, kind: str, *, by) -> bytes:
    """The rows behind a figure as a sheet, and an entry in the audit trail that they were taken out."""
    lines = list(rows.lines())
    question = rows.question
    for extent in question.extents:
        record(
            "figures.exported",
            extent.unit,
            by=by,
            fields=[rows.indicator.code],
            reason=f"{rows.indicator.name} {question.on} 组织树{question.tree.word} {kind} {len(lines)}行",
        )
    return written(kind, rows.header, lines)


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """The sheet as a download with a Chinese name."""
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{name}.{kind}")
    }
    return HttpResponse(content, content_type=CONTENT_TYPES[kind], headers=headers)
