"""Grid matters with their verbs, their photos, and the days there are for what."""

from django.db.models import Prefetch
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import parsers, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from branches.gates.api import JsonBody, ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    ChoiceIn,
    LookupSet,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.models import Branch, Unit
from core import clock
from core.privacy import first_character, last_four
from core.reading.pictures import LARGEST_PICTURE
from members.models import Member
from volunteering.api.orders import NothingBody, ReasonBody, RevealRequesterBody
from volunteering.gates import SETTLE, photo_response, settles
from volunteering.models import GridMatter, MatterPhoto, MatterStep, TimeLimit
from volunteering.operations import (
    NewLimit,
    add_photo,
    assign_matter,
    follow_up,
    link_matter,
    refer_matter,
    release_matter,
    reopen_matter,
    report_matter,
    return_matter,
    reveal_reporter,
    separate_matter,
    set_time_limit,
    settle_matter,
    take_matter,
    withdraw_photo,
)
from volunteering.states.matters import MATTER_NAMES

VIEW, DISPATCH = "volunteering.view_gridmatter", "volunteering.dispatch_gridmatter"
ADD, CONFIRM = "volunteering.add_gridmatter", "volunteering.confirm_gridmatter"
LINE = ["id", "kind", "urgency", "subject", "unit", "unit_code", "unit_name", "spot", "branch", "desk",
        "desk_name", "channel", "brought_by", "reported_on", "due_on", "status", "handler", "handler_name",
        "settled_on", "reopened", "duplicate_of", "version"]  # fmt: skip
REPORT = ["kind", "urgency", "subject", "detail", "unit", "spot", "branch", "channel", "reporter",
          "reporter_phone", "brought_by"]  # fmt: skip


class MatterLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="所在地代码")
    unit_name = serializers.CharField(source="unit.name", label="所在地名称")
    desk_name = serializers.CharField(source="desk.name", label="现由谁办")
    handler_name = serializers.CharField(
        source="handler.name", default=None, allow_null=True, label="承办人姓名"
    )

    class Meta:
        model = GridMatter
        fields = LINE


class MatterStepShown(serializers.ModelSerializer):
    desk_name = serializers.CharField(source="desk.name", label="现由谁办")

    class Meta:
        model = MatterStep
        fields = ["move", "on", "desk_name", "words"]


class MatterDetail(MatterLine):
    """Who reported it is masked: who works on the matter reveals it, by an action that is written down."""

    outcome = serializers.CharField(
        source="leading.outcome", label="办理结果", help_text="并案的为并入那一件的结果。"
    )
    steps = MatterStepShown(many=True, label="办理记录")
    reporter = serializers.SerializerMethodField(label="反映人（隐去）")
    reporter_phone = serializers.SerializerMethodField(label="反映人电话（后四位）")
    photos = serializers.PrimaryKeyRelatedField(many=True, read_only=True, label="照片")

    class Meta(MatterLine.Meta):
        fields = [*LINE, "detail", "reporter", "reporter_phone", "outcome", "satisfied", "steps", "photos"]

    def get_reporter(self, matter) -> str:
        return first_character(matter.get_sealed("reporter"))

    def get_reporter_phone(self, matter) -> str:
        return last_four(matter.get_sealed("reporter_phone"))


class ReportBody(StrictSerializer):
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="所在网格、小组或社区")
    branch = ScopedRelatedField(queryset=Branch.objects.all(), required=False, label="所在党支部")
    brought_by = ScopedRelatedField(queryset=Member.objects.all(), required=False, label="志愿者")
    reporter = serializers.CharField(max_length=50, required=False, allow_blank=True, label="反映人")
    reporter_phone = serializers.CharField(
        max_length=30, required=False, allow_blank=True, label="反映人电话"
    )

    class Meta:
        model = GridMatter
        fields = REPORT


class ReporterRevealed(serializers.Serializer):
    reporter = serializers.CharField(label="反映人")
    reporter_phone = serializers.CharField(label="反映人电话")


class AssignBody(StrictBody):
    handler = ScopedRelatedField(queryset=Member.objects.all(), label="承办人（矛盾纠纷为调解员）")


class SettleBody(StrictBody):
    outcome = serializers.CharField(max_length=1000, label="办理结果")


class FollowUpBody(StrictBody):
    satisfied = serializers.BooleanField(label="反映人是否满意")
    words = serializers.CharField(max_length=300, default="", allow_blank=True, label="反映人怎么说")


class LinkBody(StrictBody):
    original = ScopedRelatedField(queryset=GridMatter.objects.all(), label="并入哪一件")


class AddPhotoBody(StrictBody):
    photo = serializers.FileField(label="照片", help_text="JPG、PNG 或 WebP，最大 10 MB；元数据不保留。")
    caption = serializers.CharField(max_length=60, default="", allow_blank=True, label="说明")


class MatterFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path")
    handler = RowById(Member.objects.all(), VIEW, label="承办人")
    status__in = ChoiceIn(field_name="status", choices=list(MATTER_NAMES.items()), label="状态（多个）")
    ordering = Order(id="id", due_on="due_on", reported_on="reported_on")

    class Meta:
        model = GridMatter
        fields = {
            **dict.fromkeys(("kind", "urgency", "channel", "status"), EXACT),
            **dict.fromkeys(("reported_on", "due_on", "settled_on"), DAY_LOOKUPS),
            "reopened": ("exact", "gte"),
        }


class GridMatterViewSet(ScopedViewSet):
    """网格事项：公共事务、居民反映、矛盾纠纷；矛盾纠纷只有社区、现办单位和调解员所在党支部看得到。"""

    queryset = GridMatter.objects.select_related("unit", "desk", "handler", "duplicate_of").prefetch_related(
        "steps__desk", Prefetch("photos", MatterPhoto.objects.defer("content"))
    )
    serializer_class, line_serializer = MatterDetail, MatterLine
    filterset_class = MatterFilters
    parser_classes = [JsonBody, parsers.MultiPartParser]
    verbs = {
        "retrieve": VIEW,
        **dict.fromkeys(("create", "photo"), ADD),
        **dict.fromkeys(("take", "return_", "assign", "refer", "release", "link", "separate"), DISPATCH),
        **dict.fromkeys(("settle", "reveal"), SETTLE),
        **dict.fromkeys(("follow_up", "reopen"), CONFIRM),
    }
    bodies = {
        "create": ReportBody,
        **dict.fromkeys(("take", "release", "separate"), NothingBody),
        **dict.fromkeys(("return_", "refer", "reopen"), ReasonBody),
        "assign": AssignBody,
        "settle": SettleBody,
        "follow_up": FollowUpBody,
        "link": LinkBody,
        "photo": AddPhotoBody,
        "reveal": RevealRequesterBody,
    }
    replies = {"reveal": ReporterRevealed}
    versioned = frozenset(bodies) - {"create", "photo", "reveal"}
    instead_of_delete = "网格事项不能删除，报错了请退回：POST grid-matters/编号/return/"

    def lines(self, rows):
        return rows.prefetch_related(None)

    def require(self, row):
        super().require(row)
        if SETTLE in self.verbs_asked and not settles(self.request.user, row):
            raise PermissionDenied

    def create(self, request, *args, **kwargs):
        return self.created(report_matter(values=self.body(), by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def take(self, request, *args, **kwargs):
        """受理。"""
        return self._move(take_matter)

    @action(detail=True, methods=["post"], url_path="return")
    def return_(self, request, *args, **kwargs):
        """退回，写明原因。"""
        return self._move(return_matter)

    @action(detail=True, methods=["post"])
    def assign(self, request, *args, **kwargs):
        """分派给承办人；也可改派。"""
        return self._move(assign_matter)

    @action(detail=True, methods=["post"])
    def release(self, request, *args, **kwargs):
        """收回分派。"""
        return self._move(release_matter)

    @action(detail=True, methods=["post"])
    def refer(self, request, *args, **kwargs):
        """上报上级，写明原因。"""
        return self._move(refer_matter)

    @action(detail=True, methods=["post"])
    def settle(self, request, *args, **kwargs):
        """办结，写明办理结果；并案的一并得到这个结果。"""
        return self._move(settle_matter)

    @action(detail=True, methods=["post"], url_path="follow-up")
    def follow_up(self, request, *args, **kwargs):
        """回访反映人。"""
        return self._move(follow_up)

    @action(detail=True, methods=["post"])
    def reopen(self, request, *args, **kwargs):
        """重开，写明原因；在规定的天数以内。"""
        return self._move(reopen_matter)

    @action(detail=True, methods=["post"])
    def link(self, request, *args, **kwargs):
        """并案：与另一件是同一件事。"""
        return self._move(link_matter)

    @action(detail=True, methods=["post"])
    def separate(self, request, *args, **kwargs):
        """分案：并错了，单独办理。"""
        return self._move(separate_matter)

    @extend_schema(request={"multipart/form-data": AddPhotoBody})
    @action(detail=True, methods=["post"])
    def photo(self, request, *args, **kwargs):
        """添加一张照片；图像重新生成，元数据不保留。"""
        matter, values = self.get_object(), self.body()
        content = values["photo"].read(LARGEST_PICTURE + 1)
        told = {"by": request.user, "today": clock.today()}
        add_photo(matter=matter, content=content, caption=values["caption"], **told)
        return self.done(matter)

    @action(detail=True, methods=["post"])
    def reveal(self, request, *args, **kwargs):
        """查看反映人的姓名和电话：须写明事由，记入审计。"""
        matter = self.get_object()
        return Response(reveal_reporter(matter=matter, **self.body(), by=request.user))

    def _move(self, operation):
        """Do the operation with what the body says; the version is asked before the body."""
        matter, version = self.row_as_read()
        told = {"by": self.request.user, "today": clock.today(), "version": version}
        return self.done(operation(matter=matter, **self.body(), **told))


class PhotoLine(serializers.ModelSerializer):
    class Meta:
        model = MatterPhoto
        fields = ["id", "matter", "caption", "on"]


class PhotoFilters(LookupSet):
    matter = RowById(GridMatter.objects.all(), VIEW, label="网格事项")

    class Meta:
        model = MatterPhoto
        fields = {"on": DAY_LOOKUPS}


class MatterPhotoViewSet(ScopedViewSet):
    """事项照片：看得到事项的才取得到，每次取都重新核对。"""

    queryset = MatterPhoto.objects.order_by("pk").defer("content")
    serializer_class = line_serializer = PhotoLine
    filterset_class = PhotoFilters
    verbs = {
        **dict.fromkeys(("retrieve", "content"), "volunteering.view_matterphoto"),
        "withdraw": "volunteering.dispatch_matterphoto",
    }
    bodies = {"withdraw": ReasonBody}
    instead_of_delete = "照片不能直接删除，请撤下：POST matter-photos/编号/withdraw/"

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def content(self, request, *args, **kwargs):
        """图像（JPEG）。"""
        return photo_response(self.get_object())

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, *args, **kwargs):
        """撤下照片，写明原因；图像不再保留。"""
        photo = self.get_object()
        withdraw_photo(photo=photo, by=request.user, **self.body())
        return Response({"withdrawn": photo.pk})


class LimitLine(serializers.ModelSerializer):
    class Meta:
        model = TimeLimit
        fields = ["id", "code", "words", "days", "source", "since", "until", "version"]


class LimitBody(StrictBody):
    days = serializers.IntegerField(min_value=1, max_value=365, label="新的天数")
    since = serializers.DateField(label="起始日期")
    source = serializers.CharField(max_length=200, label="依据")


class LimitFilters(LookupSet):
    class Meta:
        model = TimeLimit
        fields = {"code": EXACT, "until": ("isnull",)}


class TimeLimitViewSet(ScopedViewSet):
    """办理时限：每一类事项几天办结、多久走访一次，从哪一天起，依据什么。"""

    queryset = TimeLimit.objects.order_by("pk")
    serializer_class = line_serializer = LimitLine
    filterset_class = LimitFilters
    verbs = {"retrieve": "volunteering.view_timelimit", "change": "volunteering.change_timelimit"}
    bodies = {"change": LimitBody}
    versioned = frozenset({"change"})
    instead_of_delete = "办理时限不能删除，请定新的天数：POST time-limits/编号/change/"

    @action(detail=True, methods=["post"])
    def change(self, request, *args, **kwargs):
        """从某一天起改为新的天数；已经定下的期限不变。"""
        limit, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(set_time_limit(limit=limit, new=NewLimit(**self.body()), **told))
