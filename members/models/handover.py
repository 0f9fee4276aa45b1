"""An enterprise hands its retirees over: the batch, and one line for each person on its list."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Count, F, Q

from branches.models import Branch, Employer, Unit
from branches.models.unit import STEP_LENGTH
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from core.sealing import SealedField
from members.models.arrival import Arrival, ArrivalQuerySet
from members.models.codes import ReturnReason
from members.models.membership import Membership
from members.states import OPEN_OUTCOMES, OUTCOME_NAMES, Outcome

# Everybody on a list is answered for within a month, as a receipt is due within one (组通字〔2006〕45号).
DAYS_TO_ANSWER = 30


STREET_PATH = 2 * STEP_LENGTH


class HandoverQuerySet(ScopedQuerySet):
    branch_field = None

    def reached_by(self, scope):
        """Who answers for the unit that opened it, and who has anybody on its list."""
        return scope.over("unit__path") | Q(
            pk__in=HandoverPerson.objects.visible_in(scope).values("handover")
        )

    def open(self):
        """Batches that are still worked on."""
        return self.filter(closed_on=None)


@keeps_history()
class Handover(models.Model):
    """A batch: one enterprise hands its retired members over; names may be added to its list later."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="handovers", verbose_name="移交企业")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="handovers", verbose_name="接收单位",
        help_text="移交给哪个区、街道或社区；名单上的人只能安置在该单位及其以下",
    )  # fmt: skip
    document = models.CharField("移交文号", max_length=100)
    opened_on = models.DateField("移交日期")
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    archives_at = models.CharField(
        "人事档案存放地", max_length=200, blank=True,
        help_text="区指定的集中存放单位，与党支部无关；个别人不同的在名单中注明",
    )  # fmt: skip
    note = models.CharField("备注", max_length=500, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "企业移交批次"
        verbose_name_plural = "企业移交"
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "unit", "document"],
                name="handover_once_by_a_document",
                violation_error_message="该企业已有同一文号的移交批次，名单可以补充到那一批",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="handover_closed_after_opened",
                violation_error_message="办结日期不能早于移交日期",
            ),
        ]

    def __str__(self):
        return f"{self.employer} {self.document}"


class HandoverPersonQuerySet(ArrivalQuerySet):
    path_field = "unit__path"

    def open(self):
        """Those who wait for an answer."""
        return self.filter(outcome__in=OPEN_OUTCOMES)

    def of_member(self, member):
        """The lines by which the member came onto the roster, the latest first."""
        return self.filter(membership__member=member).select_related("handover__employer").order_by("-pk")

    def overdue(self, on):
        """Those who wait for an answer longer than they should."""
        return self.open().filter(listed_on__lt=on - timedelta(days=DAYS_TO_ANSWER))

    def figures(self, on) -> dict:
        """The figures of `tally` of all these lines, how many are `done` and `waiting`, and the `percent`."""
        return with_share(self.order_by().aggregate(**tally(on)))

    def progress(self, on) -> list[dict]:
        """The figures of `tally` for each street, in the order of their codes, with its `communities`.

        Who waits at the district itself comes first, as a street of her own.
        """
        places = ("unit", "unit__name", "unit__code", "unit__path", "unit__level")
        rows = self.order_by("unit__path").values(*places).annotate(**tally(on))
        tops = Unit.objects.filter(path__in={row["unit__path"][:STREET_PATH] for row in rows})
        streets = {
            unit.path: {"unit": unit, "communities": [], **dict.fromkeys(tally(on), 0)}
            for unit in tops.order_by("level", "code")
        }
        for row in rows:
            street = streets[row["unit__path"][:STREET_PATH]]
            street["communities"].append(row)
            for name in tally(on):
                street[name] += row[name]
        return list(streets.values())


def tally(on) -> dict:
    """Aggregates over lines: `total`, a number for each outcome, and `overdue` on the day."""
    late = {"outcome__in": OPEN_OUTCOMES, "listed_on__lt": on - timedelta(days=DAYS_TO_ANSWER)}
    conditions = {outcome.value: {"outcome": outcome} for outcome in Outcome} | {"overdue": late}
    counts = {name: Count("pk", filter=Q(**condition)) for name, condition in conditions.items()}
    return {"total": Count("pk"), **counts}


def with_share(figures) -> dict:
    """The figures with how many are `done`, how many `waiting`, and the `percent` done, rounded down."""
    total, waiting = figures["total"], figures["pending"] + figures["faulty"]
    done = total - waiting
    return {**figures, "done": done, "waiting": waiting, "percent": done * 100 // total if total else 0}


@keeps_history(
    exclude=["uid", "sort_key", "spellings", "id_index", "key", "raw", "complaints", "more", "version"]
)
class HandoverPerson(Arrival):
    """One line of an enterprise's list: who, where she is wanted, and what has become of her.

    `raw` is the line as it came, sealed; what speaks against it is kept until it is put right. `unit` is
    where she waits: the community wanted, and the batch's own unit while that is not known.
    """

    handover = models.ForeignKey(
        Handover, models.PROTECT, related_name="people", verbose_name="移交批次", db_index=False
    )
    serial = models.PositiveIntegerField("序号", editable=False)
    listed_on = models.DateField("列入名单日期", editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="handover_people", verbose_name="接收社区", editable=False
    )
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        null=True,
        related_name="handover_people",
        verbose_name="党支部",
        editable=False,
    )
    group = models.ForeignKey(
        Branch, models.PROTECT, null=True, related_name="+", verbose_name="党小组", editable=False
    )
    wanted_unit = models.CharField("拟转入社区（原文）", max_length=200, blank=True)
    wanted_branch = models.CharField("拟转入党支部（原文）", max_length=200, blank=True)
    home = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        related_name="handover_homes",
        verbose_name="居住小组或网格",
        editable=False,
    )
    address = models.CharField("现居住地址", max_length=200, blank=True)
    archives_at = models.CharField("人事档案存放地", max_length=200, blank=True, help_text="与本批不同时填写")
    # What else the list says that a member has columns for.
    more = models.JSONField(default=dict, editable=False)
    raw = SealedField("原始内容", null=True, editable=False)
    # As [{"field", "detail"}], without the ID number.
    complaints = models.JSONField(default=list, editable=False)
    # By which the same line of the same list is known again.
    key = models.CharField(max_length=64, db_collation="C", editable=False)
    outcome = models.CharField(
        "结果", max_length=15, choices=OUTCOME_NAMES.items(), default=Outcome.PENDING, editable=False
    )
    answered_on = models.DateField("办理日期", null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="经办人", editable=False
    )
    reason = models.CharField("退回原因", max_length=20, choices=ReturnReason, blank=True, editable=False)
    remark = models.CharField("说明", max_length=200, blank=True, editable=False)
    membership = models.OneToOneField(
        Membership,
        models.PROTECT,
        null=True,
        related_name="handover_line",
        verbose_name="组织关系",
        editable=False,
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = HandoverPersonQuerySet.as_manager()

    class Meta:
        verbose_name = "移交名单"
        verbose_name_plural = "移交名单"
        ordering = ["handover", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "serial"], name="handover_line_numbers_once"),
            models.UniqueConstraint(
                fields=["handover", "key"],
                name="handover_line_listed_once",
                violation_error_message="本批名单中已有这一行",
            ),
            models.UniqueConstraint(
                fields=["handover", "id_index"],
                name="handover_person_listed_once",
                violation_error_message="本批名单中已有这个身份证号",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.ACCEPTED, membership__isnull=False)
                | (~Q(outcome=Outcome.ACCEPTED) & Q(membership=None)),
                name="handover_accepted_has_membership",
                violation_error_message="已接收的须有组织关系，未接收的不能有",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.RETURNED) & ~Q(reason="")
                | ~Q(outcome=Outcome.RETURNED) & Q(reason=""),
                name="handover_returned_has_reason",
                violation_error_message="退回须写明原因",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=OPEN_OUTCOMES, answered_on=None)
                | (~Q(outcome__in=OPEN_OUTCOMES) & Q(answered_on__isnull=False)),
                name="handover_answer_has_day",
                violation_error_message="办理结果须写明日期",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.PENDING, Outcome.ACCEPTED]) | Q(id_index__isnull=False),
                name="handover_pending_has_id_number",
                violation_error_message="没有身份证号的不能接收",
            ),
        ]
        indexes = [models.Index(fields=["handover", "outcome", "unit"], name="handover_person_by_outcome")]

    def __str__(self):
        return self.name or "（姓名待更正）"

    @property
    def due_on(self) -> date:
        """The last day on which an answer is in time."""
        return self.listed_on + timedelta(days=DAYS_TO_ANSWER)

    @property
    def archives(self) -> str:
        """Where her personnel file is kept: as said of herself, else of the batch."""
        return self.archives_at or self.handover.archives_at
