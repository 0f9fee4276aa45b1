"""What enterprises hand over: their lists, what becomes of them, what they promise and whom they send."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from branches.models import EmployerNature, PledgeKind
from branches.operations import deliver, pledge, register_employer
from branches.scope import Scope
from core.precision import PartialDate
from demo import story
from demo.people import Likeness
from demo.scribe import Resident, Scribe
from members.models import ETHNIC_GROUPS, Education, RetireKind, ReturnReason, SecondmentRole, Sex
from members.operations import (
    Acceptance,
    Answer,
    accept_people,
    append_people,
    close_handover,
    miss_people,
    open_handover,
    return_people,
    second,
)
from members.states import Outcome

EVERYWHERE = Scope(paths=("",))
ARCHIVES = "麒麟区流动人员人事档案管理服务中心"
# So many of an enterprise's people come into a branch that stood there; the rest into new ones.
INTO_EXISTING = 6
WORDS = {
    "sex": dict(Sex.choices),
    "ethnic_group": dict(ETHNIC_GROUPS),
    "education": dict(Education.choices),
    "retire_kind": dict(RetireKind.choices),
}
TEXTS = ("name", "id_number", "address", "former_title", "skills")
DAYS = ("birth", "joined", "full", "worked", "retired")
# The batch that is on the way while the demo is looked at, by days before it is loaded.
OPENED, LATER_NAMES, ANSWERED = 40, 12, 5
ENTERPRISE_OF_NOW, DOCUMENT_OF_NOW = "爨乡水电设备厂", "麒国企移〔2026〕1号"
PEOPLE_OF_NOW, LATER_OF_NOW = {"瑞和": 38, "古城": 21, "鼓楼": 17}, 12


def receive(scribe: Scribe, handover) -> None:
    """Each of the enterprise's people gets a new home, in a branch that stood there or in a new one."""
    batch = _open(scribe, scribe.employers[handover.enterprise], handover.document, handover.on)
    into, rows = _spread(scribe, handover), {}
    for branch, people in into.items():
        rows[branch] = [_row(scribe, branch, Likeness(since=handover.on)) for _ in range(people)]
    told = {"by": scribe.by, "today": handover.on}
    append_people(
        handover=batch, rows=[row for each in rows.values() for row in each], scope=EVERYWHERE, **told
    )
    waiting = batch.people.filter(outcome=Outcome.PENDING).values_list("pk", flat=True)
    _accept(scribe, batch, list(waiting), handover.on)
    close_handover(handover=batch, on=handover.on, **told)


def _spread(scribe, handover) -> Counter:
    """How many come into each branch."""
    existing = [
        scribe.branches[name]
        for community in handover.communities
        for name in (f"{community}社区离退休党支部", f"{community}社区混合党支部")
        if name in scribe.branches
    ]
    new = scribe.received[handover.enterprise]
    into = Counter(dict.fromkeys(existing, INTO_EXISTING))
    into.update(new[serial % len(new)] for serial in range(handover.people - into.total()))
    return into


def _open(scribe, employer, document, on):
    values = {"document": document, "opened_on": on, "archives_at": ARCHIVES}
    district = scribe.units[story.DISTRICT]
    return open_handover(employer=employer, unit=district, values=values, by=scribe.by, today=on)


def _row(scribe, branch, likeness) -> dict[str, str]:
    """Somebody as a list of an enterprise writes her down."""
    person, phones, home = scribe.invent(branch, likeness)
    if "id_number" not in person:
        person["id_number"] = scribe.people.id_number(person["birth_on"], person["sex"])
    return _said_of(person) | {
        "phone": phones[0][0] if phones else "",
        "wanted_unit": branch.unit.name,
        "wanted_branch": branch.short_name,
        "home": home.name if home != branch.unit else "",
    }


def _said_of(person) -> dict[str, str]:
    """Her columns in words."""
    coded = {name: words[person[name]] for name, words in WORDS.items() if name in person}
    texts = {name: person[name] for name in TEXTS if person.get(name)}
    days = {
        f"{name}_on": str(PartialDate(person[f"{name}_on"], person.get(f"{name}_precision", "D")))
        for name in DAYS
        if f"{name}_on" in person
    }
    return coded | texts | days


def _accept(scribe, batch, people, on):
    accepted = accept_people(
        handover=batch,
        people=people,
        acceptance=Acceptance(on),
        scope=EVERYWHERE,
        by=scribe.by,
        today=on,
    ).accepted
    lines = batch.people.filter(pk__in=[line.pk for line in accepted]).order_by("serial")
    scribe.residents += [
        Resident(line.membership.member, line.branch, on, batch.employer)
        for line in lines.select_related("membership__member", "branch")
    ]


def hand_over_now(scribe: Scribe) -> None:
    """A batch that is half received on the day the demo is loaded, with what is still wrong in it."""
    employer = register_employer(
        values={"name": ENTERPRISE_OF_NOW, "nature": EmployerNature.STATE_ENTERPRISE}, by=scribe.by
    )
    opened, later = (scribe.today - timedelta(days=days) for days in (OPENED, LATER_NAMES))
    batch = _open(scribe, employer, DOCUMENT_OF_NOW, opened)
    for names, on in ((PEOPLE_OF_NOW, opened), ({story.COMMUNITY_OF_CLERK: LATER_OF_NOW}, later)):
        rows = [
            _row(scribe, scribe.branches[f"{community}社区离退休党支部"], Likeness(since=date(2025, 1, 1)))
            for community, people in names.items()
            for _ in range(people)
        ]
        _spoil(rows)
        append_people(handover=batch, rows=rows, scope=EVERYWHERE, by=scribe.by, today=on)
    _answer_some(scribe, batch)


def _spoil(rows):
    """Slips of the pen, as lists have them."""
    rows[1]["id_number"] = rows[1]["id_number"][:-1]
    rows[3]["joined_on"] = ""
    rows[5]["phone"] = rows[5]["phone"][:-2] or "1380087"
    rows[7]["wanted_unit"], rows[7]["wanted_branch"], rows[7]["home"] = "瑞河社区", "", ""


def _answer_some(scribe, batch):
    on = scribe.today - timedelta(days=ANSWERED)
    told = {"by": scribe.by, "today": scribe.today}
    home = scribe.branches[f"{story.COMMUNITY_OF_CLERK}社区离退休党支部"]
    waiting = batch.people.filter(outcome=Outcome.PENDING, unit=home.unit).order_by("serial")
    waiting = list(waiting.values_list("pk", flat=True))
    answer = Answer(on, ReturnReason.NOT_RESIDENT, "已随子女迁居昆明市")
    return_people(handover=batch, people=waiting[:2], answer=answer, **told)
    miss_people(handover=batch, people=waiting[2:3], answer=Answer(on, remark="走访三次无此人"), **told)
    _accept(scribe, batch, waiting[3:20], on)


PLEDGES = [
    ("滇东第一机械厂", "瑞和", PledgeKind.VENUE, "厂区老年活动室一间", "120", date(2020, 6, 30), ["120"]),
    (
        "滇东第一机械厂",
        "古城",
        PledgeKind.MONEY,
        "党建活动经费",
        "60000",
        date(2022, 12, 31),
        ["20000", "20000"],
    ),
    ("珠源纺织总厂", "鼓楼", PledgeKind.STAFF, "选派党建联络员", "2", date(2020, 12, 31), ["2"]),
    ("胜峰冶炼厂", "胜峰", PledgeKind.VENUE, "职工之家二楼", "260.5", date(2021, 6, 30), ["260.5"]),
    ("珠东煤矿", "花柯", PledgeKind.MONEY, "困难党员帮扶资金", "30000", date(2027, 6, 30), ["12000"]),
    ("越州炼铁厂", "越州", PledgeKind.MONEY, "社区活动室修缮", "18000", date(2027, 12, 31), []),
]
SECONDMENTS = [
    ("滇东第一机械厂", "瑞和", "王建国", SecondmentRole.INSTRUCTOR, "指导企业移交党支部"),
    ("珠源纺织总厂", "鼓楼", "李桂兰", SecondmentRole.INSTRUCTOR, "指导企业移交党支部"),
    (None, "古城", "陈光荣", SecondmentRole.CROSS_POST, "兼任社区离退休党支部联络员"),
]


def promise(scribe: Scribe) -> None:
    """What enterprises promised to the communities that took their people, and whom they and streets send."""
    for enterprise, community, kind, what, amount, due_on, deliveries in PLEDGES:
        values = {"kind": kind, "what": what, "amount": Decimal(amount), "due_on": due_on}
        made = pledge(
            employer=scribe.employers[enterprise], unit=scribe.units[community], values=values, by=scribe.by
        )
        for serial, each in enumerate(deliveries):
            came = {"on": date(2020, 5, 20) + timedelta(days=300 * serial), "amount": Decimal(each)}
            deliver(pledge=made, values=came, by=scribe.by, today=scribe.today)
    for enterprise, community, name, role, duty in SECONDMENTS:
        host = scribe.units[community]
        sender = {"employer": scribe.employers[enterprise]} if enterprise else {"sent_by": host.parent}
        period = {"since": date(2025, 1, 1), "until": date(2027, 12, 31)}
        second(values={"person_name": name, "role": role, "duty": duty, "host": host, **sender, **period},
               by=scribe.by)  # fmt: skip
