"""Hand-overs for tests: batches, and invented lists of enterprises as rows come out of a spreadsheet."""

from datetime import date, timedelta
from decimal import Decimal

from branches.operations import pledge
from branches.scope import Scope
from members.operations import append_people, open_handover, second
from tests import factories
from tests.factories import TODAY

OPENED = date(2026, 11, 1)
EVERYWHERE = Scope(paths=("",))
SURNAMES, GIVEN = "李杨张王赵刘陈何唐孙", "秀英国强建华桂兰明芬志云凤仙文光琼美"


def cells(serial=0, **changed):
    """The row of one person; `serial` tells up to a few thousand apart."""
    born = date(1945, 1, 1) + timedelta(days=serial)
    sex = "FM"[serial % 2]
    name = SURNAMES[serial % 10] + GIVEN[serial % 18] + GIVEN[serial // 18 % 18]
    row = {
        "name": name,
        "id_number": factories.id_number(serial % 500, born=born, sex=sex),
        "sex": {"F": "女", "M": "男"}[sex],
        "birth_on": born.isoformat(),
        "joined_on": "1970.7",
        "phone": f"1380000{serial:04}",
        "wanted_unit": "鼓楼社区",
    }
    return {key: text for key, text in (row | changed).items() if text is not None}


def bad_rows():
    """Twenty rows, each with something else wrong."""
    wrong = [
        {"id_number": "11010519491231002"},
        {"id_number": "110105194912310021"},
        {"id_number": ""},
        {"id_number": "5.32201E+17"},
        {"id_number": "532201194913310011"},
        {"name": ""},
        {"name": "李2"},
        {"sex": "男", "id_number": factories.id_number(3, sex="F")},
        {"sex": "不男不女"},
        {"birth_on": "1949-13-01"},
        {"joined_on": "农历七月"},
        {"joined_on": "2099-01-01"},
        {"joined_on": ""},
        {"joined_on": "1981-05-01"},
        {"phone": "12345"},
        {"wanted_unit": "没有的社区"},
        {"wanted_unit": ""},
        {"wanted_branch": "没有的支部"},
        {"standing": "群众"},
        {"education": "天才"},
    ]
    return [cells(1000 + serial, **changed) for serial, changed in enumerate(wrong)]


def handover(unit, *rows, employer=None, document="麒国企移〔2026〕1号", **values):
    """A batch opened for the unit, with these rows on its list."""
    batch = open_handover(
        employer=employer or factories.employer(),
        unit=unit,
        values={"document": document, "opened_on": OPENED, **values},
        by=None,
        today=TODAY,
    )
    if rows:
        append_people(handover=batch, rows=list(rows), scope=EVERYWHERE, by=None, today=TODAY)
    return batch


def promised(unit, *, employer=None, **values):
    """A promise to the unit, of money and due next year unless said otherwise."""
    usual = {
        "kind": "money",
        "what": "党建活动经费",
        "amount": Decimal("1000.00"),
        "due_on": date(2027, 6, 30),
    }
    return pledge(employer=employer or factories.employer(), unit=unit, values=usual | values, by=None)


def seconded(host, **values):
    """Somebody sent to the unit by an enterprise for two years, as instructor unless said otherwise."""
    usual = {"role": "instructor", "since": date(2026, 1, 1), "until": date(2028, 1, 1)}
    if not {"member", "person_name"} & set(values):
        usual["person_name"] = "赵志明"
    if not {"employer", "sent_by"} & set(values):
        usual["employer"] = factories.employer()
    return second(values={**usual, "host": host, **values}, by=None)
