"""Many people at once on the page of a temporary organisation: they join, they were there."""

from django import forms
from django.db.models import Exists, OuterRef
from django.forms.widgets import Script
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from branches.admin.forms import NOT_THERE, several_picked
from branches.gates import Act, ActForm, scope_for
from core import clock
from members.admin.forms import told_apart
from members.models import Affiliation, Member, SignIn
from members.operations import Attended, affiliate_all, record_sign_ins


class JoinForm(ActForm):
    """Who takes part from a day on; their 组织关系 stay where they are."""

    since = forms.DateField(label="起始日期", initial=clock.today)
    duty = forms.CharField(label="分工", max_length=100, required=False, help_text="所选各人相同；可留空")
    field_order = ["members", "since", "duty"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Member.objects.visible_in(scope_for(self.request.user, "members.add_affiliation"))
        relation = Affiliation._meta.get_field("member")
        self.fields["members"] = several_picked(
            relation,
            self.model_admin,
            reached.filter(on_roster=True).select_related("branch"),
            label="党员",
            help_text="可以选多人：输入姓名、拼音首字母、证件或手机后四位查找，组织关系可以在别的党支部",
        )
        self.order_fields(self.field_order)

    def refuse(self, refusal):
        """What is said of one member belongs to the box in which all were chosen."""
        for error in refusal.errors:
            error.field = "members" if error.field in ("member", "branch") else error.field
        super().refuse(refusal)


class PresentField(forms.ModelMultipleChoiceField):
    """People who take part. Of those who belong elsewhere and are out of sight, no more than this is told."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget
    default_error_messages = {"required": "请勾选到场的人", "invalid_choice": NOT_THERE}

    def label_from_instance(self, affiliation):
        more = ["今日已登记"] if affiliation.was_there_today else []
        if affiliation.member_seen:
            return told_apart(affiliation.member, *more)
        return f"{affiliation.member.name}（{'，'.join([f'{affiliation.since} 起参加', *more])}）"


class RollCallForm(ActForm):
    """The day, what was done, and a tick for each who was there."""

    class Media:
        js = [Script("members/ticking.js", defer=True)]

    on = forms.DateField(label="日期", initial=clock.today)
    occasion = forms.CharField(label="活动内容", max_length=200, required=False, help_text="如：主题党日")

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        reached = Affiliation.objects.visible_in(scope_for(self.request.user, "members.record_signin"))
        today = SignIn.objects.filter(affiliation=OuterRef("pk"), on=clock.today())
        seen = Member.objects.visible_in(scope_for(self.request.user, "members.view_member"))
        there = reached.filter(branch=row).in_force()
        there = there.annotate(
            was_there_today=Exists(today), member_seen=Exists(seen.filter(pk=OuterRef("member")))
        )
        self.fields["people"] = PresentField(
            there.select_related("member").order_by("member__sort_key", "member"),
            label="到场的人",
            help_text="" if there.exists() else "还没有登记参加的人。",
        )


def _join(branch, values, request):
    members = values.pop("members")
    joining = [(member, values) for member in members]
    affiliate_all(joining=joining, branch=branch, by=request.user, today=clock.today())
    return f"已登记 {len(members)} 人自 {values['since']} 起参加“{branch}”"


def _call_the_roll(branch, values, request):
    people = values.pop("people")
    attended = [Attended(affiliation, **values) for affiliation in people]
    record_sign_ins(attended=attended, by=request.user, today=clock.today())
    return f"已登记 {len(people)} 人在 {values['on']} 参加活动，待他人核实"


def gathers(branch) -> bool:
    """Whether people can take part in it: a temporary organisation that goes on."""
    return branch.is_temporary and branch.dissolved_on is None


ACTS = [
    Act(
        "roll-call",
        "活动签到",
        RollCallForm,
        "members.record_signin",
        _call_the_roll,
        icon="how_to_reg",
        offered=gathers,
        note="勾选到场的人，一次登记；登记后由他人核实才计入，同一人同一天只登记一次。",
    ),
    Act(
        "join",
        "登记参加",
        JoinForm,
        "members.add_affiliation",
        _join,
        icon="group_add",
        offered=gathers,
        note="参加三缘型临时党组织，组织关系留在原党支部，可同时参加多个。",
    ),
]
