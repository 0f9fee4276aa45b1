"""The last part of the story: posts that members claimed, whose turn it is, who has a certificate."""

from datetime import time, timedelta

from demo import story
from demo.scribe import Scribe
from members.models import Member
from volunteering.operations import (
    Rota,
    Span,
    add_post,
    agree_to_claim,
    announce_certificate,
    ask_swap,
    claim_post,
    deal_turns,
    finish_turn,
    give_feedback,
    invite,
    issue_certificate,
    make_offer,
    miss_turn,
    open_post,
    publish_post,
    take_up,
    verify_hours,
)
from volunteering.states import PostStatus

SINCE, AHEAD, ANNOUNCED = timedelta(days=45), timedelta(days=13), timedelta(days=8)
# Every so many turns somebody did not come.
MISSED = 6


def post_and_serve(scribe: Scribe) -> None:
    """Set up the posts of today, let people of the place claim them, and serve their turns until today."""
    for told in story.POSTS:
        PostClerk(scribe, told).tell()


class PostClerk:
    """Sets up one post and brings it as far as the story has it."""

    def __init__(self, scribe, told):
        self.scribe, self.told = scribe, told
        self.unit = scribe.units[told.community]
        self.start = scribe.today - SINCE
        self.by = {"by": scribe.by, "today": self.start}

    def tell(self):
        people = self._people()
        post = self._post()
        for member in people[: self.told.taken]:
            self._seat(post, member)
        post.refresh_from_db()
        asking = people[self.told.taken :]
        if self.told.rota:
            self._serve(post)
            post.refresh_from_db()
        if asking and post.status == PostStatus.OPEN:
            self._asked(post, asking[0], asking[-1])

    def _people(self):
        """Of the place, those who have the skill and went nowhere else lately; two more than take a seat."""
        there = Member.objects.filter(path__startswith=self.unit.path, on_roster=True, lost_since=None)
        free = there.exclude(hour_entries__on__gte=self.start).exclude(claims__isnull=False)
        able = free.filter(skills__contains=self.told.skill, memberships__since__lt=self.start)
        return list(able.distinct().order_by("sort_key", "pk")[: self.told.taken + 2])

    def _post(self):
        told = self.told
        values = {
            "name": told.name, "unit": self.unit, "duty": told.duty, "skill": told.skill, "seats": told.seats,
            "times": told.times, "since": self.start, "until": self.scribe.today + timedelta(days=300),
        }  # fmt: skip
        post = add_post(values=values, by=self.scribe.by)
        post = publish_post(post=post, by=self.scribe.by)
        return open_post(post=post, **self.by)

    def _seat(self, post, member):
        claim = agree_to_claim(claim=claim_post(post=post, member=member, **self.by), **self.by)
        claim = take_up(claim=claim, **self.by)
        told = {"words": "认真负责，居民都说好", "on": self.scribe.today, "today": self.scribe.today}
        give_feedback(claim=claim, by=self.scribe.by, **told)

    def _serve(self, post):
        days = {"first": self.start, "last": self.scribe.today + AHEAD, "weekdays": (1, 3)}
        turns = deal_turns(post=post, rota=Rota(**days, began=time(16, 30), ended=time(18)), **self.by)
        past = [turn for turn in turns if turn.on < self.scribe.today]
        for number, turn in enumerate(past, start=1):
            told = {"turn": turn, "by": self.scribe.by, "today": turn.on}
            if number % MISSED == 0:
                miss_turn(**told, reason="身体不适")
                continue
            finish_turn(**told)
            verify_hours(entry=turn.hour_entries.get(), by=self.scribe.second)
        upcoming = [turn for turn in turns if turn.on > self.scribe.today]
        ask_swap(turn=upcoming[0], to=upcoming[1].member, by=self.scribe.by)
        self._certify(past[0].member, issued=True)
        self._certify(past[1].member, issued=False)

    def _certify(self, member, *, issued):
        span = Span(self.start, self.scribe.today - ANNOUNCED)
        on = span.last if issued else self.scribe.today
        certificate = announce_certificate(
            member=member, unit=self.unit, span=span, by=self.scribe.by, today=on
        )
        if issued:
            issue_certificate(certificate=certificate, by=self.scribe.by, today=self.scribe.today)

    def _asked(self, post, first, last):
        """Somebody asks for a seat, and the community asks somebody of the 资源清单."""
        now = {"by": self.scribe.by, "today": self.scribe.today}
        claim_post(post=post, member=first, **now)
        values = {"skill": self.told.skill or "陪伴儿童", "times": "周一至周五下午", "unit": self.unit}
        offer = make_offer(member=last, values=values, **now)
        if last != first:
            invite(post=post, offer=offer, **now)
