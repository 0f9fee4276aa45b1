"""Each bad input of the tree, branches, transfers, hand-overs and promises is refused at the door in words.

One world for all of them: what is refused leaves nothing behind.
"""

from types import SimpleNamespace

import pytest

from members.operations.transfers import Destination
from tests import factories
from tests.callers import TwoStreets, words
from tests.factories import TODAY
from tests.factories.handovers import cells, handover, promised, seconded
from tests.factories.transfers import transfer
from tests.ledger import fingerprint
from tests.worlds import told_once

DAY = TODAY.isoformat()
UNKNOWN = "没有“{wenchang.pk}”这条记录，或不在您的管辖范围内"
VERSION = {"If_Match": '"v1"'}


@told_once
def there(db):
    """Two streets, with somebody who holds a post, a letter that was agreed to, a list and a promise."""
    streets = TwoStreets().people()
    group = factories.unit(parent=streets.gulou, name="第一小组")
    grid = factories.unit(parent=group, name="第一网格")
    gone = factories.unit(parent=streets.district, name="旧街道", code="530302099")
    type(gone).objects.filter(pk=gone.pk).update(closed_on=TODAY)
    zhao = factories.member(branch=streets.here, name="赵玉兰", id_number=factories.id_number(7))
    qian = factories.member(branch=streets.here, name="钱桂英")
    factories.term(streets.here, streets.wang)
    agreed = transfer(member=zhao, to=Destination(streets.jianning), state="agreed")
    received = transfer(member=streets.li, to=Destination(streets.nanning), state="received")
    batch = handover(streets.nanning, cells(1))
    firm = factories.employer(name="机械厂")
    seconded(streets.gulou, employer=firm)
    return SimpleNamespace(
        officer=streets.officer, clerk=streets.clerk, district=streets.district, nanning=streets.nanning,
        jianning=streets.jianning, gulou=streets.gulou, wenchang=streets.wenchang, here=streets.here,
        circle=streets.circle_here, wang=streets.wang, li=streets.li, group=group, grid=grid, gone=gone,
        zhao=zhao, qian=qian, agreed=agreed, received=received, batch=batch, firm=firm,
        line=batch.people.get(), promise=promised(streets.gulou, employer=firm),
    )  # fmt: skip


def unit(**changed):
    return lambda at: ("units/", {"name": "新单位", "opened_on": DAY, **told(at, changed)}, {})


def told(at, values):
    """The values, those that ask the world answered."""
    return {name: value(at) if callable(value) else value for name, value in values.items()}


def moved(what, to):
    return lambda at: (f"units/{what(at).pk}/move/", {"to": to(at).pk, "on": DAY}, VERSION)


TREE = [
    (unit(parent=lambda at: at.district.pk, level="grid"), 409, "网格的上级必须是小组，“麒麟区”是区"),
    (unit(parent=lambda at: at.gulou.pk, name="第一小组"), 400, "同一上级下已有同名单位"),
    (unit(parent=lambda at: at.gone.pk), 409, f"上级“旧街道”已于 {DAY} 撤销"),
    (
        moved(lambda at: at.nanning, lambda at: at.group),
        409,
        "不能把“南宁街道”移到它自己或它的下级“第一小组”之下",
    ),
    (
        moved(lambda at: at.gulou, lambda at: at.gulou),
        409,
        "不能把“鼓楼社区”移到它自己或它的下级“鼓楼社区”之下",
    ),
    (
        lambda at: (f"units/{at.gulou.pk}/close/", {"on": DAY}, VERSION),
        409,
        "“鼓楼社区”之下还有 1 个未撤销的下级，请先迁移或撤销它们",
    ),
]


def elected(on=DAY, **changed):
    return lambda at: (
        "terms/",
        {"branch": at.here.pk, "on": on, "years": 3,
         "holders": [{"member": told(at, changed).get("member", at.wang.pk), "post": "secretary"}]},
        {},
    )  # fmt: skip


def appointed(**changed):
    body = {"branch": lambda at: at.here.pk, "member": lambda at: at.qian.pk, "post": "secretary",
            "origin": "appointed", "since": DAY}  # fmt: skip
    return lambda at: ("posts/", told(at, body | changed), {})


POSTS = [
    (
        elected(member=lambda at: at.li.pk),
        400,
        "李国强 的组织关系在“中共文昌社区第一党支部”，不是“中共鼓楼社区第一党支部”的党员，不能在此任职",
    ),
    (
        elected(on="2024-06-01"),
        409,
        "“中共鼓楼社区第一党支部”已有 2024-06-01 选举、至 今 的一届，新一届须在其后",
    ),
    (appointed(), 409, "“中共鼓楼社区第一党支部”的书记自 2024-06-01 起是 王秀英，须先免去"),
    (appointed(post="group_leader"), 400, "党小组只设组长，组长也只在党小组"),
]


def sent(**changed):
    body = {"member": lambda at: at.qian.pk, "reason": "moved_home"}
    return lambda at: ("transfers/", told(at, body | changed), {})


def step(of, verb, **body):
    return lambda at: (
        f"transfers/{of(at).pk}/{verb}/", body, {"If_Match": f'"v{of(at).version}"'}
    )  # fmt: skip


def letter(**changed):
    body = {"issued_on": DAY, "valid_days": 30, "dues_paid_to": DAY[:7], **changed}
    return step(lambda at: at.agreed, "issue", **body)


TRANSFERS = [
    (sent(to_unit=lambda at: at.grid.code), 400, "没有代码为“{grid.code}”的区或街道"),
    (sent(to_unit="530302099"), 400, "没有代码为“530302099”的区或街道"),
    (sent(to_branch=lambda at: at.here.pk), 400, "已在“中共鼓楼社区第一党支部”，不需要转接"),
    (
        sent(to_branch=lambda at: at.circle.pk),
        400,
        "“中共鼓楼书画临时党支部”是三缘型临时党组织，不能接收组织关系，请登记为“参加临时党组织”（支部工作条例第八条）",
    ),
    (
        sent(member=lambda at: at.zhao.pk, to_unit=lambda at: at.jianning.code),
        409,
        "赵玉兰 已有一项未办结的转接（支部同意）",
    ),
    (letter(valid_days=91), 400, "有效期 91 天，须在1至90天之间（组通字〔2006〕45号）"),
    (letter(dues_paid_to="2026-10"), 400, "党费只交到 2026-10，应交到转接的当月（2026-11）"),
    (step(lambda at: at.received, "return", on=DAY, reason="busy"), 400, "“busy” 不是合法选项。"),
    (step(lambda at: at.received, "return", on=DAY), 400, "该字段是必填项。"),
    (step(lambda at: at.received, "cancel", on=DAY, note="不转了"), 403, "您没有此项权限"),
]


def listed(**changed):
    body = {"employer": lambda at: at.firm.pk, "unit": lambda at: at.nanning.pk, "document": "移2号",
            "opened_on": DAY}  # fmt: skip
    return lambda at: ("handovers/", told(at, body | changed), {})


HANDOVERS = [
    (listed(unit=lambda at: at.grid.pk), 400, "接收单位须是区、街道或社区，“第一网格”是网格"),
    (listed(unit=lambda at: at.wenchang.pk), 400, UNKNOWN),
    (
        lambda at: (
            f"handovers/{at.batch.pk}/return/",
            {"people": [at.line.pk], "on": DAY, "reason": "no"},
            {},
        ),
        400,
        "“no” 不是合法选项。",
    ),
]


def delivered(amount):
    return lambda at: (f"pledges/{at.promise.pk}/deliver/", {"on": DAY, "amount": amount}, VERSION)


def seconded_again(**changed):
    body = {"person_name": "赵志明", "role": "instructor", "host": lambda at: at.gulou.pk,
            "employer": lambda at: at.firm.pk, "since": DAY, "until": "2027-11-23"}  # fmt: skip
    return lambda at: ("secondments/", told(at, body | changed), {})


PROMISES = [
    (
        delivered("1000.01"),
        409,
        "本次 1000.01 元超过尚未兑现的 1000.00 元（承诺 1000.00，已兑现 0.00）",
    ),
    (delivered("-5"), 400, "数量 -5.00 必须大于0"),
    (delivered("1.005"), 400, "请确保总计不超过 2 个小数位。"),
    (seconded_again(), 409, "“赵志明”：同一人在同一单位的同一职务，时间不能重叠"),
    (seconded_again(person_name="孙丽", until=None), 400, "该字段不能为 null。"),
    (seconded_again(person_name="孙丽", host=lambda at: at.wenchang.pk), 400, UNKNOWN),
]


@pytest.mark.parametrize(("asked", "status", "said"), [*TREE, *POSTS, *TRANSFERS, *HANDOVERS, *PROMISES])
def test_it_is_refused_in_words_and_nothing_is_written(db, there, asked, status, said):
    path, body, headers = asked(there)
    caller = there.officer if path.startswith(("units", "terms", "posts")) else there.clerk
    before = fingerprint()

    answer = caller.post(path, body, **headers)

    assert words(answer) == (status, [said.format(grid=there.grid, wenchang=there.wenchang)])
    assert fingerprint() == before


def test_nothing_is_deleted(db, there):
    answer = there.officer.delete(f"units/{there.gulou.pk}/")

    assert words(answer) == (
        405,
        ["此地址不支持 DELETE 方法：组织单元不能删除，请使用撤销：POST units/编号/close/"],
    )


def test_of_a_list_a_row_without_a_number_is_kept_as_faulty_and_the_rest_goes_on(db, there):
    factories.member(branch=there.here, id_number=cells(4)["id_number"], sex="F", birth_on=None)
    rows = {"rows": [cells(2, id_number=""), cells(3), cells(4)]}

    answer = there.clerk.post(f"handovers/{there.batch.pk}/people/", rows)

    assert answer.json() == {"pending": 1, "faulty": 1, "already_here": 1, "mended": 0, "unchanged": 0}
    faulty = there.batch.people.get(outcome="faulty")
    assert [each["detail"] for each in faulty.complaints] == ["没有身份证号：移交名单须有身份证号才能接收"]
