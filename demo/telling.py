"""The whole story, told into an empty registry through the operations."""

from pathlib import Path
from random import Random

from django.db import transaction

import branches
from branches.models import Level, Unit
from branches.operations import load_divisions
from core.changes import constraints_unasked
from core.copying import bulk
from core.errors import DomainError
from demo import story
from demo.accounts import appoint_accounts, appoint_officer, make_accounts
from demo.bulk import all_or_nothing
from demo.founding import found
from demo.handing_over import hand_over_now, promise
from demo.leading import lead
from demo.letters import write_letters
from demo.neighbours import look_after
from demo.orders import order_services
from demo.postings import post_and_serve
from demo.scribe import Scribe
from demo.settling import gather, settle
from demo.volunteers import enlist
from demo.years import live_on, reorganise

DIVISIONS = Path(branches.__file__).parent / "data" / "qilin_divisions.csv"
SEED = 530302


class NotYet(DomainError):
    """The story cannot be told before its last day has come."""

    code = "not_yet"


def division_lines() -> list[str]:
    """The file of divisions that comes with the project."""
    return DIVISIONS.read_text(encoding="utf-8").splitlines()


def registry_is_empty() -> bool:
    """Whether nothing has been registered: there is no tree."""
    return not Unit.objects.exists()


@transaction.atomic
def tell(*, today) -> None:
    """Load the article's district with everything that happened until the story's last day."""
    if today < story.LAST_DAY:
        raise NotYet(f"演示数据讲到 {story.LAST_DAY} 为止，今天（{today}）还不能载入")
    accounts = make_accounts()
    scribe = Scribe(by=accounts["district"], second=accounts["street"], today=today, chance=Random(SEED))
    with bulk(), constraints_unasked(), all_or_nothing():
        load_divisions(lines=division_lines(), since=story.FIRST_DAY, by=scribe.by, today=today)
        appoint_officer(accounts, district=Unit.objects.get(level=Level.DISTRICT))
        found(scribe)
        settle(scribe)
        for gathering in story.GATHERINGS:
            gather(scribe, gathering)
        enlist(scribe)
        live_on(scribe)
        lead(scribe)
        promise(scribe)
        hand_over_now(scribe)
        order_services(scribe)
        look_after(scribe)
    # Not in bulk: a unit that moves hangs for a moment in two places.
    reorganise(scribe)
    write_letters(scribe)
    post_and_serve(scribe)
    appoint_accounts(
        accounts,
        district=scribe.units[story.DISTRICT],
        street=scribe.units[story.STREET_OF_CLERK],
        community=scribe.units[story.COMMUNITY_OF_CLERK],
        branch=scribe.branches[f"{story.COMMUNITY_OF_CLERK}社区离退休党支部"],
    )
