"""Searching by names and numbers of people: what was typed goes into no address and so into no log."""

import base64
import binascii

from django.contrib import messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import HttpResponseRedirect

from branches.gates import ScopedList
from core.sealing import SealBroken, seal, unseal

CONTEXT = "members.admin.search"
MARK = "~"


def sealed_term(text: str) -> str:
    """The search term as it may stand in an address."""
    return MARK + base64.urlsafe_b64encode(seal(text, context=CONTEXT)).decode().rstrip("=") if text else ""


def opened_term(token: str) -> str:
    """What was searched for; a term that was never sealed is taken as it stands."""
    if not token.startswith(MARK):
        return token
    try:
        body = token[len(MARK) :]
        return unseal(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), context=CONTEXT)
    except (binascii.Error, SealBroken, ValueError):
        return ""


class SealedSearchList(ScopedList):
    """A list whose address carries the search term sealed."""

    def get_queryset(self, request, exclude_parameters=None):
        self.query = opened_term(self.query)
        return super().get_queryset(request, exclude_parameters)


class SealedSearch:
    """Mixin of an admin page: the search box posts, and the answer is an address with the term sealed."""

    longest_term = 60

    def get_changelist(self, request, **kwargs):
        return SealedSearchList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._searched(request)
        return super().changelist_view(request, extra_context)

    def _searched(self, request):
        kept = request.GET.copy()
        for name in (PAGE_VAR, SEARCH_VAR):
            kept.pop(name, None)
        text = request.POST[SEARCH_VAR].replace("\x00", "").strip()
        if len(text) > self.longest_term:
            messages.warning(request, f"搜索词最多{self.longest_term}个字，后面的没有用上")
        if text:
            kept[SEARCH_VAR] = sealed_term(text[: self.longest_term])
        return HttpResponseRedirect(f"?{kept.urlencode()}")
