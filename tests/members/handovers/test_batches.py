"""A batch is opened for a unit, corrected, and closed when everybody has been answered for."""

from datetime import date, timedelta

from branches.operations import close_unit, dissolve_branch
from branches.operations.appointments import AppointmentRule
from core.errors import InvalidValue, StaleVersion
from members.models import Handover
from members.operations import (
    Answer,
    amend_handover,
    close_handover,
    correct_person,
    miss_people,
    open_handover,
    reopen_handover,
)
from members.operations.handovers.batches import HandoverRule
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import cells, handover
from tests.ledger import refused, refused_by_database

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def opened(place, **changed):
    values = {"document": "麒国企移〔2026〕2号", "opened_on": TODAY, **changed}
    unit = values.pop("unit", place.district)
    return open_handover(employer=place.employer, unit=unit, values=values, by=None, today=TODAY)


def test_a_batch_is_opened_for_a_unit(place):
    batch = opened(place, archives_at="区档案中心")

    assert str(batch) == "滇东第一机械厂 麒国企移〔2026〕2号"
    assert (batch.unit, batch.closed_on) == (place.district, None)


def test_a_batch_is_not_opened_ahead_below_a_community_or_on_a_closed_unit(place):
    group = factories.unit(parent=place.gulou, name="鼓楼第一小组")
    with refused(InvalidValue, f"移交日期 {TOMORROW} 在今天（{TODAY}）之后", field="opened_on"):
        opened(place, opened_on=TOMORROW)
    with refused(InvalidValue, "接收单位须是区、街道或社区，“鼓楼第一小组”是小组", field="unit"):
        opened(place, unit=group)
    type(place.qilin).objects.filter(pk=place.qilin.pk).update(closed_on=TODAY)
    with refused(InvalidValue, f"“麒麟社区居民委员会”已于 {TODAY} 撤销，不能接收", field="unit"):
        opened(place, unit=place.qilin)


def test_a_document_opens_one_batch_of_an_enterprise(place):
    opened(place)
    with refused(InvalidValue, "该企业已有同一文号的移交批次，名单可以补充到那一批", field="document"):
        opened(place)


def test_a_batch_is_corrected_as_it_was_read(place):
    done = amend_handover(
        handover=place.handover, values={"note": "第二次核对"}, by=None, today=TODAY, version=1
    )

    assert (done.note, done.version) == ("第二次核对", 2)
    assert amend_handover(handover=done, values={"note": "第二次核对"}, by=None, today=TODAY).version == 2
    with refused(StaleVersion, f"“{done}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        amend_handover(handover=done, values={"note": ""}, by=None, today=TODAY, version=1)


def test_a_batch_was_handed_over_before_anybody_on_its_list(place):
    batch = handover(place.district, cells(1), employer=place.employer, document="另一批")
    miss_people(
        handover=batch, people=[batch.people.get().pk], answer=Answer(YESTERDAY), by=None, today=TODAY
    )

    def dated(day):
        return amend_handover(handover=batch, values={"opened_on": day}, by=None, today=TODAY)

    with refused(InvalidValue, f"移交日期 {TODAY} 晚于名单上最早的办理日期 {YESTERDAY}", field="opened_on"):
        dated(TODAY)
    assert dated(YESTERDAY).opened_on == YESTERDAY


def test_a_batch_is_closed_once_nobody_waits_and_may_be_opened_again(place):
    batch = handover(place.district, cells(1), employer=place.employer, document="另一批")
    told = {"by": None, "today": TODAY}
    with refused(HandoverRule, "还有 1 人待更正或待接收，不能办结"):
        close_handover(handover=batch, on=TODAY, **told)
    with refused(InvalidValue, "办结日期 2026-10-31 早于移交日期 2026-11-01", field="on"):
        close_handover(handover=place.handover, on=date(2026, 10, 31), **told)
    with refused(HandoverRule, "该批次没有办结，不需要重新打开"):
        reopen_handover(handover=place.handover, by=None)

    close_handover(handover=place.handover, on=TODAY, **told)

    with refused(HandoverRule, f"该批次已于 {TODAY} 办结，补充名单或更改结果请先重新打开"):
        close_handover(handover=place.handover, on=TODAY, **told)
    assert reopen_handover(handover=place.handover, by=None).closed_on is None


def test_the_database_refuses_a_batch_closed_before_it_was_opened(place):
    with refused_by_database("handover_closed_after_opened"):
        Handover.objects.update(closed_on=date(2020, 1, 1))


# Where somebody waits, nothing is closed.


def refuses_to_close(place, unit, said):
    with refused(AppointmentRule, f"“{unit}”在 {TODAY} 还有{said}没有结束，请先办理"):
        close_unit(unit=unit, on=TODAY, document="", by=None, today=TODAY)


def test_neither_a_community_nor_a_grid_is_closed_while_somebody_waits_to_come_there(place):
    group = factories.unit(parent=place.qilin, name="麒麟第1小组")
    home = {"wanted_unit": "麒麟社区", "home": "麒麟第1小组"}
    line = place.line(cells(1, **home))
    refuses_to_close(place, group, "移交名单 1 条")
    correct_person(person=line, cells={"home": ""}, scope=place.everywhere, by=None, today=TODAY)
    close_unit(unit=group, on=TODAY, document="", by=None, today=TODAY)

    refuses_to_close(place, place.qilin, "移交名单 1 条")

    about = {"handover": place.handover, "people": [line.pk], "by": None, "today": TODAY}
    miss_people(answer=Answer(TODAY), **about)
    assert close_unit(unit=place.qilin, on=TODAY, document="", by=None, today=TODAY)


def test_a_branch_that_somebody_wants_is_not_dissolved(place):
    second = factories.branch(unit=place.gulou, name="中共鼓楼社区第二党支部")
    place.line(cells(1, wanted_branch="鼓楼社区第二党支部"))

    with refused(AppointmentRule, f"“{second}”在 {TODAY} 还有移交名单 1 条没有结束，请先办理"):
        dissolve_branch(branch=second, on=TODAY, document="", by=None, today=TODAY)


def test_a_unit_is_closed_after_its_batches_and_they_are_not_opened_again(place):
    batch = opened(place, unit=place.qilin)
    refuses_to_close(place, place.qilin, "企业移交批次 1 条")
    close_handover(handover=batch, on=TODAY, by=None, today=TODAY)
    close_unit(unit=place.qilin, on=TODAY, document="", by=None, today=TODAY)

    with refused(HandoverRule, f"“麒麟社区居民委员会”已于 {TODAY} 撤销，不能重新打开"):
        reopen_handover(handover=batch, by=None)
