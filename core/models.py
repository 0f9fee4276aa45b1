"""Accounts, API keys and the audit trail."""

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import _user_has_module_perms as backends_know_app
from django.contrib.auth.models import _user_has_perm as backends_allow
from django.db import models
from django.utils.timezone import localtime
from rest_framework_api_key.models import AbstractAPIKey

from core import clock
from core.history import keeps_history


@keeps_history(exclude=["password", "last_login"])
class User(AbstractUser):
    """An account: of a person, or of one API key.

    A superuser has no shortcut here: what an account may do is asked of its appointments like everybody's.
    """

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=100, blank=True)
    is_machine = models.BooleanField("接口账号", default=False, editable=False)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def has_perm(self, perm, obj=None):
        """Whether a backend grants `perm`; being a superuser grants nothing by itself."""
        return self.is_active and backends_allow(self, perm, obj)

    def has_module_perms(self, app_label):
        """Whether a backend grants anything in the app."""
        return self.is_active and backends_know_app(self, app_label)


class ApiKey(AbstractAPIKey):
    """A program's key. Only its hash is kept; it acts as an account of its own, appointed like a person's."""

    user = models.OneToOneField(User, models.PROTECT, related_name="api_key", verbose_name="接口账号")

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "接口密钥"
        verbose_name_plural = "接口密钥"


class AuditQuerySet(models.QuerySet):
    def about(self, subject):
        """Entries about one row."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class AuditEntry(models.Model):
    """One thing somebody did or saw, written in the same transaction and never changed. No values."""

    at = models.DateTimeField("时间", default=clock.now, db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    verb = models.CharField("操作", max_length=60)
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.CharField("对象编号", max_length=40)
    subject_text = models.CharField("对象", max_length=200)
    place = models.CharField("所在组织路径", max_length=40, blank=True, db_collation="C")
    fields = models.JSONField("涉及字段", default=list)
    reason = models.CharField("事由", max_length=500, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject")]

    def __str__(self):
        return f"{localtime(self.at):%Y-%m-%d %H:%M} {self.by or '系统'} {self.subject_text}"
