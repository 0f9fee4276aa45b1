"""How often a public page may be used from one address on a day: counted by a keyed hash of the address."""

from datetime import timedelta
from ipaddress import IPv6Network, ip_address

from django.db import transaction
from django.db.models import F

from core.errors import DomainError
from core.sealing import blind_index
from volunteering.models import Knock

KEPT_DAYS = 7


class TooOften(DomainError):
    """The page was used too often from there today."""

    code = "too_often"
    status = 429


def origin_of(address: str) -> str:
    """By what an address is known here; the address itself is not kept."""
    return blind_index(_line_of(address), purpose="origin")


@transaction.atomic
def knock(*, page, address, most, today) -> None:
    """Count one use of the page. Raise TooOften beyond `most` a day; what is a week old is forgotten."""
    Knock.objects.before(today - timedelta(days=KEPT_DAYS)).delete()
    mine = {"page": page, "origin_index": origin_of(address), "on": today}
    Knock.objects.bulk_create([Knock(**mine)], ignore_conflicts=True)
    Knock.objects.filter(**mine).update(times=F("times") + 1)
    if Knock.objects.get(**mine).times > most:
        raise TooOften("您今天用得太频繁了，请明天再试，或拨打社区电话")


def _line_of(address: str) -> str:
    """The line an address belongs to: one line has 2**64 addresses of IPv6, and may use each of them."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if read.version == 4:
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read), 64), strict=False))
