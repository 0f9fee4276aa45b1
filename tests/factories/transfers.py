"""Transfers for tests, brought to a state step by step.

transfer(member=wang, to=Destination(branch=other))            # drafted
transfer(member=wang, to=Destination(street), state="issued")
transfer(person={...}, to=Destination(street), state="received")
"""

from members.operations.transfers import (
    Acceptance,
    Arriving,
    Draft,
    LetterFacts,
    Receipt,
    accept_transfer,
    agree_transfer,
    close_transfer,
    draft_transfer,
    issue_letter,
    receive_letter,
    record_incoming,
)
from members.states import Route
from tests.factories import TODAY, id_number

FROM = "中共昆明市盘龙区拓东街道工作委员会"
LIFE = ["draft", "agreed", "issued", "received", "accepted", "closed"]
LIVES = {
    Route.WITHIN: ["draft", "accepted"],
    Route.BETWEEN: LIFE,
    Route.IN: LIFE[2:],
    Route.OUT: ["draft", "agreed", "issued", "closed"],
}


def arriving_person(serial=1, **person):
    """What a letter from outside says of 李玉兰."""
    joined = TODAY.replace(year=1971, month=7, day=1)
    return {"name": "李玉兰", "sex": "F", "joined_on": joined, "id_number": id_number(serial), **person}


def paper(on=TODAY, days=30, number=""):
    """The facts of a letter whose dues are paid to its month."""
    return LetterFacts(on, days, on, number)


def transfer(*, to, member=None, person=None, state=None, into=None, by=None, on=TODAY, number=""):
    """A transfer to the destination `to`, done up to `state`, every step on the day `on`."""
    told = {"by": by, "today": TODAY}
    if member is not None:
        made = draft_transfer(member=member, draft=Draft(to), **told)
    else:
        facts = paper(on, number=number or "昆组转〔2026〕7号")
        made = record_incoming(
            arriving=Arriving(person or arriving_person(), FROM, to, facts), **told
        )  # fmt: skip
    steps = {
        "agreed": lambda: agree_transfer(transfer=made, on=on, **told),
        "issued": lambda: issue_letter(transfer=made, facts=paper(on, number=number), **told),
        "received": lambda: receive_letter(transfer=made, on=on, **told),
        "accepted": lambda: accept_transfer(transfer=made, into=Acceptance(into or to.branch, on), **told),
        "closed": lambda: close_transfer(
            transfer=made, answer=Receipt(on, on if made.route == Route.OUT else None), **told
        ),
    }
    life = LIVES[made.route]
    for step in life[1 : life.index(state or life[0]) + 1]:
        made = steps[step]()
    return made
