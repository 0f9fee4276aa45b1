"""The last letters of the story: transfers in every state, on the day the demo is loaded and before it.

Days are counted from that day, so that something always waits for each side, is overdue or has run out.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from branches.models import Branch
from branches.scope import Scope
from demo.people import Likeness
from demo.scribe import Scribe
from members.models import ReturnReason, TransferChannel, TransferReason
from members.obligations import Leaving
from members.operations import open_obligations_of
from members.operations.arrivals import FACTS
from members.operations.transfers import (
    Acceptance,
    Arriving,
    Destination,
    Draft,
    LetterFacts,
    Receipt,
    SentBack,
    accept_transfer,
    agree_transfer,
    cancel_transfer,
    close_transfer,
    draft_transfer,
    issue_letter,
    lose_letter,
    receive_letter,
    record_incoming,
    reissue_letter,
    return_letter,
)

EVERYWHERE = Scope(paths=("",))
KUNMING, SHANGHAI = "中共昆明市盘龙区拓东街道工作委员会", "中共上海市徐汇区田林街道工作委员会"
QUJING = "中共曲靖市沾益区西平街道工作委员会"
NEITHER_AGE_NOR_PLACE = (57, 80, 61)


@dataclass(frozen=True)
class Journey:
    """Somebody's 组织关系 goes from a branch to another street or branch, or leaves or enters the district.

    `steps` are done in their order, the letter `days_ago` days before the demo is loaded.
    """

    start: str
    to: str
    steps: str
    days_ago: int
    valid_days: int = 30
    reason: str = TransferReason.MOVED_HOME


JOURNEYS = [
    # From 建宁街道
    Journey("瑞和", "古城", "", 2, reason=TransferReason.BRANCH_ADJUST),
    Journey("瑞和", "平安", "accept", 40, reason=TransferReason.BRANCH_ADJUST),
    Journey("瑞和", "南宁街道", "", 1),
    Journey("瑞和", "太和街道", "agree", 3),
    Journey("瑞和", "寥廓街道", "agree issue", 6),
    Journey("古城", "白石江街道", "agree issue", 45),
    Journey("平安", "鼓楼", "agree issue receive", 9),
    Journey("姜家巷", "鼓楼", "agree issue receive accept", 20),
    Journey("古城", "麒麟桥", "agree issue receive accept", 55),
    Journey("古城", "文昌", "agree issue receive accept close", 420),
    Journey("平安", "南宁街道", "agree issue return", 14),
    Journey("姜家巷", "益宁街道", "agree issue lose", 18),
    Journey("古城", "太和", "agree issue lose reissue", 30, valid_days=60),
    Journey("平安", "潇湘街道", "agree issue cancel", 33),
    Journey("姜家巷", KUNMING, "agree issue", 12),
    Journey("古城", SHANGHAI, "agree issue", 70, valid_days=90),
    Journey("瑞和", KUNMING, "agree issue close", 610),
    # To 建宁街道
    Journey("鼓楼", "建宁街道", "agree issue", 4, valid_days=10),
    Journey("南宁", "瑞和", "agree issue", 8, valid_days=10, reason=TransferReason.RETIRED),
    Journey("文昌", "瑞和", "agree issue receive", 11),
    Journey("麒麟桥", "古城", "agree issue receive accept", 25),
    # From outside the district
    Journey(QUJING, "瑞和", "", 5, valid_days=30),
    Journey(KUNMING, "平安", "receive", 15, valid_days=30),
    Journey(SHANGHAI, "瑞和", "receive accept", 22, valid_days=60),
    Journey(KUNMING, "鼓楼", "receive accept close", 300, valid_days=30),
]


def write_letters(scribe: Scribe) -> None:
    """Set every journey out and do its steps."""
    travellers = _travellers(scribe)
    for journey in JOURNEYS:
        Telling(scribe, journey, travellers).tell()


def _home(scribe, community) -> Branch:
    return scribe.branches[f"{community}社区离退休党支部"]


def _travellers(scribe) -> dict[int, list]:
    """By branch, who is there for long and leaves nothing behind."""
    starts = {_home(scribe, each.start).pk for each in JOURNEYS if _is_community(scribe, each.start)}
    there = [each.member for each in scribe.residents if each.branch.pk in starts and _is_settled(each)]
    held = open_obligations_of(there, on=scribe.today, leaving=Leaving.TRANSFER_OUT)
    found = defaultdict(list)
    for member in there:
        found[member.branch_id] += [] if held[member.pk] else [member]
    return found


def _is_settled(resident) -> bool:
    return resident.is_free and resident.since < date(2021, 1, 1) and resident.member.lost_since is None


def _is_community(scribe, name) -> bool:
    return f"{name}社区离退休党支部" in scribe.branches


@dataclass
class Telling:
    """One journey as it is told."""

    scribe: Scribe
    journey: Journey
    travellers: dict

    def __post_init__(self):
        self.who = {"by": self.scribe.second, "today": self.scribe.today}
        self.on = self.scribe.today - timedelta(days=self.journey.days_ago)
        self.branch = _home(self.scribe, self.journey.to) if self._is_home(self.journey.to) else None

    def _is_home(self, name):
        return _is_community(self.scribe, name)

    def tell(self):
        """Begin, and do the steps; each a day after the one before, none after today."""
        made = self._begin() if self._is_home(self.journey.start) else self._arrive()
        for step in self.journey.steps.split():
            self.on = min(self.on + timedelta(days=1), self.scribe.today)
            made = getattr(self, f"_{step}")(made)

    def _begin(self):
        member = self.travellers[_home(self.scribe, self.journey.start).pk].pop()
        unit = self.scribe.units.get(self.journey.to) if self.branch is None else None
        outside = "" if unit or self.branch else self.journey.to
        draft = Draft(Destination(unit, self.branch, outside=outside), self.journey.reason)
        return draft_transfer(member=member, draft=draft, by=self.who["by"], today=self.on)

    def _arrive(self):
        person = self._stranger()
        to = Destination(self._committee(), text=f"{self.journey.to}社区离退休党支部")
        number = f"组转〔{self.on.year}〕{self.journey.days_ago + 100}号"
        arriving = Arriving(
            person, self.journey.start, to, self._paper(number), self.journey.reason, TransferChannel.PAPER
        )
        return record_incoming(arriving=arriving, by=self.who["by"], today=self.on)

    def _committee(self):
        street = self.branch.path[: len("00000/") * 2]
        return next(unit for unit in self.scribe.units.values() if unit.path == street)

    def _stranger(self) -> dict:
        likeness = Likeness(ages=NEITHER_AGE_NOR_PLACE, since=self.on)
        while True:
            person, phones = self.scribe.people.person(likeness)
            if "id_number" in person:
                known = {name: person[name] for name in (*FACTS, "id_number") if name in person}
                return {**known, "phone": phones[0][0] if phones else ""}

    def _paper(self, number="") -> LetterFacts:
        return LetterFacts(self.on, self.journey.valid_days, self.on, number)

    def _agree(self, made):
        return agree_transfer(transfer=made, on=self.on, **self.who)

    def _issue(self, made):
        return issue_letter(transfer=made, facts=self._paper(), **self.who)

    def _reissue(self, made):
        return reissue_letter(transfer=made, facts=self._paper(), **self.who)

    def _receive(self, made):
        return receive_letter(transfer=made, on=self.on, branch=self.branch, **self.who)

    def _accept(self, made):
        into = Acceptance(self.branch, self.on, scope=EVERYWHERE)
        return accept_transfer(transfer=made, into=into, **self.who)

    def _close(self, made):
        accepted_on = self.on if made.to_outside else None
        return close_transfer(transfer=made, answer=Receipt(self.on, accepted_on), **self.who)

    def _return(self, made):
        back = SentBack(ReturnReason.NOT_RESIDENT, self.on, "本人实际居住在白石江街道，请改寄")
        return return_letter(transfer=made, back=back, **self.who)

    def _lose(self, made):
        return lose_letter(transfer=made, on=self.on, note="本人途中遗失，已写说明", **self.who)

    def _cancel(self, made):
        return cancel_transfer(transfer=made, on=self.on, note="本人决定仍住原处", **self.who)
