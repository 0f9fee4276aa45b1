"""A street whose clerk imports, and a street beside it whose people she must not hear of."""

import json

from members.models import ImportFile
from members.operations import Upload, apply_import, receive_import, undo_import
from members.sheets import work
from tests import factories
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.worlds import told_once


class Desk:
    """The clerk of a street, and what she does with files."""

    def __init__(self):
        self.district, self.street, self.community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.other_street, self.other_community = factories.lineage(
            "建宁街道", "文昌社区", below=self.district
        )
        self.branch = factories.branch(unit=self.community, name="中共鼓楼社区第一离退休党支部")
        self.second = factories.branch(unit=self.community, name="中共鼓楼社区第二离退休党支部")
        self.foreign = factories.branch(unit=self.other_community, name="中共文昌社区离退休党支部")
        self.clerk = factories.account(role="street_clerk", unit=self.street, name="街道经办")

    def send(
        self, content, *, name="名册.xlsx", kind="members", since=None, branch=None, by=None
    ) -> ImportFile:
        """Upload and check."""
        upload = Upload(name, content, self.street, kind, since or TODAY, branch)
        file = receive_import(upload=upload, by=by or self.clerk, today=TODAY)
        work.check(file.pk, today=TODAY)
        return self.again(file)

    def send_rows(self, *rows, header=rosters.HEADER, **other) -> ImportFile:
        return self.send(rosters.book(rows, header), **other)

    def apply(self, file, *, only_good=False, evidence="") -> ImportFile:
        apply_import(file=file, only_good=only_good, by=self.clerk, evidence=evidence)
        work.apply(file.pk, today=TODAY)
        return self.again(file)

    def undo(self, file) -> ImportFile:
        undo_import(file=file, by=self.clerk)
        work.undo(file.pk, today=TODAY)
        return self.again(file)

    def again(self, file) -> ImportFile:
        return ImportFile.objects.get(pk=file.pk)


def rows_of(file) -> list[dict]:
    """What was found of each row, opened."""
    return [
        {"number": row.number, "fate": row.fate, **json.loads(row.text(file.uid))} for row in file.rows.all()
    ]


def counts(file) -> dict:
    return {fate: count for fate, count in file.found["counts"].items() if count}


def faults(file) -> list[tuple]:
    """(row, column, words) of every complaint."""
    return [(row["number"], *fault) for row in rows_of(file) for fault in row["faults"]]


@told_once
def desk(db):
    return Desk()
