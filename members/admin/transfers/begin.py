"""The act on a member's page by which her transfer begins."""

from django.urls import reverse
from django.utils.html import format_html

from branches.gates import Act
from core import clock
from core.errors import StaleVersion
from members import gates
from members.admin.transfers.forms import TransferForm
from members.operations.transfers import Draft, draft_transfer


def _begin(member, values, request):
    if values.pop("version") != member.version:
        raise StaleVersion(f"“{member}”已被他人修改，请重新打开此页再办理")
    made = draft_transfer(member=member, draft=Draft(**values), by=request.user, today=clock.today())
    link = reverse("admin:members_transfer_change", args=[made.pk])
    told = "已起草“{}”的组织关系转接（{}）。<a class='count' href='{}'>去办理下一步</a>"
    return format_html(told, member.name, made.get_route_display(), link)


def can_be_transferred(member) -> bool:
    """Whether she is on the roster and not being transferred already."""
    return member.on_roster and not member.transfers.open().exists()


BEGIN = Act(
    "transfer",
    "转接组织关系",
    TransferForm,
    gates.PROPOSE,
    _begin,
    icon="swap_horiz",
    offered=can_be_transferred,
    note="工作单位或经常居住地变动，或外出半年以上且地点固定的，应转接组织关系。在对方编入支部以前，仍由原支部管理和计数。",
)
