from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "qilin_cadres"
    verbose_name = "麒麟区离退休党员管理"
    default_auto_field = "django.db.models.BigAutoField"
