"""Invented people, with the names, dates and numbers that a roster has. Nobody among them is real."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from core.identity import check_character
from demo.names import BEYOND_BMP, BLOODLINES, CLAN_NAMES, CLANS, MEN, SURNAMES, WOMEN, WORN_NAMES
from members.models import PhoneOwner, RetireKind, Sex, without_probation

# Where the people of this county were first registered, now and before the districts were redrawn.
REGIONS = ["532201", "530302", "532225", "530328", "532224", "530321"]
# No operator has given out 154 as a mobile prefix, nor 0 as the first digit of a local number.
MOBILE_PREFIX, LANDLINE_PREFIX = "154", "0874-0"
SCHOOLING = {
    "organ": ("21 22 2A 2B 2C 2D 41 61 71", (14, 22, 6, 10, 4, 6, 22, 10, 6)),
    "works": ("21 22 41 44 47 61 71 81 9", (3, 8, 14, 4, 12, 20, 27, 11, 1)),
}
TITLES = {
    "organ": [
        "科员",
        "副主任科员",
        "主任科员",
        "股长",
        "副科长",
        "科长",
        "副局长",
        "调研员",
        "教师",
        "法官",
        "医师",
    ],
    "works": ["工人", "班组长", "车间主任", "技师", "工程师", "会计", "工段长", "保管员", "司机", "厂办主任"],
}
SKILLS = [
    "书法",
    "二胡",
    "象棋",
    "门球",
    "太极拳",
    "合唱",
    "法律咨询",
    "中医推拿",
    "家电维修",
    "园艺",
    "剪纸",
    "摄影",
    "调解",
]
ILLNESSES = [
    "高血压，按时服药",
    "糖尿病",
    "行动不便，需人陪同",
    "听力下降，请打子女电话",
    "长期卧床",
    "冠心病",
]
AWAY = ["昆明市", "成都市，随子女居住", "深圳市，随子女居住", "西双版纳，冬季居住", "玉溪市"]
ETHNIC = {"01": 905, "07": 40, "03": 30, "14": 8, "06": 5, "08": 4, "16": 3, "18": 2, "25": 2, "27": 1}


@dataclass(frozen=True)
class Likeness:
    """What the story knows about somebody before she is invented; everything else is left to chance."""

    ages: tuple[int, int, int] = (62, 94, 69)
    work: str = "works"
    name: str = ""
    veteran: bool = False
    since: date = date(2020, 1, 1)
    facts: dict = field(default_factory=dict)


def years_after(day: date, years: float) -> date:
    """The day about so many years later."""
    return day + timedelta(days=int(years * 365.25))


class People:
    """Invents one person after another from one source of chance: the same source tells the same people."""

    def __init__(self, chance: Random):
        self.chance = chance
        self.numbers = set()
        self.last_phone = None

    def person(self, likeness: Likeness) -> tuple[dict, list]:
        """The columns of a new member, and her phones as (number, owner, note)."""
        sex = self.chance.choices([Sex.MALE, Sex.FEMALE], (61, 39))[0]
        ethnic = self.chance.choices(list(ETHNIC), list(ETHNIC.values()))[0]
        person = {
            "name": likeness.name or self.name(sex, ethnic),
            "sex": sex,
            "ethnic_group": ethnic,
            **self._life(likeness, sex),
            "education": self._schooling(likeness),
            "former_title": self.chance.choice(TITLES[likeness.work]),
            **self._now_and_then(),
            **likeness.facts,
        }
        return person, self._phones()

    def name(self, sex, ethnic="01") -> str:
        """A name of the right generation; sometimes a worn one, which a branch may well have twice."""
        if ethnic == "07" and self.chance.random() < 0.3:
            return f"{self.chance.choice(CLANS)}·{self.chance.choice(CLAN_NAMES)}"
        if self.chance.random() < 0.03:
            return self.chance.choice(WORN_NAMES[sex])
        surname = self.chance.choices(*BLOODLINES) if ethnic == "03" else self.chance.choices(*SURNAMES)
        given = self.chance.sample(MEN if sex == Sex.MALE else WOMEN, 2 if self.chance.random() < 0.78 else 1)
        if self.chance.random() < 0.003:
            given[-1] = self.chance.choice(BEYOND_BMP)
        return surname[0] + "".join(given)

    def _life(self, likeness, sex) -> dict:
        """Birth, work, joining and retirement in an order that the rules of the roster accept."""
        born = self._born(likeness)
        started = years_after(born, self.chance.uniform(16, 23))
        if likeness.veteran:
            started = date(self.chance.randint(1946, 1948), self.chance.randint(1, 12), 1)
        leaves_at = 60 if sex == Sex.MALE else self.chance.choice([50, 55, 55])
        life = {
            "worked_on": started.replace(day=1),
            "worked_precision": "M",
            "retired_on": min(years_after(born, leaves_at), likeness.since).replace(day=1),
            "retired_precision": "M",
            "retire_kind": RetireKind.LIXIU if likeness.veteran else self._retirement(),
        }
        return {**life, **self._joining(born, started), **self._identity(born, sex)}

    def _born(self, likeness) -> date:
        youngest, oldest, usual = (90, 97, 92) if likeness.veteran else likeness.ages
        age = self.chance.triangular(youngest, oldest, usual)
        return years_after(date(2020, 12, 31), -age)

    def _retirement(self) -> str:
        kinds = [RetireKind.TUIXIU, RetireKind.TUIZHI, RetireKind.NEITUI]
        return self.chance.choices(kinds, (965, 15, 20))[0]

    def _joining(self, born, started) -> dict:
        """When she joined and became full; those of 1969-1977 passed no probation."""
        joined = years_after(
            max(born + timedelta(days=18 * 366), started), self.chance.triangular(0.5, 28, 7)
        )
        by_month = self.chance.random() < 0.25
        if by_month:
            joined = joined.replace(day=1)
        precision = "M" if by_month else "D"
        found = {"joined_on": joined, "joined_precision": precision}
        if without_probation(joined):
            return found
        full = date(joined.year + 1, joined.month, min(joined.day, 28))
        return {**found, "full_on": full, "full_precision": precision}

    def _identity(self, born, sex) -> dict:
        """The archive's birth date and the ID number's: in some old files they differ, a few have none."""
        fate = self.chance.random()
        if fate < 0.004:
            return {"birth_on": born.replace(day=1), "birth_precision": "M"}
        archive, precision = born, "D"
        if fate < 0.02:
            archive = born - timedelta(days=self.chance.choice([29, 61, 365, 366, 730]))
        elif fate < 0.04:
            archive, precision = born.replace(day=1), "M"
        return {"id_number": self.id_number(born, sex), "birth_on": archive, "birth_precision": precision}

    def id_number(self, born, sex) -> str:
        """A number with a right check character that nobody else in this story has."""
        while True:
            serial = self.chance.randrange(500) * 2 + (sex == Sex.MALE)
            seventeen = f"{self.chance.choice(REGIONS)}{born:%Y%m%d}{serial:03}"
            if seventeen not in self.numbers:
                self.numbers.add(seventeen)
                return seventeen + check_character(seventeen)

    def _schooling(self, likeness) -> str:
        codes, weights = SCHOOLING[likeness.work]
        return self.chance.choices(codes.split(), weights)[0]

    def _now_and_then(self) -> dict:
        """What only some people have."""
        found = {}
        if self.chance.random() < 0.25:
            found["skills"] = "、".join(self.chance.sample(SKILLS, self.chance.randint(1, 2)))
        if self.chance.random() < 0.03:
            found["health_note"] = self.chance.choice(ILLNESSES)
        if self.chance.random() < 0.008:
            found["floating_since"] = date(2019, self.chance.randint(1, 12), 1)
            found["floating_to"] = self.chance.choice(AWAY)
        return found

    def _phones(self) -> list:
        """Her own number, her child's, or the one that the couple shares; a few have none."""
        fate = self.chance.random()
        if fate < 0.05 and self.last_phone:
            return [(self.last_phone, PhoneOwner.SPOUSE, "夫妻共用")]
        if fate < 0.09:
            return []
        if fate < 0.16:
            return [(f"{LANDLINE_PREFIX}{self.chance.randrange(10**6):06}", PhoneOwner.SELF, "家中座机")]
        self.last_phone = self._mobile()
        phones = [(self.last_phone, PhoneOwner.SELF, "")]
        if self.chance.random() < 0.2:
            phones.append((self._mobile(), PhoneOwner.CHILD, "晚上联系"))
        return phones

    def _mobile(self) -> str:
        return f"{MOBILE_PREFIX}{self.chance.randrange(10**8):08}"
