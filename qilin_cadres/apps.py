import gc

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ProjectConfig(AppConfig):
    default = True
    name = "qilin_cadres"
    verbose_name = "麒麟区离退休党员管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """The last of the apps: what is loaded by now stays, and is not looked through for garbage again."""
        gc.freeze()


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "qilin_cadres.admin_site.Site"
