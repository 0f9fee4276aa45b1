"""What is done about a branch's leaders from its page: an election, and posts filled between elections."""

from django import forms

from branches.admin.forms import picked
from branches.gates import Act, ActForm, scope_for
from branches.models import Category
from core import clock
from members.admin.forms import told_apart
from members.models import Member, PartyPost, Post, PostOrigin, TermYears
from members.models.post import COMMITTEE_POSTS
from members.operations import Election, Holding, fill_post, hold_election
from members.operations.terms import usual_years
from members.states import Standing

# Ordinary committee members have no post of their own to tell them apart.
MORE_MEMBERS = {"member_2": PartyPost.MEMBER}
# 支部工作条例: from so many full members on a branch has a committee, of so many at least.
COMMITTEE_FROM, SMALLEST_COMMITTEE = 7, 3
FIELDS = {str(post): post for post in COMMITTEE_POSTS} | MORE_MEMBERS


class PersonField(forms.ModelChoiceField):
    """Somebody of the branch; the year of birth tells namesakes apart."""

    def label_from_instance(self, member):
        return told_apart(member)


class ElectionForm(ActForm):
    """The day, the years, and who for which post; filled in with those who hold the posts now."""

    on = forms.DateField(label="选举日期", initial=clock.today)
    years = forms.TypedChoiceField(label="任期", choices=TermYears.choices, coerce=int)
    document = forms.CharField(label="选举批复文号", max_length=100, required=False)

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.fields["years"].initial = usual_years(row)
        people = full_members(row)
        holding = {post.post: post.member_id for post in row.posts.in_force()}
        for name, post in FIELDS.items():
            self.fields[name] = PersonField(
                people,
                label=post.label,
                required=post == PartyPost.SECRETARY,
                initial=holding.get(name),
                empty_label="（空缺）",
            )
        self.dress()

    def clean(self):
        read = super().clean()
        self.chosen = [name for name in FIELDS if read.get(name)]
        holders = tuple((read.pop(name), FIELDS[name]) for name in self.chosen)
        return {**{name: read[name] for name in read if name not in FIELDS}, "holders": holders}

    def refuse(self, refusal):
        """What is said of a holder by her place in the list belongs to the post she was chosen for."""
        for error in refusal.errors:
            head, _, place = (error.field or "").partition(".")
            if head == "holders":
                error.field = self.chosen[int(place)] if place else str(PartyPost.SECRETARY)
        super().refuse(refusal)


class FillForm(ActForm):
    """Somebody for one post, appointed, elected between elections or looking after it for the time."""

    since = forms.DateField(label="任职日期", initial=clock.today)
    post = forms.ChoiceField(label="职务")
    origin = forms.ChoiceField(label="产生方式")
    document = forms.CharField(label="文号", max_length=100, required=False)
    field_order = ["member", "post", "origin", "since", "document"]

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.fields["post"].choices = posts_of(row)
        self.fields["origin"].choices = origins_of(row)
        self.fields["member"] = self._person(row)
        self.order_fields(self.field_order)
        self.dress()

    def _person(self, branch):
        if not branch.is_temporary:
            return PersonField(people_of(branch), label="党员", empty_label="请选择")
        reached = Member.objects.visible_in(scope_for(self.request.user, "members.view_member"))
        relation = Post._meta.get_field("member")
        field = picked(relation, self.model_admin, reached.filter(on_roster=True), label="党员")
        field.help_text = "组织关系可以在别的党支部"
        return field


def people_of(branch):
    """Who belongs to the branch today; of a group, who belongs to its branch."""
    home = branch.parent_id if branch.category == Category.GROUP else branch.pk
    return Member.objects.filter(branch=home, on_roster=True).order_by("sort_key", "pk")


def full_members(branch):
    """Who may be elected in the branch."""
    return people_of(branch).filter(standing=Standing.FULL)


def posts_of(branch) -> list:
    """The posts that there are in such a branch."""
    if branch.category == Category.GROUP:
        return [(PartyPost.GROUP_LEADER.value, PartyPost.GROUP_LEADER.label)]
    return [choice for choice in PartyPost.choices if choice[0] != PartyPost.GROUP_LEADER]


def origins_of(branch) -> list:
    """How a post in such a branch may come about besides an election."""
    left_out = {PostOrigin.ELECTED}
    if not elects(branch):
        left_out.add(PostOrigin.BY_ELECTION)
    return [choice for choice in PostOrigin.choices if choice[0] not in left_out]


def elects(branch) -> bool:
    """Whether the branch elects its leaders at all."""
    return branch.dissolved_on is None and not branch.is_temporary and branch.category != Category.GROUP


def _elect(branch, values, request):
    done = hold_election(branch=branch, election=Election(**values), by=request.user, today=clock.today())
    return f"已登记“{branch}”{done.since} 的选举，{done.due_on} 届满{_few(branch, done)}"


def _few(branch, term) -> str:
    """A word where a branch so large usually has a committee (支部工作条例第二十条)."""
    people = full_members(branch).count()
    if people < COMMITTEE_FROM or term.posts.count() >= SMALLEST_COMMITTEE:
        return ""
    return f"；该支部有正式党员 {people} 人，{COMMITTEE_FROM}人以上一般设3至5人的支部委员会，请核对"


def _fill(branch, values, request):
    done = fill_post(branch=branch, holding=Holding(**values), by=request.user, today=clock.today())
    return f"“{done.member}”自 {done.since} 起任“{branch}”{done.get_post_display()}"


ACTS = [
    Act(
        "elect",
        "换届选举",
        ElectionForm,
        "members.add_term",
        _elect,
        icon="how_to_vote",
        offered=elects,
        note="登记选举结果：新一届自选举日起算，原有职务同日终止。只有正式党员有被选举权；"
        "正式党员不足7人的设书记一人，必要时设副书记一人；7人以上的设3至5人的支部委员会，一般不超过7人。",
    ),
    Act(
        "fill-post",
        "任职",
        FillForm,
        "members.add_post",
        _fill,
        icon="person_add",
        offered=lambda branch: branch.dissolved_on is None,
        note="上级指定、任期内补选，或暂由一人负责。三缘型临时党组织的负责人由批准其成立的党组织指定。",
    ),
]
