from django.apps import AppConfig


class ReorganisationsConfig(AppConfig):
    name = "reorganisations"
    verbose_name = "组织变动"
