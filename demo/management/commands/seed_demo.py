"""Load the article's district, with invented people, into an empty registry."""

import os

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from core import clock
from core.errors import DomainError
from demo.accounts import DEMO_ACCOUNTS, set_passwords
from demo.bulk import sweep, take_stock
from demo.telling import registry_is_empty, tell


class Command(BaseCommand):
    help = "向空库载入演示数据：文章所述麒麟区的组织和虚构的党员。库中已有数据时不做任何改动。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--password",
            default=os.environ.get("DEMO_PASSWORD"),
            help="演示账号的密码，默认取环境变量 DEMO_PASSWORD；没有时账号暂不能登录（make run 会给）",
        )

    def handle(self, *_, password, **options):
        if settings.PRODUCTION:
            raise CommandError("生产环境不能载入演示数据")
        if not registry_is_empty():
            self.stdout.write("库中已有数据，没有载入演示数据，也没有改动任何内容。")
            return
        sweep()
        try:
            tell(today=clock.today())
        except DomainError as error:
            raise CommandError(error.detail) from None
        take_stock()
        if password:
            set_passwords(password)
        self.stdout.write(f"已载入演示数据。演示账号：{'、'.join(DEMO_ACCOUNTS)}。")
