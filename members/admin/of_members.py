"""What the lists of rows that belong to a member share."""

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from branches.gates import scope_for
from members.admin.kept import Kept
from members.admin.search import SealedSearch
from members.models import Member

HINT = "党员姓名、拼音首字母、证件或手机后四位"


class OfMembers(Kept, SealedSearch):
    """Mixin of the lists whose rows belong to a member: found by her name, numbers and spellings."""

    search_fields = ["member__name"]
    search_help_text = HINT
    member_key = "member"

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        # Who takes part from elsewhere is found by name, which the list shows, and not by her numbers.
        seen = Member.objects.visible_in(scope_for(request.user, "members.view_member"))
        found = Q(**{f"{self.member_key}__in": seen.search(search_term).values("pk")})
        named = Q(**{f"{self.member_key}__name__contains": search_term.strip()})
        return queryset.filter(found | named), False


def page_of_member(row) -> str:
    """The address of the member to whom the row belongs."""
    return reverse("admin:members_member_change", args=[row.member_id])


def member_link(member) -> str:
    """Her name, leading to her page."""
    url = reverse("admin:members_member_change", args=[member.pk])
    return format_html('<a class="count" href="{}">{}</a>', url, member.name)
