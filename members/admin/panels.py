"""What stands beside a member's form: where she belonged, what she takes part in, what is unusual."""

from django.template.loader import render_to_string
from django.utils.html import format_html_join

from members.models import HandoverPerson, Member
from members.operations.rules import warnings
from members.states import Standing

COLOURS = {
    "预备党员": "info",
    "正式党员": "success",
    "停止党籍": "warning",
    "无组织关系": "warning",
    "出党": "danger",
    "录入错误": "danger",
    "失联": "danger",
    "流动": "info",
}


def state_of(member: Member) -> str:
    """Standing and roster in the one word that a list has room for."""
    if member.standing in (Standing.PROBATIONARY, Standing.FULL) and not member.on_roster:
        return "无组织关系"
    return member.get_standing_display()


def labels(member: Member) -> str:
    """Her state, and what else to mind, as coloured labels."""
    flags = [("失联", member.lost_since), ("流动", member.floating_since)]
    texts = [state_of(member), *(text for text, since in flags if since)]
    return format_html_join(" ", "{}", ((_label(text),) for text in texts))


def _label(text):
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": COLOURS.get(text)})


def panels_of(member: Member) -> dict:
    """The read-only panels of a member's page."""
    return {
        "labels": labels(member),
        "branch": member.branch,
        "warnings": warnings(member),
        "memberships": member.memberships.select_related("branch", "group", "handed_over_by"),
        "archives": [line for line in HandoverPerson.objects.of_member(member) if line.archives],
        "posts": member.posts.select_related("branch"),
        "transfers": member.transfers.order_by("-pk").select_related("from_branch", "to_branch", "to_unit"),
        "affiliations": member.affiliations.select_related("branch"),
        "standing_events": member.standing_events.select_related("by"),
    }
