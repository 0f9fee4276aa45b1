"""The bands as they stand: the Party's annual return (党内统计), and the district's own above seventy."""

from datetime import date

from django.db import migrations

RETURN = "中国共产党党内统计年报表"
SINCE = date(1949, 10, 1)
AGES = [
    ("0-30", "30岁及以下", None), ("31-35", "31-35岁", 31), ("36-40", "36-40岁", 36), ("41-45", "41-45岁", 41),
    ("46-50", "46-50岁", 46), ("51-55", "51-55岁", 51), ("56-60", "56-60岁", 56), ("61-65", "61-65岁", 61),
    ("66-70", "66-70岁", 66), ("71-75", "71-75岁", 71), ("76-79", "76-79岁", 76), ("80-89", "80-89岁", 80),
    ("90-99", "90-99岁", 90), ("100+", "100岁及以上", 100),
]
JOINED = [
    ("1921-1937", "1937年7月6日及以前", None),
    ("1937-1945", "1937年7月7日至1945年9月2日", "1937-07-07"),
    ("1945-1949", "1945年9月3日至1949年9月", "1945-09-03"),
    ("1949-1966", "1949年10月至1966年4月", "1949-10-01"),
    ("1966-1976", "1966年5月至1976年10月", "1966-05-01"),
    ("1976-1978", "1976年11月至1978年12月", "1976-11-01"),
    ("1979-2002", "1979年1月至2002年10月", "1979-01-01"),
    ("2002-2012", "2002年11月至2012年10月", "2002-11-01"),
    ("2012-", "2012年11月及以后", "2012-11-01"),
]
EDUCATION = [
    ("graduate", "研究生", ["11", "12", "13", "1A", "1B"]),
    ("university", "大学本科", ["21", "24", "2A", "2B"]),
    ("college", "大学专科", ["22", "23", "2C", "2D"]),
    ("secondary", "中专", ["41"]),
    ("high", "高中、中技", ["44", "47", "61"]),
    ("junior", "初中及以下", ["71", "81", "9"]),
]
BANDINGS = [
    ("age_band", "begins", AGES, f"{RETURN}；71岁及以上各档为本区老干部工作用"),
    ("join_band", "begins", JOINED, RETURN),
    ("education_band", "holds", EDUCATION, f"{RETURN}（学历代码）"),
]


def load(apps, schema_editor):
    banding = apps.get_model("reports", "Banding")
    for code, what, bands, source in BANDINGS:
        kept = [{"code": band, "name": name, what: value} for band, name, value in bands]
        values = {"bands": kept, "source": source, "since": SINCE}
        banding.objects.get_or_create(code=code, until=None, defaults=values)
    # They were known before there was this register: figures of any moment are divided by them.
    first = apps.get_model("reports", "BandingEvent").objects.filter(pgh_label="insert", since=SINCE)
    first.update(pgh_created_at=f"{SINCE}T00:00:00Z")


class Migration(migrations.Migration):
    replaces = [("reports", "0004_the_bands")]

    dependencies = [("reports", "0002_the_rules_numbers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
