"""What the doors share: who may be a candidate, who keeps what, whose word counts, how photos go out."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.timezone import localtime

from branches.gates import may, scope_for
from branches.scope import Scope
from core import clock
from members.models import Member
from volunteering.models import GridMatter, Offer, Slot, TeamMembership
from volunteering.operations import candidates
from volunteering.states import ClaimStatus

VIEW_ITEM, CHANGE_ITEM = "volunteering.view_serviceitem", "volunteering.change_serviceitem"
DISPATCH = "volunteering.dispatch_serviceorder"
# The two sides of a claim: who answers for the post, and who answers for the member.
KEEP_POST, CLAIM = "volunteering.change_servicepost", "volunteering.add_claim"
CHANGE_CLAIM, ANSWER_TURN = "volunteering.change_claim", "volunteering.answer_turn"
VIEW_OFFER = "volunteering.view_offer"
SETTLE = "volunteering.answer_gridmatter"
# No page of ours, no script and no name that a browser would believe.
PHOTO_HEADERS = {
    "Content-Disposition": 'attachment; filename="photo.jpg"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
NOON = 12


def soonest(now: datetime) -> dict:
    """The half-day that a form of an order proposes: the next one that has not begun."""
    here = localtime(now)
    if here.hour < NOON:
        return {"wanted_on": here.date(), "slot": Slot.AFTERNOON}
    return {"wanted_on": here.date() + timedelta(days=1), "slot": Slot.MORNING}


def candidates_for(user, order) -> list:
    """The ranking of today, without who serves out of the person's sight.

    Of who serves in a team in sight but belongs elsewhere no reasons are told: they say how old she is, where
    she lives, whether she can be reached.
    """
    seen = TeamMembership.objects.visible_in(scope_for(user, "volunteering.view_teammembership"))
    found = candidates(order, on=clock.today(), members=seen.values("member"))
    known = Member.objects.visible_in(scope_for(user, "members.view_member"))
    own = set(known.filter(pk__in=[each.member.pk for each in found]).values_list("pk", flat=True))
    return [each if each.member.pk in own else each.without_reasons() for each in found]


def keeps_item(user, item) -> bool:
    """Whether the person answers for the place where the item is offered."""
    return scope_for(user, CHANGE_ITEM).covers(item.unit.path)


def keeps_post(user, post) -> bool:
    """Whether the person answers for the place of the post; all may read what has been made public."""
    return scope_for(user, KEEP_POST).covers(post.path)


def word_counts(user, verb, row) -> bool:
    """Whether the verb is the person's for a claim or a turn: each side answers for its own."""
    side = SIDES.get(verb)
    return side(user, row) if side else may(user, verb, row)


def settles(user, matter) -> bool:
    """Whether the person settles the matter: for its place, or as the branch of who was given it.

    A branch whose member only brought it, or that only belongs to the place, sees it and does no more.
    """
    scope = scope_for(user, SETTLE)
    here = GridMatter.objects.visible_in(Scope(paths=scope.paths)).filter(pk=matter.pk)
    return bool(matter.handler and matter.handler.branch_id in scope.branch_ids) or here.exists()


def answering(claim) -> str:
    """The verb of the side that has still to answer: hers an invitation, else the community."""
    return CLAIM if claim.status == ClaimStatus.INVITED else KEEP_POST


def asking(claim) -> str:
    """The verb of the side that asked, and may take it back."""
    return KEEP_POST if claim.status == ClaimStatus.INVITED else CLAIM


def offers_for(user, post):
    """Whom the person may ask for the post: offers in her sight that reach it, of who is on the roster."""
    seen = Offer.objects.visible_in(scope_for(user, VIEW_OFFER))
    able = seen.standing(clock.today()).reaching(post.path).select_related("member__branch", "unit")
    return able.filter(member__skills__contains=post.skill).order_by("member__sort_key", "pk")


def photo_response(photo) -> HttpResponse:
    """The picture itself, for who may see the matter at this moment; kept by no cache."""
    return HttpResponse(photo.open_content(), content_type="image/jpeg", headers=PHOTO_HEADERS)


SIDES = {
    KEEP_POST: lambda user, row: keeps_post(user, row.post),
    CLAIM: lambda user, row: may(user, CLAIM, row.member),
    # That she is there no longer, either side may say.
    CHANGE_CLAIM: lambda user, row: keeps_post(user, row.post) or may(user, CHANGE_CLAIM, row.member),
    ANSWER_TURN: lambda user, row: may(user, ANSWER_TURN, row.swap_to or row.member),
}
