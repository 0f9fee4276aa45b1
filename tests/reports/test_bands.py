"""Bands are dated: a day is divided by those in force on it; a change says from when and on what ground."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import DomainError, InvalidValue
from members.models import Education
from reports.bands import read_bands, written_bands
from reports.models import Banded, Banding
from reports.operations import Setting, set_bands
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.office import errors_of, rows_of, told
from tests.reports.test_api import queries
from tests.reports.test_knowledge import entered_at

DAY = date(2026, 6, 1)
TWO = [
    {"code": "0-69", "name": "70岁以下", "begins": None},
    {"code": "70+", "name": "70岁及以上", "begins": 70},
]


def banding(code=Banded.AGE):
    return Banding.objects.get(code=code, until=None)


def changed(bands=TWO, *, code=Banded.AGE, since=DAY, source="组通字〔2026〕9号"):
    return set_bands(banding=banding(code), setting=Setting(bands, since, source), by=None, today=TODAY)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


def by_age(ask, district, **asked):
    found = ask(district.officer, "breakdown", indicator="members.roster", by="age_band", **asked).json()
    return {cell["age_band"]: cell["count"] for cell in found["cells"]}


def test_a_day_is_divided_by_the_bands_in_force_on_it(district, ask):
    before = by_age(ask, district, on="2026-05-31")

    changed()

    assert before == {"76-79": 5}
    assert by_age(ask, district, on="2026-05-31") == before
    assert by_age(ask, district, on="2026-06-01") == by_age(ask, district) == {"70+": 5}


@pytest.mark.parametrize(
    ("code", "bands", "part"),
    [
        (
            Banded.JOINED,
            [{"code": "old", "name": "1970年及以前", "begins": None},
             {"code": "new", "name": "1971年及以后", "begins": "1971-01-01"}],
            "old",
        ),
        (
            Banded.EDUCATION,
            [{"code": "all", "name": "全部", "holds": Education.values[:-1]},
             {"code": "other", "name": "其他", "holds": Education.values[-1:]}],
            "unknown",
        ),
    ],
)  # fmt: skip
def test_join_dates_and_education_are_divided_likewise(district, ask, code, bands, part):
    changed(bands, code=code)

    found = ask(district.officer, "breakdown", indicator="members.roster", by=code).json()

    assert found["cells"] == [{code: part, "count": 5}]
    assert banding(code).bands == bands


def test_rows_are_asked_for_by_the_bands_of_their_day(district, ask):
    changed()

    def rows(band, on):
        return ask(district.officer, "rows", indicator="members.roster", age_band=band, on=on)

    assert (rows("76-79", "2026-05-31").json()["count"], rows("70+", DAY).json()["count"]) == (5, 5)
    answer = rows("76-79", DAY)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "age_band=“76-79”不可用，可选：0-69、70+、unknown"


def test_the_list_of_indicators_tells_todays_bands(district, ask):
    changed()

    [roster] = [row for row in ask(district.officer, "indicators").json() if row["code"] == "members.roster"]

    [age] = [each for each in roster["dimensions"] if each["code"] == "age_band"]
    assert age["values"] == [
        {"code": "0-69", "name": "70岁以下"},
        {"code": "70+", "name": "70岁及以上"},
        {"code": "unknown", "name": "未填"},
    ]


def test_a_figure_given_out_before_other_bands_were_entered_is_reproduced(district, ask):
    entered_at(datetime(2026, 4, 1, tzinfo=UTC))
    changed(since=date(2026, 1, 1))
    entered_at(datetime(2026, 6, 1, tzinfo=UTC))
    asked = {"on": "2026-03-31", "known_at": "2026-05-01T00:00:00+08:00"}

    assert (by_age(ask, district, on="2026-03-31"), by_age(ask, district, **asked)) == (
        {"70+": 5},
        {"76-79": 5},
    )
    rows = {"indicator": "members.roster", "age_band": "76-79", **asked}
    assert ask(district.officer, "rows", **rows).json()["count"] == 5


def test_the_bands_are_read_once_for_a_question(district, client):
    client.force_login(district.officer, backend="branches.gates.AppointmentBackend")
    queries(client, "breakdown", indicator="members.roster", by="sex")

    plain = queries(client, "breakdown", indicator="members.roster", by="sex")
    banded = queries(client, "breakdown", indicator="members.roster", by="age_band,join_band,education_band")

    assert len(banded) == len(plain) + 1
    assert sum("reports_banding" in sql for sql in banded) == 1


# What is refused.


def test_two_bandings_of_one_dimension_never_overlap(district):
    with refused_by_database("one_age_band_banding_at_a_time"):
        Banding.objects.create(
            code=Banded.AGE, bands=TWO, source="误录", since=date(2020, 1, 1), until=date(2021, 1, 1)
        )
    with refused_by_database("banding_of_a_banded_dimension"):
        Banding.objects.create(code="shoe_size", bands=TWO, source="误录", since=DAY)


def test_a_change_says_from_when_and_on_what_ground(district):
    since = banding().since
    for setting, error, detail, field in (
        (Setting(TWO, DAY, " "), InvalidValue, "须写明依据", "source"),
        (
            Setting(TWO, since, "通知"),
            InvalidValue,
            f"起始日期 {since} 必须晚于现行规定的起始日期 {since}",
            "since",
        ),
        (
            Setting(TWO, TODAY + timedelta(days=1), "通知"),
            InvalidValue,
            f"起始日期 2026-11-24 在今天（{TODAY}）之后",
            "since",
        ),
    ):
        with refused(error, detail, field=field):
            set_bands(banding=banding(), setting=setting, by=None, today=TODAY)
    old = banding()
    changed()
    with refused(DomainError, f"“年龄段：14档”已于 {DAY} 被替代，请改现行的"):
        set_bands(banding=old, setting=Setting(TWO, TODAY, "通知"), by=None, today=TODAY)


MISSING = "、".join(sorted(f"{code} {name}" for code, name in Education.choices if code not in ("11",)))
WRONG = [
    (Banded.AGE, "a | 甲", ["至少要有两档"]),
    (Banded.AGE, "a\nb | 乙 | 70", ["第1行：应写成“代码 | 名称 | 起始年龄”"]),
    (Banded.AGE, "a | 甲 | | 多 | 了\nb | 乙 | 70", ["第1行：应写成“代码 | 名称 | 起始年龄”"]),
    (Banded.AGE, "a | 甲\nb | 乙 | 七十", ["第2行：起始年龄“七十”应为0到150的整数"]),
    (Banded.AGE, "a | 甲\nb | 乙 | 151\nc|丙|", [
        "第2行：起始年龄“151”应为0到150的整数", "第3行：起始年龄“”应为0到150的整数",
    ]),
    (Banded.AGE, "a | 甲 | 0\nb | 乙 | 70", ["第1行不写起始：第一档包括其下的全部"]),
    (Banded.AGE, "a | 甲\nb | 乙 | 70\nc | 丙 | 70", ["“丙”的起始须在“乙”之后"]),
    (Banded.AGE, "a | 甲\na | 乙 | 70\nc | 甲 | 80", ["代码“a”写了两次", "名称“甲”写了两次"]),
    (Banded.AGE, f"unknown | 甲\n甲 | {'长' * 41} | 70", [
        "代码“unknown”应为1到20个字母、数字、加号或短横，不能是 unknown",
        "代码“甲”应为1到20个字母、数字、加号或短横，不能是 unknown",
    ]),
    (Banded.AGE, f"a | 甲\nb | {'长' * 41} | 70", [f"名称“{'长' * 41}”超过40个字"]),
    (Banded.JOINED, "a | 甲\nb | 乙 | 1949.10", [
        "第2行：起始日期“1949.10”不是有效的日期，请写成 1949-10-01"
    ]),
    (Banded.EDUCATION, "a | 甲 | 11 99\nb | 乙 | 11", [
        "没有学历代码“99”", "学历代码“11”（博士研究生）写了两次", f"还有学历没有归档：{MISSING}",
    ]),
    (Banded.AGE, "", ["至少要有两档"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "said"), WRONG)
def test_bands_that_do_not_divide_everybody_once_are_refused_in_words(code, text, said):
    with pytest.raises(DomainError) as caught:
        read_bands(code, text)

    assert [(error.field, error.detail) for error in caught.value.errors] == [
        ("bands", each) for each in said
    ]


@pytest.mark.parametrize("code", Banded)
def test_what_is_written_reads_as_it_was(db, code):
    bands = banding(code).bands

    assert read_bands(code, written_bands(code, bands)) == bands


# The page.


def test_the_officer_changes_bands_on_a_page_and_others_look(district, enter):
    officer, age = enter(district.officer), banding()
    page = reverse("admin:reports_banding_set", args=[age.pk])
    asked = officer.get(page)
    text = asked.context["form"]["bands"].value()
    assert text.splitlines()[-2:] == ["90-99 | 90-99岁 | 90", "100+ | 100岁及以上 | 100"]
    values = {"version": 1, "bands": text.replace("| 76\n", "| 75\n"), "since": DAY, "source": "通知"}
    assert errors_of(officer.post(page, {**values, "bands": "a | 甲"})) == {"bands": ["至少要有两档"]}

    done = officer.post(page, values, follow=True)

    assert told(done) == ["自 2026-06-01 起按新的分档统计。年龄段：14档"]
    assert banding().bands[10] == {"code": "76-79", "name": "76-79岁", "begins": 75}
    assert (
        "自 75岁 起"
        in officer.get(reverse("admin:reports_banding_change", args=[banding().pk])).content.decode()
    )
    history = officer.get(reverse("admin:reports_banding_history", args=[banding().pk])).content.decode()
    assert "统计分档：修改" in history
    learned = officer.get(reverse("admin:reports_banding_change", args=[banding(Banded.EDUCATION).pk]))
    assert "大学本科：大学、第二学士学位班" in learned.content.decode()
    clerk = enter(factories.account(role="street_clerk", unit=district.south))
    listed = rows_of(clerk.get(reverse("admin:reports_banding_changelist")))
    assert [(row.code, row.until) for row in listed[:2]] == [("age_band", None), ("age_band", DAY)]
    assert clerk.post(page, values).status_code == 403
