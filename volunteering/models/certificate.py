"""Certificates of service, numbered without a gap in each year; and how often an address has asked today."""

from django.db import models
from django.db.models import F, Q

from branches.models import Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from members.models import Member
from volunteering.states import CERTIFICATE_NAMES, STANDING, CertificateStatus


class CertificateQuerySet(ScopedQuerySet):
    path_field, branch_field = "member__path", "member__branch"

    def standing(self):
        """Certificates that are announced or issued, and neither withdrawn nor revoked."""
        return self.filter(status__in=STANDING)

    def open(self):
        """What has been made public and not yet issued or taken back."""
        return self.filter(status=CertificateStatus.ANNOUNCED)

    def announced_at(self, unit):
        """What the unit has made public and not yet issued or taken back."""
        return self.open().filter(unit=unit)

    def covering(self, day):
        """Certificates that stand and whose period holds the day, both ends included."""
        return self.standing().filter(first__lte=day, last__gte=day)


@keeps_history()
class Certificate(models.Model):
    """How long a member served in a period, by hours that others verified.

    Announced for some days before it gets its number; what it says never changes, and it can be revoked.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="certificates", verbose_name="党员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="certificates", verbose_name="出具单位")
    first = models.DateField("服务期间起")
    last = models.DateField("服务期间止", help_text="包括这一天")
    minutes = models.PositiveIntegerField("核实的服务分钟数", editable=False)
    times = models.PositiveIntegerField("服务次数", editable=False)
    status = models.CharField(
        "状态",
        max_length=10,
        choices=CERTIFICATE_NAMES.items(),
        default=CertificateStatus.ANNOUNCED,
        editable=False,
    )
    announced_on = models.DateField("公示日期", editable=False)
    year = models.PositiveSmallIntegerField("年度", null=True, editable=False)
    serial = models.PositiveIntegerField("序号", null=True, editable=False)
    issued_on = models.DateField("出具日期", null=True, editable=False)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="出具人"
    )
    reason = models.CharField("撤回或注销原因", max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "服务证书"
        verbose_name_plural = "服务证书"
        ordering = ["-announced_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")),
                name="certificate_first_before_last",
                violation_error_message="服务期间的最后一天不能早于第一天",
            ),
            models.CheckConstraint(
                condition=Q(year=None, serial=None, issued_on=None)
                | Q(year__isnull=False, serial__gte=1, issued_on__isnull=False),
                name="certificate_number_when_issued",
                violation_error_message="出具的证书须有编号和日期",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[CertificateStatus.ANNOUNCED, CertificateStatus.WITHDRAWN])
                | Q(serial__isnull=False),
                name="certificate_issued_with_a_number",
                violation_error_message="出具的证书须有编号",
            ),
            models.UniqueConstraint(
                fields=["year", "serial"],
                name="certificate_number_is_unique",
                violation_error_message="证书编号重复",
            ),
        ]

    def __str__(self):
        return f"{self.number or '公示中'} {self.member}"

    @property
    def number(self) -> str:
        """Its number as people write it, once it has one."""
        return f"麒志证〔{self.year}〕{self.serial:04}号" if self.serial else ""

    @property
    def hours(self) -> str:
        """How long, in hours, as it is printed."""
        return f"{self.minutes / 60:.2f}".rstrip("0").rstrip(".")


class CertificateBook(models.Model):
    """The register of one year: its last number. Whoever issues holds the row, so that no number is lost."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.year}: {self.last}"


class KnockQuerySet(models.QuerySet):
    def before(self, day):
        """What may be forgotten by the day."""
        return self.filter(on__lt=day)


class Knock(models.Model):
    """How often an address, known by a keyed hash only, has used a public page on a day."""

    page = models.CharField(max_length=20)
    origin_index = models.CharField(max_length=64)
    on = models.DateField()
    times = models.PositiveIntegerField(default=0)

    objects = KnockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "origin_index", "on"], name="knock_once_an_address_a_day")
        ]

    def __str__(self):
        return f"{self.page} {self.on}"
