"""The sixth part of the story: grid matters at all stages, neighbours who look in, and carriers."""

import io
from datetime import date, timedelta
from itertools import cycle
from random import Random

from PIL import Image, ImageDraw

from demo.people import MOBILE_PREFIX, People
from demo.scribe import Scribe
from members.models import Member
from volunteering.models import Consent
from volunteering.operations import (
    Agreed,
    Begun,
    Looked,
    add_building,
    add_household,
    add_photo,
    assign_matter,
    follow_up,
    found_carrier,
    link_matter,
    matter_from_visit,
    pair,
    record_visit,
    refer_matter,
    reopen_matter,
    report_matter,
    settle_matter,
    take_matter,
    verify_visit,
)

SEED = 8110
# Where neighbours look in, and since when: after the year whose participation was published.
COMMUNITIES, PAIRED_SINCE = ("瑞和", "古城", "鼓楼", "临江"), date(2023, 3, 6)
RISKS = ("high", "key", "general", "general")
NEEDS = ("独居，腿脚不便", "空巢，听力不好", "独居", "高龄，女儿在外地")
# kind, urgency, what it is, how many days ago, and how far it has come.
MATTERS = [
    ("public", "ordinary", "3栋二楼楼道灯不亮", 2, 0),
    ("public", "ordinary", "楼道灯坏了", 1, 0),
    ("resident", "urgent", "下水道堵了，污水外溢", 1, 1),
    ("resident", "ordinary", "希望加装扶手", 4, 2),
    ("public", "urgent", "广场健身器材松动", 9, 2),
    ("dispute", "ordinary", "楼上漏水，两家争执", 6, 2),
    ("public", "ordinary", "小区门口路面塌陷", 20, 3),
    ("resident", "ordinary", "广场舞音响太大", 30, 4),
    ("resident", "ordinary", "快递车占道", 12, 5),
]
SETTLED = 3
OUTCOMES = cycle(["已联系物业修好", "已请社区协调，双方同意", "已设置提示牌并安排巡查"])


def look_after(scribe: Scribe) -> None:
    """Tell of the communities one after the other; the first is the one whose clerk visitors may try."""
    for number, community in enumerate(COMMUNITIES):
        Neighbourhood(scribe, community, Random(SEED + number)).live(MATTERS if number == 0 else MATTERS[:4])


class Neighbourhood:
    """A community with its buildings, and the members who live there."""

    def __init__(self, scribe, name, chance):
        self.scribe, self.chance, self.people = scribe, chance, People(chance)
        self.unit = scribe.units[name]
        self.branch = scribe.branches[f"{name}社区离退休党支部"]
        there = Member.objects.on_roster().filter(branch=self.branch).order_by("pk")
        near = there.filter(residence__path__startswith=self.unit.path, lost_since=None)
        self.helpers = list(near[:8])
        grids = scribe.homes.get(self.unit.pk) or [self.unit]
        self.buildings = [
            add_building(values={"name": f"{number}栋", "unit": grid}, by=scribe.by)
            for number, grid in enumerate(grids[:4], start=1)
        ]
        self.told = {"by": scribe.by, "today": scribe.today}

    def live(self, matters):
        """Carriers first, then who looks in on whom, then what has to be seen to."""
        if not self.helpers:
            return
        self._carriers()
        self._households()
        done = [self._matter(*each) for each in matters]
        link_matter(matter=done[1], original=done[0], **self.told)
        if len(done) > 4:
            add_photo(matter=done[0], content=_picture(), caption="二楼楼道", **self.told)
            refer_matter(matter=done[4], reason="器材属街道购置，请街道联系厂家", **self.told)

    def _carriers(self):
        told = {"branch": self.branch, "unit": self.unit, "founded_on": date(2019, 7, 1)}
        begun = zip(
            [("station", f"{self.unit.name}联络服务站", None),
             ("building_branch", f"{self.unit.name}1栋楼栋党支部", self.buildings[0]),
             ("area", f"{self.unit.name}党员责任区", self.buildings[-1])],
            self.helpers, strict=False,
        )  # fmt: skip
        for (kind, name, building), member in begun:
            values = {"kind": kind, "name": name, "address": f"{self.unit.name}活动室", **told}
            since = max(values["founded_on"], self._since(member))
            found_carrier(values={**values, "founded_on": since}, begun=Begun(member, building), **self.told)

    def _since(self, member):
        """The day after which she is on the roster here."""
        return member.memberships.get(until=None).since + timedelta(days=1)

    def _households(self):
        for number, building in enumerate(self.buildings):
            values = {
                "building": building,
                "risk": RISKS[number],
                "room": f"{self.chance.randint(1, 4)}单元{self.chance.randint(1, 6)}01",
                "resident": self.people.name(self.chance.choice("FM")),
                "phone": f"{MOBILE_PREFIX}{self.chance.randrange(10**8):08}",
                "needs": NEEDS[number],
            }
            household = add_household(values=values, by=self.scribe.by)
            for member in self.helpers[number : number + 2 if number == 0 else number + 1]:
                self._looked_in(self._paired(household, member), number)

    def _paired(self, household, member):
        since = max(PAIRED_SINCE, self._since(member))
        agreed = Agreed(Consent.WRITTEN, since)
        return pair(household=household, member=member, since=since, agreed=agreed, **self.told)

    def _looked_in(self, pairing, number):
        """The first and third homes lately; the second too long ago, and in the last something was found."""
        for days in ((3, 10), (45,), (20, 60), (2,))[number]:
            on = self.scribe.today - timedelta(days=days)
            found = {"found": "needs", "finding": "门口灯坏了，晚上不敢出门"} if number == 3 else {}
            visit = record_visit(pairing=pairing, looked=Looked(on, **found), **self.told)
            if found:
                values = {"kind": "public", "subject": "单元门口灯坏了"}
                matter_from_visit(visit=visit, values=values, **self.told)
            else:
                verify_visit(visit=visit, by=self.scribe.second)

    def _matter(self, kind, urgency, subject, days_ago, steps):
        """0 reported, 1 taken, 2 at work, 3 settled, 4 asked about, 5 reopened."""
        day = self.scribe.today - timedelta(days=days_ago)
        values = {
            "kind": kind, "urgency": urgency, "subject": subject, "unit": self.buildings[0].unit,
            "spot": "1栋附近", "channel": self.chance.choice(["grid_worker", "resident"]),
            "reporter": self.people.name(self.chance.choice("FM")),
            "reporter_phone": f"{MOBILE_PREFIX}{self.chance.randrange(10**8):08}",
        }  # fmt: skip
        told = {"by": self.scribe.by, "today": day}
        matter = report_matter(values=values, **told)
        handler = self.helpers[-1]
        # The one that nobody has been asked about was also settled too late.
        settled = {"by": self.scribe.by, "today": day + timedelta(days=10 if steps == SETTLED else 1)}
        asked = {"by": self.scribe.second, "today": day + timedelta(days=2)}
        deeds = [
            lambda: take_matter(matter=matter, **told),
            lambda: assign_matter(matter=matter, handler=handler, **told),
            lambda: settle_matter(matter=matter, outcome=next(OUTCOMES), **settled),
            lambda: follow_up(matter=matter, satisfied=steps < 5, **asked),
            lambda: reopen_matter(matter=matter, reason="没过几天又占道", **self.told),
        ]
        for deed in deeds[:steps]:
            matter = deed()
        return matter


def _picture() -> bytes:
    """A stairwell with a lamp that does not burn, drawn and not photographed."""
    image = Image.new("RGB", (800, 600), (70, 74, 82))
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.rectangle((80 + step * 90, 520 - step * 50, 720, 560 - step * 50), fill=(120 + step * 12,) * 3)
    draw.ellipse((360, 60, 440, 140), fill=(40, 40, 44), outline=(150, 150, 150), width=6)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
