"""The same 10,000 rows through django-import-export, in an environment that has it and nothing of ours.

Run by `bench.imports --import-export PYTHON`, with the file and the parts of the database's address.
One plain table without history, audit, sealing or a second register: what it does for its time is much less.
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
    from import_export import fields, resources  # noqa: PLC0415 - the library of this environment alone
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
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_person")
    with connection.schema_editor() as editor:
        editor.create_model(person)
    started = time.perf_counter()
    with open(path, "rb") as file:
        rows = Dataset().load(file.read(), format="xlsx")
    loaded = time.perf_counter() - started
    seconds = []
    for dry_run in (True, False):
        started = time.perf_counter()
        result = resource().import_data(rows, dry_run=dry_run, raise_errors=True)
        seconds.append(time.perf_counter() - started)
    print(f"django-import-export: {result.total_rows} rows, load {loaded:.1f} s, dry run {seconds[0]:.1f} s, "
          f"import {seconds[1]:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
