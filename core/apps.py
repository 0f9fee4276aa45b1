from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "账号与审计"
    default_auto_field = "django.db.models.BigAutoField"
