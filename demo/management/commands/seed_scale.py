"""Fill an empty registry with a district of any size, for the bench."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from core import clock
from core.errors import DomainError
from demo.bulk import sweep, take_stock
from demo.scale import Size, raise_district
from demo.telling import registry_is_empty


class Command(BaseCommand):
    help = "向空库成批载入虚构的党员，供性能测试使用。库中已有数据时不做任何改动。"

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, required=True, help="党员人数")
        parser.add_argument("--units", type=int, default=15_000, help="组织单元总数，默认 15000")
        parser.add_argument("--seed", type=int, default=1, help="随机种子：相同的种子得到相同的人")

    def handle(self, *_, members, units, seed, **options):
        if settings.PRODUCTION:
            raise CommandError("生产环境不能载入虚构数据")
        if not registry_is_empty():
            self.stdout.write("库中已有数据，没有载入，也没有改动任何内容。")
            return
        if members < 1:
            raise CommandError(f"--members：人数须大于0，现为 {members}")
        sweep()
        try:
            raise_district(Size(members, units, seed), today=clock.today())
        except DomainError as error:
            raise CommandError(error.detail) from None
        take_stock()
        self.stdout.write(f"已载入 {members} 名虚构党员，{units} 个组织单元。")
