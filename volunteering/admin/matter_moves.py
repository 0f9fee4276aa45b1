"""The moves of a grid matter, each a page with what it asks."""

from functools import partial

from django import forms

from branches.admin.forms import VersionedForm, picked
from branches.gates import Act, scope_for
from core import clock
from core.reading.pictures import LARGEST_PICTURE
from members.models import Member
from volunteering.admin.moves import PlainForm, ReasonForm
from volunteering.gates import SETTLE
from volunteering.models import GridMatter
from volunteering.operations import (
    add_photo,
    assign_matter,
    follow_up,
    link_matter,
    refer_matter,
    release_matter,
    reopen_matter,
    return_matter,
    separate_matter,
    settle_matter,
    take_matter,
)
from volunteering.states.matters import MATTER_MOVE_NAMES, MatterMove, matter_after

REPORT, DISPATCH = "volunteering.add_gridmatter", "volunteering.dispatch_gridmatter"
CONFIRM = "volunteering.confirm_gridmatter"
LONG = forms.Textarea(attrs={"rows": 4})


class AssignForm(VersionedForm):
    """A choice among those on the rosters in reach."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Member.objects.visible_in(scope_for(self.request.user, DISPATCH)).on_roster()
        relation = GridMatter._meta.get_field("handler")
        label = "调解员" if self.row.kind == "dispute" else "承办人"
        self.fields["handler"] = picked(relation, self.model_admin, reached, label=label)


class LinkForm(VersionedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = GridMatter.objects.visible_in(scope_for(self.request.user, DISPATCH))
        relation = GridMatter._meta.get_field("duplicate_of")
        self.fields["original"] = picked(relation, self.model_admin, reached, label="并入哪一件")


class SettleForm(VersionedForm):
    outcome = forms.CharField(label="办理结果", max_length=1000, widget=LONG)


class FollowUpForm(VersionedForm):
    satisfied = forms.TypedChoiceField(
        label="反映人是否满意",
        choices=[("", "请选择"), ("yes", "满意"), ("no", "不满意")],
        coerce=lambda text: text == "yes",
    )
    words = forms.CharField(label="反映人怎么说", max_length=300, required=False)


class PhotoForm(VersionedForm):
    """A photo, and what it shows."""

    photo = forms.FileField(
        label="照片",
        help_text="JPG、PNG 或 WebP，最大 10 MB；拍摄地点等信息会自动去掉",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    caption = forms.CharField(label="说明", max_length=60, required=False)


def _moved(matter, values, request, *, operation, told):
    operation(matter=matter, **values, by=request.user, today=clock.today())
    return told


def _assign(matter, values, request):
    done = assign_matter(matter=matter, **values, by=request.user, today=clock.today())
    return f"已分派给“{done.handler}”，请在 {done.due_on} 前办结"


def _refer(matter, values, request):
    done = refer_matter(matter=matter, **values, by=request.user, today=clock.today())
    return f"已上报，现由“{done.desk}”办"


def _link(matter, values, request):
    done = link_matter(matter=matter, **values, by=request.user, today=clock.today())
    return f"已并入第{done.duplicate_of_id}件，办理结果一并告知"


def _photo(matter, values, request):
    # Never more than that is read, however large the file is.
    content = values["photo"].read(LARGEST_PICTURE + 1)
    told = {"by": request.user, "today": clock.today()}
    add_photo(matter=matter, content=content, caption=values["caption"], **told)
    return "照片已添加，拍摄地点等信息已去掉"


def _act(move, form, verb, perform, *, icon, note=""):
    def offered(matter):
        return matter_after(matter.status, move) is not None

    return Act(
        move.replace("_", "-"),
        MATTER_MOVE_NAMES[move],
        form,
        verb,
        perform,
        icon=icon,
        offered=offered,
        note=note,
    )


def _plain(operation, told):
    return partial(_moved, operation=operation, told=told)


MATTER_ACTS = [
    _act(MatterMove.TAKE, PlainForm, DISPATCH, _plain(take_matter, "已受理，请分派承办人"), icon="inbox"),
    _act(MatterMove.ASSIGN, AssignForm, DISPATCH, _assign, icon="send",
         note="矛盾纠纷请选调解员，只有调解员所在党支部和社区看得到。"),
    _act(MatterMove.SETTLE, SettleForm, SETTLE, _plain(settle_matter, "已办结，请回访反映人"),
         icon="task_alt",
         note="并入这一件的事项一并得到这个结果。"),
    _act(MatterMove.FOLLOW_UP, FollowUpForm, CONFIRM, _plain(follow_up, "已回访"), icon="call"),
    _act(MatterMove.REOPEN, ReasonForm, CONFIRM, _plain(reopen_matter, "已重开，重新计算办结期限"),
         icon="restart_alt", note="重开记入办理记录。"),
    _act(MatterMove.REFER, ReasonForm, DISPATCH, _refer, icon="arrow_upward"),
    _act(MatterMove.LINK, LinkForm, DISPATCH, _link, icon="merge",
         note="同一件事报了两次：并入先报的一件，结果一并告知。"),
    _act(MatterMove.SEPARATE, PlainForm, DISPATCH, _plain(separate_matter, "已分案，单独办理"),
         icon="call_split"),
    _act(MatterMove.RELEASE, PlainForm, DISPATCH, _plain(release_matter, "已收回，请另行分派"),
         icon="assignment_return"),
    _act(MatterMove.RETURN, ReasonForm, DISPATCH, _plain(return_matter, "已退回"), icon="block"),
    Act("photo", "添加照片", PhotoForm, REPORT, _photo, icon="add_a_photo",
        note="手机上可直接拍照。"),
]  # fmt: skip
