"""Posts to be claimed: the board of what waits for whom, a post's own page, and each of its acts."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.urls import path
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
)

from branches.admin.forms import NOT_THERE, VersionedForm, picked
from branches.gates import Act, OperationForm, ScopedAdmin, UnitFilter, scope_for
from branches.models import Branch
from branches.models.unit import STEP_LENGTH
from branches.scope import Scope
from core import clock
from members.admin.kept import Kept
from members.models import Member
from volunteering.admin.next_acts import NextActs
from volunteering.gates import CLAIM, KEEP_POST, keeps_post, offers_for
from volunteering.models import Claim, ServicePost, Turn
from volunteering.operations import (
    Rota,
    add_post,
    amend_post,
    claim_post,
    close_post,
    deal_turns,
    invite,
    open_post,
    publish_post,
)
from volunteering.states import POST_NAMES, ClaimStatus, PostStatus, TurnStatus

COLOURS = {"草稿": "info", "公示": "info", "招领": "warning", "满员": "success"}
WEEKDAYS = [(number, f"星期{name}") for number, name in enumerate("一二三四五六日")]
SOON, MOST_SHOWN = timedelta(days=14), 50


class PostForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].error_messages["invalid_choice"] = NOT_THERE


class PlainForm(VersionedForm):
    """Nothing to fill in: the button itself says so."""


class ReasonForm(VersionedForm):
    reason = forms.CharField(label="原因", max_length=200, required=False)


class ClaimForm(VersionedForm):
    """Who of ours claims the post."""

    since = forms.DateField(label="在岗日期", required=False, help_text="留空为今天或岗位开始的日期")
    field_order = ["member", "since"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Member.objects.visible_in(scope_for(self.request.user, CLAIM)).on_roster()
        self.fields["member"] = picked(
            Claim._meta.get_field("member"), self.model_admin, reached, label="党员"
        )
        self.order_fields(self.field_order)


class InviteForm(VersionedForm):
    """Whom of the 资源清单 the community asks."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = offers_for(self.request.user, self.row)
        self.fields["offer"] = forms.ModelChoiceField(
            label="邀请",
            queryset=self.found,
            widget=UnfoldAdminRadioSelectWidget,
            empty_label=None,
            error_messages={"invalid_choice": NOT_THERE, "required": "请选择一人"},
            help_text="" if self.found else "资源清单里没有服务范围含这里、特长又符合的党员。",
        )
        self.fields["offer"].label_from_instance = _described


class DealForm(VersionedForm):
    first = forms.DateField(label="第一天", initial=clock.today)
    last = forms.DateField(label="最后一天")
    weekdays = forms.TypedMultipleChoiceField(
        label="星期", choices=WEEKDAYS, coerce=int, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    began = forms.TimeField(label="开始时间", widget=forms.TextInput(attrs={"placeholder": "如 16:30"}))
    ended = forms.TimeField(label="结束时间", widget=forms.TextInput(attrs={"placeholder": "如 18:00"}))
    people = forms.IntegerField(
        label="每班人数", initial=1, min_value=1, max_value=20, widget=UnfoldAdminIntegerFieldWidget
    )


def _described(offer) -> str:
    times = f"，{offer.times}" if offer.times else ""
    return f"{offer.member}（{offer.member.branch}）：{offer.skill}{times}"


def _publish(post, values, request):
    publish_post(post=post, **values, by=request.user)
    return f"“{post}”已公示"


def _open(post, values, request):
    open_post(post=post, **values, by=request.user, today=clock.today())
    return f"“{post}”已开始招领"


def _close(post, values, request):
    close_post(post=post, **values, by=request.user, today=clock.today())
    return f"“{post}”已结束"


def _claim(post, values, request):
    values.pop("version")
    claim = claim_post(post=post, **values, by=request.user, today=clock.today())
    return f"已为“{claim.member}”申请“{post}”，等待设岗社区答复"


def _invite(post, values, request):
    claim = invite(post=post, offer=values["offer"], by=request.user, today=clock.today())
    return f"已邀请“{claim.member}”，等待其党支部答复"


def _deal(post, values, request):
    values.pop("version")
    rota = Rota(**{**values, "weekdays": tuple(values["weekdays"])})
    turns = deal_turns(post=post, rota=rota, by=request.user, today=clock.today())
    short = len(rota.days) * rota.people - len(turns)
    return f"已排 {len(turns)} 个班次" + (f"；另有 {short} 个原已排好，或没有人有空" if short else "")


def is_in(*statuses):
    """Whether a post's status is one of these."""
    return lambda post: post.status in statuses


class PostStateFilter(DropdownFilter):
    """Posts that have ended are out of the way until asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "未结束")

    def lookups(self, request, model_admin):
        return [*POST_NAMES.items(), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() in POST_NAMES:
            return queryset.filter(status=self.value())
        return queryset.live()


@admin.register(ServicePost)
class ServicePostAdmin(NextActs, Kept, ScopedAdmin):
    form = PostForm
    instead = "不再需要的岗位请办理结束。"
    list_display = ["name", "unit", "skill", "seats_shown", "times", "since", "until", "state"]
    list_filter = [UnitFilter, PostStateFilter]
    list_select_related = ["unit"]
    search_fields = ["name", "duty", "skill"]
    search_help_text = "岗位、职责或特长"
    ordering = ["-since", "-pk"]
    autocomplete_fields = ["unit"]
    change_form_outer_after_template = "volunteering/post_panels.html"
    fields = [("name", "unit"), "duty", ("skill", "seats"), "times", ("since", "until"), "state"]
    acts = [
        Act("claim", "认领", ClaimForm, CLAIM, _claim, icon="front_hand", offered=is_in(PostStatus.OPEN),
            note="替本支部党员申请；岗位要求特长的，名册上须有这项特长。"),
        Act("publish", "公示", PlainForm, KEEP_POST, _publish, icon="campaign",
            offered=is_in(PostStatus.DRAFT), note="公示后各社区、各支部都能看到，还不能认领。"),
        Act("open", "开始招领", PlainForm, KEEP_POST, _open, icon="lock_open",
            offered=is_in(PostStatus.PUBLISHED)),
        Act("invite", "邀请党员", InviteForm, KEEP_POST, _invite, icon="person_search",
            offered=is_in(PostStatus.OPEN), note="从资源清单里挑选；由党员一方答复，不同意不说明理由。"),
        Act("deal", "排班", DealForm, KEEP_POST, _deal, icon="event_repeat",
            offered=is_in(PostStatus.OPEN, PostStatus.FULL),
            note="值得少的先排，一样多的看谁最久没值；这段时间已有别的班次的跳过。已排好的不动。"),
        Act("close", "结束", ReasonForm, KEEP_POST, _close, icon="block",
            offered=lambda post: post.status != PostStatus.CLOSED,
            note="在岗的同日退出，待答复的撤回，以后的班次取消。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        if row is None or not row.pk or verb == self.verb("view"):
            return super().allows(request, verb, row)
        # All may read what is public: it is kept where it is, and claimed by whoever has members to name.
        return keeps_post(request.user, row) if verb == KEEP_POST else super().allows(request, verb)

    def has_change_permission(self, request, obj=None):
        open_ended = obj is None or obj.status != PostStatus.CLOSED
        return open_ended and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).with_taken()

    def get_readonly_fields(self, request, obj=None):
        return ["unit", "state"] if obj else ["state"]

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:-1]

    def narrow(self, request, field_name, queryset):
        return queryset.live()

    def get_changeform_initial_data(self, request):
        return {"since": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            return amend_post(post=obj, values=values, by=request.user, version=form.version_read)
        return add_post(values=values, by=request.user)

    def beside(self, request, post):
        return {"post": post, **self._panels(request, post)}

    def _panels(self, request, post):
        turns = seen(request, Turn).filter(post=post, on__gte=clock.today()).upcoming()
        claims = seen(request, Claim).filter(post=post).exclude(
            status__in=[ClaimStatus.WITHDRAWN, ClaimStatus.DECLINED]
        )  # fmt: skip
        return {
            "claims": claims.select_related("member__branch").order_by("pk")[:MOST_SHOWN],
            "turns": turns.select_related("member").order_by("on", "began", "pk")[:MOST_SHOWN],
        }

    # The board.

    def get_urls(self):
        board = path(
            "board/", self.admin_site.admin_view(self.board_page), name="volunteering_servicepost_board"
        )
        return [board, *super().get_urls()]

    def board_page(self, request):
        """What waits for the person's word, what can be claimed near her, and who is on duty soon."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.today()
        near = self.get_queryset(request).filter(_near(self.scope(request, "view")))
        turns = seen(request, Turn).select_related("post", "member", "swap_to").order_by("on", "began", "pk")
        context = {
            "title": "岗位认领",
            "asked": _asked(request),
            "swaps": _mine(request, turns.filter(status=TurnStatus.ASKED, on__gte=today)),
            "open_posts": near.filter(status=PostStatus.OPEN, taken__lt=F("seats")).select_related("unit"),
            "unsettled": turns.unsettled(today)[:MOST_SHOWN],
            "turns": turns.upcoming().filter(on__range=(today, today + SOON))[:MOST_SHOWN],
            "may_add": self.has_add_permission(request),
        }
        return self.page(request, "volunteering/board.html", context)

    # Columns.

    @display(description="已认领／名额")
    def seats_shown(self, post):
        return f"{post.taken}／{post.seats}"

    @display(description="状态", label=COLOURS)
    def state(self, post):
        return post.get_status_display()


def seen(request, model):
    """The rows of a table in the person's sight."""
    verb = f"volunteering.view_{model._meta.model_name}"
    return model.objects.visible_in(scope_for(request.user, verb))


def _near(scope) -> Q:
    """Where posts lie near: in the subtrees of the scope, and in the communities of its single branches."""
    homes = Branch.objects.filter(pk__in=scope.branch_ids).values_list("path", flat=True)
    communities = tuple(home[: 3 * STEP_LENGTH] for home in homes) if scope.branch_ids else ()
    return Scope(scope.paths + communities).over("path")


def _asked(request):
    """The claims that wait for the person's own side, the oldest first."""
    pending = seen(request, Claim).pending().select_related("post__unit", "member__branch")
    hers = Member.objects.visible_in(scope_for(request.user, CLAIM))
    of_posts = scope_for(request.user, KEEP_POST).over("post__path")
    mine = Q(of_posts, status=ClaimStatus.APPLIED) | Q(
        status=ClaimStatus.INVITED, member__in=hers.values("pk")
    )
    return pending.filter(mine).order_by("asked_on", "pk")[:MOST_SHOWN]


def _mine(request, turns):
    """Of turns that somebody is asked to take, those where the person speaks for her."""
    hers = Member.objects.visible_in(scope_for(request.user, "volunteering.answer_turn"))
    return turns.filter(swap_to__in=hers.values("pk"))[:MOST_SHOWN]
