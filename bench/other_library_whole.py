"""The same 10,000 rows through django-import-export into the same registers, in an environment that has both.

Run by `bench.imports --import-export PYTHON`, with the file. The library is used as its guide says for rows
that are more than one table: its resource reads and maps the cells, and saving a row is our own operation for
one newcomer. So both sides leave the same behind - the rules asked, the number sealed, five registers with
their history, and audit - and what differs is how.
"""

import sys
import time
from copy import deepcopy

import django

django.setup()

from import_export import fields, resources, widgets  # noqa: E402 - models exist only after the set-up above
from tablib import Dataset  # noqa: E402

from bench.rosters import TODAY  # noqa: E402
from branches.models import Branch, Employer  # noqa: E402
from core.models import User  # noqa: E402
from members.models import Member, PhoneOwner  # noqa: E402
from members.models.member import id_index  # noqa: E402
from members.operations import Entry, register_member  # noqa: E402
from members.sheets import codes, rows  # noqa: E402

KEPT = ("name", "address", "birth_on", "joined_on", "full_on", "sex", "ethnic_group", "education", "standing",
        "retire_kind", "employer")  # fmt: skip


class Coded(widgets.Widget):
    """A word that stands for a code."""

    def __init__(self, known):
        super().__init__()
        self.known = known

    def clean(self, value, row=None, **kwargs):
        return codes.coded(value, self.known, label="", field="")


def column(name, header, widget=None):
    return fields.Field(attribute=name, column_name=header, widget=widget or widgets.CharWidget())


class Roster(resources.ModelResource):
    """A row of the sheet; what `Member` has no column for is kept on the object until it is saved."""

    name = column("name", "姓名")
    number = column("said_number", "公民身份号码")
    id_index = column("id_index", "id_index")
    sex = column("sex", "性别", Coded(rows.CODED["sex"]))
    ethnic_group = column("ethnic_group", "民族", Coded(rows.CODED["ethnic_group"]))
    birth_on = column("birth_on", "出生日期", widgets.DateWidget("%Y-%m-%d"))
    education = column("education", "学历", Coded(rows.CODED["education"]))
    standing = column("standing", "人员类别", Coded(rows.CODED["standing"]))
    branch = column("branch", "所在党支部", widgets.ForeignKeyWidget(Branch, "name"))
    joined_on = column("joined_on", "加入党组织日期", widgets.DateWidget("%Y-%m-%d"))
    full_on = column("full_on", "转为正式党员日期", widgets.DateWidget("%Y-%m-%d"))
    retire_kind = column("retire_kind", "离退休类别", Coded(rows.CODED["retire_kind"]))
    employer = column("employer", "原工作单位", widgets.ForeignKeyWidget(Employer, "name"))
    phone = column("said_phone", "手机号码")
    address = column("address", "现居住地")

    class Meta:
        model = Member
        fields = (*KEPT, "number", "id_index", "branch", "phone")
        import_id_fields = ("id_index",)

    def before_import(self, dataset, **kwargs):
        dataset.append_col([id_index(number) for number in dataset["公民身份号码"]], header="id_index")

    def after_import(self, dataset, result, **kwargs):
        """Nothing: the library would set sequences anew, which the application's role has no right to."""

    def do_instance_save(self, instance, is_create):
        person = {name: getattr(instance, name) for name in KEPT} | {"id_number": instance.said_number}
        phones = [(instance.said_phone, PhoneOwner.SELF, "")]
        entry, clerk = Entry(instance.branch, TODAY), User.objects.get(username="bench")
        saved = register_member(person=person, entry=entry, by=clerk, today=TODAY, phones=phones)
        instance.pk = saved.pk


def main(path):
    """A dry run with its diff as the library's admin does it, then the import."""
    with open(path, "rb") as file:
        content = file.read()
    started = time.perf_counter()
    sheet = Dataset().load(content, format="xlsx")
    told = [f"load {time.perf_counter() - started:.1f} s"]
    Employer.objects.get_or_create(name="曲靖机械厂")
    for dry_run, what in ((True, "dry run"), (False, "import")):
        started = time.perf_counter()
        Roster().import_data(deepcopy(sheet), dry_run=dry_run, raise_errors=True)
        told.append(f"{what} {time.perf_counter() - started:.1f} s")
    print(f"django-import-export into the same registers: {len(sheet)} rows, {', '.join(told)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
