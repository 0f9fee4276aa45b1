"""Terms and posts: elections, appointments, and their ends."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, UndoBody, Undone
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.models import Branch
from core import clock
from members.api.sent import TermUndone
from members.models import Member, PartyPost, Post, PostOrigin, Term, TermYears
from members.operations import (
    Election,
    Holding,
    end_term,
    extend_term,
    fill_post,
    hold_election,
    relieve_post,
    undo_post,
    undo_term,
)

VIEW_TERM, VIEW_POST = "members.view_term", "members.view_post"
CHANGE_POST = "members.change_post"
TERM_LINE = [
    "id", "branch", "branch_code", "branch_name", "since", "years", "due_on", "until", "document",
    "extension_document", "ended_reason", "version",
]  # fmt: skip
POST_LINE = [
    "id", "branch", "branch_code", "branch_name", "term", "member", "member_name", "post", "origin", "since",
    "until", "document", "ended_reason", "version",
]  # fmt: skip
MOST_HOLDERS = 20


class OfBranch(serializers.ModelSerializer):
    """Mixin of lines that name their branch."""

    branch_code = serializers.CharField(source="branch.code", label="党组织代码")
    branch_name = serializers.CharField(source="branch.name", label="党组织全称")


class TermLine(OfBranch):
    class Meta:
        model = Term
        fields = TERM_LINE


class PostLine(OfBranch):
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = Post
        fields = POST_LINE


class HolderBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    post = serializers.ChoiceField(PartyPost.choices, label="职务")


class ElectionBody(StrictBody):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="党支部")
    on = serializers.DateField(label="选举日期")
    years = serializers.ChoiceField(TermYears.choices, label="任期（年）", help_text="3或5。")
    holders = HolderBody(
        many=True, max_length=MOST_HOLDERS, label="当选人", help_text="须有书记；只有正式党员有被选举权。"
    )
    document = serializers.CharField(max_length=100, default="", allow_blank=True, label="选举批复文号")


class ExtensionBody(StrictBody):
    to = serializers.DateField(label="延期到", help_text="一般不超过一年。")
    document = serializers.CharField(max_length=100, label="上级批复文号")


class EndTermBody(StrictBody):
    on = serializers.DateField(label="终止日期")
    reason = serializers.CharField(max_length=200, label="终止原因")


class HoldingBody(StrictBody):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="党组织")
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    post = serializers.ChoiceField(PartyPost.choices, label="职务")
    origin = serializers.ChoiceField(
        PostOrigin.choices, label="产生方式", help_text="选举产生的请用 POST terms/。"
    )
    since = serializers.DateField(label="任职日期")
    document = serializers.CharField(max_length=100, default="", allow_blank=True, label="文号")


class ReliefBody(StrictBody):
    until = serializers.DateField(label="免去日期", help_text="当日起不再任职。")
    reason = serializers.CharField(max_length=200, label="免去原因")


class TermFilters(LookupSet):
    unit = UnitAndBelow(VIEW_TERM, field_name="branch__path", branch_field="branch")
    branch = OneBranch(VIEW_TERM, label="党支部")
    on = OnDay(label="某日", help_text="那一天在任的一届。")
    ordering = Order(since="since", due_on="due_on", id="id")

    class Meta:
        model = Term
        fields = {"years": EXACT, **dict.fromkeys(("since", "until", "due_on"), DAY_LOOKUPS)}


class PostFilters(LookupSet):
    unit = UnitAndBelow(VIEW_POST, field_name="branch__path", branch_field="branch")
    branch = OneBranch(VIEW_POST, label="党组织")
    member = RowById(Member.objects.all(), VIEW_POST, label="党员")
    term = RowById(Term.objects.all(), VIEW_POST, label="届次")
    on = OnDay(label="某日", help_text="那一天任职的。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = Post
        fields = {
            **dict.fromkeys(("post", "origin"), EXACT),
            **dict.fromkeys(("since", "until"), DAY_LOOKUPS),
        }


class TermViewSet(ScopedViewSet):
    """届次：选举产生的一届班子，到下一次选举为止。"""

    queryset = Term.objects.select_related("branch")
    serializer_class = line_serializer = TermLine
    filterset_class = TermFilters
    verbs = {
        "retrieve": VIEW_TERM,
        "create": "members.add_term",
        **dict.fromkeys(("extend", "end", "undo"), "members.change_term"),
    }
    bodies = {"create": ElectionBody, "extend": ExtensionBody, "end": EndTermBody, "undo": UndoBody}
    replies = {"undo": TermUndone}
    versioned = frozenset({"extend", "end", "undo"})
    instead_of_delete = "届次不能删除，请终止：POST terms/编号/end/，登记有误的请撤回：POST terms/编号/undo/"

    def create(self, request, *args, **kwargs):
        """换届选举：新一届和当选人，原有职务同日终止。"""
        values = self.body()
        branch = values.pop("branch")
        values["holders"] = tuple((holder["member"], holder["post"]) for holder in values["holders"])
        term = hold_election(branch=branch, election=Election(**values), by=request.user, today=clock.today())
        return self.created(term)

    @action(detail=True, methods=["post"])
    def extend(self, request, *args, **kwargs):
        """延期换届：须有上级批复，一般不超过一年。"""
        term, version = self.row_as_read()
        return self.done(extend_term(term=term, **self.body(), by=request.user, version=version))

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """提前终止：这一届的职务同日免去。"""
        term, version = self.row_as_read()
        asked = self.body()
        ended = end_term(term=term, **asked, by=request.user, today=clock.today(), version=version)
        return self.done(ended)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回登记有误的换届：这一届的职务须先逐个撤回；因它终止的上一届和职务随之恢复。"""
        term, version = self.row_as_read()
        done = undo_term(term=term, **self.body(), by=request.user, version=version)
        return Response({"undone": term.pk, "stays_closed": done.stays})


class PostViewSet(ScopedViewSet):
    """党内职务：谁在哪个党组织任什么职务。"""

    queryset = Post.objects.select_related("branch", "member").only(
        *(name for name in POST_LINE if not name.endswith(("_name", "_code"))),
        "member__name",
        "branch__code",
        "branch__name",
        "branch__short_name",
    )
    serializer_class = line_serializer = PostLine
    filterset_class = PostFilters
    verbs = {
        "retrieve": VIEW_POST,
        "create": "members.add_post",
        **dict.fromkeys(("relieve", "undo"), CHANGE_POST),
    }
    bodies = {"create": HoldingBody, "relieve": ReliefBody, "undo": UndoBody}
    replies = {"undo": Undone}
    versioned = frozenset({"relieve", "undo"})
    instead_of_delete = (
        "职务不能删除，请免去：POST posts/编号/relieve/，登记有误的请撤回：POST posts/编号/undo/"
    )

    def require(self, row):
        # Seen from both sides; kept by who answers for the organisation in which the post is.
        super().require(row.branch if self.verbs.get(self.action) == CHANGE_POST else row)

    def create(self, request, *args, **kwargs):
        """任职：上级指定、补选或临时负责。"""
        values = self.body()
        branch = values.pop("branch")
        post = fill_post(branch=branch, holding=Holding(**values), by=request.user, today=clock.today())
        return self.created(post)

    @action(detail=True, methods=["post"])
    def relieve(self, request, *args, **kwargs):
        """免去职务。"""
        post, version = self.row_as_read()
        asked = self.body()
        relieved = relieve_post(
            post=post,
            on=asked["until"],
            reason=asked["reason"],
            by=request.user,
            today=clock.today(),
            version=version,
        )
        return self.done(relieved)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回登记有误的任职：如同没有任过。"""
        post, version = self.row_as_read()
        undo_post(post=post, **self.body(), by=request.user, version=version)
        return Response({"undone": post.pk})
