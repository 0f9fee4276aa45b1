"""A roster of invented people as a file, and what is timed with it: into the registers and out of them."""

import io
from datetime import date, timedelta
from itertools import islice

from django.core.management import call_command
from django.db import connection, transaction
from xlsxwriter import Workbook

from bench.stage import make_database
from branches.models import Branch, Category, Kind, Role, Unit
from branches.operations import add_unit, appoint, open_branch
from branches.scope import scope_of
from core.identity import check_character
from core.models import User
from core.reading import read_table
from members.gates import masked_for
from members.models import ExportFile, ImportFile, Member
from members.operations import Upload, Wanted, apply_import, ask_export, receive_import
from members.sheets import outgoing, work

TODAY = date(2026, 11, 23)
HEADER = (
    "姓名", "公民身份号码", "性别", "民族", "出生日期", "学历", "人员类别", "所在党支部", "加入党组织日期",
    "转为正式党员日期", "离退休类别", "原工作单位", "手机号码", "现居住地", "是否失联党员", "是否流动党员",
    "党籍状态", "工作岗位", "固定电话", "备注",
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "秀英国强玉兰建华桂芳志明凤仙光荣文学永康"


class Roster:
    """A file of so many people who are nowhere yet, sent by the clerk of a street."""

    def __init__(self, rows):
        self.rows = rows
        self._prepare()
        self.content = self._book(Member.objects.count())

    def _prepare(self):
        make_database()
        call_command("migrate", verbosity=0)
        if not Unit.objects.exists():
            _found()
        ImportFile.objects.update(state="cancelled")
        self.branches = list(Branch.objects.order_by("pk"))
        self.street, self.clerk = Unit.objects.get(level=2), User.objects.get(username="bench")

    def _book(self, first):
        file = io.BytesIO()
        with Workbook(file, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("名册")
            sheet.write_row(0, 0, HEADER)
            for place in range(self.rows):
                sheet.write_row(place + 1, 0, self._line(first + place))
        return file.getvalue()

    def _line(self, number):
        born = date(1935, 1, 1) + timedelta(days=number % 7001)
        region, serial = number // 7001 % 100, number // 700_100 * 2 + number % 2
        seventeen = f"5322{region:02}{born:%Y%m%d}{serial:03}"
        joined = date(1980, 1, 1) + timedelta(days=number % 5000)
        return (
            SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20],
            seventeen + check_character(seventeen),
            "男" if number % 2 else "女",
            "汉族",
            str(born),
            "大专",
            "正式党员",
            self.branches[number % len(self.branches)].name,
            str(joined),
            str(joined + timedelta(days=365)),
            "退休",
            "曲靖机械厂",
            f"138{number:08}",
            f"鼓楼巷{number}号",
            *("否", "否", "正常", "退休人员", "", ""),
        )

    def read_and_copy(self):
        """The floor: parse, and COPY of the same rows into a table of text without keys, history or rules."""
        lines = (line.cells for sheet in read_table(self.content, "名册.xlsx") for line in sheet)
        columns = ", ".join(f"c{place} text" for place in range(len(HEADER)))
        blank = ("",) * len(HEADER)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE floor ({columns}) ON COMMIT DROP")
            with cursor.copy("COPY floor FROM STDIN") as pipe:
                for cells in islice(lines, 1, None):
                    pipe.write_row((*cells, *blank)[: len(HEADER)])

    def check(self):
        """The dry run."""
        upload = Upload("名册.xlsx", self.content, self.street, "members", TODAY)
        self.file = receive_import(upload=upload, by=self.clerk, today=TODAY)
        work.check(self.file.pk, today=TODAY)
        self.file.refresh_from_db()
        if self.file.found["counts"]["new"] != self.rows:
            raise RuntimeError(self.file.found)

    def apply(self):
        """All of it into the registers."""
        apply_import(file=self.file, only_good=False, by=self.clerk)
        work.apply(self.file.pk, today=TODAY)
        self.file.refresh_from_db()
        if self.file.state != "applied":
            raise RuntimeError(self.file.found)

    def export(self, layout, kind):
        """As many people out again."""
        scope = scope_of(self.clerk, to=outgoing.VIEW, on=TODAY)
        people = (
            Member.objects.visible_in(scope).order_by("path", "sort_key", "pk").values_list("pk", flat=True)
        )
        asked = Wanted(layout, kind)
        file = ask_export(wanted=asked, people=people[: self.rows], scope=scope, by=self.clerk)
        outgoing.write(file.pk, today=TODAY, masked=masked_for)
        if ExportFile.objects.get(pk=file.pk).state != "ready":
            raise RuntimeError(file)


def _found():
    """A street with a community and forty branches, and its clerk."""
    street = None
    for name, code in (("麒麟区", "530302"), ("南宁街道", "530302001")):
        values = {"name": name, "code": code, "opened_on": date(1990, 1, 1)}
        street = add_unit(parent=street, values=values, by=None, today=TODAY)
    for serial in range(40):
        values = {
            "name": f"中共南宁街道第{serial + 1}离退休党支部",
            "category": Category.BRANCH,
            "kind": Kind.STREET,
            "founded_on": date(2000, 1, 1),
        }
        open_branch(unit=street, values=values, by=None, today=TODAY)
    clerk = User.objects.create(username="bench", name="计时", is_staff=True)
    values = {"role": Role.STREET_CLERK, "unit": street, "since": date(2000, 1, 1)}
    appoint(user=clerk, values=values, by=None)
