"""The same 10,000 rows through django-import-export, in an environment that has it and nothing of ours.

Run by `bench.imports --import-export PYTHON`, with the file and the parts of the database's address.
One plain table of text without history, audit, sealing, a second register, phones or employers, and without
a rule: no ID number is checked, no date read, no name or branch matched. It does much less for its time.
Measured twice: as its admin does it, row by row with a diff, and with every option that makes it faster.
"""

import sys
import time

import django
from django.conf import settings
from django.db import connection, models

COLUMNS = {
    "name": "姓名",
    "id_number": "公民身份号码",
    "sex": "性别",
    "ethnic_group": "民族",
    "birth_on": "出生日期",
    "education": "学历",
    "standing": "人员类别",
    "branch": "所在党支部",
    "joined_on": "加入党组织日期",
    "full_on": "转为正式党员日期",
    "retire_kind": "离退休类别",
    "employer": "原工作单位",
    "phone": "手机号码",
    "address": "现居住地",
}


def main(path, host, port, user, name):
    """Import the file as the library's admin does: a dry run with its diff, then for real."""
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "PORT": port,
        "USER": user,
        "NAME": name,
    }
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True)
    django.setup()
    from import_export import fields, instance_loaders, resources  # noqa: PLC0415 - the library of this environment alone
    from tablib import Dataset  # noqa: PLC0415

    person = type("Person", (models.Model,), {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "import_export", "db_table": "bench_person"}),
        **{column: models.CharField(max_length=200, unique=column == "id_number") for column in COLUMNS},
    })  # fmt: skip
    resource = resources.modelresource_factory(person, custom_fields={
        column: fields.Field(attribute=column, column_name=header) for column, header in COLUMNS.items()
    })  # fmt: skip
    resource._meta.import_id_fields = ["id_number"]
    resource._meta.fields = list(COLUMNS)
    with open(path, "rb") as file:
        content = file.read()
    started = time.perf_counter()
    rows = Dataset().load(content, format="xlsx")
    loaded = time.perf_counter() - started
    quick = {
        "use_bulk": True,
        "batch_size": 1000,
        "skip_diff": True,
        "skip_html_diff": True,
        "instance_loader_class": instance_loaders.CachedInstanceLoader,
    }
    for how, options in (("as its admin does", {}), ("in bulk, without a diff", quick)):
        for option, value in options.items():
            setattr(resource._meta, option, value)
        make_table(person)
        seconds = [timed(resource, rows, dry_run=dry_run) for dry_run in (True, False)]
        told = f"load {loaded:.1f} s, dry run {seconds[0]:.1f} s, import {seconds[1]:.1f} s"
        print(f"django-import-export {how}: {len(rows)} rows, {told}")


def make_table(person):
    """The table anew, without rows."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_person")
    with connection.schema_editor() as editor:
        editor.create_model(person)


def timed(resource, rows, *, dry_run):
    """How long it takes."""
    started = time.perf_counter()
    resource().import_data(rows, dry_run=dry_run, raise_errors=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*sys.argv[1:])
