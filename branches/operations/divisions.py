"""The verb that brings the statistical divisions - district, streets, communities - into the tree."""

import csv
from dataclasses import dataclass

from django.db import transaction

from branches.models import LEVEL_NAMES, Level, Unit
from branches.operations.units import CODE_LENGTHS, add_unit, check_code
from core.errors import DomainError, InvalidValue, refuse_all

HEADER = ["code", "parent_code", "level", "name"]


@dataclass(frozen=True)
class Division:
    """One line of the file of divisions."""

    line: int
    code: str
    parent_code: str
    level: Level
    name: str


@transaction.atomic
def load_divisions(*, lines, since, by, today):
    """Add to the tree the divisions that it does not know by code, from the day `since`; return those added.

    A unit that is known stays as it is: it may have been renamed or moved. All are added or none; every line
    that is wrong is named.
    """
    divisions = read_divisions(lines)
    known = {unit.code: unit for unit in Unit.objects.filter(code__in=_codes(divisions))}
    added, wrong = [], []
    for division in divisions:
        if division.code in known:
            continue
        try:
            unit = _add(division, known, since=since, by=by, today=today)
        except DomainError as error:
            wrong += [_at(division.line, each.detail) for each in error.errors]
            continue
        known[unit.code] = unit
        added.append(unit)
    refuse_all(wrong)
    return added


def read_divisions(lines) -> list[Division]:
    """The divisions in a CSV of code, parent_code, level and name; raise every line that is wrong."""
    reader = csv.reader(lines)
    header = next(reader, [])
    if [name.strip() for name in header] != HEADER:
        raise _at(1, f"表头应为 {','.join(HEADER)}，现为 {','.join(header) or '空'}")
    found, wrong = {}, []
    for row in reader:
        if not any(row):
            continue
        try:
            division = _read(row, reader.line_num)
            if division.code in found:
                raise _at(division.line, f"代码 {division.code} 与第{found[division.code].line}行重复")
            found[division.code] = division
        except DomainError as error:
            wrong.append(error)
    refuse_all(wrong)
    return list(found.values())


def _read(row, line) -> Division:
    if len(row) != len(HEADER):
        raise _at(line, f"应有{len(HEADER)}列，现有{len(row)}列")
    code, parent_code, level_name, name = (cell.strip() for cell in row)
    levels = {LEVEL_NAMES[level]: level for level in CODE_LENGTHS}
    if level_name not in levels:
        raise _at(line, f"层级“{level_name}”应为 {'、'.join(levels)} 之一")
    level = levels[level_name]
    try:
        check_code(code, level)
    except InvalidValue as error:
        raise _at(line, error.detail) from None
    if not name:
        raise _at(line, "名称不能为空")
    return Division(line, code, parent_code, level, name)


def _add(division, known, *, since, by, today) -> Unit:
    parent = known.get(division.parent_code)
    if parent is None and division.level != Level.DISTRICT:
        raise InvalidValue(f"上级代码“{division.parent_code}”在此行之前没有出现，组织树中也没有")
    values = {"code": division.code, "name": division.name, "level": division.level, "opened_on": since}
    return add_unit(parent=parent, values=values, by=by, today=today)


def _codes(divisions) -> set[str]:
    return {code for division in divisions for code in (division.code, division.parent_code)}


def _at(line, detail) -> InvalidValue:
    return InvalidValue(f"第{line}行：{detail}")
