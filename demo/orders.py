"""The fifth part of the story: what residents ordered, who went, and what still lies on the desks today."""

from datetime import date, time, timedelta
from itertools import cycle
from random import Random

from demo import story
from demo.people import MOBILE_PREFIX, People
from demo.scribe import Scribe
from volunteering.models import Slot
from volunteering.operations import (
    Said,
    Worked,
    accept_order,
    candidates,
    complete_order,
    confirm_order,
    dispatch_order,
    offer_item,
    reject_order,
    request_order,
    start_order,
)

SEED = 8109
IN_A_YEAR = 12
# How many days ago each of the latest orders was taken, and how far it has come since.
LATEST = [(9, 4), (4, 0), (3, 1), (2, 2), (1, 3), (0, 0), (0, 1), (0, 2)]
FEEDBACK = ["很好", "很耐心", "买得又快又便宜", "谢谢老党员", ""]


def order_services(scribe: Scribe) -> None:
    """Offer the catalogue; year by year orders are taken and done, and the latest are at all stages."""
    clerk = OrderClerk(scribe)
    for year in range(2020, story.LAST_DAY.year + 1):
        last = min(date(year, 12, 20), story.LAST_DAY)
        for _ in range(IN_A_YEAR):
            clerk.serve(day_between(clerk.chance, date(year, 8 if year == 2020 else 1, 5), last))
    for days_ago, steps in LATEST:
        clerk.serve(scribe.today - timedelta(days=days_ago), steps=steps)


def day_between(chance, first, last) -> date:
    """Some day of a period, both ends included."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


class OrderClerk:
    """Takes an order on a day and brings it as far as it went."""

    def __init__(self, scribe):
        self.scribe, self.chance = scribe, Random(SEED)
        self.people = People(self.chance)
        district = scribe.units[story.DISTRICT]
        self.items = cycle(
            [offer_item(values={"unit": district, **values}, by=scribe.by) for values in story.CATALOGUE]
        )
        near = [squad for squad in story.SQUADS if squad.base != story.DISTRICT and not squad.until]
        self.places = cycle(near)
        # Whoever took part in 2020 is counted already: the published figure stays what it was.
        self.known = {resident.member.pk for resident in scribe.residents if resident.was_confirmed}
        self.alive = {resident.member.pk for resident in scribe.residents}

    def serve(self, day, steps=5):
        """0 taken, 1 dispatched, 2 accepted, 3 begun, 4 done, 5 confirmed; as far as somebody is found."""
        order = self._taken(day)
        helper = self._helper(order, day) if steps else None
        told = {"by": self.scribe.by, "today": day}
        if helper is None:
            if steps:
                reject_order(order=order, reason="附近暂无合适的队员", **told)
            return
        deeds = [
            lambda: dispatch_order(order=order, to=helper, **told),
            lambda: accept_order(order=order, member=helper, **told),
            lambda: start_order(order=order, **told),
            lambda: complete_order(order=order, worked=self._worked(day), **told),
            lambda: confirm_order(order=order, said=self._said(), by=self.scribe.second, today=day),
        ]
        for deed in deeds[:steps]:
            deed()

    def _taken(self, day):
        squad, item = next(self.places), next(self.items)
        while squad.founded > day:
            squad = next(self.places)
        base = self.scribe.units[squad.base]
        values = {
            "item": item,
            "unit": self.chance.choice(self.scribe.homes.get(base.pk) or [base]),
            "requester": self.people.name(self.chance.choice("FM")),
            "requester_phone": f"{MOBILE_PREFIX}{self.chance.randrange(10**8):08}",
            "requester_address": f"{self.chance.randint(1, 30)}栋{self.chance.randint(1, 6)}单元",
            "channel": self.chance.choice(["hotline", "hotline", "counter", "scan"]),
            "wanted_on": day,
            "slot": self.chance.choice([Slot.MORNING, Slot.AFTERNOON]),
        }
        return request_order(values=values, by=self.scribe.by, today=day)

    def _helper(self, order, day):
        may_go = self.known if day.year == 2020 else self.alive
        fits = (each.member for each in candidates(order, on=day) if each.fits and each.member.pk in may_go)
        return next(fits, None)

    def _worked(self, day):
        began = self.chance.randint(8, 15)
        return Worked(day, time(began), time(began + 1, self.chance.choice([0, 15, 30])))

    def _said(self):
        return Said(rating=self.chance.choice([4, 5, 5, 5]), feedback=self.chance.choice(FEEDBACK))
