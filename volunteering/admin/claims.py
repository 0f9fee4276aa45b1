"""Claims of posts: each side's answers, taking up and leaving, and feedback to the home branch."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from branches.admin.forms import VersionedForm
from branches.gates import Act, ActForm, ReadOnlyAdmin
from core import clock
from members.admin.of_members import OfMembers, member_link
from volunteering.admin.next_acts import NextActs
from volunteering.admin.posts import PlainForm, ReasonForm
from volunteering.admin.teams import EitherSideFilter
from volunteering.gates import CHANGE_CLAIM, KEEP_POST, answering, asking, word_counts
from volunteering.models import Claim, Feedback
from volunteering.operations import (
    agree_to_claim,
    decline_claim,
    give_feedback,
    leave_post,
    take_up,
    withdraw_claim,
)
from volunteering.states import CLAIM_MOVES, PENDING_CLAIMS, ClaimMove, ClaimStatus

COLOURS = {"申请": "warning", "邀请": "warning", "同意": "info", "在岗": "success"}
NEVER_THERE = (*PENDING_CLAIMS, ClaimStatus.DECLINED, ClaimStatus.WITHDRAWN)


class LeaveForm(VersionedForm):
    on = forms.DateField(label="退出日期", initial=clock.today, help_text="当日起不再在岗")
    reason = forms.CharField(label="说明", max_length=200, required=False)


class FeedbackForm(ActForm):
    on = forms.DateField(label="日期", initial=clock.today)
    words = forms.CharField(label="反馈", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _agree(claim, values, request):
    done = agree_to_claim(claim=claim, **values, by=request.user, today=clock.today())
    return f"已同意，“{done.member}”自 {done.since} 起在岗"


def _decline(claim, values, request):
    decline_claim(claim=claim, **values, by=request.user)
    return "已答复：不同意"


def _withdraw(claim, values, request):
    withdraw_claim(claim=claim, **values, by=request.user)
    return "已撤回"


def _take_up(claim, values, request):
    take_up(claim=claim, **values, by=request.user, today=clock.today())
    return f"“{claim.member}”已到岗"


def _leave(claim, values, request):
    leave_post(claim=claim, **values, by=request.user, today=clock.today())
    return f"“{claim.member}”已于 {values['on']} 退出“{claim.post}”"


def _feedback(claim, values, request):
    give_feedback(claim=claim, **values, by=request.user, today=clock.today())
    return f"反馈已登记，“{claim.member.branch}”可以看到"


def can(move):
    """Whether the move is legal for a claim."""
    return lambda claim: (claim.status, move) in CLAIM_MOVES


@admin.register(Claim)
class ClaimAdmin(NextActs, OfMembers, ReadOnlyAdmin):
    instead = "登记有误的请撤回；不再在岗的请办理退出。"
    list_display = ["member_name", "post", "state", "asked_on", "since", "until"]
    list_filter = [EitherSideFilter, ("status", ChoicesDropdownFilter)]
    list_select_related = ["member", "post__unit"]
    ordering = ["-asked_on", "-pk"]
    sortable_by = ["member_name", "asked_on"]
    histories = {Feedback: "claim"}
    fields = ["member_link", "post_link", "state", "offer", "asked_on", "since", "until", "reason"]
    readonly_fields = ["member_link", "post_link", "state", "offer", "asked_on", "reason"]
    change_form_outer_after_template = "volunteering/claim_panels.html"
    acts = [
        Act("agree", "同意", PlainForm, answering, _agree, icon="thumb_up", offered=can(ClaimMove.AGREE)),
        Act("decline", "不同意", ReasonForm, answering, _decline, icon="thumb_down",
            offered=can(ClaimMove.DECLINE), note="不必说明原因，也不影响以后认领。"),
        Act("withdraw", "撤回", ReasonForm, asking, _withdraw, icon="undo", offered=can(ClaimMove.WITHDRAW)),
        Act("take-up", "到岗", PlainForm, KEEP_POST, _take_up, icon="login", offered=can(ClaimMove.TAKE_UP)),
        Act("feedback", "反馈", FeedbackForm, KEEP_POST, _feedback, icon="rate_review",
            offered=lambda claim: claim.status not in NEVER_THERE, note="党员所在党支部的书记可以看到。"),
        Act("leave", "退出", LeaveForm, CHANGE_CLAIM, _leave, icon="logout", offered=can(ClaimMove.LEAVE),
            note="当日及以后的班次取消，空出的名额重新招领。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        if row is None or not row.pk:
            return super().allows(request, verb, row)
        return word_counts(request.user, verb, row)

    def narrow(self, request, field_name, queryset):
        return queryset.on_roster() if field_name == "member" else queryset

    def beside(self, request, claim):
        return {"claim": claim, "feedback": claim.feedback.select_related("by")}

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, claim):
        return claim.member.name

    @display(description="党员")
    def member_link(self, claim):
        return member_link(claim.member)

    @display(description="岗位")
    def post_link(self, claim):
        return post_link(claim.post)

    @display(description="状态", label=COLOURS)
    def state(self, claim):
        return claim.get_status_display()


def post_link(post) -> str:
    """Its name, leading to its page."""
    address = reverse("admin:volunteering_servicepost_change", args=[post.pk])
    return format_html('<a class="count" href="{}">{}</a>', address, post)
